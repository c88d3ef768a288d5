using Akka.Event;
using Serilog.Events;
using Serilog.Parsing;

namespace Akka.Logger.Serilog;

/// <summary>Formats named templates such as <c>{Lun} is ready</c> as Serilog does, for loggers that show text.</summary>
public class SerilogLogMessageFormatter : ILogMessageFormatter
{
    public static readonly SerilogLogMessageFormatter Instance = new();

    private static readonly MessageTemplateParser Parser = new();

    public string Format(string format, params object[] args)
    {
        MessageTemplate template = Parser.Parse(format);
        var properties = new Dictionary<string, LogEventPropertyValue>(StringComparer.Ordinal);
        int next = 0;
        foreach (PropertyToken token in template.Tokens.OfType<PropertyToken>())
        {
            if (token.TryGetPositionalValue(out int position)) Add(token.PropertyName, position);
            else if (!properties.ContainsKey(token.PropertyName)) Add(token.PropertyName, next++);
        }

        return template.Render(properties);

        void Add(string name, int index)
        {
            if (index < args.Length) properties[name] = new ScalarValue(args[index]);
        }
    }

    public string Format(string format, IEnumerable<object> args) => Format(format, [.. args]);
}

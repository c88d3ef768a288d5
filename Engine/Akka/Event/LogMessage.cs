namespace Akka.Event;

/// <summary>Turns a template and its arguments into text.</summary>
public interface ILogMessageFormatter
{
    string Format(string format, params object[] args);

    string Format(string format, IEnumerable<object> args);
}

/// <summary>The formatter of <c>{0}</c> templates.</summary>
public sealed class DefaultLogMessageFormatter : ILogMessageFormatter
{
    public static readonly DefaultLogMessageFormatter Instance = new();

    public string Format(string format, params object[] args) => string.Format(format, args);

    public string Format(string format, IEnumerable<object> args) => string.Format(format, [.. args]);
}

/// <summary>A template and its arguments; the text is only made when someone asks for it.</summary>
public abstract class LogMessage(ILogMessageFormatter formatter, string format)
{
    protected readonly ILogMessageFormatter Formatter = formatter;

    public string Format { get; } = format;

    /// <summary>Template and arguments side by side.</summary>
    public abstract string Unformatted();

    public abstract IEnumerable<object> Parameters();
}

/// <summary>A template with any number of arguments.</summary>
internal sealed class DefaultLogMessage(ILogMessageFormatter formatter, string format, object[] args) : LogMessage(formatter, format)
{
    public override string Unformatted() => $"{Format}, args: {string.Join(", ", args)}";

    public override IEnumerable<object> Parameters() => args;

    public override string ToString()
    {
        try
        {
            return Formatter.Format(Format, args);
        }
        catch (FormatException e)
        {
            // A wrong template must not cost the message.
            return $"{Unformatted()} ({e.Message})";
        }
    }
}

using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>One value of a configuration: text, an object, a list, or null.</summary>
public class HoconValue
{
    private readonly object? _content;

    internal HoconValue(string? text) => _content = text;

    internal HoconValue(HoconObject fields) => _content = fields;

    internal HoconValue(IList<HoconValue> elements) => _content = elements;

    /// <summary>Whether this is an object without keys.</summary>
    public bool IsEmpty => _content is HoconObject { Items.Count: 0 };

    internal bool IsNull => _content is null;

    public bool IsString() => _content is string;

    public bool IsObject() => _content is HoconObject;

    public bool IsArray() => _content is IList<HoconValue>;

    /// <summary>The text; null where this is not text.</summary>
    public string? GetString() => _content as string;

    /// <exception cref="ConfigurationException">This is not an object.</exception>
    public HoconObject GetObject() => _content as HoconObject ??
        throw new ConfigurationException($"An object is wanted here, not {Kind}: {this}");

    /// <exception cref="ConfigurationException">This is not a list.</exception>
    public IList<HoconValue> GetArray() => _content as IList<HoconValue> ??
        throw new ConfigurationException($"A list is wanted here, not {Kind}: {this}");

    /// <summary>The texts of a list's elements.</summary>
    /// <exception cref="ConfigurationException">This is not a list of texts.</exception>
    public IList<string> GetStringList() =>
        [.. GetArray().Select(e => e.GetString() ?? throw new ConfigurationException($"A list of texts holds {e.Kind}: {e}"))];

    internal string Kind => _content switch
    {
        null => "null",
        string => "text",
        HoconObject => "an object",
        _ => "a list",
    };

    /// <summary>What stands when <paramref name="later"/> is written after <paramref name="earlier"/>: two objects are merged, anything
    /// else is replaced.</summary>
    internal static HoconValue Merge(HoconValue? earlier, HoconValue later)
    {
        if (earlier?._content is not HoconObject below || later._content is not HoconObject above) return later;
        if (below.Items.Count == 0) return later;
        if (above.Items.Count == 0) return earlier;
        var merged = new HoconObject();
        foreach ((string key, HoconValue value) in below.Items) merged.Set(key, value);
        foreach ((string key, HoconValue value) in above.Items) merged.Set(key, Merge(below.GetKey(key), value));
        return new HoconValue(merged);
    }

    /// <summary>The value as HOCON text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (_content is HoconObject fields) WriteFields(text, fields, 0);
        else Write(text, 0);
        return text.ToString();
    }

    private void Write(StringBuilder text, int depth)
    {
        switch (_content)
        {
            case null:
                text.Append("null");
                break;
            case string s:
                text.Append(HoconPath.Quote(s));
                break;
            case HoconObject fields:
                text.Append("{\n");
                WriteFields(text, fields, depth + 1);
                text.Append(' ', 2 * depth).Append('}');
                break;
            case IList<HoconValue> elements:
                text.Append('[');
                for (int i = 0; i < elements.Count; i++)
                {
                    if (i > 0) text.Append(", ");
                    elements[i].Write(text, depth);
                }

                text.Append(']');
                break;
        }
    }

    private static void WriteFields(StringBuilder text, HoconObject fields, int depth)
    {
        foreach ((string key, HoconValue value) in fields.Items)
        {
            text.Append(' ', 2 * depth).Append(HoconPath.Quote(key)).Append(" : ");
            value.Write(text, depth);
            text.Append('\n');
        }
    }
}

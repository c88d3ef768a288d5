namespace Akka.Configuration.Hocon;

/// <summary>Reads HOCON: a superset of JSON with comments, dotted keys, merging, substitutions and includes.</summary>
/// <remarks>It reads no more of HOCON than Akka.NET does, so that what is written with one engine can be read by the other.</remarks>
public sealed class Parser
{
    private readonly HoconReader _in;
    private readonly Func<string, HoconRoot>? _include;
    private readonly ObjectNode _root = new();

    private Parser(string text, Func<string, HoconRoot>? include)
    {
        _in = new HoconReader(text);
        _include = include;
    }

    /// <summary>Reads <paramref name="text"/>; <paramref name="includeCallback"/> turns the name in an <c>include</c> into its
    /// content.</summary>
    /// <exception cref="ConfigurationException">The text is not HOCON; the message names line and column.</exception>
    public static HoconRoot Parse(string text, Func<string, HoconRoot>? includeCallback)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new Parser(text, includeCallback);
        parser.Document();
        return new HoconRoot(new HoconResolver(parser._root, parser._in).Resolve());
    }

    private void Document()
    {
        _in.BlankLines();
        bool braces = _in.Take("{");
        Fields(_root, [], braces ? '}' : '\0');
        if (braces) _in.Expect('}', "close the object that opens the text");
        _in.BlankLines();
        if (!_in.AtEnd) throw _in.Error($"{_in.Seen()} after the end of the configuration; is there one closing brace too many?");
    }

    private void Fields(ObjectNode target, List<string> path, char end)
    {
        _in.BlankLines();
        while (!_in.AtEnd && _in.Current != end)
        {
            int start = _in.Position;
            bool braces = !Include(target) && Field(target, path);
            bool separated = _in.BlankLines();
            if (_in.Current == ',')
            {
                if (braces) throw _in.Error("',' after the object of a key without '='; Akka.NET cannot read that: start the next setting on a new line");
                _in.Skip();
                separated = true;
                _in.BlankLines();
            }

            if (!separated && !_in.AtEnd && _in.Current != end)
            {
                throw _in.Error($"{_in.Seen()} after a value; put it into quotes, or start the next setting on a new line");
            }

            if (_in.Position == start) throw _in.Error($"{_in.Seen()} cannot start a setting; write key = value");
        }
    }

    /// <summary>A key and its value; true where an object follows the key at once.</summary>
    private bool Field(ObjectNode target, List<string> path)
    {
        List<string> keys = Keys();
        _in.Blanks();
        bool braces = _in.Current == '{';
        if (!braces && !_in.Take("=") && !_in.Take(":"))
        {
            throw _in.Error($"{_in.Seen()} after the key {string.Join('.', keys)}; write = or : or {{ there");
        }

        _in.BlankLines();
        HoconNode value = Value([.. path, .. keys]);
        for (int i = keys.Count - 1; i > 0; i--)
        {
            var wrapped = new ObjectNode();
            wrapped.Assign(keys[i], value);
            value = wrapped;
        }

        target.Assign(keys[0], value);
        return braces;
    }

    private List<string> Keys()
    {
        var keys = new List<string>();
        do
        {
            string? key = null;
            while (true)
            {
                string blanks = key is null ? _in.Blanks()[..0] : _in.Blanks();
                if (_in.Current == '"') key += blanks + _in.QuotedText();
                else if (_in.Word(inKey: true) is { Length: > 0 } word) key += blanks + word;
                else break;
            }

            keys.Add(key ?? throw _in.Error(
                $"{_in.Seen()} where a key should be; write key = value " +
                "(quote a key with other characters than letters, digits, - and _)"));
        }
        while (_in.Take("."));
        return keys;
    }

    private HoconNode Value(List<string> path)
    {
        int start = _in.Position;
        var parts = new List<HoconNode>();
        while (true)
        {
            string blanks = _in.Blanks();
            if (parts.Count > 0 && blanks.Length > 0) parts.Add(new LiteralNode(new HoconValue(blanks)));
            if (Part(path) is not { } part) break;
            parts.Add(part);
        }

        while (parts is [.., LiteralNode { IsBlank: true }]) parts.RemoveAt(parts.Count - 1);
        return parts.Count switch
        {
            0 => throw _in.Error($"{_in.Seen()} where the value of {string.Join('.', path)} should be; write \"\" for an empty text"),
            1 => parts[0] is LiteralNode { Quoted: false, Value: var v }
                && v.GetString() == "null" ? new LiteralNode(new HoconValue((string?)null)) : parts[0],
            _ => new ConcatenationNode(parts, start),
        };
    }

    private HoconNode? Part(List<string> path)
    {
        if (_in.AtEnd) return null;
        switch (_in.Current)
        {
            case '"': return new LiteralNode(new HoconValue(_in.QuotedText()), Quoted: true);
            case '[': return List(path);
            case '$': return Substitution();
            case '{':
                _in.Skip();
                var fields = new ObjectNode();
                Fields(fields, path, '}');
                _in.Expect('}', $"close the object {string.Join('.', path)}");
                return fields;
            default: return _in.Word(inKey: false) is { Length: > 0 } word ? new LiteralNode(new HoconValue(word)) : null;
        }
    }

    private ListNode List(List<string> path)
    {
        _in.Skip();
        var elements = new List<HoconNode>();
        for (_in.BlankLines(); _in.Current != ']'; _in.BlankLines())
        {
            elements.Add(Value(path));
            bool separated = _in.BlankLines() | _in.Take(",");
            if (!separated && _in.Current != ']') throw _in.Error($"{_in.Seen()} in the list {string.Join('.', path)}; write , or ] there");
        }

        _in.Skip();
        return new ListNode(elements);
    }

    private SubstitutionNode Substitution()
    {
        int start = _in.Position;
        if (!_in.Take("${")) throw _in.Error("'$' begins a substitution ${path}; put a text with $ into quotes");
        if (_in.Current == '?') throw _in.Error("'?' in a substitution; Akka.NET does not know optional ones: write ${path}");
        List<string> keys = Keys();
        _in.Expect('}', "a substitution is ${path}");
        return new SubstitutionNode(string.Join('.', keys.Select(HoconPath.Quote)), start);
    }

    /// <summary><c>include "name"</c>.</summary>
    private bool Include(ObjectNode target)
    {
        if (!_in.Starts("include") || (_in.Peek(7) is not (' ' or '\t' or '"'))) return false;
        int start = _in.Position;
        _in.Skip(7);
        _in.Blanks();
        if (_in.Current != '"') throw _in.Error($"{_in.Seen()} after include; write include \"name\", or quote the key \"include\"");
        string name = _in.QuotedText();

        if (_include is null)
        {
            throw _in.Error(
                $"include \"{name}\" cannot be followed here: the reader of this text was given no way to find it " +
                "(pass an include callback to ParseString)", start);
        }

        HoconValue included = Included(name, start);
        foreach ((string key, HoconValue value) in included.GetObject().Items) target.Assign(key, Unresolve(value));
        return true;
    }

    private HoconValue Included(string name, int start)
    {
        try
        {
            HoconValue value = _include!(name).Value;
            return value.IsObject() ? value : throw _in.Error($"include \"{name}\" must hold an object", start);
        }
        catch (IOException e)
        {
            throw new ConfigurationException(_in.Error($"include \"{name}\": {e.Message}", start).Message, e);
        }
    }

    // Objects go back to nodes, so that later keys merge into them.
    private static HoconNode Unresolve(HoconValue value)
    {
        if (!value.IsObject()) return new LiteralNode(value, Quoted: true);
        var node = new ObjectNode();
        foreach ((string key, HoconValue field) in value.GetObject().Items) node.Assign(key, Unresolve(field));
        return node;
    }
}

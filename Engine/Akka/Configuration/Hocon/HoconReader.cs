using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>The characters of a HOCON text, with line and column, and the tokens that need no grammar.</summary>
internal sealed class HoconReader(string text)
{
    // HOCON keeps these for itself; + is let through in values, as in 1e+3.
    private const string Reserved = "$\"{}[]:=,#`^?!@*&\\";

    private int _position;

    public bool AtEnd => _position >= text.Length;

    public char Current => Peek(0);

    public int Position => _position;

    public char Peek(int ahead) => _position + ahead < text.Length ? text[_position + ahead] : '\0';

    public void Skip(int count = 1) => _position += count;

    public bool Starts(string token) => string.CompareOrdinal(text, _position, token, 0, token.Length) == 0;

    public bool Take(string token)
    {
        if (!Starts(token)) return false;
        _position += token.Length;
        return true;
    }

    public void Expect(char wanted, string advice)
    {
        if (Current != wanted || AtEnd) throw Error($"{Seen()} where '{wanted}' should be; {advice}");
        _position++;
    }

    /// <summary>Skips blanks and comments inside a line; returns the blanks, which matter between the words of one value.</summary>
    public string Blanks()
    {
        int start = _position;
        while (!AtEnd && Current != '\n' && (char.IsWhiteSpace(Current) || Current == '\uFEFF')) _position++;
        int end = _position;
        if (Current == '#' || Starts("//"))
        {
            while (!AtEnd && Current != '\n') _position++;
        }

        return text[start..end];
    }

    /// <summary>Skips blanks, comments and line ends; says whether there was a line end.</summary>
    public bool BlankLines()
    {
        bool newLine = false;
        for (Blanks(); Current == '\n'; Blanks())
        {
            newLine = true;
            _position++;
        }

        return newLine;
    }

    /// <summary>A word without quotes: of a key if <paramref name="inKey"/>, which ends at a dot and at a plus
    /// sign too.</summary>
    public string Word(bool inKey)
    {
        int start = _position;
        while (!AtEnd && !char.IsWhiteSpace(Current) && !Reserved.Contains(Current) && !Starts("//") && !(inKey && Current is '.' or '+'))
        {
            _position++;
        }

        return text[start.._position];
    }

    /// <summary>A text in double or triple quotes; the reader stands on the first quote.</summary>
    public string QuotedText()
    {
        int start = _position;
        return Take("\"\"\"") ? TripleQuoted(start) : SingleQuoted(start);
    }

    private string TripleQuoted(int start)
    {
        int end = text.IndexOf("\"\"\"", _position, StringComparison.Ordinal);
        if (end < 0) throw Error("this text never ends; close it with three quotes", start);
        // Four or five quotes at the end: the first ones belong to the text.
        while (end + 3 < text.Length && text[end + 3] == '"') end++;
        string content = text[_position..end];
        _position = end + 3;
        return content;
    }

    private string SingleQuoted(int start)
    {
        var content = new StringBuilder();
        for (_position++; Current != '"'; _position++)
        {
            if (AtEnd || Current == '\n')
            {
                throw Error("this text never ends; close it with a quote, or use three quotes for several lines", start);
            }


            content.Append(Current == '\\' ? Escaped() : Current);
        }

        _position++;
        return content.ToString();
    }

    private char Escaped()
    {
        _position++;
        switch (Current)
        {
            case '"' or '\\' or '/': return Current;
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u' when _position + 4 < text.Length && ushort.TryParse(
                text.AsSpan(_position + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort code):
                _position += 4;
                return (char)code;
            default: throw Error(
                $"\\{Current} is no escape; write \\\\ for a backslash (escapes: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uHHHH)");
        }
    }

    /// <summary>What stands at the reader, for an error message.</summary>
    public string Seen() => AtEnd ? "the end of the text" : Current is '\n' or '\r' ? "the end of the line" : $"'{Current}'";

    public ConfigurationException Error(string what) => Error(what, _position);

    public ConfigurationException Error(string what, int position)
    {
        int line = 1, lineStart = 0;
        for (int i = 0; i < position && i < text.Length; i++)
        {
            if (text[i] != '\n') continue;
            line++;
            lineStart = i + 1;
        }

        return new ConfigurationException($"HOCON line {line}, column {position - lineStart + 1}: {what}");
    }
}

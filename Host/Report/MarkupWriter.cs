using System.Text;

namespace ScsiActors.Host.Report;

/// <summary>Writes elements of HTML and SVG: what it opens it closes, and all text and attribute values are escaped.</summary>
internal sealed class MarkupWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>Opens an element that the returned scope closes.</summary>
    public Scope Element(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(name, attributes, ">");
        return new Scope(this, name);
    }

    /// <summary>An element with nothing but text in it.</summary>
    public void Leaf(string name, string text, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Tag(name, attributes, ">");
        Text(text);
        _text.Append("</").Append(name).Append('>');
    }

    /// <summary>An element that has no contents and no end tag: a void element of HTML.</summary>
    public void Void(string name, params ReadOnlySpan<(string Name, string Value)> attributes) => Tag(name, attributes, ">");

    /// <summary>An element of SVG without contents.</summary>
    public void Empty(string name, params ReadOnlySpan<(string Name, string Value)> attributes) => Tag(name, attributes, "/>");

    /// <summary>Text between tags.</summary>
    public void Text(string text) => Escape(text);

    /// <summary>Markup that is known to be good.</summary>
    public void Raw(string markup) => _text.Append(markup);

    /// <summary>A line end, for those who read the source.</summary>
    public void Line() => _text.Append('\n');

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Tag(string name, ReadOnlySpan<(string Name, string Value)> attributes, string end)
    {
        _text.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            _text.Append(' ').Append(attribute).Append("=\"");
            Escape(value);
            _text.Append('"');
        }
        _text.Append(end);
    }

    private void Escape(string text)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                // Neither HTML nor XML has a way to write the other control characters.
                < ' ' and not ('\n' or '\t') => _text.Append('\uFFFD'),
                _ => _text.Append(character),
            };
        }
    }

    /// <summary>An open element.</summary>
    public readonly ref struct Scope(MarkupWriter writer, string name)
    {
        /// <summary>Closes it.</summary>
        public void Dispose() => writer._text.Append("</").Append(name).Append(">\n");
    }
}

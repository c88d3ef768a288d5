namespace ScsiActors.Host.Report;

/// <summary>Something a section is made of.</summary>
internal abstract record ReportBlock
{
    /// <summary>The script that a page with such a block has besides its own; null for none.</summary>
    internal virtual string? Script => null;

    /// <summary>The style sheet likewise.</summary>
    internal virtual string? Style => null;

    internal abstract void WriteTo(MarkupWriter html);
}

/// <summary>Running text.</summary>
internal sealed record Paragraph(string Text) : ReportBlock
{
    internal override void WriteTo(MarkupWriter html)
    {
        html.Leaf("p", Text);
        html.Line();
    }
}

/// <summary>A remark the reader should not miss.</summary>
internal sealed record Remark(string Text) : ReportBlock
{
    internal override void WriteTo(MarkupWriter html)
    {
        html.Leaf("p", Text, ("class", "remark"));
        html.Line();
    }
}

/// <summary>Points, one below the other.</summary>
internal sealed record BulletList(IReadOnlyList<string> Items) : ReportBlock
{
    internal override void WriteTo(MarkupWriter html)
    {
        using (html.Element("ul", ("class", "points")))
        {
            foreach (var item in Items)
                html.Leaf("li", item);
        }
    }
}

/// <summary>Text as a terminal shows it; long lines scroll.</summary>
internal sealed record Preformatted(string Label, string Text) : ReportBlock
{
    internal override void WriteTo(MarkupWriter html)
    {
        using (ScrollBox.Open(html, Label))
        using (html.Element("pre"))
            html.Text(Text);
    }
}

/// <summary>Text as a terminal shows it, of which at first only the heading is seen.</summary>
internal sealed record Folded(string Label, string Text) : ReportBlock
{
    internal override void WriteTo(MarkupWriter html)
    {
        using (html.Element("details"))
        {
            html.Leaf("summary", Label);
            new Preformatted(Label, Text).WriteTo(html);
        }
    }
}

/// <summary>The box in which something wider than the page scrolls, with the keyboard too.</summary>
internal static class ScrollBox
{
    /// <summary>Opens one named <paramref name="label"/>; the scope closes it.</summary>
    public static MarkupWriter.Scope Open(MarkupWriter html, string label) =>
        html.Element("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", label));
}

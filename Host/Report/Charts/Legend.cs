namespace ScsiActors.Host.Report.Charts;

/// <summary>Explains marks in a line that wraps as the page does.</summary>
internal static class Legend
{
    private const string Width = "26";
    private const string Height = "12";

    /// <summary>Writes an entry for each pair of a text and what draws its mark, in a box of 26 by 12 pixels.</summary>
    public static void Write(MarkupWriter html, IEnumerable<(string Text, Action<SvgWriter> Mark)> entries)
    {
        var svg = new SvgWriter(html);
        using (html.Element("ul", ("class", "legend")))
        {
            foreach (var (text, mark) in entries)
            {
                using (html.Element("li"))
                {
                    using (html.Element("svg", ("viewBox", $"0 0 {Width} {Height}"), ("width", Width), ("height", Height), ("aria-hidden", "true")))
                        mark(svg);
                    html.Leaf("span", text);
                }
            }
        }
    }
}

namespace ScsiActors.Host.Report.Charts;

/// <summary>The headings of pictures that stand beside each other: all as high as the one with the most lines.</summary>
internal static class Heading
{
    private const double TextSize = 13;
    private const double LineHeight = 16;
    private const double Below = 10;

    /// <summary>The height of the highest of <paramref name="titles"/>, broken into lines of <paramref name="width"/> pixels.</summary>
    public static double Height(IEnumerable<string> titles, double width) =>
        titles.Select(title => Lines(title, width).Count).DefaultIfEmpty(1).Max() * LineHeight + Below;

    /// <summary>Writes one at the top left.</summary>
    public static void Write(SvgWriter svg, string title, double width)
    {
        var lines = Lines(title, width);
        for (var i = 0; i < lines.Count; i++)
            svg.Text(0, 14 + i * LineHeight, lines[i], "heading");
    }

    private static IReadOnlyList<string> Lines(string title, double width) => TextMetrics.Wrap(title, width, TextSize, isBold: true);
}

using ScsiActors.Host.Report.Charts;

namespace ScsiActors.Host.Report;

/// <summary>One value a series, drawn as bars beside each other; a value that is not there is said so.</summary>
internal sealed record BarRow(string Label, IReadOnlyList<double?> Values)
{
    // What is not a number has no bar.
    internal double LengthOf(int series) => Values[series] is { } value && double.IsFinite(value) ? value : 0;
}

/// <summary>Rows that belong together; a group without a name has no heading.</summary>
internal sealed record BarGroup(string Name, IReadOnlyList<BarRow> Rows);

/// <summary>One picture of a <see cref="BarChart"/>.</summary>
internal sealed record BarPanel(string Title, IReadOnlyList<BarGroup> Groups);

/// <summary>Horizontal bars, one a series (at most four) in each row, on one scale from 0 in all panels; the values stand beside their bars.
/// The first of several series is the one to compare with.</summary>
internal sealed record BarChart(string Title, string Description, string Unit, IReadOnlyList<string> Series, IReadOnlyList<BarPanel> Panels)
    : ReportChart(Title, Description)
{
    private const double BarHeight = 11;
    private const double BarPitch = 14;
    private const double RowGap = 7;
    private const double GroupGap = 7;
    private const double AxisHeight = 22;
    private const double WidestLabel = 116;
    private const double Gap = 6;
    private const double LineHeight = 14;

    // The unit stands beside it.
    private double HeadingWidth => PanelWidth - TextMetrics.Width(Unit, SvgWriter.SmallSize) - 2 * Gap;

    /// <inheritdoc/>
    protected override void WriteLegend(MarkupWriter html) => Legend.Write(html, Series.Select((name, index) =>
        (name, (Action<SvgWriter>)(svg => svg.Rectangle(1, 1, 24, 10, $"bar series-{index}")))));

    /// <inheritdoc/>
    protected override void WritePictures(SvgWriter svg)
    {
        var rows = Panels.SelectMany(static panel => panel.Groups).SelectMany(static group => group.Rows).ToList();
        var highest = rows.SelectMany(static row => row.Values.Select((_, index) => row.LengthOf(index))).DefaultIfEmpty(0).Max();
        var names = Panels.SelectMany(static panel => panel.Groups)
            .Select(static group => TextMetrics.Width(group.Name, SvgWriter.TextSize, isBold: true));
        var labels = rows.SelectMany(LabelLines).Select(static line => TextMetrics.Width(line, SvgWriter.TextSize));
        // A heading longer than that lies across the lines of the grid.
        var left = Gap + labels.Concat(names.Where(static width => width <= WidestLabel)).DefaultIfEmpty(0).Max();
        var values = rows.SelectMany(static row => row.Values).Select(static value => TextMetrics.Width(Figures.Short(value), SvgWriter.SmallSize));
        var right = Gap + values.DefaultIfEmpty(0).Max();
        var scale = LinearScale.Across(highest, left, PanelWidth - right, 4);
        foreach (var panel in Panels)
            WritePanel(svg, panel, scale);
    }

    private void WritePanel(SvgWriter svg, BarPanel panel, LinearScale scale)
    {
        var plotHeight = panel.Groups.Sum(group => HeadingHeight(group) + group.Rows.Sum(RowHeight));
        var top = Heading.Height(Panels.Select(static other => other.Title), HeadingWidth);
        var bottom = top + plotHeight;
        using (svg.Picture(PanelWidth, bottom + AxisHeight, "panel", $"{panel.Title}, {Unit}", Words(panel)))
        {
            Heading.Write(svg, panel.Title, HeadingWidth);
            svg.Text(PanelWidth, 14, Unit, "tick", Anchor.End);
            WriteAxis(svg, scale, top, bottom);
            var y = top;
            foreach (var group in panel.Groups)
            {
                var lines = HeadingLines(group);
                for (var i = 0; i < lines.Count; i++)
                    svg.Text(0, y + 14 + i * LineHeight, lines[i], "group over");
                y += HeadingHeight(group);
                foreach (var row in group.Rows)
                {
                    WriteRow(svg, row, scale, y);
                    y += RowHeight(row);
                }
            }
        }
    }

    private static void WriteAxis(SvgWriter svg, LinearScale scale, double top, double bottom)
    {
        foreach (var tick in scale.Ticks())
        {
            svg.Line(scale.At(tick), top, scale.At(tick), bottom, tick == 0 ? "axis" : "grid");
            svg.Text(scale.At(tick), bottom + 15, Figures.Tick(tick), "tick", Anchor.Middle);
        }
    }

    private void WriteRow(SvgWriter svg, BarRow row, LinearScale scale, double top)
    {
        var lines = LabelLines(row);
        var middle = top + (RowHeight(row) - RowGap) / 2;
        for (var i = 0; i < lines.Count; i++)
            svg.Text(0, middle + (i - (lines.Count - 1) / 2.0) * LineHeight + 4, lines[i], "label");
        var first = middle - row.Values.Count * BarPitch / 2 + (BarPitch - BarHeight) / 2;
        for (var i = 0; i < row.Values.Count; i++)
        {
            var y = first + i * BarPitch;
            var end = scale.At(row.LengthOf(i));
            var text = Figures.Short(row.Values[i]);
            if (end > scale.From)
                svg.Rectangle(scale.From, y, end - scale.From, BarHeight, $"bar series-{i}", $"{row.Label}, {Series[i]}: {text} {Unit}");
            svg.Text(end + 4, y + 9.5, text, i == 0 && row.Values.Count > 1 ? "value quiet" : "value");
        }
    }

    private string Words(BarPanel panel) => string.Join("; ", panel.Groups.SelectMany(group => group.Rows.Select(row =>
        $"{group.Name} {row.Label}: {string.Join(", ", row.Values.Select((value, index) => $"{Series[index]} {Figures.Short(value)}"))}".TrimStart())));

    private static IReadOnlyList<string> LabelLines(BarRow row) => TextMetrics.Wrap(row.Label, WidestLabel, SvgWriter.TextSize);

    private static IReadOnlyList<string> HeadingLines(BarGroup group) =>
        group.Name.Length > 0 ? TextMetrics.Wrap(group.Name, PanelWidth, SvgWriter.TextSize, isBold: true) : [];

    private static double HeadingHeight(BarGroup group) => group.Name.Length > 0 ? HeadingLines(group).Count * LineHeight + GroupGap : 0;

    private static double RowHeight(BarRow row) => Math.Max(row.Values.Count * BarPitch, LabelLines(row).Count * LineHeight) + RowGap;
}

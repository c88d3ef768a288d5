using ScsiActors.Host.Report.Charts;
using ScsiActors.Messages;

namespace ScsiActors.Host.Report;

/// <summary>From <paramref name="X"/> on the value is <paramref name="Y"/>.</summary>
internal readonly record struct StepPoint(double X, double Y);

/// <summary>One line: points in ascending order of x. The last value holds to the end of the chart.</summary>
internal sealed record StepSeries(string Name, IReadOnlyList<StepPoint> Points);

/// <summary>Values that jump, over time, at most four lines; names stand at the ends of their lines. Where there are more jumps than pixels
/// the line is the mean over time, and a shade reaches from the lowest to the highest value.</summary>
internal sealed record StepChart(string Title, string Description, string XLabel, string YLabel, IReadOnlyList<StepSeries> Series)
    : ReportChart(Title, Description)
{
    private const double WideWidth = 752;
    private const double NarrowHeight = 236;
    private const double WideHeight = 300;
    private const double Top = 12;
    private const double Bottom = 40;
    private const double Gap = 8;
    private const double LineHeight = 14;
    private const double LabelGap = 4;
    private const double PixelsPerTick = 70;

    /// <inheritdoc/>
    protected override void WriteLegend(MarkupWriter html)
    {
        var entries = Series.Select(static (series, index) =>
            (series.Name, (Action<SvgWriter>)(svg => svg.Line(0, 6, 26, 6, $"step line-{index}"))));
        if (Series.Any(static series => StepLine.IsSummedUp(series.Points, WideWidth)))
            entries = entries.Append(("shade: lowest to highest", static svg => svg.Rectangle(0, 1, 26, 10, "spread spread-3")));
        Legend.Write(html, entries);
    }

    /// <inheritdoc/>
    protected override void WritePictures(SvgWriter svg)
    {
        foreach (var series in Series)
            Invariant.Holds(IsAscending(series.Points), "the points of a step line are in ascending order");
        // The same picture twice, each legible at its own size; the style sheet shows the one that fits.
        WritePicture(svg, PanelWidth, NarrowHeight, "narrow", 74);
        WritePicture(svg, WideWidth, WideHeight, "wide", 150);
    }

    private void WritePicture(SvgWriter svg, double width, double height, string cssClass, double widestLabel)
    {
        var labels = Series.Select(series => TextMetrics.Wrap(series.Name, widestLabel, SvgWriter.TextSize, isBold: true)).ToList();
        var right = Gap + labels.SelectMany(static lines => lines).Select(static line => TextMetrics.Width(line, SvgWriter.TextSize, isBold: true))
            .DefaultIfEmpty(0).Max();
        var points = Series.SelectMany(static series => series.Points).ToList();
        var yLabel = TextMetrics.Wrap(YLabel, width, SvgWriter.SmallSize);
        var top = Top + yLabel.Count * LineHeight;
        height = Math.Max(height, top + labels.Sum(static lines => lines.Count * LineHeight + LabelGap) + Bottom);
        var bottom = height - Bottom;
        var yScale = LinearScale.UpTo(points.Select(static point => point.Y).DefaultIfEmpty(1).Max(), bottom, top, 4);
        var left = Gap + yScale.Ticks().Max(static tick => TextMetrics.Width(Figures.Tick(tick), SvgWriter.SmallSize));
        var first = points.Select(static point => point.X).DefaultIfEmpty(0).Min();
        var last = points.Select(static point => point.X).DefaultIfEmpty(1).Max();
        var xScale = XScale(first, last, left, width - right);
        using (svg.Picture(width, height, cssClass, Title, Words()))
        {
            WriteAxes(svg, yLabel, xScale, yScale);
            for (var i = 0; i < Series.Count; i++)
                StepLine.Write(svg, Series[i].Points, xScale, yScale, i);
            WriteLabels(svg, labels, xScale.To + Gap, yScale);
        }
    }

    private void WriteAxes(SvgWriter svg, IReadOnlyList<string> yLabel, LinearScale x, LinearScale y)
    {
        for (var i = 0; i < yLabel.Count; i++)
            svg.Text(0, 12 + i * LineHeight, yLabel[i], "tick");
        foreach (var tick in y.Ticks())
        {
            svg.Line(x.From, y.At(tick), x.To, y.At(tick), tick == 0 ? "axis" : "grid");
            svg.Text(x.From - Gap, y.At(tick) + 4, Figures.Tick(tick), "tick", Anchor.End);
        }
        foreach (var tick in x.Ticks())
        {
            svg.Line(x.At(tick), y.From, x.At(tick), y.From + 4, "axis");
            svg.Text(x.At(tick), y.From + 17, Figures.Tick(tick), "tick", Anchor.Middle);
        }
        svg.Text((x.From + x.To) / 2, y.From + 34, XLabel, "tick", Anchor.Middle);
    }

    // Each label as near to the end of its line as the others allow: placed from the top, then pushed up from the bottom.
    private void WriteLabels(SvgWriter svg, List<IReadOnlyList<string>> labels, double x, LinearScale y)
    {
        var order = Enumerable.Range(0, Series.Count).Where(index => Series[index].Points.Count > 0)
            .OrderByDescending(index => Series[index].Points[^1].Y).ToList();
        var tops = new double[order.Count];
        var edge = y.To - LineHeight / 2;
        for (var i = 0; i < order.Count; i++)
        {
            var height = labels[order[i]].Count * LineHeight;
            tops[i] = Math.Max(edge, y.At(Series[order[i]].Points[^1].Y) - height / 2);
            edge = tops[i] + height + LabelGap;
        }
        // Above the numbers of the axis.
        edge = y.From + LabelGap;
        for (var i = order.Count - 1; i >= 0; i--)
        {
            tops[i] = Math.Min(tops[i], edge - labels[order[i]].Count * LineHeight);
            edge = tops[i] - LabelGap;
            for (var line = 0; line < labels[order[i]].Count; line++)
                svg.Text(x, tops[i] + line * LineHeight + 11, labels[order[i]][line], $"name name-{order[i]}");
        }
    }

    // It begins and ends with the data; its steps are those of an axis from 0 of the same length.
    private static LinearScale XScale(double first, double last, double from, double to)
    {
        var length = last > first ? last - first : 1;
        for (var ticks = Math.Max(1, (int)((to - from) / PixelsPerTick)); ; ticks--)
        {
            var scale = new LinearScale(first, first + length, from, to) { TickStep = LinearScale.UpTo(length, from, to, ticks).TickStep };
            if (ticks == 1 || scale.HasRoomForLabels)
                return scale;
        }
    }

    private string Words() => string.Join("; ", Series.Select(static series => series.Points.Count == 0
        ? $"{series.Name}: nothing"
        : $"{series.Name}: from {Figures.Short(series.Points.Min(static point => point.Y))} "
            + $"to {Figures.Short(series.Points.Max(static point => point.Y))}"));

    private static bool IsAscending(IReadOnlyList<StepPoint> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            if (points[i].X < points[i - 1].X)
                return false;
        }
        return true;
    }
}

using ScsiActors.Host.Report.Charts;

namespace ScsiActors.Host.Report;

/// <summary>How many durations lay between two, in microseconds.</summary>
internal readonly record struct HistogramBin(double FromMicros, double ToMicros, long Count);

/// <summary>A duration that is marked, such as the median: its name (<c>p50</c>) and its value in microseconds.</summary>
internal sealed record DurationMark(string Name, double Micros);

/// <summary>One picture of a <see cref="HistogramChart"/>. The bins may be of any width and need not touch.</summary>
internal sealed record HistogramPanel(string Title, IReadOnlyList<HistogramBin> Bins, IReadOnlyList<DurationMark> Marks);

/// <summary>How durations are distributed: one picture a series, all on the same logarithmic axis, so that they can be compared.</summary>
internal sealed record HistogramChart(string Title, string Description, IReadOnlyList<HistogramPanel> Panels) : ReportChart(Title, Description)
{
    private const double PlotHeight = 108;
    private const double MarkHeight = 14;
    private const double AxisHeight = 24;
    private const double Left = 44;
    private const double Right = 12;
    private const double ColumnWidth = 4;
    private const double Gap = 4;
    private const double TicksApart = 8;
    private const double Shortest = 1e-3;

    /// <inheritdoc/>
    protected override void WritePictures(SvgWriter svg)
    {
        var counted = Panels.SelectMany(static panel => panel.Bins).Where(static bin => bin.Count > 0 && bin.ToMicros > 0).ToList();
        var low = counted.Select(LowOf).DefaultIfEmpty(1).Min();
        var high = Math.Max(counted.Select(static bin => bin.ToMicros).DefaultIfEmpty(1).Max(),
            Panels.SelectMany(static panel => panel.Marks).Select(static mark => mark.Micros).DefaultIfEmpty(1).Max());
        var scale = LogScale.Around(Math.Max(low, Shortest), Math.Max(high, Shortest), Left, PanelWidth - Right);
        var rows = Panels.Select(panel => Place(panel.Marks, scale)).ToList();
        // The plots of neighbours begin at the same height.
        var markRows = rows.SelectMany(static placed => placed).Select(static mark => mark.Row + 1).DefaultIfEmpty(0).Max();
        var top = Heading.Height(Panels.Select(static panel => panel.Title), PanelWidth);
        for (var i = 0; i < Panels.Count; i++)
            WritePanel(svg, Panels[i], rows[i], top, top + markRows * MarkHeight, scale);
    }

    private static void WritePanel(SvgWriter svg, HistogramPanel panel, List<PlacedMark> marks, double below, double top, LogScale x)
    {
        var bottom = top + PlotHeight;
        var shares = Shares(panel.Bins, x);
        var y = LinearScale.UpTo(shares.Max(), bottom, top, 2);
        var words = string.Join(", ", panel.Marks.Select(static mark => $"{mark.Name} {Figures.Duration(mark.Micros)}"));
        using (svg.Picture(PanelWidth, bottom + AxisHeight, "panel", panel.Title, words))
        {
            Heading.Write(svg, panel.Title, PanelWidth);
            foreach (var tick in y.Ticks())
            {
                svg.Line(x.From, y.At(tick), x.To, y.At(tick), tick == 0 ? "axis" : "grid");
                svg.Text(x.From - Gap, y.At(tick) + 4, Figures.Percent(tick), "tick", Anchor.End);
            }
            WriteAxis(svg, x, bottom);
            for (var i = 0; i < shares.Length; i++)
            {
                if (shares[i] > 0)
                    svg.Rectangle(x.From + i * ColumnWidth, y.At(shares[i]), ColumnWidth - 0.5, bottom - y.At(shares[i]), "column");
            }
            foreach (var mark in marks)
                svg.Line(mark.X, below + mark.Row * MarkHeight + 1, mark.X, bottom, "mark");
            foreach (var mark in marks)
                svg.Text(mark.TextX, below + mark.Row * MarkHeight + 10, mark.Text, "value over", mark.Anchor);
        }
    }

    private static void WriteAxis(SvgWriter svg, LogScale x, double bottom)
    {
        var ticks = x.Ticks().Select(tick => (At: x.At(tick), Text: Figures.RoundDuration(tick), IsDecade: LogScale.IsPowerOfTen(tick))).ToList();
        var decades = ticks.Where(static tick => tick.IsDecade).ToList();
        var widest = ticks.Max(static tick => TextMetrics.Width(tick.Text, SvgWriter.SmallSize)) + TicksApart;
        var stride = decades.Count < 2 ? 1 : (int)Math.Ceiling(widest / (decades[1].At - decades[0].At));
        var taken = new List<double>();
        foreach (var (at, text, _) in decades.Where((_, index) => index % stride == 0).Concat(ticks.Where(tick => stride == 1 && !tick.IsDecade)))
        {
            svg.Line(at, bottom, at, bottom + 4, "axis");
            var middle = Math.Min(at, PanelWidth - TextMetrics.Width(text, SvgWriter.SmallSize) / 2);
            if (taken.Exists(other => Math.Abs(other - middle) < widest))
                continue;
            taken.Add(middle);
            svg.Text(middle, bottom + 16, text, "tick", Anchor.Middle);
        }
    }

    // Each label in the first row where it has room beside those of smaller values.
    private static List<PlacedMark> Place(IReadOnlyList<DurationMark> marks, LogScale x)
    {
        var placed = new List<PlacedMark>();
        var ends = new List<double>();
        foreach (var mark in marks.OrderBy(static mark => mark.Micros))
        {
            var text = $"{mark.Name} {Figures.Duration(mark.Micros)}";
            var width = TextMetrics.Width(text, SvgWriter.SmallSize);
            var position = x.At(mark.Micros);
            var isAfter = position + Gap + width <= PanelWidth;
            var from = isAfter ? position + Gap : position - Gap - width;
            var row = 0;
            // The line of a mark goes down through the rows below its label, so there may be no other label there.
            while (row < ends.Count && (ends[row] + Gap > from || ends.Skip(row + 1).Any(end => end + Gap > position)))
                row++;
            if (row == ends.Count)
                ends.Add(0);
            ends[row] = isAfter ? from + width : position;
            placed.Add(new PlacedMark(text, position, isAfter ? position + Gap : position - Gap, isAfter ? Anchor.Start : Anchor.End, row));
        }
        return placed;
    }

    // The share of all durations in each column of the picture; a bin that is wider than a column is spread evenly over those it covers.
    private static double[] Shares(IReadOnlyList<HistogramBin> bins, LogScale x)
    {
        var shares = new double[(int)((x.To - x.From) / ColumnWidth)];
        var total = Math.Max(1, bins.Sum(static bin => bin.Count));
        foreach (var bin in bins)
        {
            if (bin.Count == 0)
                continue;
            var from = (x.At(LowOf(bin)) - x.From) / ColumnWidth;
            var to = (x.At(bin.ToMicros) - x.From) / ColumnWidth;
            var first = Math.Clamp((int)from, 0, shares.Length - 1);
            var last = Math.Clamp((int)Math.Ceiling(to) - 1, first, shares.Length - 1);
            for (var column = first; column <= last; column++)
            {
                var part = last == first ? 1 : (Math.Min(to, column + 1) - Math.Max(from, column)) / (to - from);
                shares[column] += part * bin.Count / total;
            }
        }
        return shares;
    }

    // A logarithmic axis has no zero.
    private static double LowOf(HistogramBin bin) => bin.FromMicros > 0 ? bin.FromMicros : bin.ToMicros / 2;

    private sealed record PlacedMark(string Text, double X, double TextX, Anchor Anchor, int Row);
}

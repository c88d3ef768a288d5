using System.Globalization;
using ScsiActors.Host.Report.Charts;

namespace ScsiActors.Host.Report;

/// <summary>A value with its goal and what is allowed: from <paramref name="Low"/> to <paramref name="High"/>, both included. Infinity as
/// <paramref name="High"/> means that more is better.</summary>
internal sealed record BandRow(string Label, double Target, double Low, double High, double? Value)
{
    /// <summary>True when the value is there and allowed.</summary>
    public bool IsInside => Value >= Low && Value <= High;

    /// <summary>The value in words.</summary>
    public string ValueText => Text(Value);

    /// <summary>The target in words.</summary>
    public string TargetText => Text(Target);

    /// <summary>What is allowed, in words.</summary>
    public string BandText => Low == High ? $"exactly {TargetText}"
        : double.IsFinite(High) ? $"{Figures.Short(Low)} to {Figures.Short(High)}" : $"at least {Figures.Short(Low)}";

    // What has to be met exactly is a count.
    private string Text(double? value) => Low == High && value is { } exact ? Figures.Tick(exact) : Figures.Short(value);
}

/// <summary>One picture of a <see cref="BandChart"/>.</summary>
internal sealed record BandPanel(string Title, IReadOnlyList<BandRow> Rows);

/// <summary>Values against their bands, each relative to its own target, so that all targets stand on one line whatever they are.</summary>
/// <remarks>Targets are positive. A value far off is drawn as an arrow at the edge.</remarks>
internal sealed record BandChart(string Title, string Description, IReadOnlyList<BandPanel> Panels) : ReportChart(Title, Description)
{
    private const double PlotHeight = 26;
    private const double LineHeight = 14;
    private const double AxisHeight = 24;
    private const double Inset = 14;
    private const double VerdictWidth = 64;
    private const double SignOffset = 54;
    private const double BandHeight = 12;
    private const double Radius = 4.5;

    // How far the picture reaches to either side of the target, as a share of it, at least and at most; and compared with the widest band.
    private const double SmallestReach = 0.2;
    private const double LargestReach = 0.5;
    private const double Margin = 2;

    /// <summary>How many values are inside their bands, of how many.</summary>
    public string Summary
    {
        get
        {
            var rows = Panels.SelectMany(static panel => panel.Rows).ToList();
            return string.Create(CultureInfo.InvariantCulture, $"{rows.Count(static row => row.IsInside)} of {rows.Count} in their bands");
        }
    }

    private bool HoldsEverywhere => Panels.All(static panel => panel.Rows.All(static row => row.IsInside));

    /// <inheritdoc/>
    protected override void WriteLegend(MarkupWriter html)
    {
        Legend.Write(html,
        [
            ("allowed band", static svg => svg.Rectangle(1, 1, 24, 10, "band")),
            ("target", static svg => svg.Line(13, 0, 13, 12, "target")),
            ("value in its band", static svg => svg.Circle(13, 6, Radius, "dot good")),
            ("value outside", static svg => svg.Path(Diamond(13, 6), "dot bad")),
            (Summary, svg => svg.Path(HoldsEverywhere ? "M8 7l4 4 7-9" : "M9 2l8 8m0-8l-8 8", HoldsEverywhere ? "sign good" : "sign bad")),
        ]);
    }

    /// <inheritdoc/>
    protected override void WritePictures(SvgWriter svg)
    {
        var reach = Panels.SelectMany(static panel => panel.Rows)
            .Select(static row => Math.Max(1 - row.Low / row.Target, row.High / row.Target - 1)).DefaultIfEmpty(0).Max() * Margin;
        reach = Math.Round(Math.Clamp(reach, SmallestReach, LargestReach), 1);
        var scale = new LinearScale(-reach, reach, Inset, PanelWidth - VerdictWidth - Inset) { TickStep = reach > 0.2 ? 0.2 : 0.1 };
        var top = Heading.Height(Panels.Select(static panel => panel.Title), PanelWidth);
        foreach (var panel in Panels)
            WritePanel(svg, panel, top, scale);
    }

    private static void WritePanel(SvgWriter svg, BandPanel panel, double top, LinearScale scale)
    {
        var bottom = top + panel.Rows.Sum(RowHeight);
        var words = string.Join("; ", panel.Rows.Select(static row =>
            $"{row.Label}: {row.ValueText}, target {row.TargetText}, allowed {row.BandText}, {(row.IsInside ? "in its band" : "outside its band")}"));
        using (svg.Picture(PanelWidth, bottom + AxisHeight, "panel", panel.Title, words))
        {
            Heading.Write(svg, panel.Title, PanelWidth);
            foreach (var tick in scale.Ticks())
            {
                svg.Text(scale.At(tick), bottom + 16, TickText(tick), "tick", Anchor.Middle);
                svg.Line(scale.At(tick), bottom, scale.At(tick), bottom + 4, "axis");
            }
            svg.Line(scale.From, bottom, scale.To, bottom, "axis");
            svg.Text(PanelWidth, bottom + 16, "from target", "tick", Anchor.End);
            foreach (var row in panel.Rows)
            {
                WriteRow(svg, row, scale, top);
                top += RowHeight(row);
            }
        }
    }

    private static void WriteRow(SvgWriter svg, BandRow row, LinearScale scale, double top)
    {
        var lines = LabelLines(row);
        for (var i = 0; i < lines.Count; i++)
            svg.Text(0, top + 13 + i * LineHeight, lines[i], "label");
        var middle = top + RowHeight(row) - PlotHeight + 11;
        svg.Text(PanelWidth, top + 13, row.ValueText, $"of {row.TargetText}", "value", Anchor.End);
        svg.Line(scale.From, middle, scale.To, middle, "grid");
        var low = scale.At(row.Low / row.Target - 1);
        // A band without width is a line that can still be seen.
        var width = Math.Max(3, scale.At(row.High / row.Target - 1) - low);
        svg.Rectangle(row.High > row.Low ? low : low - 1.5, middle - BandHeight / 2, width, BandHeight, "band",
            $"allowed: {row.BandText}");
        svg.Line(scale.At(0), middle - BandHeight / 2 - 2, scale.At(0), middle + BandHeight / 2 + 2, "target");
        if (row.Value is { } value && double.IsFinite(value))
            WriteDot(svg, row, value / row.Target - 1, scale, middle);
        var sign = PanelWidth - SignOffset;
        svg.Path(row.IsInside ? At(sign, middle, "m-1 1l4 4 7-9") : At(sign, middle, "m0-4l8 8m0-8l-8 8"), row.IsInside ? "sign good" : "sign bad");
        var word = row.IsInside ? "in" : row.Value is null ? "none" : "out";
        svg.Text(PanelWidth - SignOffset + 16, middle + 4, word, row.IsInside ? "word good" : "word bad");
    }

    private static void WriteDot(SvgWriter svg, BandRow row, double deviation, LinearScale scale, double middle)
    {
        var tooltip = $"{row.Label}: {row.ValueText}, {TickText(deviation)} from the target";
        var cssClass = row.IsInside ? "dot good" : "dot bad";
        if (deviation < scale.Low)
            svg.Path(At(scale.From - 9, middle, "l8-5v10z"), cssClass, tooltip);
        else if (deviation > scale.High)
            svg.Path(At(scale.To + 9, middle, "l-8-5v10z"), cssClass, tooltip);
        else if (row.IsInside)
            svg.Circle(scale.At(deviation), middle, Radius, cssClass, tooltip);
        else
            svg.Path(Diamond(scale.At(deviation), middle), cssClass, tooltip);
    }

    private static double RowHeight(BandRow row) => LabelLines(row).Count * LineHeight + PlotHeight;

    // The value stands beside it.
    private static IReadOnlyList<string> LabelLines(BandRow row)
    {
        var value = TextMetrics.Width($"{row.ValueText} of {row.TargetText}  ", SvgWriter.SmallSize, isBold: true);
        return TextMetrics.Wrap(row.Label, PanelWidth - value, SvgWriter.TextSize);
    }

    private static string Diamond(double x, double y) => At(x, y, "m0-6l6 6-6 6-6-6z");

    private static string At(double x, double y, string path) => $"M{SvgWriter.Number(x)} {SvgWriter.Number(y)}{path}";

    private static string TickText(double deviation) => Math.Round(deviation * 100, 1) switch
    {
        0 => "0",
        > 0 and var percent => $"+{Figures.Tick(percent)} %",
        var percent => $"−{Figures.Tick(-percent)} %",
    };
}

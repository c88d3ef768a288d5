using System.Text;

namespace ScsiActors.Host.Report.Charts;

/// <summary>Draws one line of a <see cref="StepChart"/>: every jump while they can be told apart, else the mean of a few pixels and a shade from
/// the lowest to the highest value in them. However many points there are, the picture stays small and hides no peak.</summary>
internal static class StepLine
{
    // Pixels, of a jump that can be seen as one and of what is summed up.
    private const double Distinct = 10;
    private const double SliceWidth = 3;

    /// <summary>True when there are too many points to show each jump on <paramref name="width"/> pixels.</summary>
    public static bool IsSummedUp(IReadOnlyList<StepPoint> points, double width) => points.Count * Distinct > width;

    /// <summary>Draws it as the line number <paramref name="index"/>.</summary>
    public static void Write(SvgWriter svg, IReadOnlyList<StepPoint> points, LinearScale x, LinearScale y, int index)
    {
        if (points.Count == 0)
            return;
        if (!IsSummedUp(points, x.To - x.From))
        {
            svg.Path(Line(points.Select(point => (x.At(point.X), point.Y)), x.To, y), $"step line-{index}");
            return;
        }
        var slices = Slices(points, x);
        svg.Path(Spread(slices, y), $"spread spread-{index}");
        svg.Path(Line(slices.Select(static slice => (slice.From, slice.Mean)), x.To, y), $"step line-{index}");
    }

    private static string Line(IEnumerable<(double X, double Value)> points, double end, LinearScale y)
    {
        var data = new StringBuilder();
        double? last = null;
        foreach (var (x, value) in points)
        {
            var height = Math.Round(y.At(value), 2);
            if (height == last)
                continue;
            data.Append(last is null ? $"M{SvgWriter.Number(x)} {SvgWriter.Number(height)}" : $"H{SvgWriter.Number(x)}V{SvgWriter.Number(height)}");
            last = height;
        }
        return data.Append($"H{SvgWriter.Number(end)}").ToString();
    }

    // There along the highest values, and back along the lowest.
    private static string Spread(List<Slice> slices, LinearScale y)
    {
        var there = new StringBuilder($"M{SvgWriter.Number(slices[0].From)} {SvgWriter.Number(y.At(slices[0].High))}");
        var back = new StringBuilder();
        for (var i = 0; i < slices.Count; i++)
        {
            there.Append($"V{SvgWriter.Number(y.At(slices[i].High))}H{SvgWriter.Number(slices[i].To)}");
            var lowest = slices[^(i + 1)];
            back.Append($"V{SvgWriter.Number(y.At(lowest.Low))}H{SvgWriter.Number(lowest.From)}");
        }
        return there.Append(back).Append('z').ToString();
    }

    private static List<Slice> Slices(IReadOnlyList<StepPoint> points, LinearScale x)
    {
        var slices = new List<Slice>();
        var next = 0;
        var value = points[0].Y;
        var begin = x.At(points[0].X);
        var count = Math.Max(1, (int)Math.Ceiling((x.To - begin) / SliceWidth));
        for (var i = 0; i < count; i++)
        {
            var from = begin + i * SliceWidth;
            var to = Math.Min(x.To, from + SliceWidth);
            double low = double.MaxValue, high = double.MinValue, sum = 0, reached = from;
            for (; next < points.Count && x.At(points[next].X) < to; next++)
            {
                var position = x.At(points[next].X);
                // A value that lasted no time was not there.
                if (position > reached)
                {
                    low = Math.Min(low, value);
                    high = Math.Max(high, value);
                    sum += value * (position - reached);
                    reached = position;
                }
                value = points[next].Y;
            }
            sum += value * (to - reached);
            slices.Add(new Slice(from, to, Math.Min(low, value), Math.Max(high, value), to > from ? sum / (to - from) : value));
        }
        return slices;
    }

    private readonly record struct Slice(double From, double To, double Low, double High, double Mean);
}

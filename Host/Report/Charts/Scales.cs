using ScsiActors.Messages;

namespace ScsiActors.Host.Report.Charts;

/// <summary>Maps values to pixels; what is outside is drawn at the edge.</summary>
internal abstract record Scale(double Low, double High, double From, double To)
{
    /// <summary>The values worth a tick, the most important first.</summary>
    public abstract IEnumerable<double> Ticks();

    /// <summary>The pixel of <paramref name="value"/>, never outside <c>From</c> to <c>To</c>.</summary>
    public double At(double value) => From + Math.Clamp(Share(value), 0, 1) * (To - From);

    /// <summary>Where between low (0) and high (1) the value lies.</summary>
    protected abstract double Share(double value);
}

/// <summary>Equal steps for equal differences.</summary>
internal sealed record LinearScale(double Low, double High, double From, double To) : Scale(Low, High, From, To)
{
    private const double Slack = 1e-9;
    private const double LabelGap = 8;

    /// <summary>A scale from 0 to a round number not below <paramref name="highest"/>, with about <paramref name="ticks"/> steps.</summary>
    public static LinearScale UpTo(double highest, double from, double to, int ticks)
    {
        highest = highest > 0 ? highest : 1;
        // Powers of two are counts of slots: their quarters, not 5 and 10, are what readers look for.
        var isPowerOfTwo = highest >= ticks && double.IsPow2(highest);
        var step = isPowerOfTwo ? highest / ticks : Step(highest, ticks);
        return new LinearScale(0, Math.Ceiling(highest / step - Slack) * step, from, to) { TickStep = step };
    }

    /// <summary>The same for a horizontal axis, with no more steps than have room for their labels.</summary>
    public static LinearScale Across(double highest, double from, double to, int ticks)
    {
        while (true)
        {
            var scale = UpTo(highest, from, to, ticks);
            if (ticks == 1 || scale.HasRoomForLabels)
                return scale;
            ticks--;
        }
    }

    /// <summary>True when neighbouring ticks can have their labels side by side.</summary>
    public bool HasRoomForLabels =>
        TextMetrics.Width(Figures.Tick(High), SvgWriter.SmallSize) + LabelGap <= TickStep / (High - Low) * Math.Abs(To - From);

    /// <summary>The distance between two ticks.</summary>
    public double TickStep { get; init; } = Step(High - Low, 4);

    /// <inheritdoc/>
    public override IEnumerable<double> Ticks()
    {
        var first = (int)Math.Ceiling(Low / TickStep - Slack);
        var last = (int)Math.Floor(High / TickStep + Slack);
        return Enumerable.Range(first, last - first + 1).Select(index => index * TickStep);
    }

    /// <inheritdoc/>
    protected override double Share(double value) => High > Low ? (value - Low) / (High - Low) : 0;

    // 1, 2, 2.5 or 5 times a power of ten.
    private static double Step(double range, int ticks)
    {
        Invariant.Holds(range > 0, "an axis has an extent");
        var raw = range / ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var factor = (raw / power) switch { <= 1 + Slack => 1, <= 2 + Slack => 2, <= 2.5 + Slack => 2.5, <= 5 + Slack => 5, _ => 10 };
        return factor * power;
    }
}

/// <summary>Equal steps for equal ratios; both ends are positive.</summary>
internal sealed record LogScale(double Low, double High, double From, double To) : Scale(Low, High, From, To)
{
    private const double Slack = 1e-9;

    // Those of the first come first where there is no room for all.
    private static readonly double[] Steps = [1, 2, 5];

    /// <summary>A scale from and to 1, 2 or 5 times a power of ten, which has both values in it.</summary>
    public static LogScale Around(double lowest, double highest, double from, double to)
    {
        var low = Round(lowest).Low;
        var high = Round(highest).High;
        return new LogScale(low, high > low ? high : low * 10, from, to);
    }

    /// <inheritdoc/>
    public override IEnumerable<double> Ticks()
    {
        var first = (int)Math.Floor(Math.Log10(Low) + Slack);
        var last = (int)Math.Floor(Math.Log10(High) + Slack);
        return Steps.SelectMany(step => Enumerable.Range(first, last - first + 1).Select(power => step * Math.Pow(10, power)))
            .Where(tick => tick >= Low * (1 - Slack) && tick <= High * (1 + Slack));
    }

    /// <summary>True for a tick that is more than one of the steps between.</summary>
    public static bool IsPowerOfTen(double tick) => Math.Abs(Math.Log10(tick) - Math.Round(Math.Log10(tick))) < Slack;

    private static (double Low, double High) Round(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value) + Slack));
        var share = value / power;
        var low = share >= 5 - Slack ? 5 : share >= 2 - Slack ? 2 : 1;
        var high = share <= 1 + Slack ? 1 : share <= 2 + Slack ? 2 : share <= 5 + Slack ? 5 : 10;
        return (low * power, high * power);
    }

    /// <inheritdoc/>
    protected override double Share(double value) => value <= Low ? 0 : Math.Log(value / Low) / Math.Log(High / Low);
}

namespace ScsiActors.Host.Bench;

/// <summary>What several rounds came to: the median, which one slow round does not move, and the extremes.</summary>
/// <param name="Median">The middle one; of an even number, the average of the two in the middle.</param>
/// <param name="Least">The least.</param>
/// <param name="Most">The most.</param>
internal readonly record struct Statistic(double Median, double Least, double Most)
{
    /// <summary>Half of the distance between the extremes, by the median: how far to trust it; 0 where the median is 0.</summary>
    public double Spread => Median == 0 ? 0 : (Most - Least) / 2 / Median;

    /// <summary>The statistic of some values; null when there are none.</summary>
    public static Statistic? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return null;
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Statistic(median, sorted[0], sorted[^1]);
    }
}

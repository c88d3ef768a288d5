using System.Numerics;

namespace ScsiActors.Journal;

/// <summary>Commands whose latency lies in a range.</summary>
/// <param name="From">The shortest latency in it, in nanoseconds.</param>
/// <param name="To">The shortest latency above it, in nanoseconds.</param>
/// <param name="Count">How many.</param>
public readonly record struct LatencyBucket(long From, long To, int Count);

/// <summary>The latencies of all answered commands of one name.</summary>
/// <param name="Operation">The command's name.</param>
/// <param name="Count">How many.</param>
/// <param name="Minimum">The shortest, in nanoseconds.</param>
/// <param name="Median">Half of them took no longer, in nanoseconds.</param>
/// <param name="Percentile99">99 of 100 took no longer, in nanoseconds.</param>
/// <param name="Maximum">The longest, in nanoseconds.</param>
/// <param name="Buckets">The ranges from the shortest to the longest latency, eight to each doubling; the empty ones between them too.</param>
public sealed record LatencyHistogram(
    string Operation, int Count, long Minimum, long Median, long Percentile99, long Maximum, IReadOnlyList<LatencyBucket> Buckets);

/// <summary>How long commands took, by name.</summary>
public static class LatencyHistograms
{
    private const int BucketsADoubling = 8;
    private const int Shift = 3;

    /// <summary>One histogram a command name, by name.</summary>
    public static IReadOnlyList<LatencyHistogram> Of(CommandHistory history) =>
    [
        .. history.Commands.Where(static command => command.IsAnswered)
            .GroupBy(static command => OperationNames.Of(command.Cdb), static command => command.Latency)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => Of(group.Key, [.. group.Order()])),
    ];

    /// <summary>One histogram of latencies in ascending order.</summary>
    internal static LatencyHistogram Of(string operation, long[] sorted)
    {
        var first = BucketOf(sorted[0]);
        var counts = new int[BucketOf(sorted[^1]) - first + 1];
        foreach (var latency in sorted)
            counts[BucketOf(latency) - first]++;
        return new LatencyHistogram(operation, sorted.Length, sorted[0], Percentile(sorted, 50), Percentile(sorted, 99), sorted[^1],
            [.. counts.Select((count, i) => new LatencyBucket(StartOf(first + i), StartOf(first + i + 1), count))]);
    }

    private static long Percentile(long[] sorted, int percent) => sorted[Math.Max(0, (sorted.Length * percent + 99) / 100 - 1)];

    // Below 8 ns a bucket each nanosecond, above eight to each doubling.
    private static int BucketOf(long latency)
    {
        if (latency < BucketsADoubling)
            return (int)Math.Max(0, latency);
        var doubling = BitOperations.Log2((ulong)latency) - Shift;
        return (doubling << Shift) + (int)(latency >> doubling);
    }

    private static long StartOf(int bucket)
    {
        if (bucket < BucketsADoubling)
            return bucket;
        var doubling = (bucket >> Shift) - 1;
        return (long)((bucket & (BucketsADoubling - 1)) + BucketsADoubling) << doubling;
    }
}

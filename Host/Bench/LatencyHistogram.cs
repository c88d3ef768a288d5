using System.Numerics;

namespace ScsiActors.Host.Bench;

/// <summary>Counts durations in buckets of at most 1/64 of their value, from 1 ns up; adding one costs no more than an increment.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int SubBuckets = 1 << SubBits;

    private readonly long[] _counts = new long[(64 - SubBits) * SubBuckets];

    /// <summary>How many durations were added.</summary>
    public long Count { get; private set; }

    /// <summary>The longest one, in nanoseconds.</summary>
    public long Maximum { get; private set; }

    /// <summary>Adds one duration in nanoseconds; a negative one, from a clock that was set back, counts as 0.</summary>
    public void Add(long nanoseconds)
    {
        var value = Math.Max(nanoseconds, 0);
        _counts[IndexOf(value)]++;
        Count++;
        if (value > Maximum)
            Maximum = value;
    }

    /// <summary>The duration in nanoseconds that the share <paramref name="fraction"/> (0 to 1) of all do not exceed: the upper bound of
    /// its bucket, no more than the maximum; 0 when there is none.</summary>
    public long Percentile(double fraction)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(fraction * Count));
        long seen = 0;
        for (var index = 0; index < _counts.Length && Count > 0; index++)
        {
            seen += _counts[index];
            if (seen >= wanted)
                return Math.Min(UpperBound(index), Maximum);
        }
        return 0;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Maximum = 0;
    }

    // Below 2 * SubBuckets a bucket is one nanosecond wide; above, each power of two has SubBuckets of them.
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - SubBits);
        return shift * SubBuckets + (int)(value >> shift);
    }

    private static long UpperBound(int index)
    {
        if (index < 2 * SubBuckets)
            return index;
        var shift = index / SubBuckets - 1;
        var start = (long)(SubBuckets + index % SubBuckets) << shift;
        return start + (1L << shift) - 1;
    }
}

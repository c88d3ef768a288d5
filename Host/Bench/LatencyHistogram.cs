using System.Numerics;

namespace ScsiActors.Host.Bench;

/// <summary>Durations that fell between two bounds.</summary>
/// <param name="From">The least, in nanoseconds.</param>
/// <param name="To">The most, in nanoseconds, inclusive.</param>
/// <param name="Count">How many.</param>
internal sealed record LatencyBucket(long From, long To, long Count);

/// <summary>Counts durations in buckets of at most 1/64 of their value, from 1 ns up; adding one costs no more than an increment.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int SubBuckets = 1 << SubBits;
    private const int Coarseness = 8;

    private readonly long[] _counts = new long[(64 - SubBits) * SubBuckets];
    private double _sum;

    /// <summary>How many durations were added.</summary>
    public long Count { get; private set; }

    /// <summary>The longest one, in nanoseconds.</summary>
    public long Maximum { get; private set; }

    /// <summary>Their average in nanoseconds, exact; 0 when there is none.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>Adds one duration in nanoseconds; a negative one, from a clock that was set back, counts as 0.</summary>
    public void Add(long nanoseconds)
    {
        var value = Math.Max(nanoseconds, 0);
        _counts[IndexOf(value)]++;
        _sum += value;
        Count++;
        if (value > Maximum)
            Maximum = value;
    }

    /// <summary>Adds all that <paramref name="other"/> has.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var index = 0; index < _counts.Length; index++)
            _counts[index] += other._counts[index];
        _sum += other._sum;
        Count += other.Count;
        Maximum = Math.Max(Maximum, other.Maximum);
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

    /// <summary>The buckets that are not empty, eight to a doubling of the duration, in rising order: for pictures.</summary>
    public IEnumerable<LatencyBucket> Buckets()
    {
        for (var first = 0; first < _counts.Length; first += Coarseness)
        {
            var count = 0L;
            for (var index = first; index < first + Coarseness; index++)
                count += _counts[index];
            if (count > 0)
                yield return new LatencyBucket(first == 0 ? 0 : UpperBound(first - 1) + 1, UpperBound(first + Coarseness - 1), count);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        _sum = 0;
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

namespace ScsiActors.Aio.Simulated;

/// <summary>How a latency scatters about its mean.</summary>
public enum LatencyDistribution
{
    /// <summary>Always the mean.</summary>
    Fixed,

    /// <summary>Evenly from mean × (1 − spread) to mean × (1 + spread).</summary>
    Uniform,

    /// <summary>Exponential: no memory, a long tail; the spread does not matter.</summary>
    Exponential,

    /// <summary>Log-normal, the shape of most measured storage: the spread is the standard deviation of its logarithm, and the mean is kept.</summary>
    LogNormal,
}

/// <summary>How long a simulated disk takes: lanes, whose latencies overlap, in front of one medium, which serves one request at a time.</summary>
/// <remarks>Rates are in bytes a second, 1 to 16 × 10⁹; lengths and sizes in bytes. Durations are not negative. <see cref="DiskMechanism"/> says what each
/// stands for in the order in which a request meets it.</remarks>
public sealed record DiskTiming
{
    /// <summary>Requests that the disk works on at once, 1 to 1024; the others wait in its queue.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Bytes that requests which continue each other may have together to be served as one; 0 serves each alone.</summary>
    public long CoalesceLimit { get; init; }

    /// <summary>Mean latency of a read before it needs the medium; latencies overlap.</summary>
    public TimeSpan ReadLatency { get; init; }

    /// <summary>Mean latency of an isolated write before it needs the medium; a write that continues the one before has none.</summary>
    public TimeSpan WriteLatency { get; init; }

    /// <summary>How both latencies scatter.</summary>
    public LatencyDistribution Distribution { get; init; }

    /// <summary>How far they scatter, 0 to 4; what it measures depends on <see cref="Distribution"/>.</summary>
    public double Spread { get; init; }

    /// <summary>Latency added for a seek over the whole disk; a shorter one costs the square root of its share, none costs nothing.</summary>
    public TimeSpan SeekLatency { get; init; }

    /// <summary>Latency added for each other request that the disk has at that time, waiting or in work.</summary>
    public TimeSpan DepthLatency { get; init; }

    /// <summary>Time of the medium for each read, whatever its length.</summary>
    public TimeSpan ReadOverhead { get; init; }

    /// <summary>Time of the medium for each write, whatever its length.</summary>
    public TimeSpan WriteOverhead { get; init; }

    /// <summary>Time of the medium for each isolated write, in place of <see cref="WriteOverhead"/>; null is as that.</summary>
    public TimeSpan? IsolatedWriteOverhead { get; init; }

    /// <summary>Time of the medium before a request that does not begin where the one taken before it ended.</summary>
    public TimeSpan Reposition { get; init; }

    /// <summary>Time of the medium for each unmap, whatever its length.</summary>
    public TimeSpan UnmapOverhead { get; init; }

    /// <summary>Bytes a second from and to the medium.</summary>
    public long Rate { get; init; } = 1_000_000_000;

    /// <summary>Bytes a second of a read that does not continue the request before; 0 is <see cref="Rate"/>.</summary>
    public long IsolatedReadRate { get; init; }

    /// <summary>Bytes a second of a write that does not continue the request before (an array with parity reads before it writes); 0 is
    /// <see cref="Rate"/>.</summary>
    public long IsolatedWriteRate { get; init; }

    /// <summary>Bytes of volatile write cache; 0 is none, so that a completed write is durable.</summary>
    public long WriteCache { get; init; }

    /// <summary>Time for a write to enter the cache, whatever its length.</summary>
    public TimeSpan CacheLatency { get; init; }

    /// <summary>Bytes a second into the cache; 0 costs no time.</summary>
    public long CacheRate { get; init; }

    /// <summary>Time of a flush beyond that of destaging what it has to.</summary>
    public TimeSpan FlushLatency { get; init; }
}

using Akka.Configuration;

namespace ScsiActors.Aio.Simulated;

/// <summary>What a simulated disk does with bytes.</summary>
public enum DiskContentsKind
{
    /// <summary>What is written is read back.</summary>
    Keep,

    /// <summary>Nothing is copied; a read leaves the client's memory as it is.</summary>
    Forget,
}

/// <summary>A simulated disk: section <c>aio.simulated</c> of config.hocon.</summary>
/// <param name="Seed">Decides, with the name of the device, every draw.</param>
/// <param name="Contents">What becomes of bytes.</param>
/// <param name="Timing">What takes how long.</param>
public sealed record SimulatedDiskSettings(ulong Seed, DiskContentsKind Contents, DiskTiming Timing)
{
    private const long MaxRate = 16_000_000_000;

    private static readonly TimeSpan MaxDuration = TimeSpan.FromHours(1);

    private static readonly Dictionary<string, DiskContentsKind> ContentsKinds = new()
    {
        ["keep"] = DiskContentsKind.Keep,
        ["forget"] = DiskContentsKind.Forget,
    };

    private static readonly Dictionary<string, LatencyDistribution> Distributions = new()
    {
        ["fixed"] = LatencyDistribution.Fixed,
        ["uniform"] = LatencyDistribution.Uniform,
        ["exponential"] = LatencyDistribution.Exponential,
        ["lognormal"] = LatencyDistribution.LogNormal,
    };

    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">A name is unknown, or a number out of range.</exception>
    public static SimulatedDiskSettings From(Config config) => new(
        (ulong)config.GetLong("seed"),
        AioConfig.Name(config, "contents", ContentsKinds),
        new DiskTiming
        {
            Lanes = AioConfig.Number(config, "lanes", 1, 1024),
            CoalesceLimit = AioConfig.Bytes(config, "coalesce-limit", 0, 1 << 30),
            ReadLatency = AioConfig.Duration(config, "read-latency", MaxDuration),
            WriteLatency = AioConfig.Duration(config, "write-latency", MaxDuration),
            Distribution = AioConfig.Name(config, "latency-distribution", Distributions),
            Spread = AioConfig.Fraction(config, "latency-spread", 0, 4),
            SeekLatency = AioConfig.Duration(config, "seek-latency", MaxDuration),
            DepthLatency = AioConfig.Duration(config, "depth-latency", MaxDuration),
            ReadOverhead = AioConfig.Duration(config, "read-overhead", MaxDuration),
            WriteOverhead = AioConfig.Duration(config, "write-overhead", MaxDuration),
            IsolatedWriteOverhead = config.GetString("isolated-write-overhead") == "same"
                ? null : AioConfig.Duration(config, "isolated-write-overhead", MaxDuration),
            Reposition = AioConfig.Duration(config, "reposition", MaxDuration),
            UnmapOverhead = AioConfig.Duration(config, "unmap-overhead", MaxDuration),
            Rate = AioConfig.Bytes(config, "rate", 1, MaxRate),
            IsolatedReadRate = AioConfig.Bytes(config, "isolated-read-rate", 0, MaxRate),
            IsolatedWriteRate = AioConfig.Bytes(config, "isolated-write-rate", 0, MaxRate),
            WriteCache = AioConfig.Bytes(config, "write-cache", 0, 1L << 40),
            CacheLatency = AioConfig.Duration(config, "cache-latency", MaxDuration),
            CacheRate = AioConfig.Bytes(config, "cache-rate", 0, MaxRate),
            FlushLatency = AioConfig.Duration(config, "flush-latency", MaxDuration),
        });
}

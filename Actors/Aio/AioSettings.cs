using Akka.Configuration;
using ScsiActors.Aio.Simulated;

namespace ScsiActors.Aio;

/// <summary>What kind of storage a device has.</summary>
public enum AioBackendKind
{
    /// <summary>Completes at once and keeps nothing.</summary>
    Null,

    /// <summary>Keeps what is written in memory.</summary>
    Memory,

    /// <summary>A file, or a block device.</summary>
    File,

    /// <summary>A disk with the speed and the faults that it is told to have.</summary>
    Simulated,
}

/// <summary>How a file is read and written.</summary>
public enum AioFileEngine
{
    /// <summary>io_uring where the kernel allows it, the thread pool elsewhere.</summary>
    Auto,

    /// <summary>io_uring; the thread pool, with a warning, where the kernel refuses it.</summary>
    IoUring,

    /// <summary>Threads that block in positioned reads and writes.</summary>
    ThreadPool,
}

/// <summary>The storage of one device: section <c>aio</c> of config.hocon.</summary>
/// <param name="Backend">Its kind.</param>
/// <param name="Size">Bytes it holds; of a file only when it is created.</param>
/// <param name="MaxAllocated">Bytes of memory that a disk in memory may really use.</param>
/// <param name="File">The file, where <paramref name="Backend"/> is <see cref="AioBackendKind.File"/>.</param>
/// <param name="Simulated">The disk, where it is <see cref="AioBackendKind.Simulated"/>.</param>
public sealed record AioSettings(AioBackendKind Backend, long Size, long MaxAllocated, AioFileSettings File, SimulatedDiskSettings Simulated)
{
    private static readonly Dictionary<string, AioBackendKind> Kinds = new()
    {
        ["null"] = AioBackendKind.Null,
        ["memory"] = AioBackendKind.Memory,
        ["file"] = AioBackendKind.File,
        ["simulated"] = AioBackendKind.Simulated,
    };

    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">A name is unknown, or a number out of range.</exception>
    public static AioSettings From(Config config)
    {
        var settings = new AioSettings(
            AioConfig.Name(config, "backend", Kinds),
            AioConfig.Bytes(config, "size", 1, long.MaxValue),
            AioConfig.Bytes(config, "memory.max-allocated", 0, long.MaxValue),
            AioFileSettings.From(config.GetConfig("file") ?? throw new ConfigurationException("aio.file is missing")),
            SimulatedDiskSettings.From(config.GetConfig("simulated") ?? throw new ConfigurationException("aio.simulated is missing")));
        if (settings is { Backend: AioBackendKind.File, File.Path: "" })
            throw new ConfigurationException("aio.file.path is empty: a file backend needs one");
        return settings;
    }
}

/// <summary>How a file serves as a disk: section <c>aio.file</c>.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Create">True: it is created, sparse, when it does not exist; one that exists is used as it is.</param>
/// <param name="ReadOnly">True: it is opened for reading only. A file that nobody may write is in any case.</param>
/// <param name="Engine">How it is read and written.</param>
/// <param name="Direct">True: the kernel's page cache is bypassed (O_DIRECT; io_uring only).</param>
/// <param name="RingEntries">Entries of the submission ring; the completion ring has four times as many.</param>
/// <param name="PollFor">How long the actor looks for completions again and again before it sleeps, if they lately came that fast; io_uring only.</param>
/// <param name="Workers">Threads of the thread pool engine.</param>
/// <param name="BounceBuffers">Buffers for direct transfers whose memory or range is not aligned.</param>
/// <param name="BounceLength">Bytes of each of them, a multiple of 4096.</param>
public sealed record AioFileSettings(string Path, bool Create, bool ReadOnly, AioFileEngine Engine, bool Direct, int RingEntries, TimeSpan PollFor, int Workers,
    int BounceBuffers, int BounceLength)
{
    private static readonly Dictionary<string, AioFileEngine> Engines = new()
    {
        ["auto"] = AioFileEngine.Auto,
        ["io-uring"] = AioFileEngine.IoUring,
        ["thread-pool"] = AioFileEngine.ThreadPool,
    };

    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">A name is unknown, or a number out of range.</exception>
    public static AioFileSettings From(Config config)
    {
        var settings = new AioFileSettings(
            config.GetString("path") ?? "",
            config.GetBoolean("create"),
            config.GetBoolean("read-only"),
            AioConfig.Name(config, "engine", Engines),
            config.GetBoolean("direct"),
            AioConfig.Number(config, "ring-entries", 1, 4096),
            config.GetTimeSpan("poll-for"),
            AioConfig.Number(config, "workers", 1, 64),
            AioConfig.Number(config, "bounce-buffers", 1, 1024),
            (int)AioConfig.Bytes(config, "bounce-length", 2 * 4096, 1 << 30));
        if (settings.BounceLength % 4096 != 0)
            throw new ConfigurationException($"aio.file.bounce-length is {settings.BounceLength}: a multiple of 4096 is needed");
        return settings;
    }
}

/// <summary>Reads values with their bounds.</summary>
internal static class AioConfig
{
    public static T Name<T>(Config config, string path, Dictionary<string, T> names)
    {
        // Written without quotes, null is HOCON's own word for no value; every other name is a string.
        var name = config.GetString(path) ?? "null";
        return names.TryGetValue(name, out var value)
            ? value
            : throw new ConfigurationException($"aio: {path} is \"{name}\"; it can be {string.Join(", ", names.Keys)}");
    }

    public static int Number(Config config, string path, int least, int most) => Bounded(config.GetInt(path), path, least, most);

    public static long Bytes(Config config, string path, long least, long most) => Bounded(config.GetByteSize(path) ?? least - 1, path, least, most);

    public static double Fraction(Config config, string path, double least, double most) => Bounded(config.GetDouble(path), path, least, most);

    public static TimeSpan Duration(Config config, string path, TimeSpan most) => Bounded(config.GetTimeSpan(path), path, TimeSpan.Zero, most);

    private static T Bounded<T>(T value, string path, T least, T most) where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw new ConfigurationException($"aio: {path} is {value}; it can be {least} to {most}");
}

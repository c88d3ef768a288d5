using ScsiActors.Host.Output;
using ScsiActors.Host.Session;

namespace ScsiActors.Host.Bench;

/// <summary>What is done every way, one after another, so that a noisy minute hits them alike.</summary>
/// <param name="IsWrite">Writes, else reads.</param>
/// <param name="TransferLength">Bytes of each request.</param>
/// <param name="IsRandom">At random places, else one after the other.</param>
internal sealed record BenchCase(bool IsWrite, int TransferLength, bool IsRandom)
{
    /// <summary><c>read</c> or <c>write</c>.</summary>
    public string Operation => IsWrite ? "write" : "read";

    /// <summary><c>sequential</c> or <c>random</c>.</summary>
    public string Pattern => IsRandom ? "random" : "sequential";

    /// <summary>As the letter's table writes it: <c>write, 64k</c>.</summary>
    public override string ToString() => $"{Operation}, {ByteSize.Block(TransferLength)}{(IsRandom ? ", random" : "")}";
}

/// <summary>A whole run of <c>bench</c>.</summary>
internal sealed record BenchPlan
{
    /// <summary>The ways to storage, in the order in which they are shown.</summary>
    public IReadOnlyList<BenchWay> Ways { get; init; } = BenchWay.All;

    /// <summary>Bytes of a request.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [16 << 10, 64 << 10];

    /// <summary>For each pattern, whether it is random.</summary>
    public IReadOnlyList<bool> Patterns { get; init; } = [false];

    /// <summary>Requests outstanding.</summary>
    public int Depth { get; init; } = 16;

    /// <summary>How often every row is measured.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How long each row is measured in each round.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>How long each row runs before it is measured.</summary>
    public TimeSpan WarmUp => Duration / 4;

    /// <summary>An existing file to measure on; null for a temporary one.</summary>
    public FileInfo? File { get; init; }

    /// <summary>Whether <see cref="File"/> may be written to.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Bytes of the temporary file.</summary>
    public long FileSize { get; init; } = 256 << 20;

    /// <summary>Where the temporary file goes.</summary>
    public string Directory { get; init; } = Path.GetTempPath();

    /// <summary>How the file is reached: auto, io-uring or thread-pool.</summary>
    public string Engine { get; init; } = "auto";

    /// <summary>Past the page cache (O_DIRECT), as the letter measured; null for where the file system can.</summary>
    public bool? Direct { get; init; }

    /// <summary>Measure on storage that takes a chosen time, instead of a file; null for a file.</summary>
    public ServiceTimeDisk? ServiceTimeDisk { get; init; }

    /// <summary>Checks the data every way, before measuring.</summary>
    public bool Verify { get; init; }

    /// <summary>Decides the places and the data.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where the run goes as JSON; null for nowhere.</summary>
    public FileInfo? Json { get; init; }

    /// <summary>Where the report with pictures goes; null for nowhere.</summary>
    public FileInfo? Html { get; init; }

    /// <summary>Where the rows go as comma-separated values; null for nowhere.</summary>
    public FileInfo? Csv { get; init; }

    /// <summary><c>--quick</c>: every row once, under 20 seconds.</summary>
    public static BenchPlan Quick { get; } = new() { Rounds = 1, Duration = TimeSpan.FromSeconds(0.15), FileSize = 32 << 20 };

    /// <summary>The short form: plain <c>dotnet run</c>.</summary>
    public static BenchPlan Short { get; } = new() { Rounds = 3, Duration = TimeSpan.FromSeconds(0.25), FileSize = 128 << 20 };

    /// <summary>True when rows may write.</summary>
    public bool MayWrite => File is null || Overwrite || ServiceTimeDisk is not null;

    /// <summary>The cases in the order in which they run and are shown.</summary>
    public IReadOnlyList<BenchCase> Cases =>
    [
        .. from isRandom in Patterns
           from size in Sizes
           from isWrite in MayWrite ? new[] { true, false } : [false]
           select new BenchCase(isWrite, size, isRandom),
    ];

    /// <summary>Measurements, of all rows in all rounds.</summary>
    public int MeasurementCount => Cases.Count * Ways.Count * Rounds;

    /// <summary>What a workload does in a case.</summary>
    public WorkloadPlan WorkloadOf(BenchCase benchCase, long diskLength) =>
        new(benchCase.IsWrite, benchCase.TransferLength, diskLength, Depth, benchCase.IsRandom, Seed, WarmUp, Duration);

    /// <summary>Target 0 with the storage to measure on.</summary>
    /// <param name="path">The file; null without one.</param>
    public Device DeviceOn(string? path) => ServiceTimeDisk is { } disk
        ? new Device(0, "simulated") { Size = FileSize, Settings = disk.ToHocon(Verify) }
        : new Device(0, "file") { Path = path, Engine = Engine, Direct = Direct ?? true, ReadOnly = !MayWrite };
}

using ScsiActors.Host.Output;

namespace ScsiActors.Host.Bench.Storage;

/// <summary>Storage that can be measured.</summary>
/// <param name="Name">On the command line, in the table and in JSON.</param>
/// <param name="Backend">The aio backend.</param>
/// <param name="Engine">The file engine; null where there is no file.</param>
/// <param name="Summary">For people.</param>
internal sealed record StorageKind(string Name, string Backend, string? Engine, string Summary)
{
    /// <summary>All of them, from the cheapest to the dearest.</summary>
    public static IReadOnlyList<StorageKind> All { get; } =
    [
        new("null", "null", null, "forgets writes, reads nothing: the cost of the actors alone"),
        new("memory", "memory", null, "a disk in memory"),
        new("thread-pool", "file", "thread-pool", "a file, by the .NET thread pool"),
        new("io-uring", "file", "io-uring", "a file, by io_uring"),
    ];

    /// <summary>True when there is a file.</summary>
    public bool IsFile => Engine is not null;

    /// <summary>True when what was written can be read again.</summary>
    public bool KeepsData => Backend != "null";

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Summary})";
}

/// <summary>How commands reach the logical unit.</summary>
/// <param name="Name">On the command line, in the table and in JSON.</param>
/// <param name="Summary">For people.</param>
internal sealed record StoragePath(string Name, string Summary)
{
    /// <summary>By SAM services, nothing in between.</summary>
    public static StoragePath Direct { get; } = new("direct", "by SAM services, nothing in between");

    /// <summary>Through driver, LSI 53C895A and parallel bus.</summary>
    public static StoragePath Lsi { get; } = new("lsi", "through driver, LSI 53C895A and parallel bus");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StoragePath> All { get; } = [Direct, Lsi];
}

/// <summary>What is done to every backend, one after another, so that a noisy minute hits them alike.</summary>
/// <param name="TransferLength">Bytes of each command.</param>
/// <param name="IsWrite">Writes, else reads.</param>
/// <param name="Depth">Commands outstanding.</param>
internal sealed record StorageCase(int TransferLength, bool IsWrite, int Depth);

/// <summary>A whole run of <c>bench storage</c>.</summary>
internal sealed record StoragePlan
{
    /// <summary>What to measure, in the order in which it is shown.</summary>
    public IReadOnlyList<StorageKind> Backends { get; init; } = StorageKind.All;

    /// <summary>The ways to them.</summary>
    public IReadOnlyList<StoragePath> Paths { get; init; } = StoragePath.All;

    /// <summary>True when the way through the adapter is measured on the null backend alone, which shows what it adds.</summary>
    public bool LsiOnNullOnly { get; init; }

    /// <summary>The adapter's stage of the 2008 patch series.</summary>
    public string Preset { get; init; } = "default";

    /// <summary>True when the user named them: one that cannot be measured is then a failure.</summary>
    public bool BackendsAreChosen { get; init; }

    /// <summary>Bytes of a command.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [4 << 10, 16 << 10, 64 << 10];

    /// <summary>Commands outstanding.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [1, 16, 32];

    /// <summary>At random places, else one after the other.</summary>
    public bool IsRandom { get; init; }

    /// <summary>How long each row is measured.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Past the page cache (O_DIRECT).</summary>
    public bool Direct { get; init; }

    /// <summary>Bytes of each disk.</summary>
    public long DiskSize { get; init; } = 256 << 20;

    /// <summary>Where temporary disks go.</summary>
    public string Directory { get; init; } = Path.GetTempPath();

    /// <summary>An existing file to measure on instead of temporary disks; null for none.</summary>
    public FileInfo? File { get; init; }

    /// <summary>Whether <see cref="File"/> may be written to.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Checks the data too, before measuring.</summary>
    public bool Verify { get; init; }

    /// <summary>Decides the places.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where the rows go as JSON; null for nowhere.</summary>
    public FileInfo? Json { get; init; }

    /// <summary>How long each row runs before it is measured.</summary>
    public TimeSpan WarmUp => Duration / 4;

    /// <summary><c>--quick</c>: under 20 seconds.</summary>
    public static StoragePlan Quick { get; } = new()
    {
        Sizes = [4 << 10, 64 << 10],
        Depths = [1, 32],
        Duration = TimeSpan.FromSeconds(0.2),
        DiskSize = 64 << 20,
        LsiOnNullOnly = true,
    };

    /// <summary>Rows, when no backend is skipped.</summary>
    public int RowCount => Cases.Count() * Backends.Sum(backend => PathsTo(backend).Count());

    /// <summary>The ways to a backend that are measured.</summary>
    public IEnumerable<StoragePath> PathsTo(StorageKind backend) =>
        Paths.Where(path => path == StoragePath.Direct || !LsiOnNullOnly || backend.Name == "null" || Paths.Count == 1);

    /// <summary>The cases in the order in which they run.</summary>
    public IEnumerable<StorageCase> Cases =>
        from size in Sizes
        from depth in Depths
        from isWrite in File is null || Overwrite ? new[] { false, true } : [false]
        select new StorageCase(size, isWrite, depth);
}

/// <summary>One row of the table.</summary>
/// <param name="Path">Which way the commands went.</param>
/// <param name="Backend">What was measured.</param>
/// <param name="Case">What was done.</param>
/// <param name="Result">What came out.</param>
internal sealed record StorageRow(StoragePath Path, StorageKind Backend, StorageCase Case, Measurement Result)
{
    /// <summary>Its name: <c>direct io-uring write 4k depth 32</c>.</summary>
    public string Name => NameOf(Path, Backend, Case);

    /// <summary><c>read</c> or <c>write</c>.</summary>
    public string Operation => Case.IsWrite ? "write" : "read";

    /// <summary>Commands a second.</summary>
    public double Iops => Result.Iops;

    /// <summary>The name of a row.</summary>
    public static string NameOf(StoragePath path, StorageKind backend, StorageCase storageCase) =>
        $"{path.Name,-6} {backend.Name} {(storageCase.IsWrite ? "write" : "read")} {ByteSize.Block(storageCase.TransferLength)} depth {storageCase.Depth}";
}

/// <summary>The rows of a run so far.</summary>
internal sealed class StorageRows : List<StorageRow>
{
    /// <summary>IOPS of <paramref name="row"/> by those of the same case on the null backend; null when there is no such row.</summary>
    public double? RatioToNull(StorageRow row) => Ratio(row, row.Path, row.Case, "null");

    /// <summary>IOPS of <paramref name="row"/>, on a file, by those of the same case through the thread pool; null without one.</summary>
    public double? RatioToThreadPool(StorageRow row) => row.Backend.IsFile ? Ratio(row, row.Path, row.Case, "thread-pool") : null;

    /// <summary>IOPS of <paramref name="row"/>, through the adapter, by those of the same row without it; null without one.</summary>
    public double? RatioToDirect(StorageRow row) => row.Path == StoragePath.Lsi ? Ratio(row, StoragePath.Direct, row.Case, row.Backend.Name) : null;

    /// <summary>IOPS of <paramref name="row"/>, a write, by those of the same reads; null for a read.</summary>
    public double? RatioToRead(StorageRow row) =>
        row.Case.IsWrite ? Ratio(row, row.Path, row.Case with { IsWrite = false }, row.Backend.Name) : null;

    private double? Ratio(StorageRow row, StoragePath path, StorageCase storageCase, string backend) =>
        Find(other => other.Path == path && other.Case == storageCase && other.Backend.Name == backend) is { Iops: > 0 } peer
            ? row.Iops / peer.Iops
            : null;
}

namespace ScsiActors.Host.Bench.Storage;

/// <summary>The rows for programs; SCHEMA.md beside this file describes every field.</summary>
internal sealed record StorageReport(
    string Schema, string Version, string Engine, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, bool Complete,
    BenchMachine Machine, StorageReport.PlanInfo Plan, IReadOnlyList<StorageReport.Row> Rows,
    IReadOnlyList<StorageReport.SkippedInfo> Skipped, long? VerifiedBytes)
{
    /// <summary>The name and number of the schema; the number changes when a field changes its meaning or goes away.</summary>
    public const string CurrentSchema = "scsi-actors.bench-storage/2";

    /// <summary>What was asked for.</summary>
    public sealed record PlanInfo(
        string Preset, string Pattern, double SecondsPerRow, double WarmUpSeconds, bool Direct, string? File, long DiskBytes, ulong Seed);

    /// <summary>A backend that could not be measured.</summary>
    public sealed record SkippedInfo(string Backend, string Reason);

    /// <summary>Latencies in microseconds.</summary>
    public sealed record LatencyInfo(double P50, double P99, double P999, double Maximum);

    /// <summary>IOPS of the row by those of a peer of the same run; null where there is none.</summary>
    public sealed record RatioInfo(double? ToNull, double? ToThreadPool, double? ToDirect, double? WriteToRead);

    /// <summary>One row.</summary>
    public sealed record Row(
        string Path, string Backend, string Operation, int TransferBytes, int Depth, long Commands, double Seconds, double Iops,
        double MegabytesPerSecond, LatencyInfo LatencyMicroseconds, double CpuSecondsPerMillion, double AllocatedBytesPerCommand,
        RatioInfo Ratios, string? Error);

    /// <summary>The report of a run, or of what was measured before it was interrupted.</summary>
    public static StorageReport Of(StoragePlan plan, StorageResult result, bool complete) => new(
        CurrentSchema, EngineInfo.Version, EngineInfo.Description, result.StartedAt, DateTimeOffset.UtcNow, complete,
        BenchMachine.This,
        new PlanInfo(plan.Preset, plan.IsRandom ? "random" : "sequential", plan.Duration.TotalSeconds, plan.WarmUp.TotalSeconds, plan.Direct,
            plan.File?.FullName, plan.DiskSize, plan.Seed),
        [.. result.Rows.Select(row => RowOf(row, result.Rows))],
        [.. result.Skipped.Select(static skipped => new SkippedInfo(skipped.Backend.Name, skipped.Reason))],
        result.BytesVerified);

    private static Row RowOf(StorageRow row, StorageRows rows) => new(
        row.Path.Name, row.Backend.Name, row.Operation, row.Case.TransferLength, row.Case.Depth, row.Result.Requests,
        row.Result.Elapsed.TotalSeconds, row.Iops, row.Result.MegabytesPerSecond,
        new LatencyInfo(row.Result.Latency(0.5), row.Result.Latency(0.99), row.Result.Latency(0.999), row.Result.Latencies.Maximum / 1e3),
        row.Result.ProcessorSecondsPerMillion, row.Result.AllocatedBytesPerRequest,
        new RatioInfo(rows.RatioToNull(row), rows.RatioToThreadPool(row), rows.RatioToDirect(row), rows.RatioToRead(row)), row.Result.Error);
}

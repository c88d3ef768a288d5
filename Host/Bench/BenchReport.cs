using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScsiActors.Host.Bench;

/// <summary>The rows for programs; SCHEMA.md beside this file describes every field.</summary>
internal sealed record BenchReport(
    string Schema, string Version, string Engine, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, bool Complete,
    BenchReport.MachineInfo Machine, BenchReport.PlanInfo Plan, IReadOnlyList<BenchReport.Row> Rows,
    IReadOnlyList<BenchReport.SkippedInfo> Skipped, long? VerifiedBytes)
{
    /// <summary>The name and number of the schema; the number changes when a field changes its meaning or goes away.</summary>
    public const string CurrentSchema = "scsi-actors.bench/1";

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>Where it ran.</summary>
    public sealed record MachineInfo(int Processors, string OperatingSystem, string Architecture, string Runtime);

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
    public static BenchReport Of(BenchPlan plan, BenchResult result, bool complete) => new(
        CurrentSchema, EngineInfo.Version, EngineInfo.Description, result.StartedAt, DateTimeOffset.UtcNow, complete,
        new MachineInfo(Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString(),
            RuntimeInformation.FrameworkDescription),
        new PlanInfo(plan.Preset, plan.IsRandom ? "random" : "sequential", plan.Duration.TotalSeconds, plan.WarmUp.TotalSeconds, plan.Direct,
            plan.File?.FullName, plan.DiskSize, plan.Seed),
        [.. result.Rows.Select(row => RowOf(row, result.Rows))],
        [.. result.Skipped.Select(static skipped => new SkippedInfo(skipped.Backend.Name, skipped.Reason))],
        result.BytesVerified);

    /// <summary>Writes it as JSON.</summary>
    public void Save(FileInfo file) => File.WriteAllText(file.FullName, JsonSerializer.Serialize(this, Format) + "\n");

    private static Row RowOf(BenchRow row, BenchRows rows) => new(
        row.Path.Name, row.Backend.Name, BenchText.Operation(row.Case), row.Case.TransferLength, row.Case.Depth, row.Commands,
        row.Result.Elapsed.TotalSeconds, row.Iops, row.MegabytesPerSecond,
        new LatencyInfo(row.Latency(0.5), row.Latency(0.99), row.Latency(0.999), row.Result.Latencies.Maximum / 1e3),
        row.ProcessorSecondsPerMillion, row.AllocatedBytesPerCommand,
        new RatioInfo(rows.RatioToNull(row), rows.RatioToThreadPool(row), rows.RatioToDirect(row), rows.RatioToRead(row)), row.Result.Error);
}

namespace ScsiActors.Host.Bench;

/// <summary>A run for programs; SCHEMA.md beside this file describes every field.</summary>
internal sealed record BenchReport(
    string Schema, string Version, string Engine, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, bool Complete, BenchMachine Machine,
    BenchReport.PlanInfo Plan, string? Storage, IReadOnlyList<BenchReport.Row> Rows, IReadOnlyList<BenchReport.AimInfo> Aims, long? VerifiedBytes)
{
    /// <summary>The name and number of the schema; the number changes when a field changes its meaning or goes away.</summary>
    public const string CurrentSchema = "scsi-actors.bench/2";

    /// <summary>What was asked for.</summary>
    public sealed record PlanInfo(
        int Depth, int Rounds, double SecondsPerRow, double WarmUpSeconds, string Engine, bool? Direct, string? File, long FileBytes,
        double? ServiceTimeMilliseconds, int? Lanes, ulong Seed);

    /// <summary>A figure over the rounds.</summary>
    public sealed record Figure(double Median, double Least, double Most);

    /// <summary>Throughput by that of a peer, of the same rounds; null where there is none.</summary>
    public sealed record RatioInfo(Figure? ToBare, Figure? ToVirtio, Figure? WriteToRead);

    /// <summary>How long requests took, in microseconds, over all rounds.</summary>
    public sealed record LatencyInfo(double Mean, double P50, double P99, double P999, double Maximum, IReadOnlyList<Bucket> Histogram);

    /// <summary>Requests whose latency lay between two bounds, in microseconds.</summary>
    public sealed record Bucket(double From, double To, long Count);

    /// <summary>How busy storage was at a moment of the typical round.</summary>
    public sealed record DepthInfo(double Milliseconds, int InFlight, int Most);

    /// <summary>One row.</summary>
    public sealed record Row(
        string Way, string Label, string Operation, int TransferBytes, string Pattern, int Rounds, long Requests, Figure? MegabytesPerSecond, Figure? CpuPercent,
        Figure? SubmitMicroseconds, Figure? CompletionMilliseconds, Figure? P99Milliseconds, Figure? Iops, Figure? AllocatedBytesPerRequest,
        Figure? AverageInFlight, int MostInFlight, RatioInfo Ratios, LatencyInfo LatencyMicroseconds, IReadOnlyList<DepthInfo> QueueDepth, string? Error);

    /// <summary>What a run should show, and whether it did.</summary>
    public sealed record AimInfo(string Aim, string Measured, bool Reached);

    /// <summary>The report of a run, or of what was measured before it was interrupted.</summary>
    public static BenchReport Of(BenchRun run) => new(
        CurrentSchema, EngineInfo.Version, EngineInfo.Description, run.StartedAt, run.FinishedAt ?? DateTimeOffset.UtcNow, run.IsComplete, BenchMachine.This,
        PlanOf(run.Plan), run.Storage,
        [.. run.Rows.Where(static row => row.Rounds.Count > 0).Select(row => RowOf(row, run))],
        [.. BenchAims.Of(run).Select(static aim => new AimInfo(aim.Text, aim.Figures, aim.IsReached))], run.BytesVerified);

    private static PlanInfo PlanOf(BenchPlan plan) => new(
        plan.Depth, plan.Rounds, plan.Duration.TotalSeconds, plan.WarmUp.TotalSeconds, plan.Engine, plan.Direct, plan.File?.FullName, plan.FileSize,
        plan.ServiceTimeDisk?.ServiceTime.TotalMilliseconds, plan.ServiceTimeDisk?.Lanes, plan.Seed);

    private static Row RowOf(BenchRow row, BenchRun run) => new(
        row.Way.Name, row.Way.Label, row.Case.Operation, row.Case.TransferLength, row.Case.Pattern, row.Good.Count(), row.Good.Sum(static round => round.Requests),
        FigureOf(row.Of(static round => round.MegabytesPerSecond)), FigureOf(row.Of(static round => round.ProcessorPercent)),
        FigureOf(row.Submit), FigureOf(row.Of(static round => round.CompletionMilliseconds)),
        FigureOf(row.Of(static round => round.Latency(0.99) / 1e3)), FigureOf(row.Of(static round => round.Iops)),
        FigureOf(row.Of(static round => round.AllocatedBytesPerRequest)), FigureOf(row.Of(static round => round.AverageInFlight)),
        row.Good.Select(static round => round.MostInFlight).DefaultIfEmpty().Max(),
        new RatioInfo(FigureOf(run.RatioTo(BenchWay.BareName, row)), FigureOf(run.RatioTo(BenchWay.VirtioName, row)), FigureOf(run.WriteToRead(row))),
        LatencyOf(row.Latencies()),
        [.. (row.Typical?.Depths ?? []).Select(static sample => new DepthInfo(sample.At / 1e6, sample.InFlight, sample.Most))], row.Error);

    private static LatencyInfo LatencyOf(LatencyHistogram latencies) => new(
        latencies.Mean / 1e3, latencies.Percentile(0.5) / 1e3, latencies.Percentile(0.99) / 1e3, latencies.Percentile(0.999) / 1e3, latencies.Maximum / 1e3,
        [.. latencies.Buckets().Select(static bucket => new Bucket(bucket.From / 1e3, bucket.To / 1e3, bucket.Count))]);

    private static Figure? FigureOf(Statistic? statistic) => statistic is { } some ? new Figure(some.Median, some.Least, some.Most) : null;
}

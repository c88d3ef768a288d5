using System.Globalization;
using ScsiActors.Host.Experiment;
using ScsiActors.Host.Report;

namespace ScsiActors.Host.Bench;

/// <summary>A bench as a report with pictures.</summary>
internal static class BenchHtml
{
    private const double CloseToBare = 0.2;
    private const double NanosecondsPerMillisecond = 1e6;
    private const double NanosecondsPerMicrosecond = 1e3;

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    // As many lines as can be told apart; the default is like the last patch.
    private static readonly string[] Drawn = ["no-patch", "patches-1-3", "patches-1-4", BenchWay.VirtioName];

    private static readonly (string Name, double Share)[] Percentiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)];

    /// <summary>The report of a run, or of what was measured before it was interrupted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="repeat">The command line that does it again.</param>
    public static HtmlReport Of(BenchRun run, string repeat)
    {
        var aims = BenchAims.Of(run).ToArray();
        var cases = run.Plan.Cases.Where(benchCase => Rows(run, benchCase).Any()).ToArray();
        return new HtmlReport("The letter's table, live", repeat, Verdict(run, aims), Facts(run),
        [
            new("Throughput", [Throughput(run, cases), Table(run, cases)]),
            new("Requests that storage has at once", [.. cases.Where(static benchCase => benchCase.IsWrite).Concat(cases.Where(static benchCase => !benchCase.IsWrite))
                .Select(benchCase => Depths(run, benchCase))]),
            new("Latency", [.. cases.Select(benchCase => Latencies(run, benchCase))]),
            new("One write, message by message",
            [
                new Paragraph("In a simulated world: the same actors on a virtual clock, so that the pictures do not depend on this machine."),
                .. WriteDiagrams.All(),
            ]),
        ]);
    }

    private static ReportVerdict Verdict(BenchRun run, BenchAim[] aims)
    {
        var reached = aims.Count(static aim => aim.IsReached);
        var kind = !run.IsGood ? VerdictKind.Bad : aims.Length > 0 && reached == aims.Length ? VerdictKind.Good : VerdictKind.Neutral;
        return new ReportVerdict(kind, run.IsGood ? $"{reached} of {aims.Length} aims reached" : "A row could not be measured",
            [.. run.Rows.Where(static row => row.Error is not null).Select(static row => $"{row.Name}: {row.Error}"), .. aims.Select(static aim => aim.ToString())]);
    }

    private static IReadOnlyList<ReportFact> Facts(BenchRun run) =>
    [
        new("Program", EngineInfo.Line), new("Storage", run.Storage ?? ""), new("Outstanding", run.Plan.Depth.ToString(Culture)),
        new("Rounds", $"{run.Plan.Rounds} of {run.Plan.Duration.TotalSeconds.ToString("0.###", Culture)} s, interleaved; medians"),
        new("Rounds differ by", $"±{run.Spread.ToString("P0", Culture)} in the middle of all rows"),
        new("Machine", $"{BenchMachine.This.Processors} processors, {BenchMachine.This.OperatingSystem}"),
    ];

    private static BarChart Throughput(BenchRun run, BenchCase[] cases) => new("MB/s", "Medians; longer is better. All pictures have the same scale.", "MB/s", ["MB/s"],
        [.. cases.Select(benchCase => new BarPanel(benchCase.ToString(),
            [new BarGroup("", [.. Rows(run, benchCase).Select(static row => new BarRow(row.Way.Label, [row.Of(static round => round.MegabytesPerSecond)?.Median]))])]))]);

    private static ReportTable Table(BenchRun run, BenchCase[] cases) => new("All rows", "way",
        [
            new("MB/s"), new("±"), new("IOPS"), new("% CPU"), new("submit, µs"), new("completion, ms"), new("p99, ms"), new("at storage"),
            new("bare metal", "ratio to"), new("virtio", "ratio to"), new("reads", "ratio to"),
        ],
        [.. cases.Select(benchCase => new ReportRowGroup(benchCase.ToString(), [.. Rows(run, benchCase).Select(row => Row(run, row))]))]);

    private static ReportRow Row(BenchRun run, BenchRow row) => new(row.Way.Label,
    [
        Number(row.Of(static round => round.MegabytesPerSecond)?.Median, 1),
        ReportCell.Words(row.Of(static round => round.MegabytesPerSecond)?.Spread.ToString("P0", Culture) ?? ""),
        Number(row.Of(static round => round.Iops)?.Median, 0), Number(row.Of(static round => round.ProcessorPercent)?.Median, 0),
        Number(row.Submit?.Median, 1), Number(row.Of(static round => round.CompletionMilliseconds)?.Median, 3),
        Number(row.Of(static round => round.Latency(0.99) / 1e3)?.Median, 3), Number(row.Of(static round => round.MostInFlight)?.Median, 0),
        Ratio(run.RatioTo(BenchWay.BareName, row)), Ratio(run.RatioTo(BenchWay.VirtioName, row)), Ratio(run.WriteToRead(row)),
    ], row.Error);

    private static ReportCell Number(double? value, int decimals) => value is { } number ? ReportCell.Number(number, decimals) : ReportCell.Words("");

    private static ReportCell Ratio(Statistic? ratio) => ratio is { } some ? ReportCell.Ratio(some.Median, CloseToBare) : ReportCell.Words("");

    private static StepChart Depths(BenchRun run, BenchCase benchCase) => new($"{benchCase}: requests at storage",
        benchCase.IsWrite ? "Without the patches a write waits for the one before it." : "Reads were queued all along.", "time, ms", "in flight",
        [.. Rows(run, benchCase).Where(static row => Drawn.Contains(row.Way.Name) && row.Typical is { Depths.Count: > 0 })
            .Select(static row => new StepSeries(row.Way.Label, [.. row.Typical!.Depths.Select(static sample =>
                new StepPoint(sample.At / NanosecondsPerMillisecond, sample.InFlight))]))]);

    private static HistogramChart Latencies(BenchRun run, BenchCase benchCase) => new($"{benchCase}: completion latency", "From sending a request to its answer.",
        [.. Rows(run, benchCase).Select(static row => (row.Way.Label, Latencies: row.Latencies())).Where(static row => row.Latencies.Count > 0).Select(static row =>
            new HistogramPanel(row.Label,
                [.. row.Latencies.Buckets().Select(static bucket =>
                    new HistogramBin(bucket.From / NanosecondsPerMicrosecond, bucket.To / NanosecondsPerMicrosecond, bucket.Count))],
                [.. Percentiles.Select(mark => new DurationMark(mark.Name, row.Latencies.Percentile(mark.Share) / NanosecondsPerMicrosecond))]))]);

    private static IEnumerable<BenchRow> Rows(BenchRun run, BenchCase benchCase) =>
        run.Rows.Where(row => row.Case == benchCase && row.Rounds.Count > 0);
}

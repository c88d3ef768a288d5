using System.Globalization;
using ScsiActors.Host.Report;

namespace ScsiActors.Host.Experiment;

/// <summary>An experiment as a report with pictures.</summary>
internal static class ExperimentHtml
{
    private const double CloseEnough = 0.15;
    private const double PictureMilliseconds = 60;
    private const int SmallKibibytes = 16;

    private static readonly (bool IsWrite, int Kibibytes)[] Workloads = [(true, 16), (false, 16), (true, 64), (false, 64)];

    private static readonly (string Name, double Share)[] Percentiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)];

    /// <summary>The report of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="parameters">Its model, for the diagrams.</param>
    public static HtmlReport Of(ExperimentRun run, ExperimentParameters parameters) => new(
        "The letter of 2008, repeated in virtual time",
        $"dotnet run --project Host -- experiment --seed {run.Plan.Seed} --time {Text(run.Plan.Duration.TotalSeconds)}s --html experiment.html",
        new ReportVerdict(run.IsGood ? VerdictKind.Good : VerdictKind.Bad, ExperimentVerdict.Of(run), [.. ExperimentVerdict.Reasons(run)]),
        [
            new("Program", EngineInfo.Line), new("Seed", Text(run.Plan.Seed)), new("Clock", "virtual"),
            new("Each row", $"{Text(run.Plan.Duration.TotalSeconds)} s, after {Text(run.Plan.WarmUp.TotalSeconds)} s"),
            new("Load", "closed loop of 76 requests; 16 in the SCSI driver"),
        ],
        [
            new("Bandwidth",
            [
                new Paragraph("Bare metal, the rows without patches and the reads of virtio were fitted. Every other bar of this model is a prediction: the same actors, "
                    + "with the presets of the adapter that stand for the patches."),
                Bandwidths(run), Rows(run),
            ]),
            new("What the patches do", [SpeedUps(run)]),
            new("The letter in a picture", [Depths(run, isWrite: true), Depths(run, isWrite: false)]),
            new("Latency", [Latencies(run, isWrite: true), Latencies(run, isWrite: false)]),
            new("One write, message by message", WriteDiagrams.All(new RowSimulation(parameters, run.Plan.Seed, run.Plan.WarmUp, run.Plan.Duration))),
            new("The model",
            [
                new Paragraph("Numbers of the guest, the processor and the disk, and which of them were fitted to what."),
                new Preformatted("experiment.hocon", ExperimentParameters.Text),
            ]),
        ]);

    private static BarChart Bandwidths(ExperimentRun run) => new("Bandwidth, the letter's and ours", "Longer is better. All pictures have the same scale.", "MB/s",
        ["the letter", "this model"],
        [.. Workloads.Select(workload => new BarPanel(Name(workload), [.. Of(run, workload).GroupBy(static row => row.Key.Machine).Select(machine =>
            new BarGroup(Names.Of(machine.Key), [.. machine.Select(static row =>
                new BarRow(Names.Of(row.Key.Interface), [LetterTable.Of(row.Key).Bandwidth, row.Figures.Bandwidth]))]))]))]);

    private static ReportTable Rows(ExperimentRun run) => new("The letter's table beside ours", "workload",
        [
            .. ((string[])["MB/s", "% CPU", "submit, µs", "completion, ms"]).SelectMany(static measure =>
                new ReportColumn[] { new("letter", measure), new("ours", measure), new("ratio", measure) }),
            new("letter", "outstanding (Little)"), new("ours", "outstanding (Little)"),
        ],
        [.. run.Rows.GroupBy(static row => (row.Key.Machine, row.Key.Interface)).Select(static group =>
            new ReportRowGroup($"{Names.Of(group.Key.Machine)}, {Names.Of(group.Key.Interface)}", [.. group.Select(Row)]))]);

    private static ReportRow Row(RowResult row)
    {
        var letter = LetterTable.Of(row.Key);
        var ours = row.Figures;
        var slip = ExperimentRun.IsConsistent(row.Key, letter) ? null
            : $"{row.Key}: the letter's bandwidth and latency do not belong together (Little's law); its latency is not fitted.";
        return new ReportRow(Name((row.Key.IsWrite, row.Key.Kibibytes)),
            [
                .. Three(letter.Bandwidth, ours.Bandwidth, 1), .. Three(letter.Cpu, ours.Cpu, 0), .. Three(letter.SubmitLatency, ours.SubmitLatency, 1),
                .. Three(letter.CompletionLatency, ours.CompletionLatency, 2), Little(row.Key, letter), Little(row.Key, ours),
            ], slip);
    }

    private static IEnumerable<ReportCell> Three(double letter, double ours, int decimals) =>
        [ReportCell.Number(letter, decimals), ReportCell.Number(ours, decimals), ReportCell.Ratio(ours / letter, CloseEnough)];

    private static ReportCell Little(RowKey row, Figures figures) =>
        ReportCell.Check(ExperimentRun.IsConsistent(row, figures), figures.Outstanding(row.Kibibytes).ToString("0.0", CultureInfo.InvariantCulture));

    private static BandChart SpeedUps(ExperimentRun run) => new("Ratios and their bands",
        "Where our value lies between the limits that the precision of the letter's figures allows.",
        [.. run.Bands.GroupBy(static band => band.Group).Select(static group => new BandPanel(ExperimentTable.Title(group.Key),
            [.. group.Select(static band => new BandRow(band.Name, band.Group == BandGroup.Fit ? band.High : band.Target, band.Low, band.High, band.Ours))]))]);

    private static StepChart Depths(ExperimentRun run, bool isWrite) => new(
        isWrite ? "Writes that storage has at once: 16k under kvm" : "Reads that storage has at once: 16k under kvm",
        isWrite ? "Without the patches a write waits for the one before it; with them sixteen are under way." : "Reads were queued all along.",
        "virtual time, ms", isWrite ? "writes in flight" : "reads in flight",
        [.. Kvm(run, isWrite).Select(static row => new StepSeries(Names.Of(row.Key.Interface), Points(row)))]);

    private static StepPoint[] Points(RowResult row) =>
        [.. row.Depth.TakeWhile(static sample => sample.Time.TotalMilliseconds <= PictureMilliseconds)
            .Select(static sample => new StepPoint(sample.Time.TotalMilliseconds, sample.InFlight)),
            new StepPoint(PictureMilliseconds, row.Depth.LastOrDefault(static sample => sample.Time.TotalMilliseconds <= PictureMilliseconds).InFlight)];

    private static HistogramChart Latencies(ExperimentRun run, bool isWrite) => new(
        $"Completion latency of 16k {(isWrite ? "writes" : "reads")} under kvm", "From when there was room for the request to its end.",
        [.. run.Rows.Where(row => row.Key is { Machine: Machine.Kvm, Kibibytes: SmallKibibytes } && row.Key.IsWrite == isWrite).Select(static row =>
            new HistogramPanel(Names.Of(row.Key.Interface),
                [.. ExperimentReport.BucketsOf(row.Latencies).Select(static bucket => new HistogramBin(bucket.From, bucket.To, bucket.Count))],
                [.. Percentiles.Select(mark => new DurationMark(mark.Name, row.Percentile(mark.Share).TotalMicroseconds))]))]);

    private static IEnumerable<RowResult> Kvm(ExperimentRun run, bool isWrite) => run.Rows.Where(row =>
        row.Key is { Machine: Machine.Kvm, Kibibytes: SmallKibibytes, Interface: not Interface.Virtio } && row.Key.IsWrite == isWrite);

    private static IEnumerable<RowResult> Of(ExperimentRun run, (bool IsWrite, int Kibibytes) workload) =>
        run.Rows.Where(row => row.Key.IsWrite == workload.IsWrite && row.Key.Kibibytes == workload.Kibibytes);

    private static string Name((bool IsWrite, int Kibibytes) workload) => $"{(workload.IsWrite ? "write" : "read")} {workload.Kibibytes}k";

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

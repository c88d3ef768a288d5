using ScsiActors.Host.Report;

namespace ScsiActors.Interop.Report;

/// <summary>A report with every kind of block in it. The letter's figures are real; those beside them are made up, to look at.</summary>
internal static class SampleReport
{
    private static readonly (int From, int To, string Text)[] Messages =
    [
        (0, 1, "RegisterWrite DSP=0x1000"), (1, 2, "CommandMoved WRITE(10)"), (2, 1, "TargetPhases DATA OUT"), (2, 3, "AioWrite 64 KiB"), (3, 2, "AioCompleted"),
    ];

    private static readonly string[] Measures = ["MB/s", "% CPU", "submit, µs", "completion, ms"];

    private static readonly string[] Workloads = ["write 16k", "read 16k", "write 64k", "read 64k"];

    private static readonly (string Host, string Through, double[] Megabytes)[] Letter =
    [
        ("bare metal", "lvm", [127.7, 171.1, 178.4, 195.7]),
        ("QEMU (TCG)", "no patch", [12.8, 41.0, 26.6, 101.0]),
        ("QEMU (TCG)", "patches 1-3", [36.8, 40.5, 42.7, 130.0]),
        ("QEMU (TCG)", "patches 1-4", [44.7, 40.9, 135.0, 113.0]),
        ("KVM", "no patch", [12.0, 104.0, 28.0, 127.0]),
        ("KVM", "patches 1-3", [43.0, 103.0, 39.5, 125.1]),
        ("KVM", "patches 1-4", [130.0, 155.0, 155.0, 188.0]),
        ("KVM", "virtio", [136.0, 182.0, 173.0, 190.0]),
    ];

    /// <summary>Builds it.</summary>
    public static HtmlReport Build() => new(
        "The letter of 2008 as an experiment",
        "dotnet run --project Host -- experiment --seed 2008 --html experiment.html",
        new ReportVerdict(VerdictKind.Bad, "33 of 36 bands hold; the fit of the 24 emulated rows is good (RMS 0.09)",
            ["KVM, write 64k, patches 1-3: 1.71 times no patch, the band is 1.20 to 1.62", "Hostile text stays text: <script>alert(\"x\")</script> & 'more'"]),
        [new("Engine", "embedded"), new("Seed", "2008"), new("Clock", "virtual"), new("Requests", "32 rows of 20,000"),
            new("In flight", "closed loop of 76, driver queue of 16")],
        [
            new("Bandwidth",
            [
                new Paragraph("Every row of the letter's table as the model has it. Bare metal and the rows without patches were fitted; the rest is "
                    + "predicted."),
                Bars(), Table(),
            ]),
            new("Speed-ups", [Bands()]),
            new("Queue depth", [Steps(), Flat()]),
            new("Latency",
            [
                Histograms(),
                new Remark("One row of the letter is inconsistent with itself: by Little's law it has 17.6 requests outstanding where all others have "
                    + "about 76."),
            ]),
            new("One write, message by message",
            [
                new Diagram("no patch", "The bus is held until storage has answered.", SequenceDiagram()),
                new Preformatted("The same as text", "RegisterWrite    driver → chip   DSP=0x00001000, which wakes the SCRIPTS processor and makes this "
                    + "line long enough to scroll\nCommandMoved     chip → bus      WRITE(10) 8 blocks & <data>"),
            ]),
        ]);

    private static BarChart Bars() => new("MB/s, the letter's and ours", "Longer is better. All pictures have the same scale.", "MB/s",
        ["the letter", "this model"],
        [.. Workloads.Select((workload, column) => new BarPanel(workload, [.. Letter.GroupBy(static row => row.Host).Select(host =>
            new BarGroup(host.Key, [.. host.Select(row => new BarRow(row.Through, [row.Megabytes[column], Measured(row.Host, row.Through, column)]))]))]))]);

    private static ReportTable Table() => new("The letter's table beside ours", "workload",
        [.. Measures.SelectMany(static measure => new ReportColumn[] { new("letter", measure), new("ours", measure), new("ratio", measure) }),
            new("outstanding", "Little")],
        [.. Letter.Select(row => new ReportRowGroup($"{row.Host}, {row.Through}",
            [.. Workloads.Select((workload, column) => Row(row.Through, workload, row.Megabytes[column], column))]))]);

    private static ReportRow Row(string through, string workload, double letter, int column)
    {
        var ours = Ours(letter, column);
        ReportCell[] four = [ReportCell.Number(letter, 1), ReportCell.Number(ours, 1), ReportCell.Ratio(ours / letter, 0.05)];
        var isOdd = through == "patches 1-3" && workload == "write 64k";
        return new ReportRow(workload, [.. four, .. four, .. four, .. four, ReportCell.Check(!isOdd, isOdd ? "17.6" : "76.1")],
            isOdd ? "Bandwidth and latency of this row of the letter do not belong together (Little's law); it is not fitted." : null);
    }

    private static BandChart Bands() => new("Speed-ups and ratios", "Where our value lies between the limits that the letter's figures allow.",
    [
        FourBands("Patches 1-3 over no patch, writes", 0.15, [(2.87, 2.79), (1.61, 1.52), (3.58, 3.31), (1.41, 1.71)]),
        FourBands("Patches 1-3 over no patch, reads", 0.02, [(0.99, 0.99), (0.99, 1.00), (0.99, 0.98), (0.99, 1.02)]),
        FourBands("Patches 1-4 over 1-3, writes", 0.15, [(1.21, 1.25), (3.16, 3.02), (3.02, 9.90), (3.92, 3.77)]),
        new("Requests in flight at the device",
            [new("no patch, writes", 1, 1, 1, 1), new("patches 1-3, writes", 16, 16, 16, 16), new("patches 1-4, writes", 16, 16, 16, null)]),
    ]);

    private static StepChart Steps() => new("Writes in flight at the device: the letter in a picture",
        "Without the patches a write waits for the one before it; with them sixteen are under way.",
        "virtual time, ms", "writes in flight", [new StepSeries("no patch", Queue(1, 50)), new StepSeries("patches 1-3", Queue(16, 4000))]);

    private static StepChart Flat() => new("Reads in flight at the device", "Reads were always queued: the lines lie upon each other.",
        "virtual time, ms", "reads in flight",
        [new StepSeries("no patch", Queue(16, 20)), new StepSeries("patches 1-3", Queue(16, 900)), new StepSeries("patches 1-4", Queue(16, 1300)),
            new StepSeries("virtio", Queue(12, 30))]);

    private static HistogramChart Histograms() => new("Completion latency of 16k writes", "From the request's arrival in the guest to its completion.",
    [
        Histogram("no patch", 84_450, 1.2), Histogram("patches 1-3", 32_670, 1.5), Histogram("patches 1-4", 9_070, 2.5),
        Histogram("virtio", 8_720, 1.05),
    ]);

    private static double Ours(double letter, int column) => Math.Round(letter * (1 + 0.09 * Math.Sin(letter + column)), 1);

    // One row of it was not measured, to show what that looks like.
    private static double? Measured(string host, string through, int column) => through == "virtio" && column == 3
        ? null
        : Ours(Letter.First(row => row.Host == host && row.Through == through).Megabytes[column], column);

    private static BandPanel FourBands(string title, double tolerance, (double Target, double Value)[] values)
    {
        string[] labels = ["QEMU 16k", "QEMU 64k", "KVM 16k", "KVM 64k"];
        return new BandPanel(title, [.. values.Select((row, index) =>
            new BandRow(labels[index], row.Target, row.Target * (1 - tolerance), row.Target * (1 + tolerance), row.Value))]);
    }

    // In the form of the journal's diagrams: groups with classes, drawn in currentColor.
    private static string SequenceDiagram()
    {
        static string Text(int x, int y, string text) =>
            $"<text class='sd-text' x='{x}' y='{y}' font-family='monospace' font-size='12' fill='currentColor' text-anchor='middle'>{text}</text>";
        static string Box(int x, int y, int width) =>
            $"<rect x='{x - width / 2}' y='{y}' width='{width}' height='23' rx='3' fill='none' stroke='currentColor'/>";
        static string Arrow((int From, int To, string Text) message, int index)
        {
            var (from, to, y) = (90 + message.From * 330, 90 + message.To * 330, 80 + index * 34);
            var neck = message.To > message.From ? to - 7 : to + 7;
            return $"<g class='{(index == 4 ? "sd-arrow sd-fault" : "sd-arrow")}'><path d='M{from} {y}H{neck}' fill='none' stroke='currentColor'/>"
                + $"<path d='M{neck} {y - 4}L{to} {y}L{neck} {y + 4}z' fill='currentColor'/>{Text((from + to) / 2, y - 6, message.Text)}</g>";
        }
        var lanes = new[] { "driver", "chip", "logical unit", "storage" }.Select(static (name, lane) =>
            $"<g class='sd-lane'>{Box(90 + lane * 330, 8, 150)}{Text(90 + lane * 330, 24, name)}"
                + $"<path class='sd-line' d='M{90 + lane * 330} 31V280' fill='none' stroke='currentColor'/></g>");
        return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1180 290'>" + string.Concat(lanes) + string.Concat(Messages.Select(Arrow))
            + $"<g class='sd-note'>{Box(255, 180, 300)}{Text(255, 196, "nothing else is queued meanwhile")}</g>"
            + $"<g class='sd-note sd-fault'>{Box(585, 242, 260)}{Text(585, 258, "direction taken from the phase")}</g></svg>";
    }

    // A queue that fills at once and then, again and again, loses one and soon gains it back.
    private static StepPoint[] Queue(int depth, int completions) =>
        [.. Enumerable.Range(0, depth + 1).Select(static step => new StepPoint(step * 0.0005, step)),
            .. Enumerable.Range(1, completions).SelectMany(step => new[]
            {
                new StepPoint(step * 60.0 / completions, depth - 1), new StepPoint((step + 0.05) * 60.0 / completions, depth),
            })];

    private static HistogramPanel Histogram(string title, double median, double spread)
    {
        double At(int step) => median * Math.Pow(1.02, step * spread);
        var bins = Enumerable.Range(-20, 60).Select(step =>
            new HistogramBin(At(step), At(step + 1), (long)(20_000 * Math.Exp(-step * step / 60.0)) + (step > 30 ? 40 : 0)));
        return new HistogramPanel(title, [.. bins], [new("p50", At(0)), new("p90", At(9)), new("p99", At(16)), new("p99.9", At(38))]);
    }
}

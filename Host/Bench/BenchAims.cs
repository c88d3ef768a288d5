using System.Globalization;

namespace ScsiActors.Host.Bench;

/// <summary>Something that a bench should show, and whether it did.</summary>
/// <param name="Text">What.</param>
/// <param name="Figures">What was measured, case by case.</param>
/// <param name="IsReached">Whether it did.</param>
internal sealed record BenchAim(string Text, string Figures, bool IsReached)
{
    /// <summary>As a line for people.</summary>
    public override string ToString() => $"{(IsReached ? "reached" : "missed ")}  {Text}: {Figures}";
}

/// <summary>What this project aims at on every machine. They are told, and never fail a run: storage has a say in them.</summary>
internal static class BenchAims
{
    private const int LargeTransfer = 64 << 10;
    private const int DeepQueue = 16;
    private const int FewestRounds = 3;
    private const double LsiOfBare = 0.8;
    private const double VirtioOfBare = 0.9;
    private const double WriteOfRead = 0.9;

    /// <summary>The aims of which the run has figures. A ratio takes three rounds at least: of fewer, one bad moment decides.</summary>
    public static IEnumerable<BenchAim> Of(BenchRun run)
    {
        var aims = new[]
        {
            OfBare(run, "default", "scsi, default", LsiOfBare),
            OfBare(run, BenchWay.VirtioName, "virtio", VirtioOfBare),
            WritesLikeReads(run),
            OneWriteAtATime(run),
        };
        return aims.OfType<BenchAim>();
    }

    private static BenchAim? OfBare(BenchRun run, string way, string label, double least)
    {
        var rows = run.Rows.Where(row => row.Way.Name == way && row.Case.TransferLength == LargeTransfer);
        return AtLeast($"{label} at 64k at least {Text(least)} of bare metal", rows, row => run.RatioTo(BenchWay.BareName, row)?.Median, least);
    }

    // Of what storage itself makes of writes and reads, where that is known.
    private static BenchAim? WritesLikeReads(BenchRun run) => run.Plan.Depth < DeepQueue ? null : AtLeast(
        $"scsi, default: write by read at least {Text(WriteOfRead)} of what it is on bare metal",
        run.Rows.Where(static row => row.Way.Name == "default"),
        row => run.WriteToRead(row)?.Median / (run.Row(BenchWay.BareName, row.Case) is { } bare ? run.WriteToRead(bare)?.Median ?? 1 : 1), WriteOfRead);

    private static BenchAim? OneWriteAtATime(BenchRun run)
    {
        var rows = run.Rows.Where(static row => row.Way.Name == "no-patch" && row.Case.IsWrite && row.Good.Any()).ToArray();
        if (rows.Length == 0)
            return null;
        var figures = rows.Select(static row => (row.Case, Most: row.Good.Max(static round => round.MostInFlight))).ToArray();
        return new BenchAim("scsi, no patch: storage never has more than one write at a time",
            string.Join(", ", figures.Select(static figure => $"{figure.Case} {figure.Most}")), Array.TrueForAll(figures, static figure => figure.Most == 1));
    }

    private static BenchAim? AtLeast(string text, IEnumerable<BenchRow> rows, Func<BenchRow, double?> figure, double least)
    {
        var figures = rows.Where(static row => row.Good.Count() >= FewestRounds).Select(row => (row.Case, Value: figure(row))).Where(static pair => pair.Value is not null).ToArray();
        return figures.Length == 0
            ? null
            : new BenchAim(text, string.Join("; ", figures.Select(static pair => $"{pair.Case} {Text(pair.Value!.Value)}")),
                Array.TrueForAll(figures, pair => pair.Value >= least));
    }

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}

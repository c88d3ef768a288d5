using System.Globalization;
using System.Text;

namespace ScsiActors.Host.Experiment;

/// <summary>An experiment for programs; SCHEMA.md beside this file describes every field. It names no date and no machine: the same seed gives the same
/// bytes.</summary>
internal sealed record ExperimentReport(
    string Schema, string Version, string Engine, ulong Seed, double WarmUpSeconds, double SecondsPerRow, bool Good,
    IReadOnlyList<ExperimentReport.Row> Rows, IReadOnlyList<ExperimentReport.BandInfo> Bands)
{
    /// <summary>The name and number of the schema; the number changes when a field changes its meaning or goes away.</summary>
    public const string CurrentSchema = "scsi-actors.experiment/1";

    private const double BucketsPerOctave = 4;

    /// <summary>The four figures of a row.</summary>
    public sealed record FiguresInfo(
        double MebibytesPerSecond, double CpuPercent, double SubmitMicroseconds, double CompletionMilliseconds, double Outstanding, bool Consistent);

    /// <summary>Requests whose latency lay between two bounds, in microseconds.</summary>
    public sealed record Bucket(double From, double To, long Count);

    /// <summary>One row.</summary>
    public sealed record Row(
        string Machine, string Interface, string Direction, int Kibibytes, FiguresInfo Letter, FiguresInfo Ours, int MostInFlight,
        double DeviceKibibytes, double StorageKibibytes, long Requests, string Hash, IReadOnlyList<Bucket> Latencies);

    /// <summary>One band.</summary>
    public sealed record BandInfo(string Group, string Name, double Letter, double Low, double High, double Ours, bool Holds);

    /// <summary>The report of a run.</summary>
    public static ExperimentReport Of(ExperimentRun run) => new(
        CurrentSchema, EngineInfo.Version, EngineInfo.Description, run.Plan.Seed, run.Plan.WarmUp.TotalSeconds, run.Plan.Duration.TotalSeconds, run.IsGood,
        [.. run.Rows.Select(RowOf)],
        [.. run.Bands.Select(static band => new BandInfo(
            ExperimentTable.Title(band.Group), band.Name, band.Target, band.Low, band.High, band.Ours, band.Holds))]);

    /// <summary>The rows as comma-separated values, one column each for the letter's figure and for ours.</summary>
    public static string CsvOf(ExperimentRun run)
    {
        var text = new StringBuilder("machine,interface,direction,kib,letter_mib_s,mib_s,letter_cpu_percent,cpu_percent,letter_submit_us,submit_us,"
            + "letter_completion_ms,completion_ms,letter_outstanding,outstanding,most_in_flight,device_kib,storage_kib,requests,hash\n");
        foreach (var row in run.Rows)
        {
            var letter = LetterTable.Of(row.Key);
            text.Append(CultureInfo.InvariantCulture, $"{Names.Of(row.Key.Machine)},{Names.Of(row.Key.Interface)},{row.Key.Direction},{row.Key.Kibibytes},");
            foreach (var (theirs, ours) in ((double, double)[])
            [
                (letter.Bandwidth, row.Figures.Bandwidth), (letter.Cpu, row.Figures.Cpu), (letter.SubmitLatency, row.Figures.SubmitLatency),
                (letter.CompletionLatency, row.Figures.CompletionLatency), (letter.Outstanding(row.Key.Kibibytes), row.Figures.Outstanding(row.Key.Kibibytes)),
            ])
            {
                text.Append(CultureInfo.InvariantCulture, $"{theirs:0.###},{ours:0.###},");
            }
            text.Append(CultureInfo.InvariantCulture,
                $"{row.MostInFlight},{row.DeviceKibibytes:0.#},{row.StorageKibibytes:0.#},{row.Requests},{row.Hash:x16}\n");
        }
        return text.ToString();
    }

    /// <summary>Latencies counted by classes of their logarithm.</summary>
    public static IReadOnlyList<Bucket> BucketsOf(IReadOnlyList<TimeSpan> sorted)
    {
        var buckets = new List<Bucket>();
        foreach (var latency in sorted)
        {
            var number = Math.Floor(Math.Log2(Math.Max(latency.TotalMicroseconds, 1)) * BucketsPerOctave);
            var from = Math.Round(Math.Pow(2, number / BucketsPerOctave), 3);
            if (buckets.Count == 0 || buckets[^1].From != from)
                buckets.Add(new Bucket(from, Math.Round(Math.Pow(2, (number + 1) / BucketsPerOctave), 3), 0));
            buckets[^1] = buckets[^1] with { Count = buckets[^1].Count + 1 };
        }
        return buckets;
    }

    private static Row RowOf(RowResult row) => new(
        Names.Of(row.Key.Machine), Names.Of(row.Key.Interface), row.Key.Direction, row.Key.Kibibytes, FiguresOf(row.Key, LetterTable.Of(row.Key)),
        FiguresOf(row.Key, row.Figures), row.MostInFlight, Math.Round(row.DeviceKibibytes, 3), Math.Round(row.StorageKibibytes, 3), row.Requests,
        row.Hash.ToString("x16", CultureInfo.InvariantCulture), BucketsOf(row.Latencies));

    private static FiguresInfo FiguresOf(RowKey row, Figures figures) => new(
        Math.Round(figures.Bandwidth, 3), Math.Round(figures.Cpu, 3), Math.Round(figures.SubmitLatency, 3), Math.Round(figures.CompletionLatency, 3),
        Math.Round(figures.Outstanding(row.Kibibytes), 3), ExperimentRun.IsConsistent(row, figures));
}

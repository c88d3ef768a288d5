using System.Globalization;
using System.Text;

namespace ScsiActors.Host.Bench;

/// <summary>The rows of a run as comma-separated values (RFC 4180), one line a row, medians of the rounds; SCHEMA.md describes the columns.</summary>
internal static class BenchCsv
{
    private static readonly (string Name, Func<BenchRow, BenchRun, string> Text)[] Columns =
    [
        ("operation", static (row, _) => row.Case.Operation),
        ("transfer_bytes", static (row, _) => $"{row.Case.TransferLength}"),
        ("pattern", static (row, _) => row.Case.Pattern),
        ("way", static (row, _) => row.Way.Name),
        ("depth", static (_, run) => $"{run.Plan.Depth}"),
        ("rounds", static (row, _) => $"{row.Good.Count()}"),
        ("mb_per_s", static (row, _) => Number(row.Of(static round => round.MegabytesPerSecond)?.Median)),
        ("mb_per_s_least", static (row, _) => Number(row.Of(static round => round.MegabytesPerSecond)?.Least)),
        ("mb_per_s_most", static (row, _) => Number(row.Of(static round => round.MegabytesPerSecond)?.Most)),
        ("cpu_percent", static (row, _) => Number(row.Of(static round => round.ProcessorPercent)?.Median)),
        ("submit_us", static (row, _) => Number(row.Submit?.Median)),
        ("completion_ms", static (row, _) => Number(row.Of(static round => round.CompletionMilliseconds)?.Median)),
        ("p99_ms", static (row, _) => Number(row.Of(static round => round.Latency(0.99) / 1e3)?.Median)),
        ("iops", static (row, _) => Number(row.Of(static round => round.Iops)?.Median)),
        ("in_flight_average", static (row, _) => Number(row.Of(static round => round.AverageInFlight)?.Median)),
        ("in_flight_most", static (row, _) => Number(row.Of(static round => round.MostInFlight)?.Most)),
        ("to_bare", static (row, run) => Number(run.RatioTo(BenchWay.BareName, row)?.Median)),
        ("to_virtio", static (row, run) => Number(run.RatioTo(BenchWay.VirtioName, row)?.Median)),
        ("write_to_read", static (row, run) => Number(run.WriteToRead(row)?.Median)),
        ("error", static (row, _) => Quoted(row.Error ?? "")),
    ];

    /// <summary>The text, with a line of names first.</summary>
    public static string Of(BenchRun run)
    {
        var text = new StringBuilder().AppendJoin(',', Columns.Select(static column => column.Name)).Append("\r\n");
        foreach (var row in run.Rows.Where(static row => row.Rounds.Count > 0))
            text.AppendJoin(',', Columns.Select(column => column.Text(row, run))).Append("\r\n");
        return text.ToString();
    }

    private static string Number(double? value) => value?.ToString("0.######", CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string text) => text.Length == 0 ? "" : $"\"{text.Replace("\"", "\"\"")}\"";
}

using System.Globalization;
using Spectre.Console;

namespace ScsiActors.Host.Bench;

/// <summary>The rows as a table for people, with the letter's columns; on a narrow terminal as two, one above the other.</summary>
internal static class BenchTable
{
    private const int WideEnough = 150;

    private static readonly Column[] Names =
    [
        new("case", static (row, _) => row.Case.ToString(), IsText: true),
        new("way", static (row, _) => row.Way.Label, IsText: true),
    ];

    private static readonly Column[] Letter =
    [
        new("MB/s", static (row, _) => Figure(row.Of(static round => round.MegabytesPerSecond)?.Median)),
        new("±", static (row, _) => row.Rounds.Count > 1 ? Percent(row.Of(static round => round.MegabytesPerSecond)?.Spread) : ""),
        new("% CPU", static (row, _) => Figure(row.Of(static round => round.ProcessorPercent)?.Median, "0")),
        new("submit us", static (row, _) => Figure(row.Submit?.Median)),
        new("compl ms", static (row, _) => Figure(row.Of(static round => round.CompletionMilliseconds)?.Median, "0.000")),
    ];

    private static readonly Column[] More =
    [
        new("p99 ms", static (row, _) => Figure(row.Of(static round => round.Latency(0.99) / 1e3)?.Median, "0.000")),
        new("IOPS", static (row, _) => Figure(row.Of(static round => round.Iops)?.Median, "N0")),
        new("at storage", static (row, _) => Figure(row.Of(static round => round.MostInFlight)?.Median, "0")),
        new("x bare metal", static (row, run) => Figure(run.RatioTo(BenchWay.BareName, row)?.Median, "0.00")),
        new("x virtio", static (row, run) => Figure(run.RatioTo(BenchWay.VirtioName, row)?.Median, "0.00")),
        new("write/read", static (row, run) => Figure(run.WriteToRead(row)?.Median, "0.00")),
    ];

    private sealed record Column(string Title, Func<BenchRow, BenchRun, string> Text, bool IsText = false);

    /// <summary>Writes the rows of which something was measured, those of one case together.</summary>
    public static void Write(IAnsiConsole console, BenchRun run)
    {
        if (run.MeasurementCount == 0)
            return;
        // A ratio that no row has is a column of nothing.
        var more = More.Where(column => run.Rows.Any(row => column.Text(row, run).Length > 0)).ToArray();
        if (console.Profile.Width >= WideEnough)
        {
            console.Write(Table([.. Names, .. Letter, .. more], run));
            return;
        }
        console.Write(Table([.. Names, .. Letter], run));
        console.Write(Table([.. Names, .. more], run));
    }

    private static Table Table(Column[] columns, BenchRun run)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column.Title) { Alignment = column.IsText ? Justify.Left : Justify.Right, NoWrap = true });
        BenchCase? last = null;
        foreach (var row in run.Rows.Where(static row => row.Rounds.Count > 0))
        {
            if (last is not null && last != row.Case)
                table.AddEmptyRow();
            last = row.Case;
            table.AddRow([.. columns.Select(column => new Text(TextOf(column, row, run)))]);
        }
        return table;
    }

    private static string TextOf(Column column, BenchRow row, BenchRun run) =>
        row.Error is null || Names.Contains(column) ? column.Text(row, run)
        : column == Letter[0] || column == More[0] ? "failed"
        : "";

    private static string Figure(double? value, string? format = null) =>
        value?.ToString(format ?? (value < 100 ? "0.0" : "N0"), CultureInfo.InvariantCulture) ?? "";

    private static string Percent(double? share) => share is { } value ? $"{100 * value:0} %" : "";
}

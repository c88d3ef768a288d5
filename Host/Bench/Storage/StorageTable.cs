using System.Globalization;
using ScsiActors.Host.Output;
using Spectre.Console;

namespace ScsiActors.Host.Bench.Storage;

/// <summary>The rows as a table for people; on a narrow terminal as two, one above the other.</summary>
internal static class StorageTable
{
    private const int WideEnough = 172;

    private static readonly Column[] Names =
    [
        new("size", static (row, _) => ByteSize.Block(row.Case.TransferLength)),
        new("depth", static (row, _) => Number(row.Case.Depth)),
        new("op", static (row, _) => row.Operation, IsText: true),
        new("through", static (row, _) => row.Path.Name, IsText: true),
        new("backend", static (row, _) => row.Backend.Name, IsText: true),
    ];

    private static readonly Column[] Speed =
    [
        new("IOPS", static (row, _) => Number(row.Iops)),
        new("MB/s", static (row, _) => Number(row.Result.MegabytesPerSecond)),
        new("x null", static (row, rows) => Ratio(rows.RatioToNull(row))),
        new("x direct", static (row, rows) => Ratio(rows.RatioToDirect(row))),
        new("x thread-pool", static (row, rows) => Ratio(rows.RatioToThreadPool(row))),
        new("write/read", static (row, rows) => Ratio(rows.RatioToRead(row))),
    ];

    private static readonly Column[] Cost =
    [
        new("p50 us", static (row, _) => Micros(row.Result.Latency(0.5))),
        new("p99 us", static (row, _) => Micros(row.Result.Latency(0.99))),
        new("p99.9 us", static (row, _) => Micros(row.Result.Latency(0.999))),
        new("CPU s/million", static (row, _) => row.Result.ProcessorSecondsPerMillion.ToString("0.00", CultureInfo.InvariantCulture)),
        new("B/command", static (row, _) => Number(row.Result.AllocatedBytesPerRequest)),
    ];

    private sealed record Column(string Title, Func<StorageRow, StorageRows, string> Text, bool IsText = false);

    /// <summary>Writes the rows that were measured, those of one size, depth and direction together.</summary>
    public static void Write(IAnsiConsole console, StorageRows rows)
    {
        if (rows.Count == 0)
            return;
        if (console.Profile.Width >= WideEnough)
        {
            console.Write(Table([.. Names, .. Speed, .. Cost], rows));
            return;
        }
        console.Write(Table([.. Names, .. Speed], rows));
        console.Write(Table([.. Names, .. Cost], rows));
    }

    private static Table Table(Column[] columns, StorageRows rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column.Title) { Alignment = column.IsText ? Justify.Left : Justify.Right, NoWrap = true });
        StorageCase? last = null;
        foreach (var row in rows)
        {
            if (last is not null && last != row.Case)
                table.AddEmptyRow();
            last = row.Case;
            table.AddRow([.. columns.Select(column => new Text(TextOf(column, row, rows)))]);
        }
        return table;
    }

    private static string TextOf(Column column, StorageRow row, StorageRows rows)
    {
        if (row.Result.Error is null || Names.Contains(column))
            return column.Text(row, rows);
        return column == Speed[0] || column == Cost[0] ? "failed" : "";
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Micros(double value) => value.ToString(value < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    private static string Ratio(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}

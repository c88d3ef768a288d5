using System.Globalization;
using Spectre.Console;

namespace ScsiActors.Host.Experiment;

/// <summary>The letter's table and ours side by side, for people.</summary>
internal static class ExperimentTable
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Writes the rows in the letter's order; on each the letter's figure, ours and their ratio.</summary>
    public static void Write(IAnsiConsole console, ExperimentRun run)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("row") { NoWrap = true });
        foreach (var title in (string[])["MB/s", "ours", "ratio", "% CPU", "ours", "ratio", "submit us", "ours", "ratio", "compl ms", "ours", "ratio", "Little", "ours"])
            table.AddColumn(new TableColumn(title) { Alignment = Justify.Right, NoWrap = true });
        (Machine, Interface)? last = null;
        foreach (var row in run.Rows)
        {
            if (last is not null && last != (row.Key.Machine, row.Key.Interface))
                table.AddEmptyRow();
            last = (row.Key.Machine, row.Key.Interface);
            table.AddRow([.. Cells(row).Select(static text => new Text(text))]);
        }
        console.Write(table);
    }

    /// <summary>Writes every band, the letter's value and ours.</summary>
    public static void WriteBands(IAnsiConsole console, ExperimentRun run)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("what") { NoWrap = true });
        table.AddColumn(new TableColumn("row") { NoWrap = true });
        foreach (var title in (string[])["letter", "ours", "band", ""])
            table.AddColumn(new TableColumn(title) { Alignment = Justify.Right, NoWrap = true });
        BandGroup? last = null;
        foreach (var band in run.Bands)
        {
            table.AddRow(band.Group == last ? "" : Title(band.Group), band.Name, Number(band.Target), Number(band.Ours),
                $"{Number(band.Low)} to {Number(band.High)}", band.Holds ? "" : "outside");
            last = band.Group;
        }
        console.Write(table);
    }

    /// <summary>A group of bands in words.</summary>
    public static string Title(BandGroup group) => group switch
    {
        BandGroup.InFlight => "writes at storage at once",
        BandGroup.Patches1To3OverNone => "patches 1-3 / no patch",
        BandGroup.Patches1To4Over1To3 => "patches 1-4 / patches 1-3",
        BandGroup.OverBareMetal => "patches 1-4 / bare metal",
        BandGroup.OverVirtio => "patches 1-4 / virtio",
        BandGroup.WriteOverRead => "write / read",
        BandGroup.LargeOverSmall => "64k / 16k",
        _ => "fit of the bandwidths",
    };

    private static IEnumerable<string> Cells(RowResult row)
    {
        var letter = LetterTable.Of(row.Key);
        yield return row.Key.ToString();
        foreach (var (theirs, ours, format) in ((double, double, string)[])
        [
            (letter.Bandwidth, row.Figures.Bandwidth, "0.0"), (letter.Cpu, row.Figures.Cpu, "0"),
            (letter.SubmitLatency, row.Figures.SubmitLatency, "0.0"), (letter.CompletionLatency, row.Figures.CompletionLatency, "0.00"),
        ])
        {
            yield return theirs.ToString(format, Culture);
            yield return ours.ToString(format, Culture);
            yield return (ours / theirs).ToString("0.00", Culture);
        }
        yield return Outstanding(row.Key, letter);
        yield return Outstanding(row.Key, row.Figures);
    }

    private static string Outstanding(RowKey row, Figures figures) =>
        figures.Outstanding(row.Kibibytes).ToString("0.0", Culture) + (ExperimentRun.IsConsistent(row, figures) ? " " : "!");

    private static string Number(double value) => value.ToString("0.00", Culture);
}

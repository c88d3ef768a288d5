using ScsiActors.Host.Output;
using ScsiActors.Simulation.Campaign;
using Spectre.Console;

namespace ScsiActors.Host.Simulate;

/// <summary>The cells of a campaign for people: by operation, and those that hardly any seed has found.</summary>
/// <param name="totals">The campaign.</param>
internal sealed class CoverageTable(CampaignTotals totals)
{
    private const int MostRare = 40;

    private readonly List<(CoverageCell Cell, long Count)> _cells = [.. totals.Cells.Select(static pair => (new CoverageCell(pair.Key), pair.Value))];

    /// <summary>Prints it.</summary>
    public void Tell()
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var title in (string[])["operation", "requests", "cells", "endings", "states", "phases", "faults"])
            table.AddColumn(title);
        foreach (var operation in _cells.GroupBy(static one => one.Cell.Operation).OrderByDescending(static group => group.Sum(static one => one.Count)))
        {
            table.AddRow(new Text(operation.Key), Number(operation.Sum(static one => one.Count)), Number(operation.Count()),
                Number(operation.Select(static one => one.Cell.Ending).Distinct().Count()), Number(operation.Select(static one => one.Cell.State).Distinct().Count()),
                Number(operation.Select(static one => one.Cell.Phase).Distinct().Count()),
                Number(operation.Select(static one => one.Cell.Fault).Where(static fault => fault.Length > 0).Distinct().Count()));
        }
        Screen.Out.Write(table);
        var rare = Rare().ToList();
        Screen.Line($"Rare cells, {Math.Min(rare.Count, MostRare)} of {rare.Count} that one request reached:");
        foreach (var cell in rare.Take(MostRare))
            Screen.Line($"  {cell}");
        if (rare.Count > MostRare)
            Screen.Line($"  ... {rare.Count - MostRare} more; --json has all.");
    }

    /// <summary>The cells that one request alone has ended in.</summary>
    public IEnumerable<CoverageCell> Rare() => _cells.Where(static one => one.Count == 1).Select(static one => one.Cell)
        .OrderBy(static cell => cell.ToString(), StringComparer.Ordinal);

    /// <summary>Everything, for JSON.</summary>
    public IEnumerable<object> Rows() => _cells.OrderByDescending(static one => one.Count).ThenBy(static one => one.Cell.Key).Select(static one => new
    {
        one.Cell.Operation, one.Cell.Ending, State = $"{one.Cell.State}", Phase = $"{one.Cell.Phase}", one.Cell.Fault, one.Count,
    });

    private static Text Number(long value) => new(value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), new Style());
}

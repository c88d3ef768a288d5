using System.Globalization;
using ScsiActors.Host.Report;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate.Html;

/// <summary>A campaign as a report: verdict, failures, figures, coverage, and what became of the faults.</summary>
/// <param name="options">The campaign.</param>
/// <param name="totals">What it came to.</param>
internal sealed class CampaignReport(CampaignOptions options, CampaignTotals totals)
{
    private const int MostFailures = 100;
    private const int MostRare = 100;

    private static readonly string[] States = [.. Enum.GetValues<CoveredState>().Select(Names.Of)];

    private readonly List<(CoverageCell Cell, long Count)> _cells = [.. totals.Cells.Select(static pair => (new CoverageCell(pair.Key), pair.Value))];

    /// <summary>The report.</summary>
    /// <param name="repeat">The arguments that repeat the campaign.</param>
    public HtmlReport Build(string repeat) => new(
        options.Mutant.Length > 0 ? $"A campaign with the bug {options.Mutant}" : "A campaign",
        $"{Output.HelpText.Program} {repeat}",
        new ReportVerdict(totals.Failures.Count == 0 ? VerdictKind.Good : VerdictKind.Bad,
            totals.Failures.Count == 0 ? $"{Text(totals.Seeds)} seeds have found nothing wrong that is not the work of a fault."
                : $"{Text(totals.Failures.Count)} of {Text(totals.Seeds)} seeds have found something wrong.",
            [.. totals.Failures.GroupBy(static failure => failure.Verdict).Select(static kind =>
                $"{kind.Key}: {kind.Count()} {(kind.Count() == 1 ? "seed" : "seeds")}, the first is {kind.Min(static failure => failure.Seed)}")]),
        Facts(),
        [
            new("Failures", Failures()),
            new("Coverage", Coverage()),
            new("Faults", Faults()),
            new("Rare cells", Rare()),
        ]);

    private ReportFact[] Facts()
    {
        var seconds = Math.Max(totals.Elapsed.TotalSeconds, 0.001);
        return
        [
            new("Program", EngineInfo.Line), new("Seeds", Text(totals.Seeds)), new("Time", Figures.Duration(seconds * 1e6)), new("Processes", Text(options.Jobs)),
            new("Seeds a second", Figures.Short(totals.Seeds / seconds)), new("Simulated seconds a second", Figures.Short(totals.SimulatedSeconds / seconds)),
            new("Requests", Text(totals.Requests)), new("Messages", Text(totals.Turns)), new("Cells covered", Text(totals.Cells.Count)),
            new("New in the last 1,000 seeds", Text(totals.NewCells)),
        ];
    }

    private IReadOnlyList<ReportBlock> Failures()
    {
        if (totals.Failures.Count == 0)
            return [new Paragraph("There are none.")];
        var shown = totals.Failures.OrderBy(static failure => failure.Seed).Take(MostFailures).ToList();
        return
        [
            .. shown.GroupBy(static failure => failure.Verdict).Select(kind => new Preformatted($"Seeds that the oracle {kind.Key} has stopped",
                string.Concat(kind.Select(failure => $"{failure.Sentences[0]}\n  {Output.HelpText.Program} {options.Repeat(failure.Seed)}\n")))),
            .. totals.Failures.Count > shown.Count ? (ReportBlock[])[new Remark($"… {totals.Failures.Count - shown.Count} more.")] : [],
        ];
    }

    private IReadOnlyList<ReportBlock> Coverage() =>
    [
        new Paragraph("A cell is what was asked for, how it ended, where it was when it ended or was hit, what the bus had shown, and which fault had hit it. "
            + "The maps add up the requests of all cells by two of these."),
        .. totals.Growth.Count > 1 ? (ReportBlock[])[new StepChart("Cells over seeds", "A line that still climbs says that more seeds would find more.", "seeds", "cells",
            [new("cells covered", [.. totals.Growth.Select(static point => new StepPoint(point.Seeds, point.Cells)), new StepPoint(totals.Seeds, totals.Cells.Count)])])] : [],
        Map("Operations by state", "operation", static cell => cell.Operation, static cell => Names.Of(cell.State), States),
        Map("Operations by ending", "operation", static cell => cell.Operation, static cell => cell.EndingClass),
        Map("Operations by bus phase", "operation", static cell => cell.Operation, static cell => cell.Phase is { } phase ? Names.Of(phase) : "no bus"),
    ];

    private IReadOnlyList<ReportBlock> Faults()
    {
        if (totals.Faults.Count == 0)
            return [new Paragraph("No fault was to act.")];
        return
        [
            new ReportTable("What became of the rules", "fault", [new("acted"), new("noticed"), new("by nobody"), new("rules that never acted")],
                [new("", [.. totals.Faults.Values.Select(static fault => new ReportRow(fault.Fault,
                    [ReportCell.Number(fault.Acted, 0), ReportCell.Number(fault.Noticed, 0), ReportCell.Number(fault.Acted - fault.Noticed, 0), ReportCell.Number(fault.Idle, 0)]))])]),
            HeatMap.Of("Faults by the state of what they hit", "fault", [.. _cells.Where(static one => one.Cell.Fault.Length > 0)
                .Select(static one => (one.Cell.Fault, Names.Of(one.Cell.State), one.Count))], States),
        ];
    }

    private IReadOnlyList<ReportBlock> Rare()
    {
        var rare = new CoverageTable(totals).Rare().ToList();
        return rare.Count == 0 ? [new Paragraph("Every cell was reached by more than one request.")] :
        [
            new Preformatted("Cells that one request alone has reached", string.Join('\n', rare.Take(MostRare))
                + (rare.Count > MostRare ? $"\n… {rare.Count - MostRare} more; --json has all." : "")),
        ];
    }

    private HeatMap Map(string caption, string rows, Func<CoverageCell, string> row, Func<CoverageCell, string> column, string[]? columns = null) =>
        HeatMap.Of(caption, rows, [.. _cells.Select(one => (row(one.Cell), column(one.Cell), one.Count))], columns);

    private static string Text<T>(T value) where T : IFormattable => value.ToString("N0", CultureInfo.InvariantCulture);
}

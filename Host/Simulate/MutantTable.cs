using System.Diagnostics;
using ScsiActors.Faults;
using ScsiActors.Host.Output;
using ScsiActors.Simulation.Campaign;
using Spectre.Console;

namespace ScsiActors.Host.Simulate;

/// <summary>How many seeds it takes to find each historical bug, and how short a case shows it.</summary>
/// <param name="first">The first seed.</param>
/// <param name="last">The seed after which a bug counts as not found.</param>
/// <param name="jobs">How many are looked for at a time.</param>
internal sealed class MutantTable(ulong first, ulong last, int jobs)
{
    /// <summary>No case takes that long on a machine that is not overloaded; it is the budget of the shrinker that ends it.</summary>
    private static readonly TimeSpan MostShrinkingTime = TimeSpan.FromMinutes(2);

    private sealed record Row(Mutant Mutant, ulong? Seeds, string Oracle, int Steps, bool PassesWithout);

    /// <summary>Looks for each of them, and tells; the exit code is 0 when all were found by a case that is good without them.</summary>
    public int Tell(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var rows = new Row[Mutants.All.Count];
        Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = jobs }, index =>
        {
            rows[index] = Find(Mutants.All[index], cancellation);
            if (!Screen.IsInteractive)
                Screen.Error($"  {rows[index].Mutant.Name}: {(rows[index].Seeds is { } seeds ? $"{seeds} seeds, {rows[index].Oracle}" : "not found")}");
        });
        var table = new Table { Border = TableBorder.Simple };
        foreach (var title in (string[])["historical bug", "seeds", "oracle", "shortest case", "good without it", "what is wrong"])
            table.AddColumn(title);
        foreach (var row in rows)
        {
            table.AddRow(new Text(row.Mutant.Name), new Text(row.Seeds?.ToString() ?? $"> {last - first + 1}"), new Text(row.Oracle),
                new Text(row.Seeds is null ? "" : $"{row.Steps} steps"), new Text(row.Seeds is null ? "" : row.PassesWithout ? "yes" : "NO"), new Text(row.Mutant.Does));
        }
        Screen.Out.Write(table);
        var found = rows.Count(static row => row.Seeds is not null && row.PassesWithout);
        Screen.Line($"{found} of {rows.Length} found, each by a case that is good without it, in {clock.Elapsed.TotalSeconds:0} s.");
        return found == rows.Length ? ExitCode.Ok : ExitCode.Failed;
    }

    private Row Find(Mutant mutant, CancellationToken cancellation)
    {
        for (var seed = first; seed <= last; seed++)
        {
            cancellation.ThrowIfCancellationRequested();
            var scenario = ScenarioGenerator.Draw(seed) with { Mutant = mutant.Name };
            var result = ScenarioRun.Run(scenario);
            // What is found without the bug as well is not its work.
            if (result.Findings.Count == 0 || ScenarioRun.Run(scenario with { Mutant = "" }).Findings.Count > 0)
                continue;
            var clock = Stopwatch.StartNew();
            var shrinker = new ScenarioShrinker(static (one, oracle) => ScenarioRun.Run(one, until: oracle), () => clock.Elapsed > MostShrinkingTime || cancellation.IsCancellationRequested);
            var shortest = shrinker.Shrink(scenario, result.Verdict);
            return new Row(mutant, seed - first + 1, result.Verdict, shortest.Steps.Count, ScenarioRun.Run(shortest with { Mutant = "" }).Findings.Count == 0);
        }
        return new Row(mutant, null, "", 0, false);
    }
}

using System.Diagnostics;
using ScsiActors.Host.Output;
using ScsiActors.Host.Simulate.Html;
using ScsiActors.Journal;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>Says what a failing seed has found, makes it short, and writes the shortest case as a scenario, as a test and as a page.</summary>
/// <param name="options">The campaign.</param>
/// <param name="folder">Where files go.</param>
internal sealed class FailureReport(CampaignOptions options, DirectoryInfo folder)
{
    private const string ClientPrefix = "client-";
    private const int MostMessages = 60;

    /// <summary>No case takes that long on a machine that is not overloaded; it is the budget of the shrinker that ends it.</summary>
    private static readonly TimeSpan MostShrinkingTime = TimeSpan.FromMinutes(2);

    /// <summary>Reports one failing seed of each kind, and only names the others.</summary>
    /// <param name="failures">Those of the campaign.</param>
    /// <param name="mayShrink">False to leave out the shortest case.</param>
    /// <param name="cancellation">Ends it early.</param>
    public void Tell(IReadOnlyList<SeedResult> failures, bool mayShrink, CancellationToken cancellation)
    {
        foreach (var kind in failures.GroupBy(static failure => failure.Verdict))
        {
            var first = kind.MinBy(static failure => failure.Seed)!;
            Screen.Line();
            Screen.Line($"FAILED seed {first.Seed}: {first.Sentences[0]}");
            foreach (var sentence in first.Sentences.Skip(1).Take(4))
                Screen.Line($"  then {sentence}");
            Screen.Line($"  repeat it: {HelpText.Program} {options.Repeat(first.Seed)}");
            var others = kind.Where(failure => failure != first).Select(static failure => failure.Seed).Order().ToList();
            if (others.Count > 0)
                Screen.Line($"  the same oracle: {(others.Count == 1 ? "seed" : $"{others.Count} seeds:")} {string.Join(", ", others.Take(10))}{(others.Count > 10 ? ", ..." : "")}");
            if (mayShrink)
                Shrink(first, cancellation);
        }
    }

    private void Shrink(SeedResult failure, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var shrinker = new ScenarioShrinker(static (one, oracle) => ScenarioRun.Run(one, until: oracle), () => clock.Elapsed > MostShrinkingTime || cancellation.IsCancellationRequested);
        var scenario = options.ScenarioOf(failure.Seed);
        var shortest = shrinker.Shrink(scenario, failure.Verdict);
        using var run = new ScenarioRun(shortest, new JournalOptions { Keep = int.MaxValue });
        run.Prepare();
        run.Finish();
        var finding = run.Result().Findings.First(finding => finding.Oracle == failure.Verdict);
        folder.Create();
        var name = ScenarioTest.NameOf(shortest, finding);
        var (test, data, page) = (FileOf(name, "cs"), FileOf(name, "json"), FileOf(name, "html"));
        File.WriteAllText(test, ScenarioTest.Write(shortest, finding, DiagramOf(run)));
        File.WriteAllText(data, ScenarioJson.Write(shortest));
        File.WriteAllText(page, RunReport.Of(run, $"replay {data}").ToHtml());
        var reordered = TurnDeviations.Parse(shortest.Deviations).Count;
        Screen.Line($"  shortest case: {shortest.Steps.Count} of {scenario.Steps.Count} steps{(reordered == 0 ? "" : $", {reordered} {(reordered == 1 ? "turn" : "turns")} out of order")}, after {shrinker.Runs} runs in {clock.Elapsed.TotalSeconds:0.0} s: {finding}");
        Screen.Line($"  as a test:     {test}");
        Screen.Line($"  as a page:     {page}");
        Screen.Line($"  message flow:  {HelpText.Program} replay {data}");
    }

    private string FileOf(string name, string extension) => Path.Combine(folder.FullName, $"{name}.{extension}");

    // From the first request to the finding: neither how the subsystem starts nor what is read back at the end.
    private static string DiagramOf(ScenarioRun run)
    {
        var events = run.Journal.Events;
        var first = 0;
        while (first < events.Count && !events[first].From.StartsWith(ClientPrefix, StringComparison.Ordinal))
            first++;
        var last = events.Count - 1;
        while (last > first && events[last].Kind != EventKinds.Finding)
            last--;
        return SequenceDiagram.From([.. events.Skip(first).Take(last - first + 1)], new SequenceOptions { MaximumItems = MostMessages }).ToMermaid();
    }
}

using System.Diagnostics;
using ScsiActors.Host.Output;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>Says what a failing seed has found, makes it short, and writes the shortest case as a scenario and as a test.</summary>
/// <param name="options">The campaign.</param>
/// <param name="folder">Where files go.</param>
internal sealed class FailureReport(CampaignOptions options, DirectoryInfo folder)
{
    private static readonly TimeSpan ShrinkingTime = TimeSpan.FromSeconds(30);

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
            Screen.Line($"  repeat it: {HelpText.Program} {Repeat(first.Seed)}");
            var others = kind.Where(failure => failure != first).Select(static failure => failure.Seed).Order().ToList();
            if (others.Count > 0)
                Screen.Line($"  the same oracle: {(others.Count == 1 ? "seed" : $"{others.Count} seeds:")} {string.Join(", ", others.Take(10))}{(others.Count > 10 ? ", ..." : "")}");
            if (mayShrink)
                Shrink(first, cancellation);
        }
    }

    private string Repeat(ulong seed) => options.Mutant.Length > 0 ? $"simulate --mutant {options.Mutant} --seed {seed}"
        : options.ScenarioFile is { } file ? $"simulate --scenario {file} --seed {seed}" : $"replay {seed}";

    private void Shrink(SeedResult failure, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var shrinker = new ScenarioShrinker(static scenario => ScenarioRun.Run(scenario), () => clock.Elapsed > ShrinkingTime || cancellation.IsCancellationRequested);
        var scenario = options.ScenarioOf(failure.Seed);
        var shortest = shrinker.Shrink(scenario, failure.Verdict);
        var finding = ScenarioRun.Run(shortest).Findings.First(finding => finding.Oracle == failure.Verdict);
        folder.Create();
        var name = ScenarioTest.NameOf(shortest, finding);
        var (test, data) = (Path.Combine(folder.FullName, $"{name}.cs"), Path.Combine(folder.FullName, $"{name}.json"));
        File.WriteAllText(test, ScenarioTest.Write(shortest, finding, Diagram.Of(shortest)));
        File.WriteAllText(data, ScenarioJson.Write(shortest));
        var reordered = TurnDeviations.Parse(shortest.Deviations).Count;
        Screen.Line($"  shortest case: {shortest.Steps.Count} of {scenario.Steps.Count} steps{(reordered == 0 ? "" : $", {reordered} {(reordered == 1 ? "turn" : "turns")} out of order")}, after {shrinker.Runs} runs in {clock.Elapsed.TotalSeconds:0.0} s: {finding}");
        Screen.Line($"  as a test:     {test}");
        Screen.Line($"  message flow:  {HelpText.Program} replay {data}");
    }
}

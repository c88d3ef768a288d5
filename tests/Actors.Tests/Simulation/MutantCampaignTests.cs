using ScsiActors.Faults;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Historical bugs that the campaign finds: a seed of each, bad with the bug and good without it (<c>simulate --mutants</c>).</summary>
public sealed class MutantCampaignTests
{
    private const int MostShrinkingRuns = 400;

    [Theory]
    [InlineData("direction-from-bus-phase", 1)]
    [InlineData("submit-before-data", 1)]
    [InlineData("sigp-lost", 8)]
    [InlineData("interrupt-lost", 1)]
    [InlineData("istat-read-clears", 1)]
    [InlineData("sist-half-read", 2)]
    [InlineData("stale-dma-length", 2)]
    [InlineData("tags-mixed-up", 9)]
    [InlineData("attributes-ignored", 2)]
    [InlineData("bus-reset-forgets", 9)]
    [InlineData("aborted-command-completes", 5)]
    [InlineData("abort-without-effect", 19)]
    [InlineData("abort-reported-failed", 6)]
    [InlineData("reset-without-effect", 3)]
    [InlineData("unit-attention-swallowed", 2)]
    [InlineData("wrong-residual", 1)]
    [InlineData("wrong-sense-when-protected", 2)]
    [InlineData("eject-not-prevented", 3)]
    [InlineData("data-offset-ignored", 11)]
    [InlineData("short-write-taken-for-whole", 4)]
    [InlineData("fua-ignored", 12)]
    [InlineData("flush-ignored", 159)]
    [InlineData("completed-twice", 1)]
    public void A_historical_bug_is_found_and_its_shortest_case_is_good_without_it(string name, ulong seed)
    {
        var mutant = Mutants.Find(name);
        Assert.NotNull(mutant);
        var scenario = ScenarioGenerator.Draw(seed);
        Assert.Empty(ScenarioRun.Run(scenario).Findings);

        var found = ScenarioRun.Run(scenario with { Mutant = name });
        Assert.NotEmpty(found.Findings);
        Assert.True(mutant.Config is not null || found.MutantActed > 0, "the bug has not acted");

        var runs = 0;
        var shortest = new ScenarioShrinker(static (one, oracle) => ScenarioRun.Run(one, until: oracle), () => ++runs > MostShrinkingRuns).Shrink(found.Scenario, found.Verdict);
        Assert.True(shortest.Steps.Count <= scenario.Steps.Count);
        Assert.Contains(ScenarioRun.Run(shortest).Findings, finding => finding.Oracle == found.Verdict);
        Assert.Empty(ScenarioRun.Run(shortest with { Mutant = "" }).Findings);
    }
}

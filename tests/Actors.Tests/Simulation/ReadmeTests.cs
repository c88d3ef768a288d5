using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>The scenario of the README.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void A_scenario_of_ones_own_runs_and_its_ledger_says_who_noticed()
    {
        var result = ScenarioBuilder.WithSeed(1)
            .Adapter("patches-1-4", depth: 16)
            .Fault("bad { where = aio, when = { lba = \"8..11\", operation = read }, what = medium-error }")
            .Via(ScenarioPort.Adapter).At(20).Write(lba: 8, blocks: 4).At(5000).Read(lba: 8, blocks: 4)
            .Run();

        Assert.Empty(result.Findings);
        Assert.Contains("bad", result.FaultReport);
        Assert.DoesNotContain("never", result.FaultReport.Split('\n')[0]);
    }
}

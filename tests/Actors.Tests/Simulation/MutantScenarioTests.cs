using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Historical bugs in the shortest scenarios that a person would write for them: each is found by its effect, by the oracle that knows the rule.</summary>
public sealed class MutantScenarioTests
{
    private const string TestUnitReady = "00 00 00 00 00 00";

    // Slow enough that what a write cache has taken is still there when the power goes.
    private static readonly DiskPlan Slow = new() { Lanes = 1, Latency = 8000, WriteCache = 1 << 20 };

    [Theory]
    [InlineData(ScenarioPort.Direct)]
    [InlineData(ScenarioPort.Adapter)]
    public void Attributes_that_are_ignored(ScenarioPort port) => Finds("attributes-ignored", "order",
        Greeted(port).Disk(Slow with { WriteCache = 0 }).At(2000).Write(8, 8).Write(16, 8, TaskAttribute.Ordered).Read(24, 8).Read(32, 8));

    [Theory]
    [InlineData(ScenarioPort.Direct)]
    [InlineData(ScenarioPort.Adapter)]
    public void An_abort_that_is_reported_as_failed(ScenarioPort port) => Finds("abort-reported-failed", "task-management",
        Greeted(port).Disk(Slow).At(2000).Read(8, 8).At(4000).Function(TaskManagementFunction.AbortTask, of: 2));

    [Theory]
    [InlineData(ScenarioPort.Direct)]
    [InlineData(ScenarioPort.Adapter)]
    public void A_protected_write_with_the_wrong_sense(ScenarioPort port) => Finds("wrong-sense-when-protected", "protection",
        Greeted(port).Setting("logical-unit.read-only = on").At(2000).Write(8, 8));

    [Theory]
    [InlineData(ScenarioPort.Direct)]
    [InlineData(ScenarioPort.Adapter)]
    public void An_eject_that_is_not_prevented(ScenarioPort port) => Finds("eject-not-prevented", "medium",
        Greeted(port).Setting("logical-unit.removable = on").At(2000).Command("1E 00 00 00 01 00").At(4000).Command("1B 00 00 00 02 00")
            .At(6000).Command("1B 00 00 00 03 00").At(8000).Command("1E 00 00 00 00 00"));

    [Theory]
    [InlineData(ScenarioPort.Direct)]
    [InlineData(ScenarioPort.Adapter)]
    public void Fua_that_is_ignored(ScenarioPort port)
    {
        var scenario = Greeted(port).Disk(Slow).At(2000);
        for (var lba = 0; lba < 64; lba += 8)
            scenario = scenario.Command($"2A 08 00 00 00 {lba:X2} 00 00 08 00", dataOut: 8 * 512);
        Finds("fua-ignored", "contents", scenario.At(5000).CutPower(1000));
    }

    [Theory]
    [InlineData(ScenarioPort.Direct)]
    [InlineData(ScenarioPort.Adapter)]
    public void A_flush_that_is_ignored(ScenarioPort port)
    {
        var scenario = Greeted(port).Disk(Slow).At(2000);
        for (var lba = 0; lba < 64; lba += 8)
            scenario = scenario.Write(lba, 8);
        Finds("flush-ignored", "contents", scenario.At(5000).Command("35 00 00 00 00 00 00 00 00 00").At(7000).CutPower(1000));
    }

    [Fact]
    public void A_bus_reset_that_forgets() => Finds("bus-reset-forgets", "bus-reset",
        Greeted(ScenarioPort.Adapter).Disk(Slow).At(2000).Read(8, 8).At(4000).ResetBus());

    [Fact]
    public void A_selection_time_out_that_is_half_read() => Finds("sist-half-read", "liveness",
        Greeted(ScenarioPort.Adapter).At(2000).On(3).Read(8, 8));

    // The first command hears of the power on.
    private static ScenarioBuilder Greeted(ScenarioPort port) => ScenarioBuilder.WithSeed(2).Via(port).Command(TestUnitReady);

    private static void Finds(string mutant, string oracle, ScenarioBuilder scenario)
    {
        Assert.Empty(scenario.Run().Findings);
        Assert.Contains(scenario.Mutant(mutant).Run().Findings, finding => finding.Oracle == oracle);
    }
}

using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Shortest cases of what the campaign has found in the product; each failed before it was put right.</summary>
public sealed class FoundTests
{
    /// <summary>An older preset keeps the bus for MODE SELECT, which waited for a buffer; writes that waited for the bus had them all.</summary>
    [Fact]
    public void Parameter_data_for_which_the_bus_is_kept_do_not_wait_for_buffers_of_commands_that_wait_for_the_bus() => FindsNothing(
        ScenarioBuilder.WithSeed(567)
            .Devices(blocks: 1024)
            .Adapter("patches-1-4", depth: 64)
            .ClientDepth(64)
            .Turns(TurnOrderKind.DelayBounded)
            .Setting("logical-unit.buffer-limit = 64 KiB")
            .Via(ScenarioPort.Adapter, client: 0).Command("17 00 00 00 00 00")
            .Command("15 10 00 00 18 00", dataOut: 24, parameters: "0000000008120000FFFF0000FFFFFFFF0000000000000000")
            .Via(ScenarioPort.Adapter, client: 1).Command("AA 00 00 00 01 50 00 00 00 B9 00 00", dataOut: 94720));

    /// <summary>The same with two writes before it.</summary>
    [Fact]
    public void Mode_select_behind_writes_that_have_all_buffers_is_executed() => FindsNothing(
        ScenarioBuilder.WithSeed(400)
            .Devices(blockSize: 4096)
            .Adapter("patches-1-4", depth: 64)
            .ClientDepth(64)
            .Turns(TurnOrderKind.DelayBounded)
            .Setting("logical-unit.buffer-limit = 64 KiB")
            .Via(ScenarioPort.Adapter).Command("AA 00 00 00 04 2F 00 00 00 1A 00 00", dataOut: 106496)
            .Command("0A 00 06 4B 1E 00", dataOut: 122880)
            .Command("15 10 00 00 18 00", dataOut: 24, parameters: "0000000008120000FFFF0000FFFFFFFF0000000000000000"));

    /// <summary>Commands that fail together: the REQUEST SENSE of each met the sense data of the other, none, or a full task set.</summary>
    [Fact]
    public void Commands_that_fail_together_through_the_adapter_report_their_own_sense_data()
    {
        var builder = ScenarioBuilder.WithSeed(13).Setting("logical-unit.max-tasks = 4").Turns(TurnOrderKind.Random, microseconds: 5)
            .Via(ScenarioPort.Adapter);
        for (var i = 0; i < 12; i++)
            builder.Command("28 00 00 00 08 00 00 00 01 00", dataIn: 512).Command("C1 00 00 00 00 00").Read(8, 1);
        FindsNothing(builder);
    }

    /// <summary>After a bus reset the driver uses a tag again while storage still has the command that had it before: the target saw an overlapped command, and ended
    /// the wrong one.</summary>
    [Fact]
    public void After_a_bus_reset_a_tag_is_used_again_while_storage_still_has_its_last_command() => FindsNothing(
        ScenarioBuilder.WithSeed(9)
            .Adapter(depth: 2)
            .ClientDepth(64)
            .Turns(TurnOrderKind.DelayBounded)
            .Via(ScenarioPort.Adapter).Command("2A 00 00 00 04 08 00 01 DA 00", dataOut: 242688)
            .Command("35 00 00 00 04 F1 00 01 DA 00")
            .Command("2A 00 00 00 05 2E 00 01 D0 00", dataOut: 237568)
            .ResetBus());

    /// <summary>The auto contingent allegiance of one initiator refused the REQUEST SENSE with which another fetched sense data, and its driver held the bus.</summary>
    [Fact]
    public void An_auto_contingent_allegiance_of_another_initiator_does_not_hold_up_request_sense() => FindsNothing(
        ScenarioBuilder.WithSeed(87)
            .Adapter(depth: 64)
            .ClientDepth(64)
            .Turns(TurnOrderKind.DelayBounded)
            .CutPower(50000)
            .Command("17 00 00 00 00 00")
            .Via(ScenarioPort.Adapter).Command("15 10 00 00 10 00", dataOut: 16, parameters: "000000000A0A041200400000FFFF0000")
            .Via(ScenarioPort.Direct).Command("2F 00 00 00 04 F6 00 00 0D 04"));

    private static void FindsNothing(ScenarioBuilder scenario) => Assert.Empty(scenario.Run().Findings);
}

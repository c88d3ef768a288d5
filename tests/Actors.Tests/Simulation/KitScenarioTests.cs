using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Kit;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>What a subsystem does at the moments that are hard to meet, each held still with the test kit.</summary>
public sealed class KitScenarioTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_tag_whose_reselection_is_held_is_overtaken_by_another_one()
    {
        using var kit = new SimulationKit(new KitOptions().WithAdapter().WithDisk());
        var client = kit.Adapter();
        var slow = client.Read(lba: 8, blocks: 8);
        var fast = client.Read(lba: 64, blocks: 8);
        var held = kit.HoldAt(Points.Reselection, slow);

        Assert.True(fast.Answer().IsGood);
        Assert.False(slow.IsAnswered);

        held.Release();
        Assert.True(slow.Answer().IsGood);
        kit.Expect(Expected.InOrder(Points.Answer.Of(fast), Points.Reselection.Of(slow), Points.Answer.Of(slow)));
    }

    [Fact]
    public void An_abort_waits_until_the_disk_lets_go_of_the_write()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        var client = kit.Direct();
        var write = client.Write(lba: 8, blocks: 8);
        var held = kit.HoldAt(Points.AioCompleted, write);
        kit.ExpectHeld(held);

        var abort = client.Abort(write);
        kit.ExpectNone(during: 50 * Millisecond);

        held.Release();
        Assert.Equal(ServiceResponse.FunctionComplete, abort.Answer().Response);
        Assert.Equal(CommandOutcome.Aborted, write.Answer().Outcome);
        kit.ExpectNone<SendCommandComplete>(during: 50 * Millisecond, of: write);
    }

    [Fact]
    public void What_was_acknowledged_and_not_flushed_may_be_lost_with_the_power_and_what_was_flushed_is_not()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        var client = kit.Direct();
        var flushed = client.Write(lba: 0, blocks: 1);
        Assert.True(flushed.Answer().IsGood);
        Assert.True(client.Flush().Answer().IsGood);
        Assert.True(client.Write(lba: 8, blocks: 1).Answer().IsGood);

        var cut = kit.PowerCut();
        Assert.Equal((1, 2), (cut.Volatile, (int)cut.LegalImages));
        kit.PowerOn(image: 0);

        Assert.Equal(flushed.Data.ToArray(), kit.Content(lba: 0, blocks: 1));
        Assert.Equal(new byte[512], kit.Content(lba: 8, blocks: 1));
    }

    [Fact]
    public void The_power_goes_after_two_writes_and_the_third_ends_with_an_error()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        var client = kit.Direct();
        var cut = kit.PowerCutAfter(writes: 2);

        Assert.True(client.Write(lba: 0, blocks: 1).Answer().IsGood);
        Assert.True(client.Write(lba: 8, blocks: 1).Answer().IsGood);
        Assert.Equal(2, cut.Await().Volatile);
        Assert.False(client.Write(lba: 16, blocks: 1).Answer().IsGood);
    }

    [Fact]
    public void A_bus_reset_ends_three_tags_and_the_next_command_works()
    {
        using var kit = new SimulationKit(new KitOptions().WithAdapter().WithDisk());
        var client = kit.Adapter();
        KitRequest<CommandExecuted>[] tags = [client.Read(0, 8), client.Write(8, 8), client.Read(64, 8)];
        kit.Expect(Expected.AnyOrder([.. tags.Select(static tag => Points.ScsiCommandReceived.Of(tag))]));

        var reset = client.Function(TaskManagementFunction.TargetReset);
        _ = reset.Answer();

        Assert.All(tags, static tag => Assert.Equal(CommandOutcome.Aborted, tag.Answer().Outcome));
        kit.Expect(Expected.AnyOrder([.. tags.Select(static tag => Points.CommandAborted.Of(tag))]));
        Assert.Equal(SenseKey.UnitAttention, client.TestUnitReady().Answer().Sense!.Key);
        Assert.True(client.Read(0, 8).Answer().IsGood);
    }

    [Fact]
    public void A_medium_error_acts_once_and_the_client_notices_it()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk()
            .WithFault("bad { where = aio, when = { operation = read, lba = \"8..11\" }, what = medium-error, times = 1 }"));
        var read = kit.Direct().Read(lba: 10, blocks: 1);

        var fault = kit.ExpectFault("bad", within: Millisecond);
        Assert.Equal(10, fault.Hit.Lba);
        Assert.Equal(SenseKey.MediumError, read.Answer().Sense!.Key);
        kit.ExpectNoticed(fault, by: "client");
        Assert.True(kit.Direct().Read(lba: 10, blocks: 1).Answer().IsGood);
    }

    [Fact]
    public void A_read_and_a_write_are_mirror_images_of_each_other()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk());
        var client = kit.Direct();

        var write = client.Write(lba: 8, blocks: 8);
        Assert.True(write.Answer().IsGood);
        kit.Expect(Expected.InOrder(Points.ScsiCommandReceived.Of(write), Points.ReceiveDataOut.Of(write), Points.DataOutReceived.Of(write),
            Points.AioWrite.Of(write), Points.AioCompleted.Of(write), Points.SendCommandComplete.Of(write), Points.Answer.Of(write)));

        var read = client.Read(lba: 8, blocks: 8);
        Assert.True(read.Answer().IsGood);
        kit.Expect(Expected.InOrder(Points.ScsiCommandReceived.Of(read), Points.AioRead.Of(read), Points.AioCompleted.Of(read),
            Points.SendDataIn.Of(read), Points.DataInDelivered.Of(read), Points.SendCommandComplete.Of(read), Points.Answer.Of(read)));
        Assert.Equal(write.Data.ToArray(), read.Data.ToArray());
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(3ul)]
    public void An_ordered_write_stands_between_older_and_younger_reads_in_every_order_of_turns(ulong seed)
    {
        using var kit = new SimulationKit(new KitOptions(seed) { Order = TurnOrderKind.Random, TurnTime = 20 }.WithAdapter().WithDisk());
        var client = kit.Adapter();
        var older = client.Read(lba: 0, blocks: 8);
        var ordered = client.Write(lba: 0, blocks: 8, TaskAttribute.Ordered);
        var younger = client.Read(lba: 0, blocks: 8);

        kit.ExpectAnswers(older, ordered, younger);

        Assert.Equal(new byte[8 * 512], older.Data.ToArray());
        Assert.Equal(ordered.Data.ToArray(), younger.Data.ToArray());
    }

    [Fact]
    public void A_scsi_write_and_a_virtio_read_meet_at_one_queue()
    {
        using var kit = new SimulationKit(new KitOptions().WithDisk().WithVirtioBlk());
        var write = kit.Direct().Write(lba: 8, blocks: 8);
        var held = kit.HoldAt(Points.AioWrite, write);
        kit.ExpectHeld(held);

        var before = kit.VirtioBlk().Read(offset: 8 * 512, length: 8 * 512);
        Assert.True(before.Answer().IsGood);
        held.Release();
        Assert.True(write.Answer().IsGood);
        var after = kit.VirtioBlk().Read(offset: 8 * 512, length: 8 * 512);
        Assert.True(after.Answer().IsGood);

        Assert.Equal(new byte[8 * 512], before.Data.ToArray());
        Assert.Equal(write.Data.ToArray(), after.Data.ToArray());
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;
using static ScsiActors.Tests.Machines.Scsi.LogicalUnitBench;

namespace ScsiActors.Tests.Machines.Scsi;

/// <summary>WRITE ATOMIC(16) (SBC-4 5.48), and how commands that have their blocks to themselves and others wait for each other.</summary>
public sealed class WriteAtomicTests
{
    /// <summary>Four blocks from block 8.</summary>
    private const string Four = "9C 00 0000000000000008 0000 0004 00 00";

    private static readonly LogicalUnitSettings InPieces = new() { TransferBuffer = 1024, GrowTransferBuffer = false };

    [Fact]
    public void It_is_one_request_to_storage_that_is_marked_as_atomic()
    {
        var bench = new LogicalUnitBench();
        var data = ReadAndWriteTests.Pattern(4);
        Assert.Equal("Good", bench.Execute(Four, dataOut: data).ToString());
        Assert.True(bench.Said.OfType<AioWrite>().Single().IsAtomic);
        Assert.Equal(data, bench.Disk[(8 * BlockSize)..(12 * BlockSize)]);
        bench.Execute("8A 00 0000000000000008 00000004 00 00", dataOut: data);
        Assert.False(bench.Said.OfType<AioWrite>().Last().IsAtomic);
        bench.HoldsNothing();
    }

    [Theory]
    [InlineData("9C 00 0000000000000000 0000 0200 00 00", 512, "Good")]
    [InlineData("9C 00 0000000000000000 0000 0201 00 00", 513, "05/24/00")]
    [InlineData("9C 00 0000000000000000 0001 0001 00 00", 1, "05/24/00")]
    [InlineData("9C 00 0000000000000FFF 0000 0002 00 00", 2, "05/21/00")]
    [InlineData("9C 00 0000000000000000 0000 0000 00 00", 0, "Good")]
    [InlineData("9C 00 0000000000000000 0000 0002 00 00", 1, "05/24/00")]
    [InlineData("9C 20 0000000000000000 0000 0001 00 00", 1, "05/24/00")]
    public void Limit_boundary_range_and_data_are_checked_before_anything_is_done(string cdb, int blocks, string expected)
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(expected, bench.Execute(cdb, dataOut: new byte[blocks * BlockSize]).ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void What_is_longer_than_a_piece_of_a_transfer_is_refused()
    {
        var bench = new LogicalUnitBench(InPieces);
        Assert.Equal("05/24/00", bench.Execute(Four, dataOut: new byte[4 * BlockSize]).ToString());
        Assert.Equal("Good", bench.Execute("9C 00 0000000000000008 0000 0002 00 00", dataOut: new byte[2 * BlockSize]).ToString());
        Assert.Single(bench.Said.OfType<AioWrite>());
    }

    [Theory]
    [InlineData("28 00 00000007 00 0002 00", true)]
    [InlineData("28 00 0000000B 00 0001 00", true)]
    [InlineData("2A 00 00000000 00 0010 00", true)]
    [InlineData("2F 00 00000008 00 0001 00", true)]
    [InlineData(Four, true)]
    [InlineData("28 00 00000006 00 0002 00", false)]
    [InlineData("2A 00 0000000C 00 0004 00", false)]
    [InlineData("35 00 00000008 00 0001 00", false)]
    public void While_storage_works_for_it_commands_for_the_same_blocks_wait(string cdb, bool waits)
    {
        var bench = new LogicalUnitBench();
        var atomic = bench.Send(Four, dataOut: new byte[4 * BlockSize]);
        bench.AnswerOne(atomic);
        var other = bench.Send(cdb, 1, dataOut: new byte[16 * BlockSize]);
        if (bench.Unanswered.OfType<ReceiveDataOut>().Any())
            bench.AnswerOne(other);
        Assert.Equal(waits ? 1 : 2, bench.Unanswered.OfType<AioRequest>().Count());
        bench.AnswerAio();
        Assert.Equal("Good", bench.OutcomeOf(atomic)!.ToString());
        bench.AnswerAll();
        Assert.Equal("Good", bench.OutcomeOf(other)!.ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void It_waits_for_a_transfer_that_is_between_two_pieces_and_so_never_shows_in_half_of_it()
    {
        var bench = new LogicalUnitBench(InPieces);
        var read = bench.Send("28 00 00000008 00 0004 00", 1);
        bench.AnswerAio();
        var atomic = bench.Send("9C 00 0000000000000009 0000 0002 00 00", dataOut: ReadAndWriteTests.Pattern(2));
        bench.AnswerOne(atomic);
        Assert.DoesNotContain(bench.Said, message => message is AioWrite);
        bench.AnswerOne(read);
        Assert.DoesNotContain(bench.Said, message => message is AioWrite);
        // Storage has nothing more to do for the read, whatever its port may do.
        bench.AnswerAio();
        Assert.Single(bench.Unanswered.OfType<AioWrite>());
        bench.AnswerAll();
        Assert.All(bench.OutcomeOf(read)!.Data, value => Assert.Equal(0, value));
        Assert.Equal("Good", bench.OutcomeOf(atomic)!.ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void Those_who_wait_come_in_the_order_in_which_they_asked_so_that_nobody_starves()
    {
        var bench = new LogicalUnitBench();
        var write = SendWrite(bench, "2A 00 00000008 00 0001 00", 1);
        var atomic = SendWrite(bench, Four, 4);
        var later = bench.Send("28 00 00000009 00 0001 00");
        Assert.Single(bench.Unanswered.OfType<AioRequest>());
        bench.AnswerAio();
        Assert.Equal("Good", bench.OutcomeOf(write)!.ToString());
        Assert.IsType<AioWrite>(Assert.Single(bench.Unanswered));
        bench.AnswerAio();
        Assert.Equal("Good", bench.OutcomeOf(atomic)!.ToString());
        Assert.IsType<AioRead>(Assert.Single(bench.Unanswered));
        bench.AnswerAll();
        Assert.Equal("Good", bench.OutcomeOf(later)!.ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void A_command_does_not_wait_behind_one_that_waits_for_a_port()
    {
        // Its own port may keep the bus from that other one.
        var bench = new LogicalUnitBench(InPieces);
        var read = bench.Send("28 00 00000008 00 0004 00", 1);
        bench.AnswerAio();
        var atomic = SendWrite(bench, "9C 00 0000000000000008 0000 0002 00 00", 2);
        var write = SendWrite(bench, "2A 00 00000008 00 0001 00", 1);
        Assert.False(Assert.IsType<AioWrite>(Assert.Single(bench.Unanswered.OfType<AioRequest>())).IsAtomic);
        bench.AnswerAio();
        Assert.Equal("Good", bench.OutcomeOf(write)!.ToString());
        bench.AnswerOne(read);
        var behind = SendWrite(bench, "2A 00 00000008 00 0001 00", 1);
        // Now storage works for the one that is waited for, and the order is kept again.
        Assert.IsType<AioRead>(Assert.Single(bench.Unanswered.OfType<AioRequest>()));
        bench.AnswerAll();
        Assert.Equal(["Good", "Good"], new[] { atomic, behind }.Select(nexus => bench.OutcomeOf(nexus)!.ToString()));
        bench.HoldsNothing();
    }

    [Fact]
    public void A_command_that_waits_for_its_blocks_can_be_aborted_and_lets_others_pass()
    {
        var bench = new LogicalUnitBench();
        var write = SendWrite(bench, "2A 00 00000008 00 0001 00", 1);
        var atomic = SendWrite(bench, Four, 4);
        var read = bench.Send("28 00 0000000A 00 0001 00");
        bench.Manage(TaskManagementFunction.AbortTask, tag: atomic.Tag);
        Assert.Single(bench.Said.OfType<TaskManagementFunctionExecuted>());
        Assert.Null(bench.OutcomeOf(atomic)!.Status);
        Assert.Equal(2, bench.Unanswered.OfType<AioRequest>().Count());
        bench.AnswerAll();
        Assert.Equal(["Good", "Good"], new[] { write, read }.Select(nexus => bench.OutcomeOf(nexus)!.ToString()));
        bench.HoldsNothing();
    }

    [Fact]
    public void One_that_is_aborted_in_storage_keeps_its_blocks_until_storage_has_let_go()
    {
        var bench = new LogicalUnitBench();
        var atomic = SendWrite(bench, Four, 4);
        var read = bench.Send("28 00 0000000A 00 0001 00");
        bench.Manage(TaskManagementFunction.AbortTask, tag: atomic.Tag);
        Assert.Single(bench.Unanswered.OfType<AioRequest>());
        bench.AnswerAio(result: AioResult.Cancelled);
        Assert.Null(bench.OutcomeOf(atomic)!.Status);
        bench.AnswerAll();
        Assert.Equal("Good", bench.OutcomeOf(read)!.ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void A_command_with_the_ACA_attribute_does_not_wait_for_what_the_ACA_has_stopped()
    {
        var bench = new LogicalUnitBench(InPieces);
        var read = bench.Send("28 00 00000008 00 0004 00", 1);
        bench.AnswerAio();
        bench.Send("28 00 FF FF FF FF 00 00 01 04", attribute: TaskAttribute.HeadOfQueue);
        bench.AnswerOne(read);
        var recovery = SendWrite(bench, "9C 00 0000000000000008 0000 0002 00 00", 2, TaskAttribute.Aca);
        bench.AnswerAll();
        Assert.Equal("Good", bench.OutcomeOf(recovery)!.ToString());
        Assert.Null(bench.OutcomeOf(read));
        bench.Manage(TaskManagementFunction.ClearAca);
        bench.AnswerAll();
        Assert.Equal("Good", bench.OutcomeOf(read)!.ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void Waiting_commands_hold_buffers_and_still_everything_ends()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { BufferLimit = 8192 });
        var all = new List<ItlqNexus>();
        for (var i = 0; i < 20; i++)
        {
            all.Add(bench.Send(i % 3 == 0 ? Four : "2A 00 00000009 00 0004 00", i % 2, dataOut: new byte[4 * BlockSize]));
            all.Add(bench.Send("28 00 00000006 00 0008 00"));
        }
        bench.AnswerAll();
        Assert.All(all, nexus => Assert.Equal("Good", bench.OutcomeOf(nexus)!.ToString()));
        bench.HoldsNothing();
    }

    private static ItlqNexus SendWrite(LogicalUnitBench bench, string cdb, int blocks, TaskAttribute attribute = TaskAttribute.Simple)
    {
        var nexus = bench.Send(cdb, attribute: attribute, dataOut: new byte[blocks * BlockSize]);
        bench.AnswerOne(nexus);
        return nexus;
    }
}

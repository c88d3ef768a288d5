using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;
using static ScsiActors.Tests.Machines.Scsi.LogicalUnitBench;

namespace ScsiActors.Tests.Machines.Scsi;

/// <summary>COMPARE AND WRITE (SBC-3 5.2).</summary>
public sealed class CompareAndWriteTests
{
    /// <summary>Of two blocks from block 2.</summary>
    private const string Two = "89 00 0000000000000002 000000 02 00 00";

    [Fact]
    public void Blocks_that_are_as_expected_are_written()
    {
        var bench = new LogicalUnitBench();
        var (before, after) = (ReadAndWriteTests.Pattern(2), new byte[2 * BlockSize]);
        Array.Fill(after, (byte)0xA5);
        before.CopyTo(bench.Disk, 2 * BlockSize);
        var outcome = bench.Execute(Two, dataOut: [.. before, .. after]);
        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(4 * BlockSize, outcome.Transferred);
        Assert.Equal(["ReceiveDataOut", "AioRead", "AioWrite", "SendCommandComplete"], bench.Said.Select(message => message.GetType().Name));
        var write = bench.Said.OfType<AioWrite>().Single();
        Assert.True(write.IsAtomic);
        Assert.False(write.WriteThrough);
        Assert.Equal(after, bench.Disk[(2 * BlockSize)..(4 * BlockSize)]);
        Assert.All(bench.Disk[(4 * BlockSize)..(8 * BlockSize)], value => Assert.Equal(0, value));
        bench.HoldsNothing();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    [InlineData(1023)]
    public void A_difference_is_told_by_its_offset_and_nothing_is_written(int offset)
    {
        var bench = new LogicalUnitBench();
        var expected = ReadAndWriteTests.Pattern(2);
        expected.CopyTo(bench.Disk, 2 * BlockSize);
        bench.Disk[2 * BlockSize + offset] ^= 1;
        var before = bench.Disk.ToArray();
        var outcome = bench.Execute(Two, dataOut: [.. expected, .. new byte[2 * BlockSize]]);
        Assert.Equal("0e/1d/00", outcome.ToString());
        Assert.Equal((ulong)offset, outcome.Sense!.Information);
        Assert.DoesNotContain(bench.Said, message => message is AioWrite);
        Assert.Equal(before, bench.Disk);
        bench.HoldsNothing();
    }

    [Fact]
    public void FUA_and_a_write_cache_that_is_off_write_through()
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(ScsiStatus.Good, bench.Execute(Two.Replace("89 00", "89 08"), dataOut: new byte[4 * BlockSize]).Status);
        Assert.True(bench.Said.OfType<AioWrite>().Single().WriteThrough);
        bench = new LogicalUnitBench(new LogicalUnitSettings { WriteCache = false });
        Assert.Equal(ScsiStatus.Good, bench.Execute(Two, dataOut: new byte[4 * BlockSize]).Status);
        Assert.True(bench.Said.OfType<AioWrite>().Single().WriteThrough);
    }

    [Theory]
    [InlineData("89 00 0000000000001000 000000 01 00 00", 2, "05/21/00")]
    [InlineData("89 00 FFFFFFFFFFFFFFFF 000000 02 00 00", 4, "05/21/00")]
    [InlineData("89 00 0000000000000000 000000 81 00 00", 258, "05/24/00")]
    [InlineData("89 00 0000000000000000 000000 00 00 00", 512, "05/24/00")]
    [InlineData("89 00 0000000000000000 000000 00 00 00", 0, "Good")]
    [InlineData("89 00 0000000000000000 000000 01 00 00", 4, "05/24/00")]
    [InlineData("89 00 0000000000000000 000000 03 00 00", 4, "05/24/00")]
    [InlineData("89 20 0000000000000000 000000 01 00 00", 2, "05/24/00")]
    [InlineData("89 00 0000000000000000 000001 01 00 00", 2, "05/24/00")]
    [InlineData("89 10 0000000000000000 000000 80 1F 00", 256, "Good")]
    public void Range_limit_and_data_are_checked_before_anything_is_done(string cdb, int blocks, string expected)
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(expected, bench.Execute(cdb, dataOut: new byte[blocks * BlockSize]).ToString());
        Assert.Equal(expected == "Good" && blocks > 0, bench.Said.Exists(message => message is AioRead));
        bench.HoldsNothing();
    }

    [Fact]
    public void A_port_that_does_not_know_its_length_is_asked_for_twice_the_blocks()
    {
        var bench = new LogicalUnitBench();
        bench.Send(Two, dataOut: new byte[4 * BlockSize], dataOutLength: -1);
        Assert.Equal(4 * BlockSize, Assert.IsType<ReceiveDataOut>(Assert.Single(bench.Unanswered)).Count);
        bench.AnswerAll();
        bench.HoldsNothing();
    }

    [Fact]
    public void A_protected_medium_is_neither_compared_nor_written()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { ReadOnly = true });
        Assert.Equal("07/27/00", bench.Execute(Two, dataOut: new byte[4 * BlockSize]).ToString());
        Assert.DoesNotContain(bench.Said, message => message is AioRequest);
    }

    [Theory]
    [InlineData(true, AioResult.ReadError, "03/11/00")]
    [InlineData(false, AioResult.WriteError, "03/0c/00")]
    [InlineData(true, AioResult.Busy, "Busy")]
    [InlineData(false, AioResult.Busy, "Busy")]
    public void Errors_of_storage_are_its_own_and_busy_storage_leaves_it_undone(bool isRead, AioResult result, string expected)
    {
        var bench = new LogicalUnitBench { Fault = request => request is AioRead == isRead ? (result, 0) : null };
        Assert.Equal(expected, bench.Execute(Two, dataOut: new byte[4 * BlockSize]).ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void Of_two_that_meet_one_wins_and_the_other_sees_what_it_wrote()
    {
        var bench = new LogicalUnitBench();
        var one = Enumerable.Repeat((byte)1, 2 * BlockSize).ToArray();
        var first = bench.Send(Two, dataOut: [.. new byte[2 * BlockSize], .. one]);
        var second = bench.Send(Two, 1, dataOut: [.. new byte[2 * BlockSize], .. one]);
        bench.AnswerAll();
        Assert.Equal("Good", bench.OutcomeOf(first)!.ToString());
        Assert.Equal("0e/1d/00", bench.OutcomeOf(second)!.ToString());
        Assert.Equal(0UL, bench.OutcomeOf(second)!.Sense!.Information);
        bench.HoldsNothing();
    }

    [Fact]
    public void An_ACA_holds_it_before_or_after_but_not_between_reading_and_writing()
    {
        var bench = new LogicalUnitBench();
        var exchange = bench.Send(Two, 1, dataOut: new byte[4 * BlockSize]);
        bench.AnswerOne(exchange);
        bench.Execute("28 00 FF FF FF FF 00 00 01 04", attribute: TaskAttribute.HeadOfQueue);
        // The bench has answered the read meanwhile.
        Assert.Equal(["AioRead", "AioWrite"], bench.Said.OfType<AioRequest>().Select(request => request.GetType().Name));
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(exchange));
        bench.Manage(TaskManagementFunction.ClearAca);
        Assert.Equal("Good", bench.OutcomeOf(exchange)!.ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void A_miscompare_found_while_an_ACA_is_in_effect_is_told_after_it()
    {
        var bench = new LogicalUnitBench();
        var exchange = bench.Send(Two, 1, dataOut: ReadAndWriteTests.Pattern(4));
        bench.AnswerOne(exchange);
        bench.Execute("28 00 FF FF FF FF 00 00 01 04", attribute: TaskAttribute.HeadOfQueue);
        Assert.Null(bench.OutcomeOf(exchange));
        bench.Manage(TaskManagementFunction.ClearAca);
        Assert.Equal("0e/1d/00", bench.OutcomeOf(exchange)!.ToString());
        bench.HoldsNothing();
    }
}

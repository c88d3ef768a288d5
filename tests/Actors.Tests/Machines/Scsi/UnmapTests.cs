using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;
using static ScsiActors.Tests.Machines.Scsi.LogicalUnitBench;

namespace ScsiActors.Tests.Machines.Scsi;

/// <summary>UNMAP (SBC-3 5.28).</summary>
public sealed class UnmapTests
{
    [Fact]
    public void Every_range_is_given_back_one_after_the_other_and_reads_as_zeroes()
    {
        var bench = Full();
        Assert.Equal("Good", Unmap(bench, (4, 2), (100, 0), (10, 1), (5, 1)).ToString());
        Assert.Equal(
            [(2048L, 1024L), (5120, 512), (2560, 512)], bench.Said.OfType<AioUnmap>().Select(request => (request.Offset, request.Length)));
        Assert.Equal([1, 0, 0, 1], new[] { 3, 4, 5, 6 }.Select(block => bench.Disk[block * BlockSize]));
        Assert.Equal(0, bench.Disk[10 * BlockSize]);
        Assert.DoesNotContain(bench.Said, message => message is AioFlush);
        bench.HoldsNothing();
    }

    [Fact]
    public void Without_a_write_cache_a_flush_follows_the_last_range()
    {
        var bench = Full(new LogicalUnitSettings { WriteCache = false });
        Assert.Equal("Good", Unmap(bench, (4, 2), (10, 1), (20, 0)).ToString());
        Assert.Equal(["AioUnmap", "AioUnmap", "AioFlush"], bench.Said.OfType<AioRequest>().Select(request => request.GetType().Name));
        bench.Said.Clear();
        Assert.Equal("Good", Unmap(bench, (4, 0)).ToString());
        Assert.Empty(bench.Said.OfType<AioRequest>());
    }

    [Fact]
    public void A_long_range_goes_in_several_requests()
    {
        var bench = new LogicalUnitBench(open: false);
        bench.Open(length: 1L << 42, canUnmap: true);
        bench.ClearUnitAttention(0);
        bench.Fault = _ => (AioResult.Ok, 0);
        bench.Send("42 00 00 00 00 00 00 00 18 00", dataOut: List((1, 0x500000)));
        bench.AnswerOne(((ReceiveDataOut)bench.Unanswered[0]).Nexus);
        var lengths = new List<(long, long)>();
        while (bench.Unanswered.OfType<AioUnmap>().FirstOrDefault() is { } request)
        {
            lengths.Add((request.Offset, request.Length));
            bench.Unanswered.Clear();
            bench.Unit.Handle(new AioCompleted(request.Id, AioResult.Ok, 0));
        }
        Assert.Equal([(512, 1L << 30), (512 + (1L << 30), 1L << 30), (512 + (1L << 31), 1L << 29)], lengths);
        bench.HoldsNothing();
    }

    [Fact]
    public void Nothing_is_given_back_when_one_range_lies_outside()
    {
        var bench = Full();
        Assert.Equal("05/21/00", Unmap(bench, (4, 2), (Blocks - 1, 2)).ToString());
        Assert.Equal("05/21/00", Unmap(bench, (4, 2), (-1, 1)).ToString());
        Assert.Equal("Good", Unmap(bench, (Blocks, 0)).ToString());
        Assert.DoesNotContain(bench.Said, message => message is AioUnmap);
        bench.HoldsNothing();
    }

    [Fact]
    public void As_many_ranges_as_announced_are_taken_and_no_more()
    {
        var bench = Full(new LogicalUnitSettings { MaximumUnmapDescriptors = 3 });
        Assert.Equal("Good", Unmap(bench, (1, 1), (2, 1), (3, 1)).ToString());
        Assert.Equal("05/26/00", Unmap(bench, (1, 1), (2, 1), (3, 1), (4, 1)).ToString());
        var most = Enumerable.Range(0, 256).Select(i => ((long)i, 1u)).ToArray();
        Assert.Equal("Good", Unmap(Full(), most).ToString());
    }

    [Theory]
    [InlineData("42 00 00 00 00 00 00 00 00 00", 0, "Good")]
    [InlineData("42 00 00 00 00 00 00 00 07 00", 7, "05/1a/00")]
    [InlineData("42 00 00 00 00 00 00 00 08 00", 8, "Good")]
    [InlineData("42 00 00 00 00 00 00 00 18 00", 8, "05/1a/00")]
    [InlineData("42 01 00 00 00 00 00 00 18 00", 24, "05/24/00")]
    [InlineData("42 00 00 00 00 00 1F 00 18 00", 24, "Good")]
    public void The_length_of_the_list_is_checked(string cdb, int length, string expected) =>
        Assert.Equal(expected, Full().Execute(cdb, dataOut: List((1, 1), (2, 1))[..length]).ToString());

    [Fact]
    public void A_range_that_is_cut_off_is_none()
    {
        var bench = Full();
        var list = List((1, 1), (2, 1));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), 31);
        Assert.Equal("Good", bench.Execute("42 00 00 00 00 00 00 00 28 00", dataOut: list).ToString());
        Assert.Single(bench.Said.OfType<AioUnmap>());
    }

    [Fact]
    public void It_is_unknown_where_storage_cannot_and_refused_where_nothing_may_be_written()
    {
        var bench = new LogicalUnitBench();
        Assert.Equal("05/20/00", Unmap(bench, (1, 1)).ToString());
        bench = Full(new LogicalUnitSettings { ReadOnly = true });
        Assert.Equal("07/27/00", Unmap(bench, (1, 1)).ToString());
    }

    [Fact]
    public void An_error_names_the_range_and_busy_storage_says_busy_only_before_the_first()
    {
        var bench = Full();
        bench.Fault = request => request is AioUnmap { Offset: 5120 } ? (AioResult.WriteError, 0) : null;
        var outcome = Unmap(bench, (4, 2), (10, 1));
        Assert.Equal("03/0c/00", outcome.ToString());
        Assert.Equal(10UL, outcome.Sense!.Information);
        bench.Fault = request => request is AioUnmap { Offset: 5120 } ? (AioResult.Busy, 0) : null;
        Assert.Equal("Busy", Unmap(bench, (10, 1)).ToString());
        Assert.Equal("0b/00/00", Unmap(bench, (4, 2), (10, 1)).ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void A_range_waits_for_a_write_that_has_its_blocks_to_itself()
    {
        var bench = Full();
        var atomic = bench.Send("9C 00 0000000000000008 0000 0004 00 00", dataOut: new byte[4 * BlockSize]);
        bench.AnswerOne(atomic);
        var unmap = bench.Send("42 00 00 00 00 00 00 00 28 00", dataOut: List((4, 1), (9, 1)));
        bench.AnswerOne(unmap);
        bench.AnswerAio(1);
        Assert.Single(bench.Unanswered);
        bench.AnswerAll();
        Assert.Equal(["Good", "Good"], new[] { atomic, unmap }.Select(nexus => bench.OutcomeOf(nexus)!.ToString()));
        bench.HoldsNothing();
    }

    private static LogicalUnitBench Full(LogicalUnitSettings? settings = null)
    {
        var bench = new LogicalUnitBench(settings, canUnmap: true);
        Array.Fill(bench.Disk, (byte)1);
        return bench;
    }

    private static Outcome Unmap(LogicalUnitBench bench, params (long Lba, uint Blocks)[] ranges)
    {
        var list = List(ranges);
        return bench.Execute($"42 00 00 00 00 00 00 {list.Length:X4} 00", dataOut: list);
    }

    private static byte[] List(params (long Lba, uint Blocks)[] ranges)
    {
        var list = new byte[8 + 16 * ranges.Length];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), (ushort)(16 * ranges.Length));
        for (var i = 0; i < ranges.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(list.AsSpan(8 + 16 * i), ranges[i].Lba);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(16 + 16 * i), ranges[i].Blocks);
        }
        return list;
    }
}

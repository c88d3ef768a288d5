using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;
using static ScsiActors.Tests.Machines.Scsi.LogicalUnitBench;

namespace ScsiActors.Tests.Machines.Scsi;

/// <summary>WRITE SAME(10) and (16) (SBC-3 5.43).</summary>
public sealed class WriteSameTests
{
    private static readonly LogicalUnitSettings InPieces = new() { TransferBuffer = 2048 };

    [Theory]
    [InlineData("41 00 00000003 00 000A 00")]
    [InlineData("93 00 0000000000000003 0000000A 00 00")]
    public void One_block_is_written_many_times_in_pieces_from_one_buffer(string cdb)
    {
        var bench = Full(InPieces, canUnmap: false);
        var block = ReadAndWriteTests.Pattern(1);
        var outcome = bench.Execute(cdb, dataOut: block);
        Assert.Equal("Good", outcome.ToString());
        Assert.Equal(BlockSize, outcome.Transferred);
        Assert.Equal(
            [(1536L, 2048L), (3584, 2048), (5632, 1024)], bench.Said.OfType<AioWrite>().Select(write => (write.Offset, write.Data.Length)));
        for (var i = 3; i < 13; i++)
            Assert.Equal(block, bench.Disk[(i * BlockSize)..((i + 1) * BlockSize)]);
        Assert.Equal([1, 1], new[] { bench.Disk[3 * BlockSize - 1], bench.Disk[13 * BlockSize] });
        bench.HoldsNothing();
    }

    [Fact]
    public void No_number_of_blocks_is_all_to_the_end_of_the_medium()
    {
        var bench = Full();
        Assert.Equal("Good", bench.Execute("41 00 00000FFE 00 0000 00", dataOut: new byte[BlockSize]).ToString());
        Assert.Equal([1, 0, 0], new[] { 4093, 4094, 4095 }.Select(block => bench.Disk[block * BlockSize]));
        Assert.Equal("Good", bench.Execute("93 08 0000000000001000 00000000 00 00", dataOut: new byte[BlockSize]).ToString());
        Assert.Equal("05/21/00", bench.Execute("93 00 0000000000001001 00000000 00 00", dataOut: new byte[BlockSize]).ToString());
        bench.HoldsNothing();
    }

    [Theory]
    [InlineData("93 08 0000000000000004 00000003 00 00", 1)]
    [InlineData("93 08 0000000000000004 00000003 00 00", 0)]
    [InlineData("93 09 0000000000000004 00000003 00 00", 0)]
    [InlineData("41 08 00000004 00 0003 00", 1)]
    public void Zeroes_with_UNMAP_are_given_back_to_storage(string cdb, int blocks)
    {
        var bench = Full();
        Assert.Equal("Good", bench.Execute(cdb, dataOut: new byte[blocks * BlockSize]).ToString());
        var unmap = Assert.IsType<AioUnmap>(Assert.Single(bench.Said.OfType<AioRequest>()));
        Assert.Equal((2048L, 1536L), (unmap.Offset, unmap.Length));
        bench.HoldsNothing();
    }

    [Fact]
    public void Without_a_write_cache_what_was_given_back_is_flushed_and_what_is_written_goes_through()
    {
        var bench = Full(new LogicalUnitSettings { WriteCache = false });
        bench.Execute("93 09 0000000000000004 00000003 00 00");
        Assert.Equal(["AioUnmap", "AioFlush"], bench.Said.OfType<AioRequest>().Select(request => request.GetType().Name));
        bench.Execute("93 00 0000000000000004 00000003 00 00", dataOut: new byte[BlockSize]);
        Assert.True(bench.Said.OfType<AioWrite>().Single().WriteThrough);
    }

    [Fact]
    public void A_block_that_is_not_zero_is_written_in_spite_of_UNMAP()
    {
        var bench = Full();
        Assert.Equal("Good", bench.Execute("93 08 0000000000000004 00000003 00 00", dataOut: ReadAndWriteTests.Pattern(1)).ToString());
        Assert.IsType<AioWrite>(Assert.Single(bench.Said.OfType<AioRequest>()));
    }

    [Fact]
    public void NDOB_without_UNMAP_writes_zeroes_and_asks_for_no_data()
    {
        var bench = Full(canUnmap: false);
        Assert.Equal("Good", bench.Execute("93 01 0000000000000004 00000003 00 00").ToString());
        Assert.DoesNotContain(bench.Said, message => message is ReceiveDataOut);
        Assert.Equal([1, 0, 0, 0, 1], Enumerable.Range(3, 5).Select(block => bench.Disk[block * BlockSize]));
        bench.HoldsNothing();
    }

    [Theory]
    [InlineData("93 08 0000000000000004 00000003 00 00", 1, false, "05/24/00")]
    [InlineData("93 10 0000000000000004 00000003 00 00", 1, true, "05/24/00")]
    [InlineData("93 18 0000000000000004 00000003 00 00", 1, true, "05/24/00")]
    [InlineData("93 20 0000000000000004 00000003 00 00", 1, true, "05/24/00")]
    [InlineData("41 01 00000004 00 0003 00", 1, true, "05/24/00")]
    [InlineData("93 00 0000000000000004 00000003 00 00", 2, true, "05/24/00")]
    [InlineData("93 08 0000000000000004 00000003 00 00", 2, true, "05/24/00")]
    [InlineData("93 00 0000000000000004 00000003 00 00", 0, true, "05/24/00")]
    [InlineData("93 00 0000000000000FFF 00000002 00 00", 1, true, "05/21/00")]
    [InlineData("93 00 FFFFFFFFFFFFFFFF 00000001 00 00", 1, true, "05/21/00")]
    public void Fields_range_and_data_are_checked_before_anything_is_done(string cdb, int blocks, bool canUnmap, string expected)
    {
        var bench = Full(canUnmap: canUnmap);
        Assert.Equal(expected, bench.Execute(cdb, dataOut: new byte[blocks * BlockSize]).ToString());
        Assert.Empty(bench.Said.OfType<AioRequest>());
        bench.HoldsNothing();
    }

    [Fact]
    public void More_than_the_announced_limit_is_refused_and_write_protection_comes_first()
    {
        var bench = Full(new LogicalUnitSettings { MaximumWriteSame = 8 * BlockSize });
        Assert.Equal("Good", bench.Execute("93 00 0000000000000004 00000008 00 00", dataOut: new byte[BlockSize]).ToString());
        Assert.Equal("05/24/00", bench.Execute("93 00 0000000000000004 00000009 00 00", dataOut: new byte[BlockSize]).ToString());
        Assert.Equal("05/24/00", bench.Execute("93 00 0000000000000000 00000000 00 00", dataOut: new byte[BlockSize]).ToString());
        Assert.Equal("Good", bench.Execute("93 00 0000000000000FF8 00000000 00 00", dataOut: new byte[BlockSize]).ToString());
        bench = Full(new LogicalUnitSettings { ReadOnly = true, MaximumWriteSame = BlockSize }, canUnmap: false);
        Assert.Equal("07/27/00", bench.Execute("93 09 0000000000000004 00000009 00 00").ToString());
    }

    [Fact]
    public void It_waits_as_a_whole_for_a_write_that_has_its_blocks_to_itself_and_is_waited_for_as_a_whole()
    {
        var bench = Full(InPieces, canUnmap: false);
        var same = bench.Send("93 00 0000000000000000 0000000C 00 00", dataOut: new byte[BlockSize]);
        bench.AnswerOne(same);
        var atomic = bench.Send("9C 00 0000000000000000 0000 0001 00 00", dataOut: new byte[BlockSize]);
        bench.AnswerOne(atomic);
        for (var piece = 0; piece < 3; piece++)
        {
            Assert.False(Assert.IsType<AioWrite>(Assert.Single(bench.Unanswered)).IsAtomic);
            bench.AnswerAio();
        }
        Assert.Equal("Good", bench.OutcomeOf(same)!.ToString());
        bench.AnswerAll();
        Assert.Equal("Good", bench.OutcomeOf(atomic)!.ToString());
        bench.HoldsNothing();
    }

    private static LogicalUnitBench Full(LogicalUnitSettings? settings = null, bool canUnmap = true)
    {
        var bench = new LogicalUnitBench(settings, canUnmap: canUnmap);
        Array.Fill(bench.Disk, (byte)1);
        return bench;
    }
}

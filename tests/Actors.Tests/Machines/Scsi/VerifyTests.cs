using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;
using static ScsiActors.Tests.Machines.Scsi.LogicalUnitBench;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class VerifyTests
{
    public static TheoryData<string> WriteAndVerify =>
    [
        "2E 02 00 00 00 02 00 00 04 00", "AE 02 00 00 00 02 00 00 00 04 00 00", "8E 02 00 00 00 00 00 00 00 02 00 00 00 04 00 00",
    ];

    public static TheoryData<string> Verify =>
    [
        "2F 02 00 00 00 02 00 00 04 00", "AF 02 00 00 00 02 00 00 00 04 00 00", "8F 02 00 00 00 00 00 00 00 02 00 00 00 04 00 00",
    ];

    [Theory]
    [MemberData(nameof(WriteAndVerify))]
    public void Write_and_verify_writes_through_reads_back_and_compares(string cdb)
    {
        var bench = new LogicalUnitBench();
        var data = ReadAndWriteTests.Pattern(4);
        Assert.Equal(ScsiStatus.Good, bench.Execute(cdb, dataOut: data).Status);
        Assert.Equal(
            ["ReceiveDataOut", "AioWrite", "AioRead", "SendCommandComplete"], bench.Said.Select(message => message.GetType().Name));
        Assert.True(bench.Said.OfType<AioWrite>().Single().WriteThrough);
        Assert.Equal(data, bench.Disk[1024..3072]);
    }

    [Fact]
    public void Write_and_verify_finds_what_storage_did_not_keep()
    {
        var bench = new LogicalUnitBench();
        bench.Fault = request =>
        {
            if (request is AioRead)
                bench.Disk[1024 + 700] ^= 1;
            return null;
        };
        var outcome = bench.Execute("2E 02 00 00 00 02 00 00 04 00", dataOut: ReadAndWriteTests.Pattern(4));
        Assert.Equal("0e/1d/00", outcome.ToString());
        Assert.Equal(700UL, outcome.Sense!.Information);
        bench.HoldsNothing();
    }

    [Fact]
    public void Write_and_verify_without_BYTCHK_reads_back_but_compares_nothing()
    {
        var bench = new LogicalUnitBench { Fault = request => request is AioRead ? (AioResult.ReadError, 0) : null };
        Assert.Equal("03/11/00", bench.Execute("2E 00 00 00 00 02 00 00 04 00", dataOut: ReadAndWriteTests.Pattern(4)).ToString());
    }

    [Theory]
    [MemberData(nameof(Verify))]
    public void Verify_with_BYTCHK_1_compares_every_block(string cdb)
    {
        var bench = new LogicalUnitBench();
        var data = ReadAndWriteTests.Pattern(4);
        data.CopyTo(bench.Disk, 1024);
        Assert.Equal(ScsiStatus.Good, bench.Execute(cdb, dataOut: data).Status);

        bench.Disk[1024 + 1500] ^= 0x80;
        var outcome = bench.Execute(cdb, dataOut: data);
        Assert.Equal("0e/1d/00", outcome.ToString());
        Assert.Equal(1500UL, outcome.Sense!.Information);
        Assert.DoesNotContain(bench.Said, message => message is AioWrite);
        bench.HoldsNothing();
    }

    [Fact]
    public void Verify_with_BYTCHK_3_compares_one_block_with_each()
    {
        var bench = new LogicalUnitBench();
        var block = ReadAndWriteTests.Pattern(1);
        for (var i = 0; i < 4; i++)
            block.CopyTo(bench.Disk, (2 + i) * BlockSize);
        var outcome = bench.Execute("2F 06 00 00 00 02 00 00 04 00", dataOut: block);
        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(BlockSize, outcome.Transferred);

        bench.Disk[4 * BlockSize + 9] ^= 1;
        outcome = bench.Execute("2F 06 00 00 00 02 00 00 04 00", dataOut: block);
        Assert.Equal("0e/1d/00", outcome.ToString());
        Assert.Equal(9UL, outcome.Sense!.Information);
    }

    [Fact]
    public void Verify_in_pieces_takes_the_one_block_once()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { TransferBuffer = 1024, GrowTransferBuffer = false });
        Assert.Equal(ScsiStatus.Good, bench.Execute("2F 06 00 00 00 02 00 00 05 00", dataOut: new byte[BlockSize]).Status);
        Assert.Equal(
            ["ReceiveDataOut", "AioRead", "AioRead", "AioRead", "SendCommandComplete"],
            bench.Said.Select(message => message.GetType().Name));
        Assert.Equal(ScsiStatus.Good, bench.Execute("2F 02 00 00 00 02 00 00 05 00", dataOut: new byte[5 * BlockSize]).Status);
        Assert.Equal("05/24/00", bench.Execute("2F 04 00 00 00 02 00 00 05 00").ToString());
    }

    [Fact]
    public void Verify_with_BYTCHK_0_takes_no_data_and_finds_unreadable_blocks()
    {
        var bench = new LogicalUnitBench();
        var outcome = bench.Execute("2F 00 00 00 00 02 00 00 04 00", dataOut: ReadAndWriteTests.Pattern(4));
        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(0, outcome.Transferred);
        bench.Fault = _ => (AioResult.ReadError, 512);
        outcome = bench.Execute("2F 00 00 00 00 02 00 00 04 00");
        Assert.Equal("03/11/00", outcome.ToString());
        Assert.Equal(3UL, outcome.Sense!.Information);
    }

    [Theory]
    [InlineData("35 00 00 00 00 00 00 00 00 00")]
    [InlineData("35 04 00 00 00 05 00 00 07 00")]
    [InlineData("91 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")]
    public void Synchronize_cache_answers_after_the_flush(string cdb)
    {
        var bench = new LogicalUnitBench();
        var nexus = bench.Send(cdb);
        Assert.IsType<AioFlush>(Assert.Single(bench.Unanswered));
        Assert.Null(bench.OutcomeOf(nexus));
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(nexus)!.Status);
    }

    [Fact]
    public void Synchronize_cache_with_IMMED_answers_at_once_and_tells_an_error_later()
    {
        var bench = new LogicalUnitBench();
        var nexus = bench.Send("35 02 00 00 00 00 00 00 00 00");
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(nexus)!.Status);
        Assert.Equal(1, bench.Unit.TasksOutstanding);
        bench.AnswerAio(result: AioResult.WriteError);
        bench.HoldsNothing();

        Assert.Equal(ScsiStatus.Good, bench.Execute("00 00 00 00 00 00", initiator: 1).Status);
        var outcome = bench.Execute("28 00 00 00 00 00 00 00 01 00");
        Assert.Equal("03/0c/00", outcome.ToString());
        Assert.True(outcome.Sense!.IsDeferred);
        Assert.Equal(ScsiStatus.Good, bench.Execute("28 00 00 00 00 00 00 00 01 00").Status);
    }

    [Fact]
    public void Write_and_verify_that_finds_storage_full_after_it_has_written_does_not_say_that_nothing_was_done()
    {
        var bench = new LogicalUnitBench();
        var nexus = bench.Send("2E 02 00 00 00 08 00 00 01 00", dataOut: new byte[512]);
        bench.AnswerOne(nexus);
        bench.AnswerAio();
        bench.AnswerAio(result: AioResult.Busy);
        Assert.Equal("0b/00/00", bench.OutcomeOf(nexus)!.ToString());
    }
}

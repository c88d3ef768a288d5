using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;
using static ScsiActors.Tests.Machines.Scsi.LogicalUnitBench;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class ReadAndWriteTests
{
    public static TheoryData<string, string, int> Pairs => new()
    {
        { "08 00 00 05 03 00", "0A 00 00 05 03 00", 3 },
        { "08 00 00 05 00 00", "0A 00 00 05 00 00", 256 },
        { "28 00 00 00 00 05 00 00 03 00", "2A 00 00 00 00 05 00 00 03 00", 3 },
        { "A8 00 00 00 00 05 00 00 00 03 00 00", "AA 00 00 00 00 05 00 00 00 03 00 00", 3 },
        { "88 00 00 00 00 00 00 00 00 05 00 00 00 03 00 00", "8A 00 00 00 00 00 00 00 00 05 00 00 00 03 00 00", 3 },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void What_a_write_stores_the_read_of_the_same_length_returns(string read, string write, int blocks)
    {
        var bench = new LogicalUnitBench();
        var data = Pattern(blocks);

        Assert.Equal(ScsiStatus.Good, bench.Execute(write, dataOut: data).Status);
        var outcome = bench.Execute(read);

        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(data, outcome.Data);
        Assert.Equal(data, bench.Disk[(5 * BlockSize)..((5 + blocks) * BlockSize)]);
        bench.HoldsNothing();
    }

    [Fact]
    public void A_write_asks_for_its_data_and_only_then_goes_to_storage()
    {
        var bench = new LogicalUnitBench();
        var nexus = bench.Send("2A 00 00 00 00 00 00 00 01 00", dataOut: Pattern(1));

        Assert.IsType<ReceiveDataOut>(Assert.Single(bench.Said));
        bench.AnswerOne(nexus);
        Assert.IsType<AioWrite>(bench.Said[1]);
        bench.AnswerAll();
        Assert.IsType<SendCommandComplete>(bench.Said[2]);
    }

    [Fact]
    public void A_growing_buffer_makes_one_piece_of_any_transfer()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { TransferBuffer = 4096 });
        bench.Execute("28 00 00 00 00 00 00 00 20 00");

        Assert.Equal(["AioRead", "SendDataIn", "SendCommandComplete"], bench.Said.Select(message => message.GetType().Name));
    }

    [Theory]
    [InlineData("28 00 00 00 00 03 00 00 14 00", "AioRead SendDataIn AioRead SendDataIn AioRead SendDataIn SendCommandComplete")]
    [InlineData(
        "2A 00 00 00 00 03 00 00 14 00", "ReceiveDataOut AioWrite ReceiveDataOut AioWrite ReceiveDataOut AioWrite SendCommandComplete")]
    public void A_fixed_buffer_cuts_a_transfer_into_pieces(string cdb, string expected)
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { TransferBuffer = 4096, GrowTransferBuffer = false });
        var data = Pattern(20);
        data.CopyTo(bench.Disk, 3 * BlockSize);
        var outcome = bench.Execute(cdb, dataOut: data);

        Assert.Equal(expected.Split(' '), bench.Said.Select(message => message.GetType().Name));
        Assert.Equal(20 * BlockSize, outcome.Transferred);
        Assert.Equal(data, bench.Disk[(3 * BlockSize)..(23 * BlockSize)]);
        Assert.Equal([0L, 4096, 8192], bench.Said.Select(OffsetOfTransfer).Where(offset => offset >= 0));
        bench.HoldsNothing();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 100)]
    [InlineData(512, 512)]
    [InlineData(1000, 1000)]
    [InlineData(5000, 1024)]
    public void A_read_sends_no_more_than_the_port_can_take(int dataInLength, int transferred)
    {
        var bench = new LogicalUnitBench();
        Pattern(2).CopyTo(bench.Disk, 0);
        var outcome = bench.Execute("28 00 00 00 00 00 00 00 02 00", dataInLength: dataInLength);

        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(Pattern(2)[..transferred], outcome.Data);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(511, 0)]
    [InlineData(1000, 512)]
    [InlineData(5000, 1024)]
    public void A_write_stores_the_whole_blocks_that_the_port_has(int dataOutLength, int transferred)
    {
        var bench = new LogicalUnitBench();
        var outcome = bench.Execute("2A 00 00 00 00 00 00 00 02 00", dataOut: Pattern(10), dataOutLength: dataOutLength);

        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(transferred, outcome.Transferred);
        Assert.Equal(Pattern(10)[..transferred], bench.Disk[..transferred]);
        Assert.All(bench.Disk[transferred..], b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData(true, "2A 00 00 00 00 00 00 00 01 00", false)]
    [InlineData(true, "2A 08 00 00 00 00 00 00 01 00", true)]
    [InlineData(true, "2A 10 00 00 00 00 00 00 01 00", false)]
    [InlineData(true, "8A 08 00 00 00 00 00 00 00 00 00 00 00 01 00 00", true)]
    [InlineData(false, "2A 00 00 00 00 00 00 00 01 00", true)]
    [InlineData(false, "0A 00 00 00 01 00", true)]
    [InlineData(true, "0A 08 00 00 01 00", false)]
    public void A_write_goes_through_the_cache_for_FUA_or_without_a_write_cache(bool writeCache, string cdb, bool writeThrough)
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { WriteCache = writeCache });
        // WRITE(6) has no FUA: bit 3 of its byte 1 belongs to the address.
        bench.Open(length: 1L << 40);
        bench.ClearUnitAttention(0);
        bench.Send(cdb, dataOut: Pattern(1));
        bench.Answer(bench.Unanswered[0]);

        Assert.Equal(writeThrough, Assert.IsType<AioWrite>(bench.Unanswered[0]).WriteThrough);
    }

    [Fact]
    public void A_read_with_FUA_brings_cached_writes_to_the_medium_first()
    {
        var bench = new LogicalUnitBench();
        bench.Execute("28 08 00 00 00 00 00 00 01 00");
        Assert.Equal(["AioFlush", "AioRead", "SendDataIn", "SendCommandComplete"], bench.Said.Select(message => message.GetType().Name));
    }

    [Theory]
    [InlineData("28 00 00 00 10 00 00 00 01 00")]
    [InlineData("28 00 00 00 0F FF 00 00 02 00")]
    [InlineData("28 00 FF FF FF FF 00 00 01 00")]
    [InlineData("28 00 00 00 10 01 00 00 00 00")]
    [InlineData("2A 00 80 00 00 00 00 00 01 00")]
    [InlineData("2F 00 00 00 10 01 00 00 00 00")]
    [InlineData("A8 00 00 00 00 01 FF FF FF FF 00 00")]
    [InlineData("88 00 FF FF FF FF FF FF FF FF 00 00 00 01 00 00")]
    [InlineData("88 00 80 00 00 00 00 00 00 00 00 00 00 01 00 00")]
    [InlineData("8A 00 00 00 00 00 00 00 00 01 FF FF FF FF 00 00")]
    [InlineData("35 00 00 00 10 01 00 00 00 00")]
    [InlineData("91 00 00 00 00 00 00 00 00 01 00 00 10 00 00 00")]
    public void A_range_beyond_the_last_block_is_refused(string cdb)
    {
        var outcome = new LogicalUnitBench().Execute(cdb, dataOut: Pattern(1));
        Assert.Equal("05/21/00", outcome.ToString());
        Assert.Equal(0, outcome.Transferred);
    }

    [Theory]
    [InlineData("28 00 00 00 00 00 00 00 00 00")]
    [InlineData("28 00 00 00 10 00 00 00 00 00")]
    [InlineData("2A 00 00 00 00 00 00 00 00 00")]
    [InlineData("2E 02 00 00 00 00 00 00 00 00")]
    [InlineData("2F 02 00 00 00 00 00 00 00 00")]
    [InlineData("2F 06 00 00 00 00 00 00 00 00")]
    public void A_transfer_length_of_zero_moves_nothing_and_is_good(string cdb)
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(ScsiStatus.Good, bench.Execute(cdb).Status);
        Assert.IsType<SendCommandComplete>(Assert.Single(bench.Said));
    }

    [Theory]
    [InlineData("A8 00 00 00 00 00 00 00 00 09 00 00", 6)]
    [InlineData("28 00 00 00 00 00 00 00 09 00", 7)]
    [InlineData("8A 00 00 00 00 00 00 00 00 00 00 00 00 09 00 00", 10)]
    [InlineData("0A 00 00 00 09 00", 4)]
    public void A_transfer_longer_than_the_maximum_is_refused(string cdb, int field)
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { MaximumTransfer = 4096, TransferBuffer = 4096 });
        var sense = bench.Execute(cdb, dataOut: Pattern(9)).Sense;
        Assert.Equal("05/24/00", $"{sense}");
        Assert.Equal(new FieldPointer(true, (ushort)field), sense!.Field);
    }

    [Fact]
    public void Write_protection_is_told_before_the_transfer_length_and_after_the_range()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { ReadOnly = true, MaximumTransfer = 4096, TransferBuffer = 4096 });
        Assert.Equal("05/21/00", bench.Execute("2A 00 00 00 10 00 00 00 09 00").ToString());
        Assert.Equal("07/27/00", bench.Execute("2A 00 00 00 00 00 00 00 09 00").ToString());
        Assert.Equal("07/27/00", bench.Execute("0A 00 00 00 01 00").ToString());
        Assert.Equal("07/27/00", bench.Execute("04 00 00 00 00 00").ToString());
        Assert.Equal(ScsiStatus.Good, bench.Execute("28 00 00 00 00 00 00 00 01 00").Status);
    }

    [Fact]
    public void Read_only_storage_refuses_writes_and_sets_WP()
    {
        var bench = new LogicalUnitBench(open: false);
        bench.Open(isReadOnly: true);
        bench.ClearUnitAttention(0);
        Assert.Equal("07/27/00", bench.Execute("8A 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00").ToString());
        Assert.Equal(0x90, bench.Execute("1A 08 08 00 FF 00").Data[2]);
    }

    [Fact]
    public void A_command_for_which_storage_has_no_room_is_to_be_tried_again()
    {
        var bench = new LogicalUnitBench { Fault = _ => (AioResult.Busy, 0) };
        Assert.Equal("Busy", bench.Execute("2A 00 00 00 00 08 00 00 04 00", dataOut: Pattern(4)).ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void A_command_for_whose_second_piece_storage_has_no_room_was_aborted_half_done()
    {
        var requests = 0;
        var bench = new LogicalUnitBench(new LogicalUnitSettings { GrowTransferBuffer = false, TransferBuffer = 1024 })
        {
            Fault = _ => ++requests == 1 ? null : (AioResult.Busy, 0),
        };
        Assert.Equal("0b/00/00", bench.Execute("2A 00 00 00 00 08 00 00 04 00", dataOut: Pattern(4)).ToString());
        bench.HoldsNothing();
    }

    [Theory]
    [InlineData("28 00 00 00 00 08 00 00 04 00", AioResult.ReadError, 1024, "03/11/00", 10)]
    [InlineData("28 00 00 00 00 08 00 00 04 00", AioResult.ReadError, 0, "03/11/00", 8)]
    [InlineData("28 00 00 00 00 08 00 00 04 00", AioResult.ReadError, 2048, "03/11/00", 11)]
    [InlineData("28 00 00 00 00 08 00 00 04 00", AioResult.OutOfRange, 512, "03/11/00", 9)]
    [InlineData("2A 00 00 00 00 08 00 00 04 00", AioResult.WriteError, 512, "03/0c/00", 9)]
    [InlineData("2A 00 00 00 00 08 00 00 04 00", AioResult.OutOfRange, 0, "03/0c/00", 8)]
    [InlineData("2A 00 00 00 00 08 00 00 04 00", AioResult.NoSpace, 0, "07/27/07", null)]
    [InlineData("2A 00 00 00 00 08 00 00 04 00", AioResult.ReadOnly, 0, "07/27/00", null)]
    [InlineData("28 00 00 00 00 08 00 00 04 00", AioResult.Unavailable, 0, "02/04/03", null)]
    [InlineData("28 00 00 00 00 08 00 00 04 00", AioResult.Cancelled, 0, "0b/00/00", null)]
    [InlineData("35 00 00 00 00 08 00 00 04 00", AioResult.WriteError, 0, "03/0c/00", null)]
    [InlineData("35 00 00 00 00 08 00 00 04 00", AioResult.NotSupported, 0, "04/44/00", null)]
    public void A_failed_storage_request_becomes_sense_data(string cdb, AioResult result, long bytes, string expected, int? information)
    {
        var bench = new LogicalUnitBench { Fault = _ => (result, bytes) };
        var outcome = bench.Execute(cdb, dataOut: Pattern(4));
        Assert.Equal(expected, outcome.ToString());
        Assert.Equal((ulong?)information, outcome.Sense!.Information);
        bench.HoldsNothing();
    }

    [Fact]
    public void A_later_piece_that_fails_names_its_own_block()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { TransferBuffer = 1024, GrowTransferBuffer = false })
        {
            Fault = request => request is AioRead { Offset: 2 * 1024 } ? (AioResult.ReadError, 512) : null,
        };
        var outcome = bench.Execute("28 00 00 00 00 00 00 00 08 00");
        Assert.Equal(5UL, outcome.Sense!.Information);
        Assert.Equal(2048, outcome.Transferred);
    }

    [Fact]
    public void A_failed_transfer_ends_the_command_with_a_data_phase_error()
    {
        var bench = new LogicalUnitBench();
        var read = bench.Send("28 00 00 00 00 00 00 00 01 00");
        bench.AnswerAio();
        var sent = (SendDataIn)bench.Unanswered[0];
        bench.Unit.Handle(new DataInDelivered(read, sent.Task, Delivered: false));
        Assert.Equal("0b/4b/00", bench.OutcomeOf(read)!.ToString());

        var write = bench.Send("2A 00 00 00 00 00 00 00 01 00", dataOut: Pattern(1));
        var asked = bench.Unanswered.OfType<ReceiveDataOut>().Single();
        bench.Unit.Handle(new DataOutReceived(write, asked.Task, Received: false));
        Assert.Equal("0b/4b/00", bench.OutcomeOf(write)!.ToString());
        Assert.DoesNotContain(bench.Said, message => message is AioWrite);
        bench.HoldsNothing();
    }

    [Fact]
    public void Late_and_foreign_answers_are_dropped()
    {
        var bench = new LogicalUnitBench();
        var read = bench.Send("28 00 00 00 00 00 00 00 01 00");
        var aio = (AioRead)bench.Unanswered[0];
        bench.Unit.Handle(new AioCompleted(aio.Id with { Generation = aio.Id.Generation - 1 }, AioResult.ReadError, 0));
        bench.Unit.Handle(new AioCompleted(aio.Id with { Slot = 77 }, AioResult.ReadError, 0));
        bench.Unit.Handle(new AioCompleted(aio.Id with { Slot = -1 }, AioResult.ReadError, 0));
        bench.Unit.Handle(new DataInDelivered(read, new TaskId(0, 1)));
        bench.Unit.Handle(new DataOutReceived(read, new TaskId(0, 99)));
        Assert.Null(bench.OutcomeOf(read));
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(read)!.Status);
        bench.Unit.Handle(new AioCompleted(aio.Id, AioResult.ReadError, 0));
        bench.HoldsNothing();
    }

    [Fact]
    public void Commands_wait_for_buffers_and_get_them_in_order()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { BufferLimit = 8192, BufferIdleLimit = 0 });
        var reads = Enumerable.Range(0, 5).Select(_ => bench.Send("28 00 00 00 00 00 00 00 08 00")).ToList();

        Assert.Equal(2, bench.Unanswered.Count);
        bench.AnswerAio();
        bench.AnswerOne(reads[0]);
        Assert.NotNull(bench.OutcomeOf(reads[0]));
        Assert.Equal(2, bench.Unanswered.Count);
        bench.Manage(TaskManagementFunction.AbortTask, tag: reads[4].Tag);
        Assert.Null(bench.OutcomeOf(reads[4])!.Status);
        bench.AnswerAll();
        Assert.All(reads[..4], read => Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(read)!.Status));
        bench.HoldsNothing();
    }

    [Fact]
    public void A_slow_command_does_not_hold_up_the_others()
    {
        var bench = new LogicalUnitBench();
        var slow = bench.Send("28 00 00 00 00 00 00 00 01 00");
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(SendAndAnswerSecond(bench))!.Status);
        Assert.Null(bench.OutcomeOf(slow));
        bench.AnswerAll();
        Assert.NotNull(bench.OutcomeOf(slow));
    }

    private static ItlqNexus SendAndAnswerSecond(LogicalUnitBench bench)
    {
        var nexus = bench.Send("28 00 00 00 00 01 00 00 01 00", initiator: 1);
        bench.AnswerAio(1);
        bench.AnswerOne(nexus);
        return nexus;
    }

    private static long OffsetOfTransfer(object message) => message switch
    {
        SendDataIn sent => sent.Offset,
        ReceiveDataOut asked => asked.Offset,
        _ => -1,
    };

    internal static byte[] Pattern(int blocks)
    {
        var data = new byte[blocks * BlockSize];
        for (var i = 0; i < data.Length; i += 4)
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(i), (uint)(i + 1) * 2654435761);
        return data;
    }
}

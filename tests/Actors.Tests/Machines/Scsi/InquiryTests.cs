using System.Buffers.Binary;
using System.Text;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class InquiryTests
{
    private static readonly LogicalUnitSettings Named = new()
    {
        Vendor = "ACME", Product = "Anvil", Revision = "7", SerialNumber = "SN-1", TargetPort = 2, Lun = new Lun(1), RotationRate = 7200,
    };

    [Fact]
    public void Standard_data_names_the_device_and_the_standards_it_follows()
    {
        var data = new LogicalUnitBench(Named).Execute("12 00 00 00 FF 00").Data;
        Assert.Equal(96, data.Length);
        Assert.Equal([0x00, 0x00, 0x06, 0x22, 91, 0x00, 0x00, 0x02], data[..8]);
        Assert.Equal("ACME    Anvil           7   ", Encoding.ASCII.GetString(data, 8, 28));
        Assert.Equal(LogicalUnitBench.Bytes("00A0 0460 04C0 0000"), data[58..66]);
    }

    [Fact]
    public void Removable_and_parallel_bus_are_announced()
    {
        var data = new LogicalUnitBench(Named with { Removable = true, ParallelBus = true }).Execute("12 00 00 00 24 00").Data;
        Assert.Equal(36, data.Length);
        Assert.Equal(0x80, data[1]);
        Assert.Equal(0x32, data[7]);
    }

    [Theory]
    [InlineData("12 00 00 00 00 00", 0)]
    [InlineData("12 00 00 00 05 00", 5)]
    [InlineData("12 00 00 02 00 00", 96)]
    public void An_allocation_length_cuts_the_data_and_changes_nothing_in_it(string cdb, int length)
    {
        var outcome = new LogicalUnitBench(Named).Execute(cdb);
        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(length, outcome.Data.Length);
        if (length > 4)
            Assert.Equal(91, outcome.Data[4]);
    }

    [Theory]
    [InlineData("12 00 80 00 FF 00", 2, null)]
    [InlineData("12 01 86 00 FF 00", 2, null)]
    [InlineData("12 02 00 00 FF 00", 1, 1)]
    public void Pages_that_are_not_there_are_refused_with_a_field_pointer(string cdb, int at, int? bit)
    {
        var sense = new LogicalUnitBench(Named).Execute(cdb).Sense;
        Assert.Equal("05/24/00", $"{sense}");
        Assert.Equal(new FieldPointer(true, (ushort)at, (byte?)bit), sense!.Field);
    }

    [Fact]
    public void Every_page_that_page_00_lists_can_be_read()
    {
        var bench = new LogicalUnitBench(Named);
        var list = bench.Execute("12 01 00 00 FF 00").Data;
        Assert.Equal(LogicalUnitBench.Bytes("00 00 00 06 00 80 83 B0 B1 B2"), list);
        foreach (var page in list[4..])
        {
            var data = bench.Execute($"12 01 {page:X2} 01 00 00").Data;
            Assert.Equal(page, data[1]);
            Assert.Equal(data.Length - 4, BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(2)));
        }
    }

    [Fact]
    public void The_serial_number_is_configured_or_made_from_the_address()
    {
        Assert.Equal("SN-1", Encoding.ASCII.GetString(new LogicalUnitBench(Named).Execute("12 01 80 00 FF 00").Data, 4, 4));
        Assert.Equal("T002L00001", Encoding.ASCII.GetString(
            new LogicalUnitBench(Named with { SerialNumber = "" }).Execute("12 01 80 00 FF 00").Data, 4, 10));
    }

    [Fact]
    public void Device_identification_gives_a_T10_name_a_NAA_name_and_the_port()
    {
        var data = new LogicalUnitBench(Named).Execute("12 01 83 00 FF 00").Data;
        Assert.Equal([0x02, 0x01, 0x00, 28], data[4..8]);
        Assert.Equal("ACME    Anvil           SN-1", Encoding.ASCII.GetString(data, 8, 28));
        Assert.Equal([0x01, 0x03, 0x00, 8], data[36..40]);
        Assert.Equal(0x30, data[40] & 0xF0);
        Assert.Equal([0x01, 0x14, 0x00, 4, 0, 0, 0, 3], data[48..56]);
        Assert.Equal(data, new LogicalUnitBench(Named).Execute("12 01 83 00 FF 00").Data);
        Assert.NotEqual(data[40..48], new LogicalUnitBench(Named with { SerialNumber = "SN-2" }).Execute("12 01 83 00 FF 00").Data[40..48]);
    }

    [Fact]
    public void Block_limits_characteristics_and_provisioning_agree_with_the_settings()
    {
        var bench = new LogicalUnitBench(Named);
        var limits = bench.Execute("12 01 B0 00 FF 00").Data;
        Assert.Equal(64, limits.Length);
        Assert.Equal(8, BinaryPrimitives.ReadUInt16BigEndian(limits.AsSpan(6)));
        Assert.Equal(65536u, BinaryPrimitives.ReadUInt32BigEndian(limits.AsSpan(8)));
        Assert.Equal(7200, BinaryPrimitives.ReadUInt16BigEndian(bench.Execute("12 01 B1 00 FF 00").Data.AsSpan(4)));
        Assert.Equal(LogicalUnitBench.Bytes("00 B2 00 04 00 00 00 00"), bench.Execute("12 01 B2 00 FF 00").Data);
    }

    [Fact]
    public void The_limits_of_writes_that_stay_whole_are_at_most_a_piece_of_a_transfer()
    {
        var limits = new LogicalUnitBench().Execute("12 01 B0 00 FF 00").Data;
        Assert.Equal(128, limits[5]);
        Assert.Equal(2097152u, BinaryPrimitives.ReadUInt64BigEndian(limits.AsSpan(36)));
        Assert.Equal(LogicalUnitBench.Bytes("00000200 00000000 00000000 00000000 00000000"), limits[44..]);
        var small = new LogicalUnitBench(new LogicalUnitSettings { GrowTransferBuffer = false, TransferBuffer = 8192 });
        limits = small.Execute("12 01 B0 00 FF 00").Data;
        Assert.Equal(16, limits[5]);
        Assert.Equal(16u, BinaryPrimitives.ReadUInt32BigEndian(limits.AsSpan(44)));
    }

    [Fact]
    public void Provisioning_follows_what_storage_can_do()
    {
        var full = new LogicalUnitBench();
        Assert.Equal(new byte[16], full.Execute("12 01 B0 00 FF 00").Data[20..36]);
        Assert.Equal(0, full.Execute("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").Data[14]);

        var thin = new LogicalUnitBench(canUnmap: true);
        var limits = thin.Execute("12 01 B0 00 FF 00").Data;
        Assert.Equal(LogicalUnitBench.Bytes("FFFFFFFF 00000100 00000008 00000000"), limits[20..36]);
        Assert.Equal(LogicalUnitBench.Bytes("00 B2 00 04 00 E4 02 00"), thin.Execute("12 01 B2 00 FF 00").Data);
        Assert.Equal(0xC0, thin.Execute("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").Data[14]);
    }

    [Fact]
    public void Read_capacity_tells_the_last_block_and_the_block_length()
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(LogicalUnitBench.Bytes("00000FFF 00000200"), bench.Execute("25 00 00 00 00 00 00 00 00 00").Data);
        Assert.Equal(LogicalUnitBench.Bytes("00000FFF 00000200"), bench.Execute("25 00 00 00 00 09 00 00 01 00").Data);
        Assert.Equal("05/24/00", bench.Execute("25 00 00 00 00 09 00 00 00 00").ToString());
        var data = bench.Execute("9E 10 00 00 00 00 00 00 00 00 00 00 00 FF 00 00").Data;
        Assert.Equal(LogicalUnitBench.Bytes("0000000000000FFF 00000200 00 03"), data[..14]);
        Assert.Equal(32, data.Length);
        for (var allocation = 0; allocation < 16; allocation++)
            Assert.Equal(allocation, bench.Execute($"9E 10 00 00 00 00 00 00 00 00 00 00 00 {allocation:X2} 00 00").Data.Length);
        Assert.Equal("05/24/00", bench.Execute("9E 11 00 00 00 00 00 00 00 00 00 00 00 FF 00 00").ToString());
    }

    [Fact]
    public void A_capacity_beyond_32_bits_is_told_by_the_long_form_only()
    {
        var bench = new LogicalUnitBench(open: false);
        bench.Open(length: 1L << 42);
        bench.ClearUnitAttention(0);
        Assert.Equal(LogicalUnitBench.Bytes("FFFFFFFF 00000200"), bench.Execute("25 00 00 00 00 00 00 00 00 00").Data);
        var data = bench.Execute("9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").Data;
        Assert.Equal((1UL << 33) - 1, BinaryPrimitives.ReadUInt64BigEndian(data));
        Assert.Equal(0xFF, bench.Execute("1A 00 08 00 FF 00").Data[4]);
    }

    [Fact]
    public void Report_luns_lists_the_logical_units_of_the_target()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { Luns = [new Lun(0), new Lun(3), new Lun(300)] });
        var all = LogicalUnitBench.Bytes("00000018 00000000 0000000000000000 0003000000000000 412C000000000000");
        Assert.Equal(all, bench.Execute("A0 00 00 00 00 00 00 00 10 00 00 00").Data);
        Assert.Equal(all, bench.Execute("A0 00 02 00 00 00 00 00 10 00 00 00").Data);
        Assert.Equal(all[..10], bench.Execute("A0 00 00 00 00 00 00 00 00 0A 00 00").Data);
        Assert.Equal(new byte[8], bench.Execute("A0 00 01 00 00 00 00 00 10 00 00 00").Data);
        Assert.Equal("05/24/00", bench.Execute("A0 00 03 00 00 00 00 00 10 00 00 00").ToString());
    }

    [Fact]
    public void Unusable_storage_leaves_everything_working_that_needs_no_medium()
    {
        var bench = new LogicalUnitBench(open: false);
        bench.Open(AioResult.Unavailable);
        bench.ClearUnitAttention(0);
        Assert.Equal(96, bench.Execute("12 00 00 00 FF 00").Data.Length);
        Assert.Equal(ScsiStatus.Good, bench.Execute("1A 00 3F 00 FF 00").Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute("1B 00 00 00 00 00").Status);
        string[] ofTheMedium =
        [
            "00 00 00 00 00 00", "25 00 00 00 00 00 00 00 00 00", "28 00 00 00 00 00 00 00 01 00", "35 00 00 00 00 00 00 00 00 00",
        ];
        foreach (var cdb in ofTheMedium)
            Assert.Equal("02/04/03", bench.Execute(cdb).ToString());
    }

    [Fact]
    public void Empty_storage_is_a_drive_without_a_medium()
    {
        var bench = new LogicalUnitBench(open: false);
        bench.Open(length: 511);
        bench.ClearUnitAttention(0);
        Assert.Equal("02/3a/00", bench.Execute("25 00 00 00 00 00 00 00 00 00").ToString());
    }

    [Fact]
    public void Commands_wait_until_storage_has_said_what_it_is()
    {
        var bench = new LogicalUnitBench(open: false);
        var nexus = bench.Send("12 00 00 00 FF 00");
        Assert.Empty(bench.Said);
        bench.Open();
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(nexus)!.Status);
    }
}

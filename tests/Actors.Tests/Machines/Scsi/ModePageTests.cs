using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;
using static ScsiActors.Tests.Machines.Scsi.LogicalUnitBench;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class ModePageTests
{
    private const string Caching = "08 12 04 00 FF FF 00 00 FF FF FF FF 00 00 00 00 00 00 00 00";
    private const string Control = "0A 0A 00 10 00 00 00 00 FF FF 00 00";

    [Theory]
    [InlineData("01", "01 0A C0 00 00 00 00 00 00 00 00 00")]
    [InlineData("02", "02 0E 00 00 00 00 00 00 00 00 00 00 00 00 00 00")]
    [InlineData("08", Caching)]
    [InlineData("0A", Control)]
    [InlineData("1C", "1C 0A 08 00 00 00 00 00 00 00 00 00")]
    public void Each_page_has_its_values_behind_the_header(string page, string expected)
    {
        var bench = new LogicalUnitBench();
        var data = bench.Execute($"1A 08 {page} 00 FF 00").Data;
        Assert.Equal([(byte)(data.Length - 1), 0, 0x10, 0], data[..4]);
        Assert.Equal(Bytes(expected), data[4..]);
        var ten = bench.Execute($"5A 08 {page} 00 00 00 00 00 FF 00").Data;
        Assert.Equal([0, (byte)(ten.Length - 2), 0, 0x10, 0, 0, 0, 0], ten[..8]);
        Assert.Equal(Bytes(expected), ten[8..]);
        Assert.Equal(Bytes(expected), bench.Execute($"1A 08 {0x80 | Convert.ToByte(page, 16):X2} 00 FF 00").Data[4..]);
    }

    [Fact]
    public void Page_3F_is_all_pages_in_ascending_order()
    {
        var bench = new LogicalUnitBench();
        var data = bench.Execute("1A 08 3F 00 FF 00").Data;
        Assert.Equal(4 + 12 + 16 + 20 + 12 + 12, data.Length);
        Assert.Equal([0x01, 0x02, 0x08, 0x0A, 0x1C], new[] { data[4], data[16], data[32], data[52], data[64] });
        Assert.Equal(data, bench.Execute("1A 08 3F FF FF 00").Data);
    }

    [Fact]
    public void Changeable_values_are_masks()
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(Bytes("08 12 04" + new string('0', 34)), bench.Execute("1A 08 48 00 FF 00").Data[4..]);
        Assert.Equal(Bytes("0A 0A 24 06 08 40 00 00 00 00 00 00"), bench.Execute("1A 08 4A 00 FF 00").Data[4..]);
        Assert.Equal("05/39/00", bench.Execute("1A 08 C8 00 FF 00").ToString());
        Assert.Equal("05/24/00", bench.Execute("1A 08 05 00 FF 00").ToString());
        Assert.Equal("05/24/00", bench.Execute("1A 08 0A 01 FF 00").ToString());
    }

    [Fact]
    public void Block_descriptors_come_in_a_short_and_a_long_form()
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(Bytes("00001000 00000200"), bench.Execute("1A 00 08 00 FF 00").Data[4..12]);
        Assert.Equal(Bytes("00001000 00000200"), bench.Execute("5A 00 08 00 00 00 00 00 FF 00").Data[8..16]);
        var data = bench.Execute("5A 10 08 00 00 00 00 00 FF 00").Data;
        Assert.Equal([0x01, 0, 0, 16], data[4..8]);
        Assert.Equal(Bytes("0000000000001000 00000000 00000200"), data[8..24]);
    }

    [Fact]
    public void Select_changes_the_write_cache_flushes_it_and_tells_the_others()
    {
        var bench = new LogicalUnitBench();
        var off = Bytes("00 00 00 00" + Caching.Replace("12 04", "12 00").Replace(" ", ""));
        Assert.Equal(ScsiStatus.Good, bench.Execute($"15 10 00 00 {off.Length:X2} 00", dataOut: off).Status);
        Assert.Contains(bench.Said, message => message is AioFlush);
        Assert.Equal(0, bench.Execute("1A 08 08 00 FF 00").Data[6]);
        Assert.Equal(4, bench.Execute("1A 08 88 00 FF 00").Data[6]);

        bench.Send("2A 00 00 00 00 00 00 00 01 00", dataOut: new byte[512]);
        bench.Answer(bench.Unanswered[0]);
        Assert.True(((AioWrite)bench.Unanswered[0]).WriteThrough);
        bench.AnswerAll();
        Assert.Equal("06/2a/01", bench.Execute("00 00 00 00 00 00", initiator: 1).ToString());
        Assert.Equal("06/2a/01", bench.Execute("00 00 00 00 00 00", initiator: 2).ToString());
        Assert.Equal(ScsiStatus.Good, bench.Execute("00 00 00 00 00 00").Status);
    }

    [Fact]
    public void Select_of_the_same_values_tells_nobody()
    {
        var bench = new LogicalUnitBench();
        var same = Bytes("00 00 00 00" + Control);
        Assert.Equal(ScsiStatus.Good, bench.Execute("15 10 00 00 10 00", dataOut: same).Status);
        Assert.Equal(ScsiStatus.Good, bench.Execute("00 00 00 00 00 00", initiator: 1).Status);
    }

    [Fact]
    public void Software_write_protection_takes_effect_for_everybody()
    {
        var bench = new LogicalUnitBench();
        SelectControl(bench, "00 10 08 00 00 00 FF FF 00 00");
        Assert.Equal("07/27/02", bench.Execute("2A 00 00 00 00 00 00 00 01 00", dataOut: new byte[512]).ToString());
        Assert.Equal(0x90, bench.Execute("1A 08 0A 00 FF 00").Data[2]);
        Assert.Equal(ScsiStatus.Good, bench.Execute("28 00 00 00 00 00 00 00 01 00").Status);
        bench.ClearUnitAttention(1);
        Assert.Equal("07/27/02", bench.Execute("8A 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00", 1, dataOut: new byte[512]).ToString());
        SelectControl(bench, "00 10 00 00 00 00 FF FF 00 00");
        Assert.Equal(ScsiStatus.Good, bench.Execute("2A 00 00 00 00 00 00 00 01 00", dataOut: new byte[512]).Status);
    }

    [Fact]
    public void D_SENSE_decides_the_format_of_sense_data()
    {
        var bench = new LogicalUnitBench();
        Assert.False(bench.Execute("28 00 FF FF FF FF 00 00 01 00").Sense!.DescriptorFormat);
        SelectControl(bench, "04 10 00 00 00 00 FF FF 00 00");
        Assert.True(bench.Execute("28 00 FF FF FF FF 00 00 01 00").Sense!.DescriptorFormat);
    }

    [Theory]
    [InlineData("01 0A 00 00 00 00 00 00 00 00 00 00", 6)]
    [InlineData("0A 0A 00 14 00 00 00 00 FF FF 00 00", 7)]
    [InlineData("0A 0A 40 10 00 00 00 00 FF FF 00 00", 6)]
    [InlineData("0A 0B 00 10 00 00 00 00 FF FF 00 00 00", 5)]
    [InlineData("05 0A 00 10 00 00 00 00 FF FF 00 00", 4)]
    [InlineData("4A 01 00 00", 4)]
    public void Select_refuses_what_cannot_be_changed_and_changes_nothing(string page, int at)
    {
        var bench = new LogicalUnitBench();
        var list = Bytes("00 00 00 00" + page);
        var sense = bench.Execute($"15 10 00 00 {list.Length:X2} 00", dataOut: list).Sense;
        Assert.Equal("05/26/00", $"{sense}");
        Assert.Equal((at, false), (sense!.Field!.Value.Byte, sense.Field.Value.InCdb));
        Assert.Equal(Bytes(Control), bench.Execute("1A 08 0A 00 FF 00").Data[4..]);
    }

    [Fact]
    public void Select_takes_all_pages_or_none()
    {
        var bench = new LogicalUnitBench();
        var list = Bytes("00 00 00 00" + Caching.Replace("12 04", "12 00") + "1C 0A 00 00 00 00 00 00 00 00 00 00");
        Assert.Equal("05/26/00", bench.Execute($"15 10 00 00 {list.Length:X2} 00", dataOut: list).ToString());
        Assert.Equal(4, bench.Execute("1A 08 08 00 FF 00").Data[6]);
    }

    [Theory]
    [InlineData("15 10 00 00 03 00", "00 00 00", "05/1a/00")]
    [InlineData("15 10 00 00 0E 00", "00 00 00 00 0A 0A 00 10 00 00 00 00 FF FF", "05/1a/00")]
    [InlineData("15 10 00 00 05 00", "00 00 00 00 0A", "05/1a/00")]
    [InlineData("15 10 00 00 08 00", "00 00 00 08 00 00 00 00", "05/1a/00")]
    [InlineData("15 10 00 00 08 00", "00 00 00 04 00 00 00 00", "05/26/00")]
    [InlineData("15 10 00 00 0C 00", "00 00 00 08 00 00 10 00 00 00 04 00", "05/26/00")]
    [InlineData("15 10 00 00 0C 00", "00 00 00 08 00 00 00 01 00 00 02 00", "05/26/00")]
    [InlineData("15 10 00 00 0C 00", "00 00 00 08 00 00 10 00 00 00 02 00", "GOOD")]
    [InlineData("15 10 00 00 0C 00", "00 00 00 08 00 00 00 00 00 00 02 00", "GOOD")]
    [InlineData("55 10 00 00 00 00 00 00 18 00", "00 00 00 00 01 00 00 10 0000000000001000 00000000 00000200", "GOOD")]
    [InlineData("55 10 00 00 00 00 00 00 14 00", "00 00 00 00 00 00 00 00 8A 0A 00 10 00 00 00 00 FF FF 00 00", "GOOD")]
    [InlineData("15 10 00 00 10 00", "00 00 00 00", "05/1a/00")]
    [InlineData("15 11 00 00 04 00", "00 00 00 00", "05/24/00")]
    [InlineData("15 00 00 00 04 00", "00 00 00 00", "05/24/00")]
    [InlineData("15 10 00 00 00 00", "", "GOOD")]
    public void Select_checks_lengths_and_block_descriptors(string cdb, string list, string expected)
    {
        var outcome = new LogicalUnitBench().Execute(cdb, dataOut: Bytes(list));
        Assert.Equal(expected, outcome.Status == ScsiStatus.Good ? "GOOD" : outcome.ToString());
    }

    [Fact]
    public void A_reset_brings_back_the_defaults()
    {
        var bench = new LogicalUnitBench();
        SelectControl(bench, "04 10 08 40 00 00 FF FF 00 00");
        bench.Manage(TaskManagementFunction.LogicalUnitReset);
        bench.ClearUnitAttention(0);
        Assert.Equal(Bytes(Control), bench.Execute("1A 08 0A 00 FF 00").Data[4..]);
    }

    internal static void SelectControl(LogicalUnitBench bench, string values, int initiator = 0)
    {
        var list = Bytes("00 00 00 00 0A 0A" + values);
        Assert.Equal(ScsiStatus.Good, bench.Execute("15 10 00 00 10 00", initiator, dataOut: list).Status);
    }
}

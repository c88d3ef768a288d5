using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class CommandTableTests
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var row in CommandTable.Rows)
                rows.Add(row.Name, Convert.ToHexString(row.Usage));
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_bit_outside_the_usage_data_is_refused_and_pointed_to(string name, string usage)
    {
        var mask = Convert.FromHexString(usage);
        var row = CommandTable.Rows.Single(candidate => candidate.Name == name);
        for (var bit = 8; bit < mask.Length * 8; bit++)
        {
            var cdb = new byte[mask.Length];
            cdb[0] = mask[0];
            if (row.HasServiceAction)
                cdb[1] = row.ServiceAction;
            var isServiceAction = row.HasServiceAction && bit is >= 11 and < 16;
            if (isServiceAction || (mask[bit / 8] >> 7 - bit % 8 & 1) != 0)
                continue;
            cdb[bit / 8] |= (byte)(1 << 7 - bit % 8);
            var sense = row.CheckUsage(Cdb.Parse(cdb));
            Assert.Equal("05/24/00", $"{sense}");
            Assert.Equal(new FieldPointer(true, (ushort)(bit / 8), (byte)(7 - bit % 8)), sense!.Field);
        }
        Assert.Equal(Cdb.LengthOf(mask), mask.Length);
    }

    [Fact]
    public void Rows_are_in_ascending_order()
    {
        var keys = CommandTable.Rows.Select(row => row.OperationCode << 8 | row.ServiceAction).ToList();
        Assert.Equal(keys.Order().Distinct(), keys);
    }

    [Fact]
    public void Every_operation_code_without_a_row_is_refused()
    {
        var bench = new LogicalUnitBench();
        for (var code = 0; code < 256; code++)
        {
            if (CommandTable.FindOperationCode((byte)code) is not null)
                continue;
            var outcome = bench.Execute($"{code:X2} {new string('0', 30)}");
            Assert.Equal("05/20/00", outcome.ToString());
            Assert.Equal(new FieldPointer(true, 0), outcome.Sense!.Field);
        }
        Assert.Equal("05/24/00", bench.Execute("A3 0A 00 00 00 00 00 00 00 FF 00 00").ToString());
        Assert.Equal("05/24/00", bench.Execute("9E 12 00 00 00 00 00 00 00 00 00 00 00 FF 00 00").ToString());
        Assert.Equal("05/20/00", bench.Execute("5F 00 00 00 00 00 00 00 18 00").ToString());
    }

    [Fact]
    public void Report_supported_operation_codes_lists_the_table()
    {
        var bench = new LogicalUnitBench();
        var data = bench.Execute("A3 0C 00 00 00 00 00 00 FF FF 00 00").Data;
        Assert.Equal(data.Length - 4, (int)BinaryPrimitives.ReadUInt32BigEndian(data));
        // UNMAP is not there: this storage cannot.
        Assert.Equal((CommandTable.Rows.Length - 1) * 8 + 4, data.Length);
        Assert.Equal((byte)0x42, new LogicalUnitBench(canUnmap: true).Execute("A3 0C 00 00 00 00 00 00 FF FF 00 00").Data[4 + 8 * IndexOf("UNMAP")]);
        Assert.Equal(LogicalUnitBench.Bytes("9E 00 00 10 00 01 00 10"), data.AsSpan(4 + 8 * (IndexOf("READ CAPACITY(16)") - 1), 8).ToArray());
        Assert.Equal(LogicalUnitBench.Bytes("28 00 00 00 00 00 00 0A"), data.AsSpan(4 + 8 * IndexOf("READ(10)"), 8).ToArray());

        var timed = bench.Execute("A3 0C 80 00 00 00 00 00 FF FF 00 00").Data;
        Assert.Equal((CommandTable.Rows.Length - 1) * 20 + 4, timed.Length);
        for (var i = 0; i < CommandTable.Rows.Length - 1; i++)
        {
            Assert.Equal(2, timed[4 + 20 * i + 5] & 2);
            Assert.Equal(10, timed[4 + 20 * i + 9]);
        }
    }

    [Theory]
    [InlineData("A3 0C 01 28 00 00 00 00 00 FF 00 00", "00 03 00 0A 28 18 FF FF FF FF 1F FF FF 04")]
    [InlineData("A3 0C 81 00 00 00 00 00 00 FF 00 00", "00 83 00 06 00 00 00 00 00 04 00 0A 00 00 00 00 00 00 00 00 00 00")]
    [InlineData("A3 0C 02 9E 00 10 00 00 00 FF 00 00", "00 03 00 10 9E 10 FF FF FF FF FF FF FF FF FF FF FF FF 01 04")]
    [InlineData("A3 0C 03 9E 00 10 00 00 00 06 00 00", "00 03 00 10 9E 10")]
    [InlineData("A3 0C 03 28 00 00 00 00 00 05 00 00", "00 03 00 0A 28")]
    [InlineData("A3 0C 03 28 00 01 00 00 00 FF 00 00", "00 01 00 00")]
    [InlineData("A3 0C 01 89 00 00 00 00 00 FF 00 00", "00 03 00 10 89 18 FF FF FF FF FF FF FF FF 00 00 00 FF 1F 04")]
    [InlineData("A3 0C 01 9C 00 00 00 00 00 FF 00 00", "00 03 00 10 9C 18 FF FF FF FF FF FF FF FF 00 00 FF FF 1F 04")]
    [InlineData("A3 0C 01 42 00 00 00 00 00 FF 00 00", "00 01 00 00")]
    [InlineData("A3 0C 01 FF 00 00 00 00 00 FF 00 00", "00 01 00 00")]
    [InlineData("A3 0C 02 9E 00 11 00 00 00 FF 00 00", "00 01 00 00")]
    [InlineData("A3 0C 02 9E 01 10 00 00 00 FF 00 00", "00 01 00 00")]
    public void Report_supported_operation_codes_describes_one_command(string cdb, string expected) =>
        Assert.Equal(LogicalUnitBench.Bytes(expected), new LogicalUnitBench().Execute(cdb).Data);

    [Theory]
    [InlineData("A3 0C 01 9E 00 00 00 00 00 FF 00 00")]
    [InlineData("A3 0C 02 28 00 00 00 00 00 FF 00 00")]
    [InlineData("A3 0C 04 28 00 00 00 00 00 FF 00 00")]
    public void Reporting_options_must_fit_the_operation_code(string cdb) =>
        Assert.Equal("05/24/00", new LogicalUnitBench().Execute(cdb).ToString());

    [Fact]
    public void Supported_task_management_functions_are_all_of_them()
    {
        var bench = new LogicalUnitBench();
        Assert.Equal(LogicalUnitBench.Bytes("FE 07 00 00"), bench.Execute("A3 0D 00 00 00 00 00 00 00 FF 00 00").Data);
        Assert.Equal(
            LogicalUnitBench.Bytes("FE 07 00 0C 000000000000000000000000"), bench.Execute("A3 0D 80 00 00 00 00 00 00 FF 00 00").Data);
    }

    [Fact]
    public void The_order_of_checks_is_attention_reservation_code_medium_fields_range_protection()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { Removable = true, ReadOnly = true }, clearPowerOn: false);
        const string worst = "FF";
        Assert.Equal("06/29/01", bench.Execute($"{worst} 00 00 00 00 00").ToString());
        bench.ClearUnitAttention(1);
        bench.Execute("16 00 00 00 00 00", 1);
        Assert.Equal(ScsiStatus.ReservationConflict, bench.Execute($"{worst} 00 00 00 00 00").Status);
        bench.Execute("17 00 00 00 00 00", 1);
        Assert.Equal("05/20/00", bench.Execute($"{worst} 00 00 00 00 00").ToString());
        bench.Execute("1B 00 00 00 02 00");
        Assert.Equal("02/3a/00", bench.Execute("2A 20 FF FF FF FF 00 FF FF 00").ToString());
        bench.Execute("1B 00 00 00 03 00");
        Assert.Equal("05/24/00", bench.Execute("2A 20 FF FF FF FF 00 FF FF 00").ToString());
        Assert.Equal("05/21/00", bench.Execute("2A 00 FF FF FF FF 00 FF FF 00").ToString());
        Assert.Equal("07/27/00", bench.Execute("2A 00 00 00 00 00 00 00 01 00").ToString());
    }

    private static int IndexOf(string name) => Array.FindIndex(CommandTable.Rows, row => row.Name == name);
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Values;

public sealed class ValueTests
{
    [Theory]
    [InlineData(0x00, 6)]
    [InlineData(0x28, 10)]
    [InlineData(0x5A, 10)]
    [InlineData(0x88, 16)]
    [InlineData(0xA8, 12)]
    public void The_operation_codes_group_decides_the_length_of_a_CDB(byte operationCode, int length)
    {
        var bytes = new byte[32];
        bytes[0] = operationCode;
        Assert.True(Cdb.TryParse(bytes, out var cdb));
        Assert.Equal(length, cdb.Length);
        Assert.False(Cdb.TryParse(bytes.AsSpan(0, length - 1), out _));
    }

    [Fact]
    public void A_variable_length_CDB_announces_its_length_in_byte_7()
    {
        var bytes = new byte[300];
        bytes[0] = 0x7F;
        bytes[7] = 24;
        Assert.Equal(32, Cdb.Parse(bytes).Length);
        bytes[7] = 25;
        Assert.False(Cdb.TryParse(bytes, out _));
        Assert.False(Cdb.TryParse(bytes.AsSpan(0, 7), out _));
    }

    [Fact]
    public void A_CDB_reads_its_fields_big_endian_and_prints_as_hexadecimal()
    {
        var cdb = Cdb.Parse([0x28, 0, 0x12, 0x34, 0x56, 0x78, 0, 0x9A, 0xBC, 0x04]);
        Assert.Equal(0x12345678u, cdb.UInt32(2));
        Assert.Equal((ushort)0x9ABC, cdb.UInt16(7));
        Assert.Equal((byte)0x04, cdb.Control);
        Assert.Equal("28 00 12 34 56 78 00 9A BC 04", cdb.ToString());
    }

    [Theory]
    [InlineData(0, "0000000000000000")]
    [InlineData(7, "0007000000000000")]
    [InlineData(255, "00FF000000000000")]
    [InlineData(256, "4100000000000000")]
    [InlineData(16383, "7FFF000000000000")]
    public void A_LUN_has_an_eight_byte_form(ushort number, string wire)
    {
        var bytes = new byte[8];
        new Lun(number).Write(bytes);
        Assert.Equal(wire, Convert.ToHexString(bytes));
        Assert.True(Lun.TryRead(bytes, out var lun));
        Assert.Equal(number, lun.Number);
    }

    [Theory]
    [InlineData("0100000000000000")]
    [InlineData("8000000000000000")]
    [InlineData("0000000000010000")]
    public void Another_level_or_address_method_is_no_LUN_of_ours(string wire) =>
        Assert.False(Lun.TryRead(Convert.FromHexString(wire), out _));

    [Theory]
    [InlineData(false, "F00005000012340A00000000240000C80002")]
    [InlineData(true, "7205240000000014000A80000000000000001234020600 00C8000200")]
    public void Sense_data_is_written_in_both_formats_and_read_back(bool descriptors, string expected)
    {
        var sense = new SenseData(SenseKey.IllegalRequest, new AdditionalSense(0x24, 0x00))
        {
            Information = 0x1234,
            Field = new FieldPointer(InCdb: true, Byte: 2, Bit: 0),
            DescriptorFormat = descriptors,
        };
        var bytes = new byte[SenseData.MaximumLength];
        var length = sense.Write(bytes);
        Assert.Equal(expected.Replace(" ", ""), Convert.ToHexString(bytes, 0, length));
        Assert.True(SenseData.TryRead(bytes.AsSpan(0, length), out var read));
        Assert.Equal((sense.Key, sense.Additional, sense.Information), (read.Key, read.Additional, read.Information));
    }

    [Fact]
    public void Information_too_large_for_the_fixed_format_is_left_out()
    {
        var bytes = new byte[SenseData.MaximumLength];
        new SenseData(SenseKey.MediumError, new AdditionalSense(0x11, 0)) { Information = 1UL << 32 }.Write(bytes);
        Assert.Equal(0x70, bytes[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65536)]
    public unsafe void A_buffer_is_aligned_pinned_and_as_long_as_asked_for(int length)
    {
        var buffer = new DataBufferPool(1 << 30, 0).TryRent(length)!;
        using var handle = buffer.Memory.Pin();
        Assert.Equal(0u, (nuint)handle.Pointer % DataBuffer.Alignment);
        Assert.Equal((length, length), (buffer.Span.Length, buffer.Memory.Length));
    }

    [Fact]
    public void A_pool_lends_up_to_its_limit_and_again_what_came_back()
    {
        var pool = new DataBufferPool(maximumOutstandingBytes: 8192, maximumIdleBytes: 8192);
        var first = pool.TryRent(4096)!;
        var second = pool.TryRent(100);
        Assert.Null(pool.TryRent(1));

        pool.Return(first);

        Assert.Same(first, pool.TryRent(10));
        Assert.NotSame(first, second);
        Assert.Equal((2, 8192L), (pool.Outstanding, pool.OutstandingBytes));
    }

    [Fact]
    public void A_pool_always_lends_one_buffer_however_large() =>
        Assert.NotNull(new DataBufferPool(maximumOutstandingBytes: 1, maximumIdleBytes: 0).TryRent(1 << 20));

    [Fact]
    public void Returning_a_buffer_twice_breaks_an_invariant()
    {
        var pool = new DataBufferPool(8192, 8192);
        var buffer = pool.TryRent(1)!;
        pool.Return(buffer);
        Assert.Throws<InvariantViolatedException>(() => pool.Return(buffer));
    }
}

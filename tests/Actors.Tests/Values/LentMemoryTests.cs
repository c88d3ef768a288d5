using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Values;

/// <summary>Memory of an initiator as it is lent to storage, and words that two sides share.</summary>
public sealed class LentMemoryTests
{
    [Theory]
    [InlineData(0x1000, 16, 16)]
    [InlineData(0x10F0, 64, 16)]
    [InlineData(0x0FFF, 1, 0)]
    [InlineData(0x1100, 1, 0)]
    [InlineData(ulong.MaxValue, 1, 0)]
    public void What_is_lent_is_mapped_and_no_more_than_asked(ulong address, int wanted, int lent) =>
        Assert.Equal(lent, new ArrayInitiatorMemory(new byte[256], 0x1000).Lend(address, wanted).Length);

    [Fact]
    public void What_is_lent_is_the_memory_itself()
    {
        var bytes = new byte[256];
        new ArrayInitiatorMemory(bytes, 0x1000).Lend(0x1010, 4).Span.Fill(7);
        Assert.Equal(4, bytes.Count(static value => value == 7));
        Assert.Equal(7, bytes[0x10]);
    }

    [Fact]
    public void Memory_that_cannot_be_lent_lends_nothing() => Assert.True(new TwoPieces().Lend(0, 1).IsEmpty);

    [Fact]
    public void A_word_is_little_endian_and_may_lie_in_two_pieces()
    {
        var memory = new TwoPieces();
        foreach (var address in new ulong[] { 2, 3 })
        {
            Assert.True(memory.TryWriteUInt16(address, 0x1234));
            Assert.True(memory.TryReadUInt16(address, out var value));
            Assert.Equal(0x1234, value);
            var bytes = new byte[2];
            Assert.True(memory.TryRead(address, bytes));
            Assert.Equal([0x34, 0x12], bytes);
        }
        Assert.False(memory.TryWriteUInt16(7, 1));
        Assert.False(memory.TryReadUInt16(7, out _));
    }

    [Fact]
    public void A_list_is_the_first_segments_of_an_array_that_is_used_again()
    {
        Memory<byte>[] segments = [new byte[3], new byte[5], new byte[100]];
        var list = new ScatterGatherList(segments, 2);
        Assert.Equal((8, 2), (list.Length, list.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[2]);
    }

    /// <summary>Two pieces of four bytes that do not lie together.</summary>
    private sealed class TwoPieces : InitiatorMemory
    {
        private readonly byte[][] _pieces = [new byte[4], new byte[4]];

        protected override Span<byte> Window(ulong address, int wanted) => address >= 8 ? default
            : _pieces[address / 4].AsSpan((int)(address % 4), Math.Min(wanted, 4 - (int)(address % 4)));
    }
}

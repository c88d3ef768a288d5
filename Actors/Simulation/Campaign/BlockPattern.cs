using System.Buffers.Binary;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What a block says of itself.</summary>
/// <param name="Writer">The step that wrote it; 0 for zeroes; -1 when the bytes are nobody's.</param>
/// <param name="Lba">The block that it was written for; meaningful for a writer from 1 on.</param>
internal readonly record struct BlockStamp(int Writer, long Lba);

/// <summary>Block contents that name their writer and their place in every 16 bytes, so that a block which is not what it should be says whose it is.</summary>
internal static class BlockPattern
{
    private const int Unit = 16;
    private const ulong Mark = 0x5C51_0000_0000_0000;
    private const ulong MarkMask = 0xFFFF_0000_0000_0000;
    private const int LaneBits = 12;

    /// <summary>What a buffer holds that nothing has been read into.</summary>
    public const byte Untouched = 0xA5;

    /// <summary>Fills whole blocks.</summary>
    /// <param name="data">A multiple of the block size.</param>
    /// <param name="lba">The first block.</param>
    /// <param name="blockSize">Bytes in a block.</param>
    /// <param name="writer">The step; 0 for zeroes.</param>
    public static void Fill(Span<byte> data, long lba, int blockSize, int writer)
    {
        if (writer == 0)
        {
            data.Clear();
            return;
        }
        for (var at = 0; at + Unit <= data.Length; at += Unit)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data[at..], Mark | (uint)writer);
            BinaryPrimitives.WriteUInt64LittleEndian(data[(at + 8)..], PlaceOf(lba + at / blockSize, at % blockSize));
        }
    }

    /// <summary>Reads one block, or a part of one.</summary>
    /// <param name="block">The bytes, a multiple of 16.</param>
    /// <param name="offset">Where in the block they begin.</param>
    public static BlockStamp Read(ReadOnlySpan<byte> block, int offset = 0)
    {
        if (!block.ContainsAnyExcept((byte)0))
            return new BlockStamp(0, 0);
        var first = BinaryPrimitives.ReadUInt64LittleEndian(block);
        var place = BinaryPrimitives.ReadUInt64LittleEndian(block[8..]);
        var lba = (long)(place >> LaneBits);
        if ((first & MarkMask) != Mark)
            return new BlockStamp(-1, 0);
        for (var at = 0; at < block.Length; at += Unit)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(block[at..]) != first
                || BinaryPrimitives.ReadUInt64LittleEndian(block[(at + 8)..]) != PlaceOf(lba, offset + at))
                return new BlockStamp(-1, 0);
        }
        return new BlockStamp((int)(first & ~MarkMask), lba);
    }

    private static ulong PlaceOf(long lba, int offset) => (ulong)lba << LaneBits | (uint)offset;
}

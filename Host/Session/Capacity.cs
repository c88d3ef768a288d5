using System.Buffers.Binary;

namespace ScsiActors.Host.Session;

/// <summary>What READ CAPACITY(16) tells (SBC-3 5.16).</summary>
/// <param name="Blocks">Logical blocks.</param>
/// <param name="BlockLength">Bytes in each.</param>
/// <param name="BlocksPerPhysical">Logical blocks in a physical one.</param>
internal sealed record Capacity(long Blocks, int BlockLength, int BlocksPerPhysical)
{
    /// <summary>Bytes of parameter data.</summary>
    public const int Length = 32;

    /// <summary>Bytes on the medium.</summary>
    public long Bytes => Blocks * BlockLength;

    /// <summary>Reads the parameter data.</summary>
    public static Capacity Read(ReadOnlySpan<byte> data) => new(
        (long)BinaryPrimitives.ReadUInt64BigEndian(data) + 1,
        (int)BinaryPrimitives.ReadUInt32BigEndian(data[8..]),
        1 << (data[13] & 0x0F));
}

using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Session;

/// <summary>The command descriptor blocks that an initiator of ours writes.</summary>
internal static class Cdbs
{
    private const uint SixByteBlocks = 1 << 21;
    private const int SixByteTransfer = 256;

    /// <summary>TEST UNIT READY.</summary>
    public static Cdb TestUnitReady { get; } = Cdb.Parse([0x00, 0, 0, 0, 0, 0]);

    /// <summary>SYNCHRONIZE CACHE(10) of the whole medium.</summary>
    public static Cdb SynchronizeCache { get; } = Cdb.Parse([0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>INQUIRY; <paramref name="page"/> null for the standard data.</summary>
    public static Cdb Inquiry(byte? page, byte length) => Cdb.Parse([0x12, (byte)(page is null ? 0 : 1), page ?? 0, 0, length, 0]);

    /// <summary>MODE SENSE(6) of a page's current values, without block descriptors.</summary>
    public static Cdb ModeSense6(byte page, byte length) => Cdb.Parse([0x1A, 0x08, page, 0, length, 0]);

    /// <summary>READ CAPACITY(16).</summary>
    public static Cdb ReadCapacity16(byte length) => Cdb.Parse([0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, length, 0, 0]);

    /// <summary>READ or WRITE in the ten-byte form where the numbers fit, else in the sixteen-byte form.</summary>
    public static Cdb Transfer(bool isWrite, long block, int blocks) =>
        Transfer(isWrite, block > uint.MaxValue || blocks > ushort.MaxValue ? TransferForm.Sixteen : TransferForm.Ten, block, blocks);

    /// <summary>READ or WRITE in the form asked for, or in the sixteen-byte one where the numbers do not fit.</summary>
    public static Cdb Transfer(bool isWrite, TransferForm form, long block, int blocks)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        switch (form)
        {
            case TransferForm.Six when block + blocks <= SixByteBlocks && blocks is > 0 and <= SixByteTransfer:
                BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)block);
                bytes[0] = (byte)(isWrite ? 0x0A : 0x08);
                bytes[4] = (byte)blocks;
                break;
            case TransferForm.Ten when block <= uint.MaxValue && blocks <= ushort.MaxValue:
                bytes[0] = (byte)(isWrite ? 0x2A : 0x28);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)block);
                BinaryPrimitives.WriteUInt16BigEndian(bytes[7..], (ushort)blocks);
                break;
            case TransferForm.Twelve when block <= uint.MaxValue:
                bytes[0] = (byte)(isWrite ? 0xAA : 0xA8);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)block);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[6..], (uint)blocks);
                break;
            default:
                bytes[0] = (byte)(isWrite ? 0x8A : 0x88);
                BinaryPrimitives.WriteUInt64BigEndian(bytes[2..], (ulong)block);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[10..], (uint)blocks);
                break;
        }
        return Cdb.Parse(bytes);
    }
}

/// <summary>The lengths in which READ and WRITE exist.</summary>
internal enum TransferForm
{
    /// <summary>READ(6), WRITE(6).</summary>
    Six,

    /// <summary>READ(10), WRITE(10).</summary>
    Ten,

    /// <summary>READ(12), WRITE(12).</summary>
    Twelve,

    /// <summary>READ(16), WRITE(16).</summary>
    Sixteen,
}

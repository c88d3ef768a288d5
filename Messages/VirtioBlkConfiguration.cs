using System.Buffers.Binary;

namespace ScsiActors.Messages;

/// <summary>The configuration space of a block device (struct virtio_blk_config; VIRTIO 1.2, 5.2.4). Lengths are in sectors of 512 bytes.</summary>
public readonly record struct VirtioBlkConfiguration
{
    /// <summary>Bytes of the structure, as far as this device has fields.</summary>
    public const int Length = 60;

    /// <summary>Bytes in a sector, whatever the block size is.</summary>
    public const int Sector = 512;

    /// <summary>Where writeback stands: the field that a driver may write.</summary>
    public const int WritebackOffset = 32;

    private const int SizeMaxOffset = 8;
    private const int SegMaxOffset = 12;
    private const int BlockSizeOffset = 20;
    private const int PhysicalBlockExponentOffset = 24;
    private const int MinimumIoOffset = 26;
    private const int QueuesOffset = 34;
    private const int MaxDiscardOffset = 36;
    private const int MaxDiscardSegmentsOffset = 40;
    private const int DiscardAlignmentOffset = 44;
    private const int MaxWriteZeroesOffset = 48;
    private const int MaxWriteZeroesSegmentsOffset = 52;
    private const int WriteZeroesMayUnmapOffset = 56;

    /// <summary>capacity: sectors.</summary>
    public long Capacity { get; init; }

    /// <summary>size_max: bytes of the longest segment.</summary>
    public int SizeMax { get; init; }

    /// <summary>seg_max: segments of data in a request.</summary>
    public int SegMax { get; init; }

    /// <summary>blk_size: bytes in a logical block.</summary>
    public int BlockSize { get; init; }

    /// <summary>physical_block_exp: the logical blocks in a physical one, as a power of two.</summary>
    public byte PhysicalBlockExponent { get; init; }

    /// <summary>writeback: true when a write is complete before it is on stable storage.</summary>
    public bool Writeback { get; init; }

    /// <summary>max_discard_sectors; a request has one segment.</summary>
    public int MaxDiscardSectors { get; init; }

    /// <summary>max_write_zeroes_sectors; a request has one segment.</summary>
    public int MaxWriteZeroesSectors { get; init; }

    /// <summary>write_zeroes_may_unmap: true when zeroes may be made by deallocating.</summary>
    public bool WriteZeroesMayUnmap { get; init; }

    /// <summary>Reads the structure.</summary>
    /// <param name="space">At least <see cref="Length"/> bytes.</param>
    public static VirtioBlkConfiguration Parse(ReadOnlySpan<byte> space) => new()
    {
        Capacity = BinaryPrimitives.ReadInt64LittleEndian(space),
        SizeMax = BinaryPrimitives.ReadInt32LittleEndian(space[SizeMaxOffset..]),
        SegMax = BinaryPrimitives.ReadInt32LittleEndian(space[SegMaxOffset..]),
        BlockSize = BinaryPrimitives.ReadInt32LittleEndian(space[BlockSizeOffset..]),
        PhysicalBlockExponent = space[PhysicalBlockExponentOffset],
        Writeback = space[WritebackOffset] != 0,
        MaxDiscardSectors = BinaryPrimitives.ReadInt32LittleEndian(space[MaxDiscardOffset..]),
        MaxWriteZeroesSectors = BinaryPrimitives.ReadInt32LittleEndian(space[MaxWriteZeroesOffset..]),
        WriteZeroesMayUnmap = space[WriteZeroesMayUnmapOffset] != 0,
    };

    /// <summary>Writes the structure as a transport shows it.</summary>
    /// <param name="space">At least <see cref="Length"/> bytes.</param>
    public void CopyTo(Span<byte> space)
    {
        space[..Length].Clear();
        BinaryPrimitives.WriteInt64LittleEndian(space, Capacity);
        BinaryPrimitives.WriteInt32LittleEndian(space[SizeMaxOffset..], SizeMax);
        BinaryPrimitives.WriteInt32LittleEndian(space[SegMaxOffset..], SegMax);
        BinaryPrimitives.WriteInt32LittleEndian(space[BlockSizeOffset..], BlockSize);
        space[PhysicalBlockExponentOffset] = PhysicalBlockExponent;
        BinaryPrimitives.WriteUInt16LittleEndian(space[MinimumIoOffset..], (ushort)(1 << PhysicalBlockExponent));
        space[WritebackOffset] = Writeback ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(space[QueuesOffset..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(space[MaxDiscardOffset..], MaxDiscardSectors);
        BinaryPrimitives.WriteInt32LittleEndian(space[MaxDiscardSegmentsOffset..], MaxDiscardSectors > 0 ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(space[DiscardAlignmentOffset..], Math.Max(BlockSize, Sector) / Sector);
        BinaryPrimitives.WriteInt32LittleEndian(space[MaxWriteZeroesOffset..], MaxWriteZeroesSectors);
        BinaryPrimitives.WriteInt32LittleEndian(space[MaxWriteZeroesSegmentsOffset..], MaxWriteZeroesSectors > 0 ? 1 : 0);
        space[WriteZeroesMayUnmapOffset] = WriteZeroesMayUnmap ? (byte)1 : (byte)0;
    }
}

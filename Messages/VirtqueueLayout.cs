using System.Buffers.Binary;

namespace ScsiActors.Messages;

/// <summary>Flags of a descriptor (VIRTIO 1.2, 2.7.5).</summary>
[Flags]
public enum DescriptorFlags : ushort
{
    /// <summary>The last of its chain, device-readable.</summary>
    None = 0,

    /// <summary>VIRTQ_DESC_F_NEXT: the chain goes on.</summary>
    Next = 1,

    /// <summary>VIRTQ_DESC_F_WRITE: device-writable.</summary>
    Write = 2,

    /// <summary>VIRTQ_DESC_F_INDIRECT: the buffer is a table of descriptors.</summary>
    Indirect = 4,
}

/// <summary>A descriptor of a split virtqueue (struct virtq_desc; VIRTIO 1.2, 2.7.5).</summary>
/// <param name="Address">The guest-physical address of the buffer.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Flags">What it is.</param>
/// <param name="Next">The next descriptor's index, when the chain goes on.</param>
public readonly record struct VirtqueueDescriptor(ulong Address, uint Length, DescriptorFlags Flags, ushort Next)
{
    /// <summary>Bytes of a descriptor.</summary>
    public const int Size = 16;

    /// <summary>Reads one.</summary>
    public static VirtqueueDescriptor Parse(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        (DescriptorFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]));

    /// <summary>Writes it.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Address);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], Next);
    }
}

/// <summary>Where things stand in the two rings of a split virtqueue (VIRTIO 1.2, 2.7.6 and 2.7.8): offsets in bytes.</summary>
public static class VirtqueueLayout
{
    /// <summary>flags, of both rings: 1 says that the other side need not notify.</summary>
    public const int Flags = 0;

    /// <summary>idx, of both rings: where the owner puts its next entry, counted without end.</summary>
    public const int Index = 2;

    /// <summary>ring, of both rings: the entries.</summary>
    public const int Ring = 4;

    /// <summary>Bytes of an entry of the available ring: the head of a chain.</summary>
    public const int AvailableEntry = 2;

    /// <summary>Bytes of an entry of the used ring: the head of a chain, and how many bytes were written.</summary>
    public const int UsedEntry = 8;

    /// <summary>VIRTQ_AVAIL_F_NO_INTERRUPT and VIRTQ_USED_F_NO_NOTIFY.</summary>
    public const ushort NoNotification = 1;

    /// <summary>used_event, behind the available ring: the driver wants to hear of the used buffer with this index.</summary>
    public static int UsedEvent(int size) => Ring + size * AvailableEntry;

    /// <summary>avail_event, behind the used ring: the device wants to hear of the available buffer with this index.</summary>
    public static int AvailableEvent(int size) => Ring + size * UsedEntry;

    /// <summary>Bytes of an available ring.</summary>
    public static int AvailableLength(int size) => UsedEvent(size) + sizeof(ushort);

    /// <summary>Bytes of a used ring.</summary>
    public static int UsedLength(int size) => AvailableEvent(size) + sizeof(ushort);

    /// <summary>True when an index that moves from <paramref name="before"/> to <paramref name="after"/> passes the one that the other side waits for
    /// (vring_need_event; VIRTIO 1.2, 2.7.10).</summary>
    public static bool Passes(ushort awaited, ushort before, ushort after) => (ushort)(after - awaited - 1) < (ushort)(after - before);
}

namespace ScsiActors.Messages;

/// <summary>Feature bits of a virtio block device (VIRTIO 1.2: 5.2.3 its own, 6 those of every device).</summary>
[Flags]
public enum VirtioFeatures : ulong
{
    /// <summary>No feature.</summary>
    None = 0,

    /// <summary>VIRTIO_BLK_F_SIZE_MAX: the longest segment is in size_max.</summary>
    SizeMax = 1ul << 1,

    /// <summary>VIRTIO_BLK_F_SEG_MAX: the most segments of a request are in seg_max.</summary>
    SegMax = 1ul << 2,

    /// <summary>VIRTIO_BLK_F_RO: nothing can be written.</summary>
    ReadOnly = 1ul << 5,

    /// <summary>VIRTIO_BLK_F_BLK_SIZE: the block size is in blk_size.</summary>
    BlockSize = 1ul << 6,

    /// <summary>VIRTIO_BLK_F_FLUSH: there is a write cache, and VIRTIO_BLK_T_FLUSH for it.</summary>
    Flush = 1ul << 9,

    /// <summary>VIRTIO_BLK_F_TOPOLOGY: what suits the storage is in topology.</summary>
    Topology = 1ul << 10,

    /// <summary>VIRTIO_BLK_F_CONFIG_WCE: the write cache can be switched, in writeback.</summary>
    ConfigWce = 1ul << 11,

    /// <summary>VIRTIO_BLK_F_DISCARD: VIRTIO_BLK_T_DISCARD is supported.</summary>
    Discard = 1ul << 13,

    /// <summary>VIRTIO_BLK_F_WRITE_ZEROES: VIRTIO_BLK_T_WRITE_ZEROES is supported.</summary>
    WriteZeroes = 1ul << 14,

    /// <summary>VIRTIO_F_INDIRECT_DESC: descriptors may be in tables of their own.</summary>
    IndirectDescriptors = 1ul << 28,

    /// <summary>VIRTIO_F_EVENT_IDX: each side says at which index it wants to be notified.</summary>
    EventIndex = 1ul << 29,

    /// <summary>VIRTIO_F_VERSION_1: as the specification says, not as before it.</summary>
    Version1 = 1ul << 32,
}

/// <summary>The device status field (VIRTIO 1.2, 2.1).</summary>
[Flags]
public enum VirtioDeviceStatus : byte
{
    /// <summary>After a reset.</summary>
    Reset = 0,

    /// <summary>ACKNOWLEDGE: the device has been found.</summary>
    Acknowledge = 1,

    /// <summary>DRIVER: there is a driver for it.</summary>
    Driver = 2,

    /// <summary>DRIVER_OK: the driver is ready; from here on buffers are used.</summary>
    DriverOk = 4,

    /// <summary>FEATURES_OK: the features are agreed upon. A device that refuses them does not show the bit.</summary>
    FeaturesOk = 8,

    /// <summary>DEVICE_NEEDS_RESET: the device has met an error that it cannot get over.</summary>
    DeviceNeedsReset = 64,

    /// <summary>FAILED: the driver has given up.</summary>
    Failed = 128,
}

/// <summary>The type of a request of virtio-blk (VIRTIO 1.2, 5.2.6).</summary>
public enum VirtioBlkRequestType : uint
{
    /// <summary>VIRTIO_BLK_T_IN.</summary>
    In = 0,

    /// <summary>VIRTIO_BLK_T_OUT.</summary>
    Out = 1,

    /// <summary>VIRTIO_BLK_T_FLUSH.</summary>
    Flush = 4,

    /// <summary>VIRTIO_BLK_T_GET_ID.</summary>
    GetId = 8,

    /// <summary>VIRTIO_BLK_T_DISCARD.</summary>
    Discard = 11,

    /// <summary>VIRTIO_BLK_T_WRITE_ZEROES.</summary>
    WriteZeroes = 13,
}

/// <summary>The status byte at the end of a request of virtio-blk (VIRTIO 1.2, 5.2.6).</summary>
public enum VirtioBlkStatus : byte
{
    /// <summary>VIRTIO_BLK_S_OK.</summary>
    Ok = 0,

    /// <summary>VIRTIO_BLK_S_IOERR.</summary>
    IoError = 1,

    /// <summary>VIRTIO_BLK_S_UNSUPP.</summary>
    Unsupported = 2,
}

/// <summary>Asks a virtio device what it is and how it stands; answered by <see cref="VirtioDeviceState"/> to the sender, who is its driver from now on:
/// as soon as its storage is open, and after a reset when all memory that it had has come back.</summary>
public sealed record ReadVirtioDevice
{
    /// <summary>The only instance.</summary>
    public static ReadVirtioDevice Instance { get; } = new();
}

/// <summary>The answer to <see cref="ReadVirtioDevice"/>.</summary>
/// <param name="DeviceFeatures">What it offers.</param>
/// <param name="Status">The device status field.</param>
/// <param name="QueueSizeMax">The most descriptors that its queue may have.</param>
/// <param name="Configuration">The configuration space.</param>
public sealed record VirtioDeviceState(
    VirtioFeatures DeviceFeatures, VirtioDeviceStatus Status, int QueueSizeMax, VirtioBlkConfiguration Configuration);

/// <summary>The driver writes the feature bits that it accepts (VIRTIO 1.2, 2.2).</summary>
/// <param name="Features">A part of what the device offers.</param>
public sealed record WriteDriverFeatures(VirtioFeatures Features);

/// <summary>The driver writes the device status field; 0 resets the device (VIRTIO 1.2, 2.1 and 2.4).</summary>
/// <param name="Status">The bits set so far and one more.</param>
public sealed record WriteDeviceStatus(VirtioDeviceStatus Status);

/// <summary>The driver writes a byte of the configuration space (VIRTIO 1.2, 2.5); writeback is the only one that takes it.</summary>
/// <param name="Offset">The byte.</param>
/// <param name="Value">Its new value.</param>
public sealed record WriteVirtioConfiguration(int Offset, byte Value);

/// <summary>The driver says where its virtqueue is (VIRTIO 1.2, 2.7). Nothing is used before DRIVER_OK.</summary>
/// <param name="Queue">Its number; a block device has queue 0.</param>
/// <param name="Size">Descriptors, a power of two.</param>
/// <param name="Descriptors">The address of the descriptor table, a multiple of 16.</param>
/// <param name="Available">The address of the available ring, a multiple of 2.</param>
/// <param name="Used">The address of the used ring, a multiple of 4.</param>
public sealed record EnableVirtqueue(int Queue, int Size, ulong Descriptors, ulong Available, ulong Used);

/// <summary>Available buffer notification (VIRTIO 1.2, 2.3): the driver has put buffers into a queue.</summary>
/// <param name="Queue">The queue's number.</param>
public sealed record AvailableBufferNotification(int Queue)
{
    /// <summary>That of queue 0.</summary>
    public static AvailableBufferNotification OfQueue0 { get; } = new(0);
}

/// <summary>Used buffer notification (VIRTIO 1.2, 2.3): the device has used buffers of a queue; its interrupt.</summary>
/// <param name="Queue">The queue's number.</param>
public sealed record UsedBufferNotification(int Queue)
{
    /// <summary>That of queue 0.</summary>
    public static UsedBufferNotification OfQueue0 { get; } = new(0);
}

/// <summary>Configuration change notification (VIRTIO 1.2, 2.3): the configuration space or the device status has changed.</summary>
public sealed record ConfigurationChangeNotification
{
    /// <summary>The only instance.</summary>
    public static ConfigurationChangeNotification Instance { get; } = new();
}

using System.Numerics;
using Akka.Configuration;
using ScsiActors.Messages;

namespace ScsiActors.Virtio;

/// <summary>A virtio-blk device: section <c>virtio-blk</c> of config.hocon.</summary>
/// <param name="QueueSize">The most descriptors of its queue, a power of two from 4 to 1024: requests it can have at once.</param>
/// <param name="SegMax">Segments of data in a request that it announces.</param>
/// <param name="SizeMax">Bytes of a segment that it announces; together they bound a request.</param>
/// <param name="BlockSize">Bytes in a logical block, 512 to 4096.</param>
/// <param name="PhysicalBlockSize">Bytes in a physical one.</param>
/// <param name="MaxDiscard">Bytes of one discard.</param>
/// <param name="MaxWriteZeroes">Bytes of one request for zeroes.</param>
/// <param name="Id">Its name, up to 20 characters of ASCII.</param>
public sealed record VirtioBlkSettings(
    int QueueSize = 128, int SegMax = 126, int SizeMax = 1 << 20, int BlockSize = 512, int PhysicalBlockSize = 4096,
    long MaxDiscard = 1L << 30, int MaxWriteZeroes = 16 << 20, string Id = "")
{
    /// <summary>Bytes of the name.</summary>
    public const int IdLength = 20;

    /// <summary>The most descriptors that a queue may have here.</summary>
    public const int LargestQueue = 1024;

    /// <summary>True: nothing can be written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>True: a write is complete before it is on stable storage, until the driver says otherwise.</summary>
    public bool WriteCache { get; init; } = true;

    /// <summary>True: VIRTIO_F_INDIRECT_DESC is offered.</summary>
    public bool Indirect { get; init; } = true;

    /// <summary>True: VIRTIO_F_EVENT_IDX is offered.</summary>
    public bool EventIndex { get; init; } = true;

    /// <summary>Reads the section; null when there is no device.</summary>
    /// <exception cref="ConfigurationException">A value is out of its bounds.</exception>
    public static VirtioBlkSettings? From(Config section)
    {
        if (!section.GetBoolean("model"))
            return null;
        var settings = new VirtioBlkSettings(
            InRange(section, "queue-size", 4, LargestQueue), InRange(section, "seg-max", 1, LargestQueue), Bytes(section, "size-max", 4096, 1 << 30),
            Bytes(section, "block-size", 512, 4096), Bytes(section, "physical-block-size", 512, 1 << 20),
            Bytes(section, "max-discard", 4096, int.MaxValue), Bytes(section, "max-write-zeroes", 4096, 1 << 30), section.GetString("id") ?? "")
        {
            ReadOnly = section.GetBoolean("read-only"),
            WriteCache = section.GetBoolean("write-cache"),
            Indirect = section.GetBoolean("indirect"),
            EventIndex = section.GetBoolean("event-idx"),
        };
        Require(BitOperations.IsPow2(settings.QueueSize), $"queue-size is {settings.QueueSize}; it is a power of two");
        Require(settings.SegMax <= settings.QueueSize - 2,
            $"seg-max is {settings.SegMax}; a queue of {settings.QueueSize} leaves room for {settings.QueueSize - 2} beside the header and the status");
        Require(BitOperations.IsPow2(settings.BlockSize) && BitOperations.IsPow2(settings.PhysicalBlockSize)
            && settings.PhysicalBlockSize >= settings.BlockSize, "block-size and physical-block-size are powers of two, the second not below the first");
        Require(settings.Id.Length <= IdLength && settings.Id.All(char.IsAscii), $"id is \"{settings.Id}\"; it is up to {IdLength} characters of ASCII");
        return settings;
    }

    private static int Bytes(Config section, string path, int minimum, int maximum)
    {
        var value = section.GetByteSize(path) ?? -1;
        Require(value >= minimum && value <= maximum && value % VirtioBlkConfiguration.Sector == 0,
            $"{path} is {value} bytes; it is a multiple of 512, from {minimum} to {maximum}");
        return (int)value;
    }

    private static int InRange(Config section, string path, int minimum, int maximum)
    {
        var value = section.GetInt(path);
        Require(value >= minimum && value <= maximum, $"{path} is {value}; it is from {minimum} to {maximum}");
        return value;
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
            throw new ConfigurationException($"scsi-actors.virtio-blk.{rule}.");
    }
}

namespace ScsiActors.Scsi.Bus;

/// <summary>What a target answers to SDTR, WDTR and PPR.</summary>
public enum NegotiationReply : byte
{
    /// <summary>Nothing: COMMAND follows, and the transfer stays asynchronous and narrow.</summary>
    Silent,

    /// <summary>The agreement, in MESSAGE IN; PPR is rejected.</summary>
    Polite,
}

/// <summary>How the targets on the bus behave. The named values are the stages of the 2008 patch series, as far as the bus is concerned; the
/// transfer buffer, fixed or growing, is the logical unit's.</summary>
public sealed record BusParameters
{
    /// <summary>Everything is queued.</summary>
    public static BusParameters Default { get; } = new();

    /// <summary>Before the patches: reads are queued, writes stay connected, one at a time, until their status. COMPARE AND WRITE and WRITE ATOMIC, which
    /// were not yet there, are queued.</summary>
    public static BusParameters NoPatch { get; } = new()
    {
        QueueWrites = false, HonourTaskAttributes = false, YieldsToOthers = false,
    };

    /// <summary>Patches 1 to 3: writes are queued like reads, with their direction. They leave the bus to others while storage has them: otherwise the
    /// queue would end at the target, and storage would still see one write at a time.</summary>
    public static BusParameters Patches1To3 { get; } = new() { HonourTaskAttributes = false, YieldsToOthers = false };

    /// <summary>Patches 1 to 4: as before; the logical unit's buffer grows.</summary>
    public static BusParameters Patches1To4 { get; } = Patches1To3;

    /// <summary>The initiator's SCSI ID.</summary>
    public int InitiatorId { get; init; } = 7;

    /// <summary>The target port number of SCSI ID 0; the others follow.</summary>
    public int FirstTargetPort { get; init; }

    /// <summary>A write disconnects after its command, as a read does.</summary>
    public bool QueueWrites { get; init; } = true;

    /// <summary>A queued write disconnects again after its data and reselects for its status.</summary>
    public bool WriteDisconnectAfterData { get; init; } = true;

    /// <summary>ORDERED and HEAD OF QUEUE tags mean what they say; otherwise every tag is SIMPLE, as in QEMU. With <see cref="QueueWrites"/> off they
    /// could not be kept: a connected write would wait for an older read, which waits for the bus that the write holds.</summary>
    public bool HonourTaskAttributes { get; init; } = true;

    /// <summary>A command that has stayed connected and has no answer yet disconnects when another one needs the bus. Without that, a command which
    /// waits for an older one, or for a buffer of it, would keep the bus from the one it waits for.</summary>
    public bool YieldsToOthers { get; init; } = true;

    /// <summary>The answer to transfer negotiation.</summary>
    public NegotiationReply NegotiateReply { get; init; } = NegotiationReply.Silent;

    /// <summary>Historical bug, for experiments: the direction of a queued command is taken from the bus phase at the moment of queueing, which is
    /// MESSAGE IN for reads and writes alike, so that a queued write is reselected for DATA IN.</summary>
    public bool BugDirectionFromBusPhase { get; init; }

    /// <summary>Historical bug, for experiments: a queued write is let through to the storage before its data has been asked for, which writes
    /// whatever the buffer held.</summary>
    public bool BugSubmitBeforeData { get; init; }
}

using ScsiActors.Messages.Scsi;

namespace ScsiActors.Journal;

/// <summary>What is marked in an event.</summary>
[Flags]
public enum EventFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Data goes to the initiator.</summary>
    In = 1,

    /// <summary>Data comes from the initiator.</summary>
    Out = 2,

    /// <summary>It failed or was given up.</summary>
    Failed = 4,

    /// <summary>The write goes through to stable storage.</summary>
    WriteThrough = 8,

    /// <summary>The port delivers sense data with the status.</summary>
    Autosense = 16,

    /// <summary>What it is about is on: a line is high, targets are reset, steps answer a message.</summary>
    On = 32,

    /// <summary>All of the write lands, or nothing.</summary>
    Atomic = 64,
}

/// <summary>One entry of a journal: a message between two actors, or a fault, a finding, a note. It holds values only, so that an event read from a file is
/// the event that was recorded; SCHEMA.md says which kind uses which field.</summary>
public struct JournalEvent
{
    /// <summary>The value of a number that does not apply.</summary>
    public const int None = -1;

    /// <summary>An event without anything in it.</summary>
    public JournalEvent()
    {
    }

    /// <summary>Its place in the journal, from 0, without gaps.</summary>
    public long Sequence { get; internal set; }

    /// <summary>Nanoseconds since the journal began: virtual in a simulation, monotonic in a live world.</summary>
    public long Time { get; internal set; }

    /// <summary>The node it happened on; 0 where there is only one.</summary>
    public int Node { get; internal set; }

    /// <summary>The name of the sender; empty without one.</summary>
    public string From { get; internal set; } = "";

    /// <summary>The name of the receiver; empty for what is no message.</summary>
    public string To { get; internal set; } = "";

    /// <summary>What it is.</summary>
    public EventKind Kind { get; internal set; } = EventKinds.Note;

    /// <summary>The <see cref="Sequence"/> of the message in whose handling this one was sent; -1 if unknown.</summary>
    public long Cause { get; internal set; } = None;

    /// <summary>The fault that it is, or that has to do with it; -1 for none.</summary>
    public int FaultId { get; internal set; } = None;

    /// <summary>The initiator port of the nexus; -1 where none applies.</summary>
    public int Initiator { get; internal set; } = None;

    /// <summary>The target; -1 where none applies.</summary>
    public int Target { get; internal set; } = None;

    /// <summary>The logical unit; -1 where none applies.</summary>
    public int Lun { get; internal set; } = None;

    /// <summary>The command identifier of the nexus, the bits of an unsigned number; -1 where none applies.</summary>
    public long Tag { get; internal set; } = None;

    /// <summary>The client's name for its command, the bits of an unsigned number; -1 where none applies.</summary>
    public long CommandId { get; internal set; } = None;

    /// <summary>A byte offset, in storage, in the client's buffer, or in a register space.</summary>
    public long Offset { get; internal set; }

    /// <summary>How many bytes: moved, to be moved, or left over.</summary>
    public long Length { get; internal set; }

    /// <summary>What else distinguishes the event; its meaning depends on the kind.</summary>
    public ulong Value { get; internal set; }

    /// <summary>A status, task attribute, function or result; its meaning depends on the kind.</summary>
    public byte Code { get; internal set; }

    /// <summary>What is marked.</summary>
    public EventFlags Flags { get; internal set; }

    /// <summary>Text of an event that is not described by numbers; null otherwise.</summary>
    public string? Remark { get; internal set; }

    /// <summary>A CDB, sense data, a message or steps; its meaning depends on the kind.</summary>
    public EventBytes Bytes;

    /// <summary>True when it names an I_T_L_Q nexus in full.</summary>
    public readonly bool HasNexus => Initiator >= 0 && Target >= 0 && Lun >= 0;

    /// <summary>The nexus; meaningful when <see cref="HasNexus"/>.</summary>
    public readonly ItlqNexus Nexus => new(new ItNexus(Initiator, Target), new Lun((ushort)Lun), (ulong)Tag);

    /// <summary>The event as one line for people, without sender and receiver.</summary>
    public readonly string Text => Kind.Text(in this);

    internal void SetNexus(in ItlqNexus nexus)
    {
        Initiator = nexus.It.InitiatorPort;
        Target = nexus.It.TargetPort;
        Lun = nexus.Lun.Number;
        Tag = (long)nexus.Tag;
    }

    internal void SetCdb(Cdb cdb) => Bytes.Set(cdb.Bytes);

    internal void SetSense(SenseData? sense)
    {
        if (sense is null)
            return;
        Span<byte> wire = stackalloc byte[SenseData.MaximumLength];
        Bytes.Set(wire[..sense.Write(wire)]);
    }
}

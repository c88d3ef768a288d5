using System.Buffers.Binary;
using System.Collections.Immutable;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Messages;

/// <summary>The information transfer phases, by the levels of MSG, C/D and I/O (SPI-3 11.2), and the two states of a bus without one.</summary>
public enum BusPhase : byte
{
    /// <summary>DATA OUT.</summary>
    DataOut = 0,

    /// <summary>DATA IN.</summary>
    DataIn = 1,

    /// <summary>COMMAND.</summary>
    Command = 2,

    /// <summary>STATUS.</summary>
    Status = 3,

    /// <summary>Reserved, outgoing.</summary>
    ReservedOut = 4,

    /// <summary>Reserved, incoming.</summary>
    ReservedIn = 5,

    /// <summary>MESSAGE OUT.</summary>
    MessageOut = 6,

    /// <summary>MESSAGE IN.</summary>
    MessageIn = 7,

    /// <summary>BUS FREE: nobody is connected.</summary>
    BusFree = 8,

    /// <summary>Connected, and the target does not ask for anything yet (REQ is low).</summary>
    Undecided = 9,
}

/// <summary>One phase that a target is going to present, and what goes over the bus in it.</summary>
public readonly record struct PhaseStep
{
    /// <summary>The most bytes one MESSAGE IN step can carry: the longest message (PPR).</summary>
    public const int MaximumMessageLength = 8;

    private readonly ulong _inline;

    private PhaseStep(BusPhase phase, int count, ulong inline = 0, DataBuffer? buffer = null)
    {
        Phase = phase;
        Count = count;
        _inline = inline;
        Buffer = buffer;
    }

    /// <summary>The phase.</summary>
    public BusPhase Phase { get; }

    /// <summary>Bytes the target moves in this phase; 0 where the initiator decides (MESSAGE OUT, COMMAND) or nothing is moved.</summary>
    public int Count { get; }

    /// <summary>The bytes of a data phase, from the buffer's byte 0; lent to the initiator until <see cref="DataPhaseEnded"/>.</summary>
    public DataBuffer? Buffer { get; }

    /// <summary>Byte <paramref name="index"/> of a MESSAGE IN or STATUS phase.</summary>
    public byte this[int index] => (byte)(_inline >> (index * 8));

    /// <summary>MESSAGE IN with 1 to <see cref="MaximumMessageLength"/> bytes.</summary>
    public static PhaseStep MessageIn(params ReadOnlySpan<byte> message)
    {
        Span<byte> inline = stackalloc byte[sizeof(ulong)];
        inline.Clear();
        message.CopyTo(inline);
        return new PhaseStep(BusPhase.MessageIn, message.Length, BinaryPrimitives.ReadUInt64LittleEndian(inline));
    }

    /// <summary>STATUS.</summary>
    public static PhaseStep Status(ScsiStatus status) => new(BusPhase.Status, 1, (byte)status);

    /// <summary>DATA IN: the initiator takes the first <paramref name="count"/> bytes of the buffer.</summary>
    public static PhaseStep DataIn(DataBuffer buffer, int count) => new(BusPhase.DataIn, count, 0, buffer);

    /// <summary>DATA OUT: the initiator fills the first <paramref name="count"/> bytes of the buffer.</summary>
    public static PhaseStep DataOut(DataBuffer buffer, int count) => new(BusPhase.DataOut, count, 0, buffer);

    /// <summary>MESSAGE OUT: the target waits for (the rest of) a message; it answers <see cref="MessageOutMoved"/>.</summary>
    public static PhaseStep MessageOut { get; } = new(BusPhase.MessageOut, 0);

    /// <summary>COMMAND: the target waits for a CDB; it answers <see cref="CommandMoved"/>.</summary>
    public static PhaseStep Command { get; } = new(BusPhase.Command, 0);

    /// <summary>BUS FREE: the connection ends. It is the last step of a connection.</summary>
    public static PhaseStep BusFree { get; } = new(BusPhase.BusFree, 0);
}

/// <summary>The IDENTIFY message and the queue tag message that may follow it: what an ordinary selection begins with (SPI-3 16.3).</summary>
/// <param name="Identify">The IDENTIFY message: 80h, DiscPriv in bit 6, the logical unit in bits 2:0.</param>
/// <param name="Queue">20h SIMPLE, 21h HEAD OF QUEUE, 22h ORDERED; 0 without a queue tag message.</param>
/// <param name="Tag">The tag; 0 without a queue tag message.</param>
public readonly record struct SelectionMessage(byte Identify, byte Queue = 0, byte Tag = 0)
{
    /// <summary>The message of a selection that sends none: LUN 0, no disconnection, untagged.</summary>
    public static SelectionMessage None => new(0x80);

    /// <summary>DiscPriv: the target may disconnect.</summary>
    public bool MayDisconnect => (Identify & 0x40) != 0;

    /// <summary>The logical unit.</summary>
    public Lun Lun => new((ushort)(Identify & 7));

    /// <summary>True when there is a queue tag message.</summary>
    public bool IsTagged => Queue != 0;

    /// <summary>Reads a message that consists of IDENTIFY and at most one queue tag message and nothing else. False for anything else;
    /// <paramref name="isIncomplete"/> then says whether more bytes could still make it one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SelectionMessage message, out bool isIncomplete)
    {
        message = default;
        isIncomplete = false;
        // LUNTRN (bit 5) and the reserved bits 4:3 ask for something that no target here has.
        if (bytes.IsEmpty || (bytes[0] & 0xB8) != 0x80)
            return false;
        if (bytes.Length == 1)
        {
            message = new SelectionMessage(bytes[0]);
            return true;
        }
        if (bytes[1] is < 0x20 or > 0x22 || bytes.Length > 3)
            return false;
        isIncomplete = bytes.Length == 2;
        if (isIncomplete)
            return false;
        message = new SelectionMessage(bytes[0], bytes[1], bytes[2]);
        return true;
    }
}

// ---- bus to initiator

/// <summary>Which targets answer a selection. It is a promise: until it is replaced, the initiator may take it that a target in the set asks for
/// MESSAGE OUT when it is selected, and for COMMAND after a <see cref="SelectionMessage"/>, so that neither costs a message.</summary>
/// <param name="Present">Bit n: the target with SCSI ID n.</param>
public sealed record TargetsPresent(ushort Present);

/// <summary>What the target presents next in a connection, in order. When the initiator has come to the end of it without BUS FREE, the phase is
/// undecided until the next message of this kind: the initiator may not act on a phase before (the barrier rule).</summary>
/// <param name="Connection">The connection: positive when the initiator opened it, negative when the target did.</param>
/// <param name="Steps">The phases.</param>
/// <param name="AnswersMessage">True when they are the one answer to a <see cref="MessageOutMoved"/>: they come first, and what had been announced
/// before the message continues after them.</param>
public sealed record TargetPhases(long Connection, ImmutableArray<PhaseStep> Steps, bool AnswersMessage = false);

/// <summary>A target asks for the bus to reselect the initiator, who grants it when its own arbitration lets it; the steps begin with the
/// MESSAGE IN phase that names the nexus. Any number may be waiting.</summary>
/// <param name="Connection">The new connection's number, negative.</param>
/// <param name="Target">The target's SCSI ID.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="Tag">The tag, or -1 without.</param>
/// <param name="Epoch">The reset epoch it belongs to: the initiator drops those from before its last <see cref="BusReset"/>.</param>
/// <param name="Steps">The phases.</param>
public sealed record ReselectionRequested(long Connection, int Target, Lun Lun, int Tag, uint Epoch, ImmutableArray<PhaseStep> Steps);

/// <summary>The target gives up a connection, waiting or established: the initiator drops what is left of it, returns the buffers, and when it
/// is connected finds the bus free.</summary>
/// <param name="Connection">The connection; one that has ended is ignored.</param>
public sealed record ConnectionWithdrawn(long Connection);

// ---- initiator to bus

/// <summary>The initiator has selected a target and sent a command, or has sent a command in the connection it has.</summary>
/// <param name="Connection">The connection, positive, new unless a <see cref="MessageOutMoved"/> has opened it.</param>
/// <param name="Target">The target's SCSI ID.</param>
/// <param name="Selection">The message of the selection; ignored in a connection that was opened by <see cref="MessageOutMoved"/>.</param>
/// <param name="Cdb">The command.</param>
public sealed record CommandMoved(long Connection, int Target, SelectionMessage Selection, Cdb Cdb);

/// <summary>The initiator has sent a message that is more, or less, than a <see cref="SelectionMessage"/>; the target answers, once, by
/// <see cref="TargetPhases"/>, and until then the connection stands still.</summary>
/// <param name="Connection">The connection, new after a selection.</param>
/// <param name="Target">The target's SCSI ID.</param>
/// <param name="Bytes">The bytes of this MESSAGE OUT phase.</param>
public sealed record MessageOutMoved(long Connection, int Target, ReadOnlyMemory<byte> Bytes);

/// <summary>The initiator has let go of a connection in the middle (SCNTL1.CON written to 0): its command is given up.</summary>
/// <param name="Connection">The connection.</param>
public sealed record ConnectionDropped(long Connection);

/// <summary>The initiator has reset the bus, or itself. It has already dropped every connection and returned their buffers.</summary>
/// <param name="Epoch">The new epoch; requests to reselect carry it from now on.</param>
/// <param name="ResetsTargets">True: RST was asserted, and every target is reset; false: only what is outstanding is given up, silently.</param>
public sealed record BusReset(uint Epoch, bool ResetsTargets);

// ---- for observers

/// <summary>The bus has changed its phase; for observers, in the order in which the initiator sees it.</summary>
/// <param name="Connection">The connection; 0 when the bus is free.</param>
/// <param name="Target">The target's SCSI ID; -1 when the bus is free.</param>
/// <param name="Phase">The new phase.</param>
public sealed record BusPhaseChanged(long Connection, int Target, BusPhase Phase);

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>Where a command is in its life (SAM-5 8.5).</summary>
internal enum TaskState : byte
{
    /// <summary>The slot is not in use.</summary>
    Free,

    /// <summary>In the task set, held back by older commands, by an ACA or by storage that has not been opened yet.</summary>
    Dormant,

    /// <summary>Being executed.</summary>
    Enabled,

    /// <summary>Answered and out of the task set, but not done with storage (IMMED).</summary>
    Background,
}

/// <summary>Whose answer a command waits for.</summary>
internal enum Awaited : byte
{
    /// <summary>Nobody's.</summary>
    Nothing,

    /// <summary>The buffer pool's.</summary>
    Buffer,

    /// <summary>The port's, to <see cref="SendDataIn"/>.</summary>
    DataIn,

    /// <summary>The port's, to <see cref="ReceiveDataOut"/>.</summary>
    DataOut,

    /// <summary>Storage's.</summary>
    Aio,

    /// <summary>That of other commands, at whose blocks it must not be at the same time.</summary>
    Blocks,

    /// <summary>The end of an auto contingent allegiance; the answer itself has come.</summary>
    AcaEnd,
}

/// <summary>How a command that is being aborted ends.</summary>
internal enum Abort : byte
{
    /// <summary>It is not being aborted.</summary>
    None,

    /// <summary>With TASK ABORTED status (TAS=1).</summary>
    WithStatus,

    /// <summary>Without a status.</summary>
    Silently,
}

/// <summary>A command in its slot of the task set, with all the device server knows about it; the slot is used again and again.</summary>
internal sealed class ScsiTask(int slot)
{
    private uint _generation;
    private uint _aioGeneration;

    // ---- Who it is
    public int Slot => slot;
    public TaskId Id => new(slot, _generation);
    public ScsiCommandReceived Command { get; private set; } = null!;
    public ItlNexus Owner { get; private set; } = null!;
    public TaskState State;
    public Abort Abort;
    public bool IsUntagged => Command.Attribute == TaskAttribute.Untagged;

    // ---- Its place in the task set
    public ScsiTask? Older, Younger, NextOfHash;

    // ---- What it does
    public CommandRow Row = null!;
    public Steps Plan, Remaining;
    public Awaited Awaited;
    public AioId AioId;
    public Steps Submitted;
    public SenseData? HeldFailure;
    public ScsiStatus Status;
    public SenseData? SenseData;

    // ---- Its data
    public DataBuffer? Buffer;
    public int BufferLength;

    /// <summary>Where in the buffer the blocks lie that are compared with the initiator's.</summary>
    public int ReadBackAt;
    public ulong Lba;

    /// <summary>Bytes on the medium, or of a parameter list or data: all, done in earlier rounds, of this round.</summary>
    public long Total, Done;
    public int Chunk;

    /// <summary>The most bytes of one round.</summary>
    public int Piece;

    /// <summary>It fetches sense data that are kept, for which its initiator may hold the bus: nothing holds it up.</summary>
    public bool IsForSense;

    /// <summary>Bytes to go between port and logical unit: all, under way, gone.</summary>
    public long Transfer;
    public int InTransfer;
    public long Transferred;
    public bool WriteThrough;

    /// <summary>Ranges of blocks in its parameter list: all, and those that have been begun (UNMAP).</summary>
    public int Ranges, RangesBegun;

    // ---- Its place among commands for the same blocks
    /// <summary>True from its first storage request for blocks on.</summary>
    public bool IsOnMedium;

    /// <summary>True when it has been aborted and storage may still write its blocks.</summary>
    public bool IsLingering;
    public long AskedForBlocks;
    public ScsiTask? WaitsFor;

    /// <summary>Takes a command into the slot.</summary>
    public void Begin(ScsiCommandReceived command, ItlNexus owner, TaskState state)
    {
        _generation++;
        Command = command;
        Owner = owner;
        State = state;
        Abort = Abort.None;
        Plan = Remaining = Steps.None;
        Awaited = Awaited.Nothing;
        HeldFailure = null;
        Status = ScsiStatus.Good;
        SenseData = null;
        BufferLength = ReadBackAt = Chunk = InTransfer = Ranges = RangesBegun = 0;
        Piece = int.MaxValue;
        Total = Done = Transfer = Transferred = 0;
        Lba = 0;
        WriteThrough = IsOnMedium = IsLingering = IsForSense = false;
    }

    /// <summary>Frees the slot; a late answer no longer finds it.</summary>
    public void End()
    {
        Invariant.Holds(Buffer is null, "a command gives its buffer back before it ends");
        State = TaskState.Free;
        Command = null!;
        Owner = null!;
        SenseData = null;
        WaitsFor = null;
    }

    /// <summary>Lays out a transfer of parameter data that has been made in the buffer: as much of it as the allocation length and the port
    /// take.</summary>
    public void SetParameterData(int length)
    {
        long count = Row.Length.Size == 0 ? length : Math.Min((uint)length, Row.LengthOf(Command.Cdb));
        if (Command.DataInLength >= 0)
            count = Math.Min(count, Command.DataInLength);
        Total = Transfer = Chunk = (int)count;
    }

    /// <summary>Lays out the receipt of a parameter list; false when the port has less than <paramref name="length"/> bytes.</summary>
    public bool SetParameterList(int length)
    {
        Total = Transfer = BufferLength = length;
        return Command.DataOutLength < 0 || Command.DataOutLength >= length;
    }

    /// <summary>A name for the next storage request.</summary>
    public AioId NextAioId() => AioId = new AioId(slot, ++_aioGeneration);
}

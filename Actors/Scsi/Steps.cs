namespace ScsiActors.Scsi;

/// <summary>The steps of a command, in the order in which the device server takes those that a command's plan names: so a read is Read and
/// DataIn, a write is DataOut and Write, its mirror image. Data comes before it is written: no plan can say otherwise.</summary>
[Flags]
internal enum Steps : ushort
{
    /// <summary>Nothing but the status.</summary>
    None = 0,

    /// <summary>Ask the port for data (ReceiveDataOut) and wait for it.</summary>
    DataOut = 1 << 0,

    /// <summary>Act on the parameter list that came, or make the parameter data that will go.</summary>
    Process = 1 << 1,

    /// <summary>Answer now, ahead of the rest (IMMED).</summary>
    AnswerEarly = 1 << 2,

    /// <summary>Bring completed writes to stable storage.</summary>
    Flush = 1 << 3,

    /// <summary>Write the buffer to storage.</summary>
    Write = 1 << 4,

    /// <summary>Read from storage into the buffer.</summary>
    Read = 1 << 5,

    /// <summary>Compare what was read with what the initiator sent.</summary>
    Compare = 1 << 6,

    /// <summary>Write the blocks that the initiator sent behind those which have been compared.</summary>
    WriteCompared = 1 << 7,

    /// <summary>Give the blocks back to storage; they read as zeroes.</summary>
    Unmap = 1 << 8,

    /// <summary>Hand the buffer to the port (SendDataIn) and wait until it has been delivered.</summary>
    DataIn = 1 << 9,

    /// <summary>Let the command take effect, after everything before it has gone well.</summary>
    Conclude = 1 << 10,

    /// <summary>The steps that need a buffer.</summary>
    WithBuffer = DataOut | Write | Read | DataIn,

    /// <summary>The steps in which storage works on blocks.</summary>
    OnBlocks = Read | Write | WriteCompared | Unmap,
}

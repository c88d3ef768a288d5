namespace ScsiActors.Faults;

/// <summary>A kind of message on its way, or of access to memory: what rules act on, and what <c>event</c> names.</summary>
public enum FaultPoint : byte
{
    /// <summary>ExecuteCommand to a driver or the direct port.</summary>
    DriverCommand,

    /// <summary>CommandExecuted to a client.</summary>
    DriverAnswer,

    /// <summary>InterruptLine, asserted, to the driver.</summary>
    Interrupt,

    /// <summary>CommandMoved to the bus.</summary>
    BusCommand,

    /// <summary>ReselectionRequested to the adapter.</summary>
    Reselection,

    /// <summary>ScsiCommandReceived to a logical unit.</summary>
    UnitCommand,

    /// <summary>SendCommandComplete to a port.</summary>
    UnitAnswer,

    /// <summary>SendDataIn to a port.</summary>
    UnitDataIn,

    /// <summary>DataOutReceived to a logical unit.</summary>
    UnitDataOut,

    /// <summary>TaskManagementRequestReceived to a logical unit, for a function that ends commands.</summary>
    Management,

    /// <summary>A request to storage.</summary>
    StorageRequest,

    /// <summary>AioCompleted to a request queue.</summary>
    StorageAnswer,

    /// <summary>AioCancel to storage.</summary>
    StorageCancel,

    /// <summary>TargetPhases to the adapter.</summary>
    Phases,

    /// <summary>A MESSAGE IN, in ReselectionRequested or TargetPhases to the adapter.</summary>
    MessageIn,

    /// <summary>A MESSAGE OUT, in CommandMoved or MessageOutMoved to the bus.</summary>
    MessageOut,

    /// <summary>The adapter reads an instruction, 8 bytes, from the initiator's memory.</summary>
    InstructionFetch,

    /// <summary>The adapter reads a dword of a table, or of what a program loads, from the initiator's memory.</summary>
    TableFetch,
}

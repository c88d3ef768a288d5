using ScsiActors.Faults;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Where a command was when it ended, or when a fault or a function hit it.</summary>
public enum CoveredState : byte
{
    /// <summary>Not in a task set.</summary>
    Outside,

    /// <summary>In the task set, and nothing more.</summary>
    Waiting,

    /// <summary>Its data was on the way to the logical unit.</summary>
    DataOut,

    /// <summary>Storage had it.</summary>
    Storage,

    /// <summary>Its data was on the way to the initiator.</summary>
    DataIn,

    /// <summary>Its status was on the way.</summary>
    Status,

    /// <summary>The logical unit had aborted it.</summary>
    Aborted,
}

/// <summary>One combination of what was asked for, how it ended, where it was, what the bus showed and which fault had hit it; packed into a number that is the
/// same in every process.</summary>
/// <param name="Key">Bits 0 to 15 the operation, 16 to 45 the ending, 46 to 49 the state, 50 to 53 the phase plus 1, 54 to 59 the fault plus 1, 60 to 63
/// its place.</param>
public readonly record struct CoverageCell(ulong Key)
{
    private const int EndingShift = 16;
    private const int StateShift = 46;
    private const int PhaseShift = 50;
    private const int FaultShift = 54;
    private const int PlaceShift = 60;
    private const uint Function = 1 << 14;
    private const uint Block = 2 << 14;
    private const uint Nothing = 3 << 14;
    private const uint Reset = Nothing | 1;
    private const uint Unanswered = 3u << 28;

    /// <summary>A cell from its parts.</summary>
    internal CoverageCell(uint operation, uint ending, CoveredState state, BusPhase? phase, (FaultWhat What, FaultWhere Where)? fault)
        : this(operation | (ulong)ending << EndingShift | (ulong)state << StateShift | (ulong)(phase is { } shown ? (int)shown + 1 : 0) << PhaseShift
            | (fault is { } hit ? (ulong)((int)hit.What + 1) << FaultShift | (ulong)hit.Where << PlaceShift : 0))
    {
    }

    /// <summary>What was asked for: a command, a function, or a request to a block device.</summary>
    public string Operation => (OperationBits >> 14) switch
    {
        0 => OperationNames.Of((byte)OperationBits, (byte)(OperationBits >> 8 & 0x1F)),
        1 => $"{(TaskManagementFunction)(byte)OperationBits}",
        2 => $"virtio {(BlockOperation)(byte)OperationBits}",
        _ => OperationBits == Reset ? "bus reset" : "no command",
    };

    /// <summary>How it ended, as its client saw it.</summary>
    public string Ending
    {
        get
        {
            var ending = EndingBits;
            if (ending == Unanswered)
                return "never answered";
            if (OperationBits == Reset)
                return "done";
            if (OperationBits >> 14 == 1)
                return $"{(ServiceResponse)ending}";
            if (OperationBits >> 14 == 2)
                return $"{(BlockStatus)ending}";
            var outcome = (CommandOutcome)(ending >> 28);
            if (outcome != CommandOutcome.Complete)
                return $"{outcome}";
            var status = (ScsiStatus)(ending >> 20 & 0xFF);
            return (ending & 0xFFFFF) == 0 ? $"{status}"
                : $"{status} {new SenseData((SenseKey)(ending >> 16 & 0xF), new AdditionalSense((byte)(ending >> 8), (byte)ending))}";
        }
    }

    /// <summary>The ending without its additional sense code.</summary>
    public string EndingClass => OperationBits >> 14 == 0 && EndingBits < Unanswered && (EndingBits >> 28) == 0 && (EndingBits & 0xFFFFF) != 0
        ? $"{(SenseKey)(EndingBits >> 16 & 0xF)}" : Ending;

    /// <summary>Where it was.</summary>
    public CoveredState State => (CoveredState)(Key >> StateShift & 0xF);

    /// <summary>The phase of the bus that its target had shown last; null for one that did not come over the bus.</summary>
    public BusPhase? Phase => (Key >> PhaseShift & 0xF) is > 0 and var phase ? (BusPhase)(phase - 1) : null;

    /// <summary>The fault that had hit it, and where; empty for none.</summary>
    public string Fault => (Key >> FaultShift & 0x3F) is > 0 and var fault
        ? $"{FaultNames.Of((FaultWhat)(fault - 1))} at {FaultNames.Of((FaultWhere)(Key >> PlaceShift))}" : "";

    private uint OperationBits => (uint)(Key & 0xFFFF);

    private uint EndingBits => (uint)(Key >> EndingShift & 0x3FFFFFFF);

    /// <inheritdoc/>
    public override string ToString() => $"{Operation} | {Ending} | {State}{(Phase is { } phase ? $" | {phase}" : "")}{(Fault.Length > 0 ? $" | {Fault}" : "")}";

    internal static uint OperationOf(in Cdb cdb) =>
        cdb.OperationCode | (CommandTable.FindOperationCode(cdb.OperationCode) is { HasServiceAction: true } ? (uint)(cdb[1] & 0x1F) << 8 : 0);

    internal static uint OperationOf(TaskManagementFunction function) => Function | (uint)function;

    internal static uint OperationOf(BlockOperation operation) => Block | (uint)operation;

    internal static uint NoOperation => Nothing;

    internal static uint BusReset => Reset;

    internal static uint NeverAnswered => Unanswered;

    internal static uint EndingOf(CommandExecuted executed) => executed.Outcome != CommandOutcome.Complete ? (uint)executed.Outcome << 28
        : (uint)executed.Status << 20
        | (executed.Sense is { } sense ? (uint)sense.Key << 16 | (uint)sense.Additional.Code << 8 | sense.Additional.Qualifier : 0);
}

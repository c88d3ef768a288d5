using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Where a fault stands: between which actors the messages pass that it acts on.</summary>
public enum FaultWhere : byte
{
    /// <summary>Between a client and the driver, or the direct port.</summary>
    Driver,

    /// <summary>Between the adapter's registers and the driver: its interrupt line.</summary>
    Register,

    /// <summary>Arbitration and selection of a target by the adapter.</summary>
    Selection,

    /// <summary>Between the adapter and the targets of its bus.</summary>
    Bus,

    /// <summary>The door of a logical unit: its commands before they are in the task set.</summary>
    TaskSet,

    /// <summary>What a logical unit answers: data, status, task management.</summary>
    LogicalUnit,

    /// <summary>Between a request queue and its storage, of whatever kind.</summary>
    Aio,

    /// <summary>In a simulated disk.</summary>
    Disk,

    /// <summary>The adapter's reads of its program and its tables in the initiator's memory.</summary>
    Scripts,

    /// <summary>The bytes of a message, in MESSAGE IN or MESSAGE OUT.</summary>
    Message,

    /// <summary>The volatile write cache of a simulated disk.</summary>
    Cache,

    /// <summary>The path between one initiator port and one target.</summary>
    Link,

    /// <summary>A computer: that of an initiator, or that of the devices.</summary>
    Node,
}

/// <summary>What a fault does; <see cref="FaultTable"/> says where each may stand, on what it acts and who should notice.</summary>
public enum FaultWhat : byte
{
    /// <summary>Nothing but count, and move the state: for rules that others follow.</summary>
    Mark,

    /// <summary>The command ends with a status, and sense data.</summary>
    Status,

    /// <summary>The command ends with BUSY and is not executed.</summary>
    Busy,

    /// <summary>The command ends with TASK SET FULL and is not executed.</summary>
    TaskSetFull,

    /// <summary>The command ends without a status, as if there were no target.</summary>
    DeliveryFailure,

    /// <summary>Blocks cannot be read, or written.</summary>
    MediumError,

    /// <summary>There is no answer, until it is given up by an abort or a reset.</summary>
    Never,

    /// <summary>It comes later.</summary>
    Late,

    /// <summary>It comes behind others that were behind it.</summary>
    Reordered,

    /// <summary>It comes twice.</summary>
    Duplicate,

    /// <summary>It names another command than its own.</summary>
    WrongTag,

    /// <summary>Less data than asked for, with GOOD status and a residual.</summary>
    ShortTransfer,

    /// <summary>One bit of the data is inverted.</summary>
    BitFlip,

    /// <summary>The beginning of a write lands, the rest does not; it is acknowledged.</summary>
    TornWrite,

    /// <summary>Nothing of a write lands; it is acknowledged.</summary>
    LostWrite,

    /// <summary>A write lands elsewhere; it is acknowledged.</summary>
    MisdirectedWrite,

    /// <summary>A read gets the version before the last.</summary>
    StaleRead,

    /// <summary>A flush is acknowledged, and nothing was flushed.</summary>
    FlushLie,

    /// <summary>The target does not answer its selection.</summary>
    SelectionTimeout,

    /// <summary>The target lets go of the bus in the middle of a command.</summary>
    UnexpectedDisconnect,

    /// <summary>Wrong parity: found by the target in what it gets, and by the initiator in what it gets.</summary>
    ParityError,

    /// <summary>MESSAGE REJECT: to a message of the initiator's, or where nobody waits for it.</summary>
    MessageError,

    /// <summary>Somebody asserts RST.</summary>
    BusReset,

    /// <summary>Another initiator sends LOGICAL UNIT RESET.</summary>
    LogicalUnitReset,

    /// <summary>Another initiator resets every logical unit of the target.</summary>
    TargetReset,

    /// <summary>A task management function, or the cancelling of a storage request, is not carried out.</summary>
    AbortFails,

    /// <summary>The device is gone, and comes back after a time.</summary>
    Unplug,

    /// <summary>The disk becomes slower.</summary>
    SlowDown,

    /// <summary>The disk loses its power, and what was only in its volatile cache; it comes back after a time.</summary>
    PowerCut,

    /// <summary>Nobody answers an access to memory.</summary>
    BusFault,

    /// <summary>Another byte than was sent.</summary>
    OtherByte,

    /// <summary>Of two writes of the same blocks the older one lands on top.</summary>
    ReorderedWrite,

    /// <summary>The cache is smaller.</summary>
    CacheSize,

    /// <summary>A path is interrupted, which both ends see, and comes back after a time.</summary>
    LinkLoss,

    /// <summary>A computer goes away, and comes back after a time.</summary>
    NodeLoss,

    /// <summary>Initiators and targets do not reach each other for a time, and nobody is told.</summary>
    Partition,
}

/// <summary>Whose computer a <see cref="FaultWhat.NodeLoss"/> is about.</summary>
public enum FaultNode : byte
{
    /// <summary>That of the initiator whose command it is.</summary>
    Initiator,

    /// <summary>That of all targets.</summary>
    Device,
}

/// <summary>What storage is asked to do, as a condition at <see cref="FaultWhere.Aio"/> and <see cref="FaultWhere.Disk"/>.</summary>
public enum FaultOperation : byte
{
    /// <summary>A read.</summary>
    Read,

    /// <summary>A write.</summary>
    Write,

    /// <summary>A flush.</summary>
    Flush,

    /// <summary>Deallocation.</summary>
    Unmap,
}

/// <summary>Logical blocks, both ends included.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
public readonly record struct FaultBlocks(long First, long Last)
{
    /// <summary>True when some of <paramref name="count"/> blocks from <paramref name="lba"/> on are among them.</summary>
    public bool Overlap(long lba, long count) => lba <= Last && lba > First - count;

    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"{First}" : $"{First}..{Last}";
}

/// <summary>A bound on a length in bytes, both ends included.</summary>
/// <param name="Least">At least.</param>
/// <param name="Most">At the most.</param>
public readonly record struct FaultLength(long Least, long Most)
{
    /// <summary>True for a length within.</summary>
    public bool Holds(long bytes) => bytes >= Least && bytes <= Most;
}

/// <summary>When a rule acts: every condition that is given must hold, and then the counting decides.</summary>
public sealed record FaultCondition
{
    /// <summary>Always.</summary>
    public static FaultCondition Always { get; } = new();

    /// <summary>One of these operation codes; empty for any.</summary>
    public IReadOnlyList<byte> Opcodes { get; init; } = [];

    /// <summary>One of these storage operations; empty for any.</summary>
    public IReadOnlyList<FaultOperation> Operations { get; init; } = [];

    /// <summary>Touches one of these ranges of blocks; empty for any, and for what has no blocks.</summary>
    public IReadOnlyList<FaultBlocks> Blocks { get; init; } = [];

    /// <summary>Bytes of data.</summary>
    public FaultLength? Length { get; init; }

    /// <summary>This kind of message only; null for each that the kind of fault acts on at its place.</summary>
    public FaultPoint? Event { get; init; }

    /// <summary>The bus phase; null for any.</summary>
    public BusPhase? Phase { get; init; }

    /// <summary>The task attribute.</summary>
    public TaskAttribute? Attribute { get; init; }

    /// <summary>The initiator port's number: 0 for the direct port, 7 for the adapter.</summary>
    public int? Initiator { get; init; }

    /// <summary>The target's number.</summary>
    public int? Target { get; init; }

    /// <summary>The logical unit's number.</summary>
    public int? Lun { get; init; }

    /// <summary>At least so many commands, or storage requests, outstanding there, this one included.</summary>
    public int? Depth { get; init; }

    /// <summary>Only the n-th time that all the above holds, from 1.</summary>
    public long? Nth { get; init; }

    /// <summary>Only every n-th time.</summary>
    public long? Every { get; init; }

    /// <summary>With this probability, above 0 and up to 1.</summary>
    public double? Probability { get; init; }

    /// <summary>Only after this rule has acted.</summary>
    public string? After { get; init; }

    /// <summary>From this time on, since the injector was made.</summary>
    public TimeSpan? From { get; init; }

    /// <summary>Before this time.</summary>
    public TimeSpan? To { get; init; }

    /// <summary>Only in this state; the first is <see cref="FaultPlan.FirstState"/>.</summary>
    public string? State { get; init; }

    /// <summary>The state there is after it has acted.</summary>
    public string? NextState { get; init; }
}

/// <summary>What a rule does, with what the kind of fault needs to know; the table says which of these each kind takes.</summary>
/// <param name="What">The kind of fault.</param>
public sealed record FaultEffect(FaultWhat What)
{
    /// <summary>The status.</summary>
    public ScsiStatus? Status { get; init; }

    /// <summary>The sense data that goes with CHECK CONDITION.</summary>
    public SenseData? Sense { get; init; }

    /// <summary>How much later.</summary>
    public TimeSpan? By { get; init; }

    /// <summary>For how long.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Behind how many others.</summary>
    public int? Behind { get; init; }

    /// <summary>Bytes that are missing.</summary>
    public long? Bytes { get; init; }

    /// <summary>The bit, from the lowest of the first byte; drawn when not given.</summary>
    public long? Bit { get; init; }

    /// <summary>The block where a misdirected write lands; drawn when not given.</summary>
    public long? To { get; init; }

    /// <summary>Bytes that land together or not at all.</summary>
    public int? Unit { get; init; }

    /// <summary>True: what is written again is good again.</summary>
    public bool ClearedByRewrite { get; init; }

    /// <summary>True: a command's answer goes to another outstanding one; false: to nobody.</summary>
    public bool Another { get; init; }

    /// <summary>True: at the reselection rather than at the command.</summary>
    public bool AtReselection { get; init; }

    /// <summary>The byte that comes in place of another; drawn when not given.</summary>
    public byte? Byte { get; init; }

    /// <summary>Whose computer.</summary>
    public FaultNode? Of { get; init; }

    /// <summary>Initiator ports that are cut off; empty for all.</summary>
    public IReadOnlyList<int> Initiators { get; init; } = [];

    /// <summary>Targets that are cut off; empty for all.</summary>
    public IReadOnlyList<int> Targets { get; init; } = [];

    /// <summary>How many times slower.</summary>
    public double? Factor { get; init; }
}

/// <summary>A fault rule: where it stands, when it acts, what it does.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Where">Where.</param>
/// <param name="When">When.</param>
/// <param name="What">What.</param>
/// <param name="Times">How often at the most; null for ever.</param>
public sealed record FaultRule(string Name, FaultWhere Where, FaultCondition When, FaultEffect What, long? Times = null)
{
    /// <summary>True when nothing passes its place without a host adapter.</summary>
    public bool NeedsHostAdapter => Where is FaultWhere.Register or FaultWhere.Selection or FaultWhere.Bus or FaultWhere.Message or FaultWhere.Scripts;
}

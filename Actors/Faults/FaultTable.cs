namespace ScsiActors.Faults;

/// <summary>One place of a kind of fault, and the messages it acts on there.</summary>
/// <param name="Where">The place.</param>
/// <param name="Points">The messages.</param>
public sealed record FaultStand(FaultWhere Where, params FaultPoint[] Points);

/// <summary>A row of the table: all there is to know of a kind of fault.</summary>
/// <param name="What">The kind.</param>
/// <param name="Does">How it acts, in a sentence.</param>
/// <param name="NoticedBy">Who should notice.</param>
/// <param name="Parameters">What <c>what { }</c> may say besides <c>do</c>; those with an exclamation mark must be there.</param>
/// <param name="Stands">Where it may stand.</param>
public sealed record FaultRow(FaultWhat What, string Does, string NoticedBy, string[] Parameters, params FaultStand[] Stands)
{
    /// <summary>Its place at <paramref name="where"/>; null when it does not exist there.</summary>
    public FaultStand? At(FaultWhere where) => Array.Find(Stands, stand => stand.Where == where);
}

/// <summary>The table of faults: a rule that is not in it is refused when it is loaded.</summary>
public static class FaultTable
{
    private const string Client = "client";
    private const string ByTimeOut = "initiator's time-out, or an abort";
    private const string Nobody = "nobody: only who knows what should be there";

    private static readonly FaultStand AtDriver = new(FaultWhere.Driver, FaultPoint.DriverCommand);
    private static readonly FaultStand AtInterrupt = new(FaultWhere.Register, FaultPoint.Interrupt);
    private static readonly FaultStand AtBusPhases = new(FaultWhere.Bus, FaultPoint.BusCommand, FaultPoint.Reselection, FaultPoint.Phases);
    private static readonly FaultStand AtReselection = new(FaultWhere.Bus, FaultPoint.Reselection);
    private static readonly FaultStand AtMessage = new(FaultWhere.Message, FaultPoint.MessageIn, FaultPoint.MessageOut);
    private static readonly FaultStand AtTaskSet = new(FaultWhere.TaskSet, FaultPoint.UnitCommand);
    private static readonly FaultStand AtAnswer = new(FaultWhere.LogicalUnit, FaultPoint.UnitAnswer);
    private static readonly FaultStand AtData = new(FaultWhere.LogicalUnit, FaultPoint.UnitDataIn, FaultPoint.UnitDataOut);
    private static readonly FaultStand AtRequest = new(FaultWhere.Aio, FaultPoint.StorageRequest);
    private static readonly FaultStand AtStorageAnswer = new(FaultWhere.Aio, FaultPoint.StorageAnswer);
    private static readonly FaultStand InDisk = new(FaultWhere.Disk, FaultPoint.StorageRequest);
    private static readonly FaultStand InCache = new(FaultWhere.Cache, FaultPoint.StorageRequest);
    private static readonly FaultStand AtFetch = new(FaultWhere.Scripts, FaultPoint.InstructionFetch, FaultPoint.TableFetch);
    private static readonly FaultStand AtLink = new(FaultWhere.Link, FaultPoint.UnitCommand);
    private static readonly FaultStand AtNode = new(FaultWhere.Node, FaultPoint.DriverCommand);

    /// <summary>The rows, one for each kind.</summary>
    public static IReadOnlyList<FaultRow> Rows { get; } =
    [
        new(FaultWhat.Mark, "counts, and moves the state; without an event it counts the first that its place has", "nobody: nothing happens", [],
            new FaultStand(FaultWhere.Driver, FaultPoint.DriverCommand, FaultPoint.DriverAnswer), AtInterrupt,
            new FaultStand(FaultWhere.Selection, FaultPoint.DriverCommand), AtBusPhases, AtMessage, AtTaskSet,
            new FaultStand(FaultWhere.LogicalUnit, FaultPoint.UnitAnswer, FaultPoint.UnitDataIn, FaultPoint.UnitDataOut, FaultPoint.Management),
            new FaultStand(FaultWhere.Aio, FaultPoint.StorageRequest, FaultPoint.StorageAnswer, FaultPoint.StorageCancel), AtFetch),
        new(FaultWhat.Status, "answers in place of the logical unit (task-set), or exchanges its answer (logical-unit)", Client, ["status!", "sense"],
            AtTaskSet, AtAnswer),
        new(FaultWhat.Busy, "answers BUSY in place of the logical unit", Client, [], AtTaskSet),
        new(FaultWhat.TaskSetFull, "answers TASK SET FULL in place of the logical unit", Client, [], AtTaskSet),
        new(FaultWhat.DeliveryFailure, "answers in place of the driver", Client, [], AtDriver),
        new(FaultWhat.MediumError, "answers ReadError or WriteError in place of storage, or lays bad blocks into a simulated disk", Client,
            ["cleared-by-rewrite"], AtRequest, InDisk),
        new(FaultWhat.Never, "withholds the message; a function or reset that ends the command gets its answer back. On the bus, a command that is connected "
            + "then (a read after its data, whose status never comes) keeps the bus, as a target that hangs keeps BSY on a real one: a bus reset alone ends that",
            ByTimeOut, [],
            AtDriver, AtInterrupt, AtReselection, AtTaskSet, AtAnswer, AtStorageAnswer),
        new(FaultWhat.Late, "withholds the message for a time; at a fetch, the adapter stands still for it and nothing goes in or out", ByTimeOut, ["by!"],
            AtDriver, AtInterrupt, AtReselection, AtTaskSet, AtAnswer, AtStorageAnswer, AtFetch),
        new(FaultWhat.Reordered, "withholds the message until so many of its kind have passed, or a time is over", "nobody: order among commands is free",
            ["behind!", "for"], AtReselection, AtAnswer, AtStorageAnswer),
        new(FaultWhat.Duplicate, "sends the message twice, the second time after a while", "nobody: the second is to be dropped", ["by"],
            new FaultStand(FaultWhere.Driver, FaultPoint.DriverAnswer), AtInterrupt, AtAnswer, AtStorageAnswer),
        new(FaultWhat.WrongTag, "exchanges the name in the message for another one's, or one that nobody has", ByTimeOut, ["another"],
            AtReselection, AtAnswer, AtStorageAnswer),
        new(FaultWhat.ShortTransfer, "sends less data, with GOOD status", "client, by the residual", ["bytes!"],
            new FaultStand(FaultWhere.LogicalUnit, FaultPoint.UnitDataIn)),
        new(FaultWhat.BitFlip, "inverts a bit of the data on its way, or of what the adapter fetches", Nobody, ["bit"], AtData, AtRequest, InDisk, AtFetch),
        new(FaultWhat.TornWrite, "cuts the write short and acknowledges all of it", Nobody, ["unit"], AtRequest, InDisk),
        new(FaultWhat.LostWrite, "acknowledges the write in place of storage; in the cache, only writes that may stay there", Nobody, [], AtRequest, InDisk,
            InCache),
        new(FaultWhat.MisdirectedWrite, "exchanges the offset of the write", Nobody, ["to"], AtRequest, InDisk),
        new(FaultWhat.StaleRead, "has the next read of what is being written get what was there before", Nobody, [], InDisk),
        new(FaultWhat.FlushLie, "acknowledges the flush in place of storage; in the cache, FUA writes as well", "nobody, unless the power is cut", [],
            AtRequest, InDisk, InCache),
        new(FaultWhat.SelectionTimeout, "tells the adapter that the target is not there, until it has noticed or a time is over", Client, ["for"],
            new FaultStand(FaultWhere.Selection, FaultPoint.DriverCommand)),
        new(FaultWhat.UnexpectedDisconnect, "withholds the command, or cuts the reselection or the phases short, and frees the bus", Client,
            ["at-reselection"], AtBusPhases),
        new(FaultWhat.ParityError, "COMMAND: the target answers ABORTED COMMAND, SCSI PARITY ERROR; DATA OUT: it ends the command by DATA PHASE ERROR; MESSAGE OUT, with a "
            + "command: it goes to BUS FREE, and with a function it wants the message once more; DATA IN, STATUS, MESSAGE IN: the initiator finds it (SIST0.PAR)", Client, [],
            AtBusPhases, AtMessage),
        new(FaultWhat.MessageError, "puts a MESSAGE REJECT behind the IDENTIFY of a reselection (bus), or answers a message of the initiator's by it (message)",
            "client, after the driver's reset", [], AtReselection, new FaultStand(FaultWhere.Message, FaultPoint.MessageOut)),
        new(FaultWhat.BusReset, "writes RST to the adapter while the command is on its way, or before the phase", Client, [], AtBusPhases),
        new(FaultWhat.LogicalUnitReset, "sends the function to the logical unit, ahead of the command", "client, by a unit attention", [], AtTaskSet),
        new(FaultWhat.TargetReset, "sends the function to every logical unit of the target, ahead of the command", "client, by a unit attention", [],
            AtTaskSet),
        new(FaultWhat.AbortFails, "answers FUNCTION REJECTED in place of the task manager, or withholds the cancel from storage",
            "client, by the response", [], new FaultStand(FaultWhere.LogicalUnit, FaultPoint.Management), new FaultStand(FaultWhere.Aio, FaultPoint.StorageCancel)),
        new(FaultWhat.Unplug, "takes the target off the bus, or the storage away, and gives it back", Client, ["for!"],
            new FaultStand(FaultWhere.Bus, FaultPoint.BusCommand), AtRequest),
        new(FaultWhat.SlowDown, "tells the disk to be slower, and after a time as before", ByTimeOut, ["factor!", "for"], InDisk),
        new(FaultWhat.PowerCut, "cuts the disk's power, and gives it back after a time", Client, ["for!", "unit"], InDisk),
        new(FaultWhat.BusFault, "has nobody answer the fetch: DSTAT.BF", "client, after the driver's reset", [], AtFetch),
        new(FaultWhat.OtherByte, "exchanges the last byte of the message: the tag, the logical unit of an IDENTIFY, or the code", ByTimeOut, ["byte"], AtMessage),
        new(FaultWhat.ReorderedWrite, "has reads get what was there before the write, as if that had landed on top of it, until the blocks are written again",
            Nobody, [], InCache),
        new(FaultWhat.CacheSize, "leaves the cache so many bytes, and after a time as many as before", ByTimeOut, ["bytes!", "for"], InCache),
        new(FaultWhat.LinkLoss, "ends what is under way between initiator and target, tells the logical units (I_T NEXUS LOSS), and lets nothing pass until the "
            + "time is over", Client, ["for!"], AtLink),
        new(FaultWhat.NodeLoss, "takes the initiator's computer away, with all of its nexuses, or that of all targets, which come back as after power on", Client,
            ["of!", "for!"], AtNode),
        new(FaultWhat.Partition, "drops commands, functions and answers between the initiators and the targets, and tells nobody; what was lost ends as a delivery "
            + "failure when they reach each other again", ByTimeOut, ["for!", "initiators", "targets"], AtNode),
    ];

    private static readonly FaultRow[] ByWhat = [.. Rows.OrderBy(static row => row.What)];

    /// <summary>The row of a kind.</summary>
    public static FaultRow Of(FaultWhat what) => ByWhat[(int)what];
}

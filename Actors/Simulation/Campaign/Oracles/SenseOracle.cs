using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Status and sense data are such as the command can have: sense data with CHECK CONDITION and only there, an additional sense code that the
/// command's kind may report, an address error exactly when the address is wrong.</summary>
/// <param name="context">Of the run.</param>
internal sealed class SenseOracle(OracleContext context) : Oracle("sense", context)
{
    private static readonly AdditionalSense OutOfRange = new(0x21, 0x00);

    /// <summary>The additional sense codes of each sense key, and what kind of command may report them.</summary>
    private static readonly (SenseKey Key, byte[] Codes, Func<BlockCommand, bool> Applies)[] Legal =
    [
        (SenseKey.UnitAttention, [0x28, 0x29, 0x2A, 0x2F], static _ => true),
        (SenseKey.IllegalRequest, [0x1A, 0x20, 0x24, 0x25, 0x26, 0x39, 0x49, 0x53], static _ => true),
        (SenseKey.IllegalRequest, [0x21], static command => command.Use != BlockUse.None),
        (SenseKey.MediumError, [0x11], static command => command.Use is not (BlockUse.None or BlockUse.Synchronize)),
        (SenseKey.MediumError, [0x0C], static command => command.Use != BlockUse.Read),
        (SenseKey.DataProtect, [0x27], static command => command.Writes || command.Use is BlockUse.None or BlockUse.Synchronize),
        (SenseKey.Miscompare, [0x1D], static command => command.TakesData && command.Use != BlockUse.Write),
        (SenseKey.AbortedCommand, [0x00, 0x4B, 0x4E], static _ => true),
        (SenseKey.NotReady, [0x04, 0x3A], static _ => true),
        (SenseKey.HardwareError, [0x44], static _ => true),
    ];

    // A reset between status and REQUEST SENSE leaves nothing to be fetched.
    private static readonly SenseData NothingLeft = SenseData.None;

    private readonly Dictionary<ulong, ExecuteCommand> _commands = [];
    private readonly List<ExecuteTaskManagement> _resets = [];
    private bool _busWasReset;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteCommand command when Parties.IsClient(seen.From):
                _commands[command.Id] = command;
                break;
            case ExecuteTaskManagement { Function: TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset } function:
                _resets.Add(function);
                break;
            case ExecuteBusReset:
                _busWasReset = true;
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To) && _commands.Remove(executed.Id, out var command)
                && executed.Outcome == CommandOutcome.Complete:
                Judge(seen.Time, command, executed);
                break;
        }
    }

    private void Judge(TimeSpan time, ExecuteCommand command, CommandExecuted executed)
    {
        var blocks = BlockCommand.Of(command.Cdb);
        var name = $"Command {command.Id} ({command.Cdb})";
        if (!Enum.IsDefined(executed.Status))
            Find(time, $"{name} ended with status {(byte)executed.Status:X2}h, which there is not");
        if ((executed.Status == ScsiStatus.CheckCondition) != (executed.Sense is not null))
            Find(time, $"{name} ended with {executed.Status} and {(executed.Sense is null ? "without" : "with")} sense data");
        var isInside = blocks.Use == BlockUse.None || blocks.IsInside(Scenario.Blocks);
        if (executed.IsGood && !isInside)
            Find(time, $"{name} ended with {executed.Status}, but goes beyond the last of {Scenario.Blocks} blocks");
        if (executed.Status == ScsiStatus.ConditionMet)
            Find(time, $"{name} ended with CONDITION MET, which belongs to PRE-FETCH");
        if (executed.Sense is not { } sense)
            return;
        if (sense.Additional == OutOfRange && isInside && blocks.Use != BlockUse.None)
            Find(time, $"{name} ended with {sense}, but lies inside {Scenario.Blocks} blocks");
        if (sense == NothingLeft && (_busWasReset || _resets.Exists(function => function.Target == command.Target)))
            return;
        if (!Array.Exists(Legal, rule => rule.Key == sense.Key && rule.Codes.Contains(sense.Additional.Code) && rule.Applies(blocks)))
            Find(time, $"{name} ended with sense data {sense.Key} {sense}, which such a command does not report");
        if (sense.Key == SenseKey.MediumError && sense.Information is { } lba && (lba < (ulong)blocks.Lba || lba - (ulong)blocks.Lba >= (ulong)blocks.Count))
            Find(time, $"{name} names block {lba} as the bad one, which it has nothing to do with");
    }
}

/// <summary>Nothing fails without a reason: an error of the medium or the hardware, or an aborted command, has a fault or a task management function that
/// explains it.</summary>
/// <param name="context">Of the run.</param>
internal sealed class BlameOracle(OracleContext context) : Oracle("blame", context)
{
    private readonly List<(string Client, ExecuteTaskManagement Function)> _functions = [];
    private readonly Dictionary<ulong, (string Client, ExecuteCommand Command)> _commands = [];
    private readonly HashSet<(int Target, int Lun)> _cut = [];
    private bool _busWasReset;
    private bool _storageWasFull;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteTaskManagement function:
                _functions.Add((seen.From, function));
                break;
            case ExecuteBusReset:
                _busWasReset = true;
                break;
            case PowerOff:
                var place = Faults.FaultPlace.Of(seen.To);
                _cut.Add((place.Target, place.Lun));
                break;
            case ExecuteCommand command when Parties.IsClient(seen.From):
                _commands[command.Id] = (seen.From, command);
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To) && _commands.Remove(executed.Id, out var asked):
                Judge(seen.Time, asked.Client, asked.Command, executed);
                break;
            case AioCompleted { Result: AioResult.Busy }:
                _storageWasFull = true;
                break;
            case BlockRequestExecuted { Status: BlockStatus.IoError or BlockStatus.Lost or BlockStatus.Unsupported } executed
                when Parties.IsClient(seen.To) && _cut.Count == 0:
                Find(seen.Time, $"Block request {executed.Id} ended with {executed.Status} for no reason");
                break;
        }
    }

    private void Judge(TimeSpan time, string client, ExecuteCommand command, CommandExecuted executed)
    {
        var isAborted = executed.Outcome == CommandOutcome.Aborted || executed.Status == ScsiStatus.TaskAborted;
        if (executed.Outcome == CommandOutcome.DeliveryFailure)
        {
            // A target that must drop a command while it has the bus frees the bus, which an initiator takes for a failure.
            if (command.Target < Scenario.Targets && !_busWasReset && !_functions.Exists(function => Explains(function.Client, function.Function, client, command)))
                Find(time, $"Command {command.Id} to target {command.Target} was not delivered, for no reason");
        }
        else if (isAborted)
        {
            if (!_busWasReset && !MayBeQErr(command) && !_functions.Exists(function => Explains(function.Client, function.Function, client, command)))
                Find(time, $"Command {command.Id} was aborted, and no task management function asked for it");
        }
        else if (executed.Sense?.Key == SenseKey.NotReady && (_cut.Contains((command.Target, command.Lun.Number))
            || Scenario.IsOn(command.Target, command.Lun.Number, "logical-unit.removable")))
        {
            return;
        }
        else if (_storageWasFull && executed.Sense is { Key: SenseKey.AbortedCommand, Additional: { Code: 0, Qualifier: 0 } })
        {
            // A later piece of a transfer met a full request queue.
            return;
        }
        else if (executed.Sense?.Key is SenseKey.MediumError or SenseKey.HardwareError or SenseKey.NotReady or SenseKey.AbortedCommand)
        {
            Find(time, $"Command {command.Id} ({command.Cdb}) ended with {executed.Sense!.Key} {executed.Sense}, and no fault explains it");
        }
    }

    // QERR of the control page, byte 3 of it, behind a header of four bytes.
    private bool MayBeQErr(ExecuteCommand command) => Scenario.Steps.Any(step => step.Target == command.Target && step.Lun == command.Lun.Number
        && step is CommandStep { Cdb.OperationCode: 0x15, Parameters: ['0', '0', '0', '0', '0', '0', '0', '0', '0', 'A', ..] parameters }
        && (Convert.ToByte(parameters[14..16], 16) & 0x06) != 0);

    private static bool Explains(string from, ExecuteTaskManagement function, string client, ExecuteCommand command)
    {
        if (function.Target != command.Target || (function.Lun != command.Lun && function.Function != TaskManagementFunction.TargetReset))
            return false;
        return function.Function switch
        {
            TaskManagementFunction.AbortTask => function.CommandId == command.Id && from == client,
            TaskManagementFunction.AbortTaskSet => Parties.PortOf(from) == Parties.PortOf(client),
            _ => true,
        };
    }
}

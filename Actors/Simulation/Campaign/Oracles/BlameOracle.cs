using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Nothing fails without a reason: an error of the medium or the hardware, a command that was aborted or not delivered has a fault, a task management
/// function, a reset, a power cut or QERR that explains it. A target that is not there is always one.</summary>
/// <param name="context">Of the run.</param>
internal sealed class BlameOracle(OracleContext context) : Oracle("blame", context)
{
    private readonly List<(string Client, ExecuteTaskManagement Function)> _functions = [];
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
                _cut.Add(Parties.UnitOf(seen.To));
                break;
            case CommandExecuted executed when Watch.Asked is { } asked:
                Judge(seen.Time, asked, executed);
                break;
            case AioCompleted { Result: AioResult.Busy }:
                _storageWasFull = true;
                break;
            case BlockRequestExecuted { Status: BlockStatus.IoError or BlockStatus.Lost or BlockStatus.Unsupported } executed when Parties.IsClient(seen.To):
                Judge(seen.Time, executed);
                break;
        }
    }

    private void Judge(TimeSpan time, BlockRequestExecuted executed)
    {
        var step = Scenario.Steps.First(step => (ulong)step.Id == executed.Id);
        if (_cut.Contains((step.Target, step.Lun)) || Scenario.IsOn(step.Target, step.Lun, "logical-unit.read-only"))
            return;
        Find(time, $"Block request {executed.Id} ended with {executed.Status} for no reason", new FindingSubject { Target = step.Target, Lun = step.Lun });
    }

    private void Judge(TimeSpan time, AskedCommand asked, CommandExecuted executed)
    {
        var command = asked.Command;
        var isAborted = executed.Outcome == CommandOutcome.Aborted || executed.Status == ScsiStatus.TaskAborted;
        if (executed.Outcome == CommandOutcome.DeliveryFailure)
        {
            // A target that must drop a command while it has the bus frees the bus, which an initiator takes for a failure.
            if (command.Target < Scenario.Targets && command.Attribute != TaskAttribute.Aca && !IsExplained(asked))
                Find(time, $"Command {command.Id} to target {command.Target} was not delivered, for no reason", FindingSubject.Of(asked));
        }
        else if (isAborted)
        {
            if (!IsExplained(asked))
                Find(time, $"Command {command.Id} was aborted, and no task management function asked for it", FindingSubject.Of(asked));
        }
        else if (command.Target >= Scenario.Targets && executed.Status != ScsiStatus.Busy)
        {
            Find(time, $"Command {command.Id} ended with {executed.Status}, but there is no target {command.Target}", FindingSubject.Of(asked));
        }
        else if (executed.Sense is { } sense && !IsExplained(asked, sense))
        {
            Find(time, $"Command {command.Id} ({command.Cdb}) ended with {sense.Key} {sense}, and no fault explains it", FindingSubject.Of(asked));
        }
    }

    private bool IsExplained(AskedCommand asked, SenseData sense) => sense switch
    {
        // Whether the medium is there is for another oracle to say.
        { Key: SenseKey.NotReady, Additional.Code: 0x3A } => true,
        { Key: SenseKey.NotReady } => _cut.Contains((asked.Command.Target, asked.Command.Lun.Number)),
        // A later piece of a transfer met a full request queue.
        { Key: SenseKey.AbortedCommand, Additional: { Code: 0, Qualifier: 0 } } => _storageWasFull,
        _ => sense.Key is not (SenseKey.MediumError or SenseKey.HardwareError or SenseKey.AbortedCommand),
    };

    private bool IsExplained(AskedCommand asked)
    {
        var command = asked.Command;
        return _busWasReset || Watch.ModesOf($"target-{command.Target}-lun-{command.Lun.Number}").HasAborted
            || _functions.Exists(function => Explains(function.Client, function.Function, asked.Client, command));
    }

    private static bool Explains(string from, ExecuteTaskManagement function, string client, ExecuteCommand command)
    {
        if (function.Target != command.Target || (function.Lun != command.Lun
            && function.Function is not (TaskManagementFunction.TargetReset or TaskManagementFunction.ItNexusReset)))
            return false;
        return function.Function switch
        {
            TaskManagementFunction.AbortTask => function.CommandId == command.Id && from == client,
            TaskManagementFunction.AbortTaskSet or TaskManagementFunction.ItNexusReset or TaskManagementFunction.ClearAca => Parties.PortOf(from) == Parties.PortOf(client),
            _ => !RunWatch.IsQuery(function.Function),
        };
    }
}

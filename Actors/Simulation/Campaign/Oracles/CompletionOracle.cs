using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>One answer for each request, at every boundary that requests cross: client, logical unit, queue, storage; and none after a task management
/// function has said that the command is gone.</summary>
/// <param name="context">Of the run.</param>
internal sealed class CompletionOracle(OracleContext context) : Oracle("completion", context)
{
    private sealed record AskedFunction(string Client, ExecuteTaskManagement Function, long Number, TimeSpan Time);

    private readonly Dictionary<ulong, AskedCommand> _commands = [];
    private readonly Dictionary<ulong, AskedFunction> _functions = [];
    private readonly HashSet<ulong> _blockRequests = [];
    private readonly HashSet<(string Unit, ItlqNexus Nexus)> _tasks = [];
    private readonly HashSet<(string Client, string Server, AioId Id)> _aio = [];

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteCommand command when Parties.IsClient(seen.From):
                _commands[command.Id] = Watch.Asked!;
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To):
                if (!_commands.Remove(executed.Id))
                    Find(seen.Time, $"Command {executed.Id} was answered, but it was not outstanding: {Outcome(executed)}");
                break;
            case ExecuteBlockRequest request when Parties.IsClient(seen.From):
                _blockRequests.Add(request.Id);
                break;
            case BlockRequestExecuted executed when Parties.IsClient(seen.To):
                if (!_blockRequests.Remove(executed.Id))
                    Find(seen.Time, $"Block request {executed.Id} was answered, but it was not outstanding: {executed.Status}");
                break;
            case ExecuteTaskManagement function when Parties.IsClient(seen.From):
                _functions[function.Id] = new AskedFunction(seen.From, function, Watch.Now, seen.Time);
                break;
            case TaskManagementExecuted executed when Parties.IsClient(seen.To):
                FunctionExecuted(seen, executed);
                break;
            default:
                ObserveInside(seen);
                break;
        }
    }

    private void ObserveInside(in Observed seen)
    {
        switch (seen.Message)
        {
            case ScsiCommandReceived command when Parties.IsLogicalUnit(seen.To):
                if (!_tasks.Add((seen.To, command.Nexus)))
                    Find(seen.Time, $"{command.Nexus} came a second time before it was answered", FindingSubject.Of(command.Nexus));
                break;
            case SendCommandComplete complete when Parties.IsLogicalUnit(seen.From):
                if (!_tasks.Remove((seen.From, complete.Nexus)))
                    Find(seen.Time, $"{seen.From} sent {complete.Status} for {complete.Nexus}, which was not outstanding", FindingSubject.Of(complete.Nexus));
                break;
            case CommandAborted aborted when Parties.IsLogicalUnit(seen.From):
                if (!_tasks.Remove((seen.From, aborted.Nexus)))
                    Find(seen.Time, $"{seen.From} aborted {aborted.Nexus}, which was not outstanding", FindingSubject.Of(aborted.Nexus));
                break;
            case AioRequest request:
                if (!_aio.Add((seen.From, seen.To, request.Id)))
                    Find(seen.Time, $"{seen.From} used the name {request.Id} for a second storage request", FindingSubject.OfUnit(seen.To));
                break;
            case AioCompleted completed:
                if (!_aio.Remove((seen.To, seen.From, completed.Id)))
                    Find(seen.Time, $"{seen.From} completed storage request {completed.Id}, which was not outstanding", FindingSubject.OfUnit(seen.From));
                break;
        }
    }

    private void FunctionExecuted(in Observed seen, TaskManagementExecuted executed)
    {
        if (!_functions.Remove(executed.Id, out var asked))
        {
            Find(seen.Time, $"Task management function {executed.Id} was answered, but it was not outstanding");
            return;
        }
        if (executed.Response != ServiceResponse.FunctionComplete)
            return;
        foreach (var (id, command) in _commands)
        {
            if (command.Number < asked.Number && IsMeant(asked, command))
                Find(seen.Time, $"Command {id} is still outstanding, although {asked.Function.Function} (step {executed.Id}) has been completed",
                    FindingSubject.Of(command) with { Since = command.Time });
        }
    }

    private static bool IsMeant(AskedFunction asked, AskedCommand command)
    {
        var function = asked.Function;
        if (Parties.PortOf(asked.Client) != Parties.PortOf(command.Client) || function.Target != command.Command.Target
            || (function.Lun != command.Command.Lun && function.Function != TaskManagementFunction.TargetReset))
            return false;
        return function.Function switch
        {
            TaskManagementFunction.AbortTask => asked.Client == command.Client && function.CommandId == command.Command.Id,
            TaskManagementFunction.AbortTaskSet or TaskManagementFunction.ClearTaskSet or TaskManagementFunction.LogicalUnitReset
                or TaskManagementFunction.TargetReset => true,
            _ => false,
        };
    }

    private static string Outcome(CommandExecuted executed) =>
        executed.Outcome == CommandOutcome.Complete ? $"{executed.Status} {executed.Sense}".TrimEnd() : executed.Outcome.ToString();
}

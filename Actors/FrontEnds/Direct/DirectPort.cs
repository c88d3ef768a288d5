using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.FrontEnds.Direct;

/// <summary>What a <see cref="DirectPort{TClient}"/> says to others.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public interface IDirectPortPorts<in TClient>
{
    /// <summary>True when there is such a target.</summary>
    bool HasTarget(int target);

    /// <summary>A command for a target.</summary>
    void ScsiCommandReceived(int target, ScsiCommandReceived command);

    /// <summary>A task management function for a target.</summary>
    void TaskManagementRequestReceived(int target, TaskManagementRequestReceived request);

    /// <summary>The answer to the logical unit whose <see cref="SendDataIn"/> is being handled.</summary>
    void DataInDelivered(DataInDelivered delivered);

    /// <summary>The answer to the logical unit whose <see cref="ReceiveDataOut"/> is being handled.</summary>
    void DataOutReceived(DataOutReceived received);

    /// <summary>A command's end, for its client.</summary>
    void CommandExecuted(TClient client, CommandExecuted executed);

    /// <summary>A task management function's end, for its client.</summary>
    void TaskManagementExecuted(TClient client, TaskManagementExecuted executed);
}

/// <summary>An initiator port and its target port in one, with nothing in between: it turns Execute Command into the services of a logical unit and
/// copies between the logical unit's buffers and the client's.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
/// <param name="initiatorPort">The number of the initiator port in every nexus.</param>
/// <param name="maximumOutstanding">Commands that may be outstanding, 1 or more; one more is answered BUSY.</param>
/// <param name="ports">The way out.</param>
public sealed partial class DirectPort<TClient>(int initiatorPort, int maximumOutstanding, IDirectPortPorts<TClient> ports)
    where TClient : class
{
    /// <summary>A tag that no command has: its function finds nothing, as when the command has just ended.</summary>
    private const ulong NoTag = ulong.MaxValue;

    private readonly CommandSlots<TClient> _commands = new(maximumOutstanding);
    private readonly Dictionary<ulong, (TClient Client, ExecuteTaskManagement Request)> _functions = [];
    private ulong _lastAssociation;

    /// <summary>Commands that have not been answered yet.</summary>
    public int CommandsOutstanding => _commands.Count;

    /// <summary>Starts a command of <paramref name="client"/>.</summary>
    public void Handle(TClient client, ExecuteCommand command)
    {
        if (!ports.HasTarget(command.Target))
        {
            ports.CommandExecuted(client, NoStatus(command, CommandOutcome.DeliveryFailure));
            return;
        }
        if (!_commands.TryTake(client, command, out var slot))
        {
            ports.CommandExecuted(client, new CommandExecuted(command.Id, CommandOutcome.Complete, ScsiStatus.Busy, null, command.Data.Length));
            return;
        }
        ports.ScsiCommandReceived(command.Target, new ScsiCommandReceived(
            new ItlqNexus(new ItNexus(initiatorPort, command.Target), command.Lun, TagOf(slot)), command.Cdb, command.Attribute,
            command.Direction == DataDirection.In ? command.Data.Length : 0,
            command.Direction == DataDirection.Out ? command.Data.Length : 0));
    }

    /// <summary>Copies data to the client's buffer; what does not fit is not delivered.</summary>
    public void Handle(SendDataIn send)
    {
        var delivered = Find(send.Nexus, out _) is { } command
            && TryGetRange(command, DataDirection.In, send.Offset, send.Count, out var destination)
            && send.Buffer.Span[..send.Count].TryCopyTo(destination);
        ports.DataInDelivered(new DataInDelivered(send.Nexus, send.Task, delivered));
    }

    /// <summary>Copies data from the client's buffer; what the client does not have is not received.</summary>
    public void Handle(ReceiveDataOut receive)
    {
        var received = Find(receive.Nexus, out _) is { } command
            && TryGetRange(command, DataDirection.Out, receive.Offset, receive.Count, out var source)
            && source.TryCopyTo(receive.Buffer.Span);
        ports.DataOutReceived(new DataOutReceived(receive.Nexus, receive.Task, received));
    }

    /// <summary>Ends a command with its status.</summary>
    public void Handle(SendCommandComplete complete)
    {
        if (Find(complete.Nexus, out var slot) is not { } command)
            return;
        ports.CommandExecuted(_commands.Release(slot), new CommandExecuted(
            command.Id, CommandOutcome.Complete, complete.Status, complete.Sense, command.Data.Length - complete.Transferred));
    }

    /// <summary>Ends a command that was aborted.</summary>
    public void Handle(CommandAborted aborted)
    {
        if (Find(aborted.Nexus, out var slot) is not null)
            EndWithoutStatus(slot, CommandOutcome.Aborted);
    }

    /// <summary>Starts a task management function of <paramref name="client"/>.</summary>
    public void Handle(TClient client, ExecuteTaskManagement request)
    {
        if (!ports.HasTarget(request.Target))
        {
            ports.TaskManagementExecuted(client, new TaskManagementExecuted(request.Id, ServiceResponse.ServiceDeliveryOrTargetFailure));
            return;
        }
        var association = ++_lastAssociation;
        _functions.Add(association, (client, request));
        var nexus = new ItlqNexus(new ItNexus(initiatorPort, request.Target), request.Lun, TagFor(client, request));
        ports.TaskManagementRequestReceived(request.Target, new TaskManagementRequestReceived(nexus, request.Function, association));
    }

    /// <summary>Ends a task management function.</summary>
    public void Handle(TaskManagementFunctionExecuted executed)
    {
        if (_functions.Remove(executed.Association, out var function))
            ports.TaskManagementExecuted(function.Client, new TaskManagementExecuted(function.Request.Id, executed.Response));
    }

    /// <summary>Ends everything that waits for a logical unit which is gone.</summary>
    public void Handle(LogicalUnitLost lost)
    {
        for (var slot = 0; slot < _commands.Bound; slot++)
        {
            if (_commands[slot] is { } command && command.Target == lost.TargetPort && command.Lun == lost.Lun)
                EndWithoutStatus(slot, CommandOutcome.DeliveryFailure);
        }
        foreach (var (association, (client, request)) in _functions.ToArray())
        {
            if (request.Target != lost.TargetPort || request.Lun != lost.Lun)
                continue;
            _functions.Remove(association);
            ports.TaskManagementExecuted(client, new TaskManagementExecuted(request.Id, ServiceResponse.ServiceDeliveryOrTargetFailure));
        }
    }

    private static bool TryGetRange(ExecuteCommand command, DataDirection direction, long offset, int count, out Span<byte> range)
    {
        range = default;
        var data = command.Data;
        if (command.Direction != direction || offset < 0 || offset > data.Length || count > data.Length - offset)
            return false;
        range = data.Span.Slice((int)offset, count);
        return true;
    }

    private static CommandExecuted NoStatus(ExecuteCommand command, CommandOutcome outcome) =>
        new(command.Id, outcome, default, null, command.Data.Length);

    // Slot and generation: a late message of the slot's earlier use names another command.
    private ulong TagOf(int slot) => (ulong)_commands.GenerationOf(slot) << 32 | (uint)slot;

    private ulong TagFor(TClient client, ExecuteTaskManagement request) =>
        _commands.Find(client, request) is var slot and >= 0 ? TagOf(slot) : NoTag;

    private ExecuteCommand? Find(ItlqNexus nexus, out int slot)
    {
        slot = (int)(uint)nexus.Tag;
        return _commands[slot] is { } command && nexus.Tag == TagOf(slot) ? command : null;
    }

    private void EndWithoutStatus(int slot, CommandOutcome outcome)
    {
        var command = _commands[slot]!;
        ports.CommandExecuted(_commands.Release(slot), NoStatus(command, outcome));
    }
}

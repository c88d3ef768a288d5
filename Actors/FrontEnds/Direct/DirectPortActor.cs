using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.Direct;

/// <summary>The shell of <see cref="DirectPort{TClient}"/>: takes <see cref="ExecuteCommand"/> and <see cref="ExecuteTaskManagement"/> from any actor
/// and answers it.</summary>
public sealed class DirectPortActor : UntypedActor, IDirectPortPorts<IActorRef>
{
    private readonly DirectPort<IActorRef> _port;
    private readonly IActorRef?[] _targets;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public DirectPortActor(int initiatorPort, int maximumOutstanding, IReadOnlyDictionary<int, IActorRef> targets)
    {
        _port = new DirectPort<IActorRef>(initiatorPort, maximumOutstanding, this);
        _targets = new IActorRef?[targets.Keys.DefaultIfEmpty(-1).Max() + 1];
        foreach (var (number, target) in targets)
            _targets[number] = target;
    }

    /// <summary>A port to the given targets.</summary>
    /// <param name="initiatorPort">The number of its initiator port, unique in the subsystem.</param>
    /// <param name="maximumOutstanding">Commands that may be outstanding at once.</param>
    /// <param name="targets">The targets by number.</param>
    public static Props Props(int initiatorPort, int maximumOutstanding, IReadOnlyDictionary<int, IActorRef> targets) =>
        Akka.Actor.Props.Create(() => new DirectPortActor(initiatorPort, maximumOutstanding, targets));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ExecuteCommand command:
                _port.Handle(Sender, command);
                break;
            case SendDataIn send:
                _port.Handle(send);
                break;
            case ReceiveDataOut receive:
                _port.Handle(receive);
                break;
            case SendCommandComplete complete:
                _port.Handle(complete);
                break;
            case CommandAborted aborted:
                _port.Handle(aborted);
                break;
            case ExecuteTaskManagement request:
                _port.Handle(Sender, request);
                break;
            case TaskManagementFunctionExecuted executed:
                _port.Handle(executed);
                break;
            case LogicalUnitLost lost:
                _port.Handle(lost);
                break;
            case DescribeState:
                Sender.Tell(new StateDescribed(_port.Describe()), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    bool IDirectPortPorts<IActorRef>.HasTarget(int target) => (uint)target < (uint)_targets.Length && _targets[target] is not null;

    void IDirectPortPorts<IActorRef>.ScsiCommandReceived(int target, ScsiCommandReceived command) => _targets[target]!.Tell(command, Self);

    void IDirectPortPorts<IActorRef>.TaskManagementRequestReceived(int target, TaskManagementRequestReceived request) =>
        _targets[target]!.Tell(request, Self);

    void IDirectPortPorts<IActorRef>.DataInDelivered(DataInDelivered delivered) => Sender.Tell(delivered, Self);

    void IDirectPortPorts<IActorRef>.DataOutReceived(DataOutReceived received) => Sender.Tell(received, Self);

    void IDirectPortPorts<IActorRef>.CommandExecuted(IActorRef client, CommandExecuted executed) => client.Tell(executed, Self);

    void IDirectPortPorts<IActorRef>.TaskManagementExecuted(IActorRef client, TaskManagementExecuted executed) => client.Tell(executed, Self);
}

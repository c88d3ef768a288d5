using Akka.Actor;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi.Bus;

/// <summary>The actor around a <see cref="ParallelBus"/>. Its initiator is the actor that last said <see cref="InitiatorAttached"/>.</summary>
public sealed class ParallelBusActor : UntypedActor, IBusPorts
{
    private const int Ids = 16;
    private const int Luns = 8;

    private readonly ParallelBus _bus;
    private readonly BusParameters _parameters;
    private readonly IActorRef?[] _targets = new IActorRef?[Ids];
    private readonly IActorRef?[] _units = new IActorRef?[Ids * Luns];
    private IActorRef _initiator = ActorRefs.Nobody;

    /// <summary>For <see cref="Props"/>.</summary>
    public ParallelBusActor(BusParameters parameters, IReadOnlyDictionary<int, IActorRef> targets)
    {
        _parameters = parameters;
        _bus = new ParallelBus(parameters, this);
        foreach (var (id, target) in targets)
            _targets[id] = target;
    }

    /// <summary>A bus with these targets on it, by SCSI ID; it watches them.</summary>
    public static Props Props(BusParameters parameters, IReadOnlyDictionary<int, IActorRef> targets) =>
        Akka.Actor.Props.Create(() => new ParallelBusActor(parameters, targets));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        for (var id = 0; id < Ids; id++)
        {
            if (_targets[id] is not { } target)
                continue;
            Context.Watch(target);
            _bus.Handle(new TargetPresence(id, IsPresent: true));
        }
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CommandMoved moved:
                _bus.Handle(moved);
                break;
            case SendDataIn send:
                Learn(send.Nexus);
                _bus.Handle(send);
                break;
            case ReceiveDataOut receive:
                Learn(receive.Nexus);
                _bus.Handle(receive);
                break;
            case DataPhaseEnded ended:
                _bus.Handle(ended);
                break;
            case SendCommandComplete complete:
                _bus.Handle(complete);
                break;
            case MessageOutMoved moved:
                _bus.Handle(moved);
                break;
            default:
                OnRareMessage(message);
                break;
        }
    }

    private void OnRareMessage(object message)
    {
        switch (message)
        {
            case CommandAborted aborted:
                _bus.Handle(aborted);
                break;
            case ConnectionDropped dropped:
                _bus.Handle(dropped);
                break;
            case BusReset reset:
                _bus.Handle(reset);
                break;
            case TaskManagementFunctionExecuted executed:
                _bus.Handle(executed);
                break;
            case LogicalUnitLost lost:
                _bus.Handle(lost);
                break;
            case DescribeState:
                Sender.Tell(new StateDescribed(_bus.Describe()), Self);
                break;
            case InitiatorAttached:
                Attach();
                break;
            case Terminated terminated when Array.IndexOf(_targets, terminated.ActorRef) is var id and >= 0:
                _targets[id] = null;
                _bus.Handle(new TargetPresence(id, IsPresent: false));
                break;
            case Terminated terminated when terminated.ActorRef.Equals(_initiator):
                _initiator = ActorRefs.Nobody;
                _bus.Handle(InitiatorLost.Instance);
                break;
            case ServiceDeliveryEventHandled:
                // The bus waits for nobody after a reset: what was outstanding answers with CommandAborted.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Attach()
    {
        _initiator = Sender;
        Context.Watch(_initiator);
        for (var id = 0; id < Ids; id++)
        {
            if (_targets[id] is not null)
                _bus.Handle(new TargetPresence(id, IsPresent: true));
        }
    }

    private void Learn(in ItlqNexus nexus) => _units[UnitOf(nexus)] = Sender;

    private int UnitOf(in ItlqNexus nexus) => (nexus.It.TargetPort - _parameters.FirstTargetPort) * Luns + nexus.Lun.Number;

    private IActorRef TargetOf(in ItNexus it) => _targets[it.TargetPort - _parameters.FirstTargetPort] ?? ActorRefs.Nobody;

    void IBusPorts.Send(TargetsPresent message) => _initiator.Tell(message, Self);

    void IBusPorts.Send(TargetPhases message) => _initiator.Tell(message, Self);

    void IBusPorts.Send(ReselectionRequested message) => _initiator.Tell(message, Self);

    void IBusPorts.Send(ConnectionWithdrawn message) => _initiator.Tell(message, Self);

    void IBusPorts.Deliver(ScsiCommandReceived message) => TargetOf(message.Nexus.It).Tell(message, Self);

    void IBusPorts.Deliver(DataInDelivered message) => _units[UnitOf(message.Nexus)]!.Tell(message, Self);

    void IBusPorts.Deliver(DataOutReceived message) => _units[UnitOf(message.Nexus)]!.Tell(message, Self);

    void IBusPorts.Deliver(TaskManagementRequestReceived message) => TargetOf(message.Nexus.It).Tell(message, Self);

    void IBusPorts.Deliver(ServiceDeliveryEventOccurred message) => TargetOf(message.It).Tell(message, Self);
}

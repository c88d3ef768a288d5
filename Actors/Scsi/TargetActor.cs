using Akka.Actor;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The actor around a <see cref="TaskRouter"/>: the address of a target. A port sends it commands, task management functions and
/// events; the answers come from the logical units themselves.</summary>
public sealed class TargetActor : UntypedActor, ITaskRouterPorts
{
    private readonly int _targetPort;
    private readonly Lun[] _luns;
    private readonly IActorRef[] _units;
    private readonly TaskRouter _router;
    private readonly LogicalUnit _standIn;
    private readonly PortDirectory _portDirectory = new();
    private readonly HashSet<IActorRef>[] _users;
    private readonly IActorRef?[] _lastUser;

    /// <summary>For <see cref="Props"/>.</summary>
    public TargetActor(int targetPort, IReadOnlyList<KeyValuePair<Lun, IActorRef>> luns)
    {
        _targetPort = targetPort;
        _luns = [.. luns.Select(unit => unit.Key)];
        _units = [.. luns.Select(unit => unit.Value)];
        _users = [.. luns.Select(_ => new HashSet<IActorRef>())];
        _lastUser = new IActorRef?[luns.Count];
        _router = new TaskRouter(_luns, this);
        var settings = new LogicalUnitSettings { TargetPort = targetPort, Luns = [.. _luns.Order()], IsPresent = false };
        _standIn = new LogicalUnit(settings, new StandInPorts(this));
        _standIn.Handle(new AioOpened(AioResult.Unavailable, 0, IsReadOnly: true, CanUnmap: false, "no logical unit"));
    }

    /// <summary>A target with these logical units, whose actors it watches.</summary>
    public static Props Props(int targetPort, IReadOnlyList<KeyValuePair<Lun, IActorRef>> luns) =>
        Akka.Actor.Props.Create(() => new TargetActor(targetPort, luns));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        foreach (var unit in _units)
            Context.Watch(unit);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ScsiCommandReceived command:
                _router.Handle(command);
                break;
            case DataInDelivered delivered:
                _standIn.Handle(delivered);
                break;
            case TaskManagementRequestReceived request:
                Learn(request.Nexus.It);
                _router.Handle(request);
                break;
            case ServiceDeliveryEventOccurred occurred:
                Learn(occurred.It);
                _router.Handle(occurred);
                break;
            case TaskManagementFunctionExecuted executed:
                _router.Handle(executed);
                break;
            case ServiceDeliveryEventHandled handled:
                _router.Handle(handled);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void ITaskRouterPorts.Command(int unit, ScsiCommandReceived command)
    {
        if (unit == _router.StandIn)
        {
            Learn(command.Nexus.It);
            _standIn.Handle(command);
            return;
        }
        if (!ReferenceEquals(_lastUser[unit], Sender) && _users[unit].Add(_lastUser[unit] = Sender))
            Context.Watch(Sender);
        _units[unit].Tell(command, Sender);
    }

    void ITaskRouterPorts.TaskManagement(int unit, TaskManagementRequestReceived request) => _units[unit].Tell(request, Sender);

    void ITaskRouterPorts.PartOfTaskManagement(int unit, TaskManagementRequestReceived request)
    {
        if (unit == _router.StandIn)
            _standIn.Handle(request);
        else
            _units[unit].Tell(request, Self);
    }

    void ITaskRouterPorts.PartOfEvent(int unit, ServiceDeliveryEventOccurred occurred)
    {
        if (unit == _router.StandIn)
            _standIn.Handle(occurred);
        else
            _units[unit].Tell(occurred, Self);
    }

    void ITaskRouterPorts.TaskManagementFunctionExecuted(TaskManagementFunctionExecuted executed) =>
        _portDirectory.PortOf(executed.Nexus.It).Tell(executed, Self);

    void ITaskRouterPorts.ServiceDeliveryEventHandled(ItNexus it, ServiceDeliveryEventHandled handled) =>
        _portDirectory.PortOf(it).Tell(handled, Self);

    private void Learn(ItNexus it)
    {
        if (_portDirectory.Learn(it, Sender))
            Context.Watch(Sender);
    }

    private void OnTerminated(IActorRef gone)
    {
        var unit = Array.IndexOf(_units, gone);
        if (unit >= 0)
        {
            _router.UnitLost(unit);
            foreach (var port in _users[unit])
                port.Tell(new LogicalUnitLost(_targetPort, _luns[unit]), Self);
            return;
        }
        foreach (var it in _portDirectory.Forget(gone))
            _standIn.PortLost(it);
        foreach (var users in _users)
            users.Remove(gone);
        Array.Clear(_lastUser);
    }

    /// <summary>The stand-in's way out. What it says to the router goes through the mailbox, since the router may be in the middle of
    /// asking it.</summary>
    private sealed class StandInPorts(TargetActor target) : ILogicalUnitPorts
    {
        private readonly IActorRef _self = Context.Self;

        public void SendDataIn(SendDataIn message) => target._portDirectory.PortOf(message.Nexus.It).Tell(message, _self);

        public void SendCommandComplete(SendCommandComplete message) => target._portDirectory.PortOf(message.Nexus.It).Tell(message, _self);

        public void CommandAborted(CommandAborted message) => target._portDirectory.PortOf(message.Nexus.It).Tell(message, _self);

        public void TaskManagementFunctionExecuted(TaskManagementFunctionExecuted message) => _self.Tell(message, _self);

        public void ServiceDeliveryEventHandled(ServiceDeliveryEventHandled message) => _self.Tell(message, _self);

        public void ReceiveDataOut(ReceiveDataOut message) => NoStorage();

        public void Aio(AioRequest request) => NoStorage();

        public void Cancel(AioCancel cancel) => NoStorage();

        private static void NoStorage() =>
            Invariant.Holds(false, "INQUIRY, REPORT LUNS and REQUEST SENSE neither take data nor touch storage");
    }
}

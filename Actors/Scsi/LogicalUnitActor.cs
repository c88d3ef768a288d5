using Akka.Actor;
using Akka.Event;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The actor around a <see cref="LogicalUnit"/>. It answers the port from which a command came, whoever has passed it on. A
/// supervisor should stop it rather than restart it: its commands would be lost without a word, while ports learn of its end.</summary>
public sealed class LogicalUnitActor : UntypedActor, ILogicalUnitPorts
{
    private readonly LogicalUnit _unit;
    private readonly IActorRef _requestQueue;
    private readonly PortDirectory _portDirectory = new();
    private readonly List<(object Request, IActorRef Sender)> _asked = [];
    private readonly string _name;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>For <see cref="Props"/>.</summary>
    public LogicalUnitActor(LogicalUnitSettings settings, IActorRef requestQueue)
    {
        _unit = new LogicalUnit(settings, this);
        _requestQueue = requestQueue;
        _name = $"T{settings.TargetPort}_L{settings.Lun}";
    }

    /// <summary>A logical unit with its storage behind <paramref name="requestQueue"/>; it ends when the queue ends.</summary>
    public static Props Props(LogicalUnitSettings settings, IActorRef requestQueue) =>
        Akka.Actor.Props.Create(() => new LogicalUnitActor(settings, requestQueue));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.Watch(_requestQueue);
        _requestQueue.Tell(AioOpen.Instance, Self);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AioCompleted completed:
                _unit.Handle(completed);
                break;
            case DataInDelivered delivered:
                _unit.Handle(delivered);
                break;
            case DataOutReceived received:
                _unit.Handle(received);
                break;
            case ScsiCommandReceived command:
                Learn(command.Nexus.It);
                _unit.Handle(command);
                break;
            case TaskManagementRequestReceived request:
                _asked.Add((request, Sender));
                _unit.Handle(request);
                break;
            case ServiceDeliveryEventOccurred occurred:
                _asked.Add((occurred, Sender));
                _unit.Handle(occurred);
                break;
            case AioOpened opened:
                OnOpened(opened);
                break;
            case DescribeState:
                Sender.Tell(new StateDescribed(_unit.Describe()), Self);
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void ILogicalUnitPorts.SendDataIn(SendDataIn message) => _portDirectory.PortOf(message.Nexus.It).Tell(message, Self);

    void ILogicalUnitPorts.ReceiveDataOut(ReceiveDataOut message) => _portDirectory.PortOf(message.Nexus.It).Tell(message, Self);

    void ILogicalUnitPorts.SendCommandComplete(SendCommandComplete message) => _portDirectory.PortOf(message.Nexus.It).Tell(message, Self);

    void ILogicalUnitPorts.CommandAborted(CommandAborted message) => _portDirectory.PortOf(message.Nexus.It).Tell(message, Self);

    void ILogicalUnitPorts.TaskManagementFunctionExecuted(TaskManagementFunctionExecuted message) => TakeSender(
        request => request is TaskManagementRequestReceived asked && asked.Association == message.Association
            && asked.Nexus == message.Nexus && asked.Function == message.Function).Tell(message, Self);

    void ILogicalUnitPorts.ServiceDeliveryEventHandled(ServiceDeliveryEventHandled message) => TakeSender(
        request => request is ServiceDeliveryEventOccurred occurred && occurred.Association == message.Association).Tell(message, Self);

    void ILogicalUnitPorts.Aio(AioRequest request) => _requestQueue.Tell(request, Self);

    void ILogicalUnitPorts.Cancel(AioCancel cancel) => _requestQueue.Tell(cancel, Self);

    private void Learn(ItNexus it)
    {
        if (_portDirectory.Learn(it, Sender))
            Context.Watch(Sender);
    }

    private void OnOpened(AioOpened opened)
    {
        if (opened.Result == AioResult.Ok)
            _log.Info("{0}: {1}, {2} bytes{3}", _name, opened.Description, opened.Length, opened.IsReadOnly ? ", read-only" : "");
        else
            _log.Warning("{0}: no storage ({1}): {2}", _name, opened.Result, opened.Description);
        _unit.Handle(opened);
    }

    private void OnTerminated(IActorRef gone)
    {
        if (gone.Equals(_requestQueue))
        {
            _log.Error("{0}: the request queue has stopped, and so does this logical unit", _name);
            Context.Stop(Self);
            return;
        }
        foreach (var it in _portDirectory.Forget(gone))
            _unit.PortLost(it);
    }

    private IActorRef TakeSender(Predicate<object> isAbout)
    {
        var index = _asked.FindIndex(asked => isAbout(asked.Request));
        if (index < 0)
            return ActorRefs.Nobody;
        var sender = _asked[index].Sender;
        _asked.RemoveAt(index);
        return sender;
    }
}

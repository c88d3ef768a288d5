using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>The actor around a <see cref="Controller"/>. The initiator's processor is the actor that last accessed a register: it gets the interrupt
/// line.</summary>
public sealed class ControllerActor : UntypedActor, IControllerPorts, IWithTimers
{
    private readonly Controller _controller;
    private readonly IActorRef _bus;
    private readonly HashSet<IActorRef> _observers = [];
    private IActorRef _processor = ActorRefs.Nobody;
    private IActorRef? _tracedTo;

    /// <summary>For <see cref="Props"/>.</summary>
    public ControllerActor(InitiatorMemory memory, ControllerOptions options, IActorRef bus, TargetsPresent? targets)
    {
        _controller = new Controller(memory, options, this);
        _bus = bus;
        if (targets is not null)
            _controller.Handle(targets);
    }

    /// <summary>Set by the actor system.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>An adapter at a bus.</summary>
    /// <param name="memory">What it sees as a bus master.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="bus">The bus, which it joins as the initiator.</param>
    /// <param name="targets">The targets that are on the bus from the start, so that a selection does not miss one that the bus has not told of yet;
    /// null when only the bus knows.</param>
    public static Props Props(InitiatorMemory memory, ControllerOptions options, IActorRef bus, TargetsPresent? targets = null) =>
        Akka.Actor.Props.Create(() => new ControllerActor(memory, options, bus, targets));

    /// <inheritdoc/>
    protected override void PreStart() => _bus.Tell(InitiatorAttached.Instance, Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RegisterWrite write:
                _processor = Sender;
                _controller.Handle(write);
                break;
            case RegisterRead read:
                _processor = Sender;
                _controller.Handle(read);
                break;
            case TargetPhases phases:
                _controller.Handle(phases);
                break;
            case ReselectionRequested requested:
                _controller.Handle(requested);
                break;
            case Resume resume:
                _controller.Handle(resume);
                break;
            case ConnectionWithdrawn withdrawn:
                _controller.Handle(withdrawn);
                break;
            case TargetsPresent present:
                _controller.Handle(present);
                break;
            case TimerExpired expired:
                _controller.Handle(expired);
                break;
            case FunctionReset reset:
                _controller.Handle(reset);
                break;
            case InterposeMemory interpose:
                _controller.Handle(interpose);
                break;
            case ObserveAdapter observe:
                Observe(observe);
                break;
            case DescribeState:
                Sender.Tell(new StateDescribed(_controller.Describe()), Self);
                break;
            case Terminated terminated:
                Forget(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Observe(ObserveAdapter observe)
    {
        var observer = Sender;
        var self = Self;
        _observers.Add(observer);
        Context.Watch(observer);
        if (!observe.Scripts)
            return;
        _tracedTo = observer;
        _controller.TraceTo(line => observer.Tell(new ScriptsTraced(line), self));
    }

    private void Forget(IActorRef observer)
    {
        _observers.Remove(observer);
        if (!observer.Equals(_tracedTo))
            return;
        _tracedTo = null;
        _controller.EndTrace();
    }

    void IControllerPorts.Send(CommandMoved message) => _bus.Tell(message, Self);

    void IControllerPorts.Send(MessageOutMoved message) => _bus.Tell(message, Self);

    void IControllerPorts.Send(DataPhaseEnded message) => _bus.Tell(message, Self);

    void IControllerPorts.Send(ConnectionDropped message) => _bus.Tell(message, Self);

    void IControllerPorts.Send(BusReset message) => _bus.Tell(message, Self);

    void IControllerPorts.Answer(RegisterValue message) => _processor.Tell(message, Self);

    void IControllerPorts.Signal(InterruptLine message) => _processor.Tell(message, Self);

    void IControllerPorts.Post(Resume message) => Self.Tell(message, Self);

    void IControllerPorts.Start(StartTimer message) =>
        Timers.StartSingleTimer(message.Timer, new TimerExpired(message.Timer, message.Generation), message.Delay);

    void IControllerPorts.Cancel(CancelTimer message) => Timers.Cancel(message.Timer);

    bool IControllerPorts.IsObserved => _observers.Count > 0;

    void IControllerPorts.Observe(BusPhaseChanged message)
    {
        foreach (var observer in _observers)
            observer.Tell(message, Self);
    }
}

using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The place of an actor: it stays, with its mailbox and its reference, while the instance in it is replaced. Everything here runs in the
/// actor's own turn, but for <see cref="SendMessage"/>, <see cref="SendSystemMessage"/> and making a child of a guardian.
/// </summary>
public sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    private static ActorCell? _currentOfThread;

    private readonly IActorRef _deadLetters;
    private ActorBase? _actor;
    private Receive? _behavior;
    private Stack<Receive>? _stackedBehaviors;
    private Receive? _initialBehavior;
    private ActorStash? _stash;
    private TimerScheduler? _timers;
    private Envelope _current;

    internal ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, MessageDispatcher dispatcher, IInternalActorRef parent)
    {
        SystemImpl = system;
        Self = self;
        Props = props;
        Dispatcher = dispatcher;
        Parent = parent;
        _deadLetters = system.DeadLetters;
        Mailbox = new Mailbox(this);
        Mailbox.EnqueueSystem(new Create());
    }

    /// <summary>The cell whose turn it is on this thread.</summary>
    internal static ActorCell? Current
    {
        get => _currentOfThread;
        set => _currentOfThread = value;
    }

    public IInternalActorRef Self { get; }

    public Props Props { get; }

    public Mailbox Mailbox { get; }

    public MessageDispatcher Dispatcher { get; }

    public IInternalActorRef Parent { get; }

    public ActorSystem System => SystemImpl;

    public IActorRef Sender => _current.Sender ?? _deadLetters;

    /// <summary>The message in work, or null between messages.</summary>
    public object? CurrentMessage => _current.Message;

    /// <summary>Whether the actor has stopped for good.</summary>
    public bool IsTerminated => Mailbox.IsClosed;

    internal ActorSystemImpl SystemImpl { get; }

    internal Envelope CurrentEnvelope => _current;

    /// <summary>The instance; null before it is made and after it is gone.</summary>
    internal ActorBase? Actor => _actor;

    /// <summary>The ordinal of the message in work.</summary>
    internal long MessagesHandled { get; private set; }

    /// <summary>Whether an instance is being made, so that its constructor may run.</summary>
    internal bool IsCreating { get; private set; }

    IActorRef IActorContext.Self => Self;

    IActorRef IActorContext.Parent => Parent;

    internal static ActorCell CurrentOrThrow() => _currentOfThread ?? throw new NotSupportedException(
        "There is no active actor context: Context, Self and Sender are only valid in the actor's own turn");

    internal void Start() => Dispatcher.Attach(this);

    internal void SendMessage(object message, IActorRef? sender) =>
        Dispatcher.Dispatch(this, new Envelope(message, sender ?? _deadLetters));

    internal void SendSystemMessage(SystemMessage message) => Dispatcher.SystemDispatch(this, message);

    public void Become(Receive receive)
    {
        _behavior = receive;
    }

    public void BecomeStacked(Receive receive)
    {
        if (_behavior is not null || _initialBehavior is not null)
            (_stackedBehaviors ??= new Stack<Receive>()).Push(_behavior ?? _initialBehavior!);
        _behavior = receive;
    }

    public void Become(UntypedReceive receive) => Become(Returning(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Returning(receive));

    public void UnbecomeStacked() =>
        _behavior = _stackedBehaviors is { Count: > 0 } ? _stackedBehaviors.Pop() : _initialBehavior;

    public ActorSelection ActorSelection(ActorPath actorPath) =>
        Akka.Actor.ActorSelection.Of(SystemImpl, Self, actorPath.ToStringWithAddress());

    public ActorSelection ActorSelection(string actorPath) => Akka.Actor.ActorSelection.Of(SystemImpl, Self, actorPath);

    /// <summary>Has the actor handle one message.</summary>
    internal void Invoke(in Envelope envelope)
    {
        _current = envelope;
        MessagesHandled++;
        try
        {
            object message = envelope.Message;
            if (message is IAutoReceivedMessage) ReceiveAutomatically(message);
            else _actor!.AroundReceive(_behavior!, message);
            if (_receiveTimeout is not null && _current.Message is not INotInfluenceReceiveTimeout) ArmReceiveTimeout();
            _current = default;
        }
        catch (Exception cause)
        {
            HandleFailure(cause, perpetrator: null);
        }
    }

    /// <summary>Puts a stashed message before all that wait.</summary>
    internal void PutFirst(in Envelope envelope)
    {
        if (envelope.Message is Terminated terminated) _terminatedQueued[terminated.ActorRef] = null;
        Mailbox.EnqueueFirst(envelope);
    }

    /// <summary>What becomes of a user message that comes too late.</summary>
    internal void ToDeadLetters(in Envelope envelope)
    {
        // News of a dead letter to a subscriber that is dead itself would go round in circles.
        if (envelope.Message is AllDeadLetters) return;
        if (envelope.Message is Identify identify) envelope.Sender.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
        else _deadLetters.Tell(new DeadLetter(envelope.Message, envelope.Sender, Self), envelope.Sender);
    }

    /// <summary>What becomes of a system message that comes too late: watchers are told, the rest means nothing to the dead.</summary>
    internal void AnswerForTheDead(SystemMessage message)
    {
        if (message is Watch watch && !watch.Watcher.Equals(Self))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: false, addressTerminated: false));
    }

    private void ReceiveAutomatically(object message)
    {
        switch (message)
        {
            case TimerMessage timer:
                if (_timers is not null && _timers.Accept(timer)) Receive(timer.Message);
                break;
            case Terminated terminated:
                ReceiveTerminated(terminated);
                break;
            case PoisonPill:
                Self.Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            default:
                Receive(message);
                break;
        }
    }

    /// <summary>Gives the actor a message in place of the one that the mailbox held.</summary>
    private void Receive(object message)
    {
        _current = new Envelope(message, _current.Sender);
        _actor!.AroundReceive(_behavior!, message);
    }

    private static Receive Returning(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private void PublishError(Exception cause, string message) =>
        SystemImpl.EventStream.Publish(new Error(cause, Self.Path.ToString(), _actor?.GetType() ?? typeof(ActorCell), message));
}

using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Event;

/// <summary>Marks a message whose loss is no news.</summary>
public interface IDeadLetterSuppression;

/// <summary>A message that nobody handled, as it is published on the event stream.</summary>
public abstract class AllDeadLetters(object message, IActorRef sender, IActorRef recipient)
{
    public object Message { get; } = message;

    public IActorRef Sender { get; } = sender;

    public IActorRef Recipient { get; } = recipient;

    public override string ToString() => $"{GetType().Name} from {Sender} to {Recipient}: <{Message}>";
}

/// <summary>A message to an actor that has stopped or never was.</summary>
public sealed class DeadLetter(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);

/// <summary>The same for a message that asked for silence.</summary>
public sealed class SuppressedDeadLetter(object message, IActorRef sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient);

/// <summary>A message that an actor received and had no handler for.</summary>
public sealed class UnhandledMessage(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);

/// <summary>A message that was dropped for a reason, such as a full queue.</summary>
public sealed class Dropped(object message, string reason, IActorRef sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient)
{
    public string Reason { get; } = reason;
}

/// <summary>The reference behind which nobody is: what it is told is published as a dead letter.</summary>
internal sealed class DeadLetterActorRef(ActorRefProvider provider, ActorPath path, EventStream eventStream) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider => provider;

    public override bool IsTerminated => true;

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: false, addressTerminated: false));
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is Identify identify) sender?.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
        else Publish(message as DeadLetter ?? new DeadLetter(message, sender ?? this, this));
    }

    private void Publish(DeadLetter letter) => eventStream.Publish(
        letter.Message is IDeadLetterSuppression ? new SuppressedDeadLetter(letter.Message, letter.Sender, letter.Recipient) : letter);
}

/// <summary>Logs dead letters, up to a number, and then pauses.</summary>
internal sealed class DeadLetterListener : UntypedActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Settings _settings = Context.System.Settings;
    private int _count;
    private TimeSpan? _pausedUntil;

    protected override void PreStart()
    {
        foreach (Type channel in (Type[])[typeof(DeadLetter), typeof(Dropped), typeof(UnhandledMessage)])
            Context.System.EventStream.Subscribe(Self, channel);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not AllDeadLetters letter) return;
        TimeSpan now = Context.System.Scheduler.MonotonicClock;
        if (now < _pausedUntil) return;
        if (_pausedUntil is not null)
        {
            _pausedUntil = null;
            _count = 0;
        }

        _count++;
        bool isLast = _settings.LogDeadLetters != int.MaxValue && _count >= _settings.LogDeadLetters;
        if (isLast) _pausedUntil = now + _settings.LogDeadLettersSuspendDuration;
        string end = isLast ? $", no more will be logged for {_settings.LogDeadLettersSuspendDuration}" : "";
        _log.Info("Message [{0}] from {1} to {2} was {3}. [{4}] dead letters encountered{5}",
            letter.Message.GetType().Name, letter.Sender, letter.Recipient, Fate(letter), _count, end);
    }

    private static string Fate(AllDeadLetters letter) => letter switch
    {
        UnhandledMessage => "unhandled",
        Dropped dropped => $"dropped ({dropped.Reason})",
        _ => "not delivered",
    };
}

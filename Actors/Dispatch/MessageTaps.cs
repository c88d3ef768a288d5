using Akka.Actor;
using Akka.Dispatch;

namespace ScsiActors.Dispatch;

/// <summary>Is told of every message to the actors of a dispatcher, when it is sent; the actors know nothing of it.</summary>
public interface IMessageTap
{
    /// <summary>A message is about to be put into a mailbox. Called on the sender's thread; messages from outside come from any thread.</summary>
    /// <param name="from">The sender; nobody without one. A message that is forwarded keeps the sender it had.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="message">The message.</param>
    void Sent(IActorRef from, IActorRef to, object message);
}

/// <summary>A dispatcher whose messages can be watched.</summary>
public interface ITappedDispatcher
{
    /// <summary>Who watches.</summary>
    MessageTaps Taps { get; }
}

/// <summary>Who watches the messages of one dispatcher, and which of its actors is running.</summary>
public sealed class MessageTaps
{
    private readonly Lock _lock = new();
    private volatile IMessageTap[] _taps = [];
    private volatile ActorCell? _running;
    private volatile int _runningOn;

    /// <summary>The taps of a dispatcher of <paramref name="system"/>.</summary>
    /// <param name="system">The system.</param>
    /// <param name="dispatcher">The dispatcher's path in the configuration.</param>
    /// <exception cref="InvalidOperationException">The dispatcher has none, because it is of another type.</exception>
    public static MessageTaps Of(ActorSystem system, string dispatcher = ScsiSubsystem.DispatcherId) =>
        system.Dispatchers.Lookup(dispatcher) is ITappedDispatcher tapped
            ? tapped.Taps
            : throw new InvalidOperationException($"{dispatcher} is of a type whose messages cannot be watched (it is no {nameof(ITappedDispatcher)}).");

    /// <summary>True while nobody watches.</summary>
    public bool IsEmpty => _taps.Length == 0;

    /// <summary>The actor in whose turn the caller is; null on a thread that runs none of the dispatcher's actors. Known while somebody
    /// watches.</summary>
    public ActorCell? Running => _runningOn == Environment.CurrentManagedThreadId ? _running : null;

    /// <summary>Begins to watch.</summary>
    public void Add(IMessageTap tap)
    {
        lock (_lock)
            _taps = [.. _taps, tap];
    }

    /// <summary>Ceases to watch; a call that is under way may still come.</summary>
    public void Remove(IMessageTap tap)
    {
        lock (_lock)
            _taps = [.. _taps.Where(other => !ReferenceEquals(other, tap))];
    }

    /// <summary>Tells those who watch; called by the dispatcher before it puts a message into a mailbox.</summary>
    public void Sent(ActorCell receiver, in Envelope envelope)
    {
        foreach (var tap in _taps)
            tap.Sent(envelope.Sender ?? ActorRefs.Nobody, receiver.Self, envelope.Message);
    }

    /// <summary>Says which actor's turn begins, on this thread; null at its end.</summary>
    public void Run(ActorCell? cell)
    {
        // The thread last when a turn begins, first when it ends: another thread never sees an actor that is not its own.
        if (cell is null)
        {
            _runningOn = 0;
            _running = null;
            return;
        }
        _running = cell;
        _runningOn = Environment.CurrentManagedThreadId;
    }
}

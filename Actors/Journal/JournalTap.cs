using System.Diagnostics;
using Akka.Actor;
using ScsiActors.Dispatch;

namespace ScsiActors.Journal;

/// <summary>Records every message of a dispatcher's actors in a journal, with the message in whose handling each was sent. May be called by several threads
/// at once.</summary>
public sealed class JournalTap : IMessageTap, IDisposable
{
    /// <summary>What an actor outside the tree is called: one that waits for the answer to an Ask.</summary>
    public const string Asker = "ask";

    // As many as an actor may have waiting; the oldest are forgotten, and what they cause has no cause.
    private const int MostPending = 8192;
    private const int Forgotten = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<object, Queue<Pending>> _pending = new(ReferenceEqualityComparer.Instance);
    private readonly MessageTaps _taps;
    private readonly Journal _journal;
    private readonly Func<long> _nanoseconds;
    private bool _isDisposed;

    /// <summary>Begins to record.</summary>
    /// <param name="taps">The taps of the dispatcher.</param>
    /// <param name="journal">Where to; it belongs to the tap from now on.</param>
    /// <param name="nanoseconds">The time since the run began; called for every message.</param>
    public JournalTap(MessageTaps taps, Journal journal, Func<long> nanoseconds)
    {
        (_taps, _journal, _nanoseconds) = (taps, journal, nanoseconds);
        taps.Add(this);
    }

    /// <summary>Begins to record the messages of a live system, by a monotonic clock that starts now.</summary>
    public static JournalTap Live(MessageTaps taps, Journal journal)
    {
        var start = Stopwatch.GetTimestamp();
        var scale = 1e9 / Stopwatch.Frequency;
        return new JournalTap(taps, journal, () => (long)((Stopwatch.GetTimestamp() - start) * scale));
    }

    /// <summary>The events that the journal keeps, until now.</summary>
    public IReadOnlyList<JournalEvent> Events
    {
        get
        {
            lock (_lock)
                return _journal.Events;
        }
    }

    /// <inheritdoc/>
    public void Sent(IActorRef from, IActorRef to, object message)
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            var cause = _taps.Running is { CurrentMessage: { } handling } cell ? SequenceOf(cell.Self, handling) : JournalEvent.None;
            var sequence = _journal.RecordAt(_nanoseconds(), NameOf(from), NameOf(to), message, cause);
            Remember(to, message, sequence);
        }
    }

    /// <summary>Ceases to record, and ends the journal.</summary>
    public void Dispose()
    {
        _taps.Remove(this);
        lock (_lock)
        {
            _isDisposed = true;
            _journal.Dispose();
        }
    }

    private static string NameOf(IActorRef actor)
    {
        if (actor.IsNobody())
            return "";
        var name = actor.Path.Name;
        return name.StartsWith('$') && actor.Path.Parent.Name == "temp" ? Asker : name;
    }

    private void Remember(IActorRef receiver, object message, long sequence)
    {
        if (!_pending.TryGetValue(receiver, out var pending))
        {
            // Actors come and go; what those that went had not handled is of no use to anybody.
            if (_pending.Count == Forgotten)
                _pending.Clear();
            _pending.Add(receiver, pending = new Queue<Pending>());
        }
        if (pending.Count == MostPending)
            pending.Dequeue();
        pending.Enqueue(new Pending(message, sequence));
    }

    // A mailbox keeps its order: what stands before the message that is being handled has been handled.
    private long SequenceOf(IActorRef actor, object handling)
    {
        if (!_pending.TryGetValue(actor, out var pending))
            return JournalEvent.None;
        var before = 0;
        foreach (var candidate in pending)
        {
            if (ReferenceEquals(candidate.Message, handling))
            {
                for (; before > 0; before--)
                    pending.Dequeue();
                return candidate.Sequence;
            }
            before++;
        }
        return JournalEvent.None;
    }

    private readonly record struct Pending(object Message, long Sequence);
}

namespace Akka.Actor;

/// <summary>Messages set aside for later.</summary>
public interface IStash
{
    /// <summary>Sets the current message aside.</summary>
    /// <exception cref="IllegalActorStateException">It was set aside already.</exception>
    /// <exception cref="StashOverflowException">The stash is full.</exception>
    void Stash();

    /// <summary>Puts the oldest stashed message before all that wait in the mailbox.</summary>
    void Unstash();

    /// <summary>Puts all stashed messages before all that wait in the mailbox, in the order in which they came, with their
    /// senders.</summary>
    void UnstashAll();

    /// <summary>The same for those that <paramref name="predicate"/> picks; the others are dropped from the stash.</summary>
    void UnstashAll(Func<Envelope, bool> predicate);

    /// <summary>Takes all messages out of the stash.</summary>
    IEnumerable<Envelope> ClearStash();

    /// <summary>Puts messages before those in the stash.</summary>
    void Prepend(IEnumerable<Envelope> envelopes);

    int Count { get; }

    bool IsEmpty { get; }

    bool NonEmpty { get; }

    bool IsFull { get; }

    /// <summary>The most messages that the stash takes; -1 for no limit.</summary>
    int Capacity { get; }
}

/// <summary>An actor with a stash; the engine sets it after the constructor.</summary>
public interface IActorStash
{
    IStash Stash { get; set; }
}

/// <inheritdoc cref="IActorStash"/>
public interface IWithStash : IActorStash;

/// <inheritdoc cref="IActorStash"/>
public interface IWithUnboundedStash : IWithStash;

/// <summary>The stash of one incarnation of an actor.</summary>
internal sealed class ActorStash(ActorCell cell, int capacity) : IStash
{
    private readonly LinkedList<Envelope> _messages = new();

    // The ordinal of the message that was stashed last.
    private long _lastStashed = -1;

    public int Count => _messages.Count;

    public bool IsEmpty => _messages.Count == 0;

    public bool NonEmpty => _messages.Count > 0;

    public bool IsFull => Capacity >= 0 && _messages.Count >= Capacity;

    public int Capacity { get; } = capacity;

    public void Stash()
    {
        Envelope current = cell.CurrentEnvelope;
        if (_lastStashed == cell.MessagesHandled)
            throw new IllegalActorStateException($"Can't stash the same message {current.Message} more than once");
        if (IsFull) throw new StashOverflowException($"The stash of {cell.Self} holds its {Capacity} messages");
        _messages.AddLast(current);
        _lastStashed = cell.MessagesHandled;
    }

    public void Unstash()
    {
        if (_messages.First is not { } first) return;
        _messages.RemoveFirst();
        cell.PutFirst(first.Value);
    }

    public void UnstashAll() => UnstashAll(static _ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        // Last in first: each goes before the one that was put there before it.
        for (LinkedListNode<Envelope>? node = _messages.Last; node is not null; node = node.Previous)
        {
            if (predicate(node.Value)) cell.PutFirst(node.Value);
        }

        _messages.Clear();
    }

    public IEnumerable<Envelope> ClearStash()
    {
        Envelope[] all = [.. _messages];
        _messages.Clear();
        return all;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (Envelope envelope in envelopes.Reverse()) _messages.AddFirst(envelope);
    }
}

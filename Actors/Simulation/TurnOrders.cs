using ScsiActors.Messages;

namespace ScsiActors.Simulation;

/// <summary>In which order actors whose mailboxes have something get their turns.</summary>
public enum TurnOrderKind
{
    /// <summary>As they became ready.</summary>
    Fifo,

    /// <summary>Any of them, equally likely.</summary>
    Random,

    /// <summary>The one of the highest priority; priorities are random, and now and then the running actor's becomes the lowest (PCT, probabilistic
    /// concurrency testing: finds bugs that need few changes of order, with a known probability).</summary>
    PriorityChange,

    /// <summary>As they became ready, but now and then one is put off behind all others; at most a given number of times.</summary>
    DelayBounded,
}

/// <summary>Chooses among the ready mailboxes. A mailbox is ready once, however many messages wait in it.</summary>
internal interface ITurnOrder
{
    /// <summary>How many are ready.</summary>
    int Count { get; }

    /// <summary>A mailbox became ready.</summary>
    void Add(Inbox inbox);

    /// <summary>Takes out whose turn it is; there is one.</summary>
    Inbox Next();
}

/// <summary>Makes <see cref="ITurnOrder"/>s.</summary>
internal static class TurnOrders
{
    /// <summary>Number of turns between two changes of priority, and between two delays, on average.</summary>
    private const int TurnsPerChange = 200;

    private const int MostDelays = 1000;

    public static ITurnOrder Create(TurnOrderKind kind, RandomStream random) => kind switch
    {
        TurnOrderKind.Fifo => new FifoOrder(),
        TurnOrderKind.Random => new RecordedOrder(new RandomOrder(random)),
        TurnOrderKind.PriorityChange => new RecordedOrder(new PriorityChangeOrder(random, TurnsPerChange)),
        _ => new RecordedOrder(new DelayBoundedOrder(random, TurnsPerChange, MostDelays)),
    };
}

/// <summary><see cref="TurnOrderKind.Fifo"/>.</summary>
internal sealed class FifoOrder : ITurnOrder
{
    private readonly Queue<Inbox> _ready = new();

    public int Count => _ready.Count;

    public void Add(Inbox inbox) => _ready.Enqueue(inbox);

    public Inbox Next() => _ready.Dequeue();
}

/// <summary><see cref="TurnOrderKind.Random"/>.</summary>
internal sealed class RandomOrder(RandomStream random) : ITurnOrder
{
    private readonly List<Inbox> _ready = [];

    public int Count => _ready.Count;

    public void Add(Inbox inbox) => _ready.Add(inbox);

    public Inbox Next()
    {
        // No draw where there is no choice: the draws then count choices, and a schedule can be written down as the list of them.
        var chosen = _ready.Count > 1 ? (int)random.Below(_ready.Count) : 0;
        var inbox = _ready[chosen];
        _ready[chosen] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        return inbox;
    }
}

/// <summary><see cref="TurnOrderKind.PriorityChange"/>.</summary>
internal sealed class PriorityChangeOrder(RandomStream random, int turnsPerChange) : ITurnOrder
{
    private readonly List<Inbox> _ready = [];
    private long _lowest;

    public int Count => _ready.Count;

    public void Add(Inbox inbox)
    {
        if (inbox.Priority == 0)
            inbox.Priority = 1 + random.Below(long.MaxValue - 1);
        _ready.Add(inbox);
    }

    public Inbox Next()
    {
        var chosen = 0;
        for (var i = 1; i < _ready.Count; i++)
        {
            if (_ready[i].Priority > _ready[chosen].Priority)
                chosen = i;
        }
        var inbox = _ready[chosen];
        _ready.RemoveAt(chosen);
        if (_ready.Count > 0 && random.Below(turnsPerChange) == 0)
            inbox.Priority = --_lowest;
        return inbox;
    }
}

/// <summary><see cref="TurnOrderKind.DelayBounded"/>.</summary>
internal sealed class DelayBoundedOrder(RandomStream random, int turnsPerDelay, int mostDelays) : ITurnOrder
{
    private readonly Queue<Inbox> _ready = new();
    private int _delays;

    public int Count => _ready.Count;

    public void Add(Inbox inbox) => _ready.Enqueue(inbox);

    public Inbox Next()
    {
        if (_ready.Count > 1 && _delays < mostDelays && random.Below(turnsPerDelay) == 0)
        {
            _delays++;
            _ready.Enqueue(_ready.Dequeue());
        }
        return _ready.Dequeue();
    }
}

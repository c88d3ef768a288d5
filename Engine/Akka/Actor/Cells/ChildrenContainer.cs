namespace Akka.Actor;

/// <summary>What a cell does when the children that are stopping have gone.</summary>
internal enum Waiting
{
    No,
    ToCreate,
    ToRecreate,
    ToTerminate,
}

/// <summary>The children of a cell in the order in which they were made. It is locked because anyone may make a child of a guardian,
/// and selections walk through it.</summary>
internal sealed class ChildrenContainer
{
    private const string NameDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    private Dictionary<string, LinkedListNode<ChildRestartStats>>? _byName;
    private LinkedList<ChildRestartStats>? _inOrder;
    private long _namesGiven;
    private int _stopping;
    private bool _closed;

    public Waiting Waiting { get; private set; }

    public bool AnyStopping
    {
        get
        {
            lock (this) return _stopping > 0;
        }
    }

    /// <summary>Adds the child that <paramref name="make"/> builds for its name.</summary>
    /// <exception cref="InvalidActorNameException">The name is taken.</exception>
    /// <exception cref="InvalidOperationException">The parent is stopping, or has stopped.</exception>
    public IInternalActorRef Add(string? name, Func<string, IInternalActorRef> make)
    {
        lock (this)
        {
            if (_closed) throw new InvalidOperationException("Cannot create a child while terminating or terminated");
            _byName ??= [];
            _inOrder ??= [];
            name ??= NextName();
            if (_byName.ContainsKey(name)) throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            IInternalActorRef child = make(name);
            _byName.Add(name, _inOrder.AddLast(new ChildRestartStats(child)));
            return child;
        }
    }

    public IInternalActorRef? Find(string name)
    {
        lock (this) return _byName is not null && _byName.TryGetValue(name, out var node) ? node.Value.Child : null;
    }

    public ChildRestartStats? Stats(IActorRef child)
    {
        lock (this) return NodeOf(child)?.Value;
    }

    public IReadOnlyList<IInternalActorRef> All()
    {
        lock (this) return _inOrder is null ? [] : [.. _inOrder.Select(static stats => stats.Child)];
    }

    public IReadOnlyCollection<ChildRestartStats> AllStats()
    {
        lock (this) return _inOrder is null ? [] : [.. _inOrder];
    }

    /// <summary>Notes that a child has been told to stop; of others nothing is noted.</summary>
    public void MarkStopping(IActorRef child)
    {
        lock (this)
        {
            if (NodeOf(child)?.Value is { } stats) MarkStopping(stats);
        }
    }

    /// <summary>Says what happens when the children that are stopping have gone, and names those; with <paramref name="stopAll"/> they
    /// are all the children, and the caller stops them.</summary>
    public IReadOnlyList<IInternalActorRef> BeginWaiting(Waiting reason, bool stopAll)
    {
        lock (this)
        {
            if (reason == Waiting.ToTerminate) _closed = true;
            if (_inOrder is null or { Count: 0 }) return [];
            var stopping = new List<IInternalActorRef>();
            foreach (ChildRestartStats stats in _inOrder)
            {
                if (stopAll) MarkStopping(stats);
                if (stats.IsStopping) stopping.Add(stats.Child);
            }

            if (stopping.Count > 0) Waiting = reason;
            return stopping;
        }
    }

    public Waiting EndWaiting()
    {
        Waiting ended = Waiting;
        if (ended != Waiting.ToTerminate) Waiting = Waiting.No;
        return ended;
    }

    public bool Remove(IActorRef child)
    {
        lock (this)
        {
            if (NodeOf(child) is not { } node) return false;
            if (node.Value.IsStopping) _stopping--;
            _inOrder!.Remove(node);
            _byName!.Remove(child.Path.Name);
            return true;
        }
    }

    private void MarkStopping(ChildRestartStats stats)
    {
        if (stats.IsStopping) return;
        stats.IsStopping = true;
        _stopping++;
    }

    private LinkedListNode<ChildRestartStats>? NodeOf(IActorRef child) =>
        _byName is not null && _byName.TryGetValue(child.Path.Name, out var node) && node.Value.Child.Equals(child) ? node : null;

    private string NextName()
    {
        Span<char> name = stackalloc char[12];
        int length = 0;
        name[length++] = '$';
        long rest = _namesGiven++;
        do
        {
            name[length++] = NameDigits[(int)(rest & 63)];
            rest >>= 6;
        }
        while (rest != 0);
        return name[..length].ToString();
    }
}

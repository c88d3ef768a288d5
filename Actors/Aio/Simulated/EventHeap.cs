namespace ScsiActors.Aio.Simulated;

/// <summary>What is to happen, by time; what was added first comes first among equals. Times are nanoseconds.</summary>
internal sealed class EventHeap
{
    private struct Event
    {
        public long Time;
        public long Order;
        public int Subject;

        public readonly bool IsBefore(in Event other) => Time < other.Time || (Time == other.Time && Order < other.Order);
    }

    private Event[] _events = new Event[32];
    private long _order;

    /// <summary>Events to come.</summary>
    public int Count { get; private set; }

    /// <summary>When the next is due; long.MaxValue when there is none.</summary>
    public long NextTime => Count == 0 ? long.MaxValue : _events[0].Time;

    /// <summary>What the next is about; only when there is one.</summary>
    public int NextSubject => _events[0].Subject;

    /// <summary>Adds an event.</summary>
    public void Add(long time, int subject)
    {
        if (Count == _events.Length)
            Array.Resize(ref _events, Count * 2);
        var added = new Event { Time = time, Order = _order++, Subject = subject };
        var place = Count++;
        while (place > 0)
        {
            var parent = (place - 1) / 2;
            if (!added.IsBefore(_events[parent]))
                break;
            _events[place] = _events[parent];
            place = parent;
        }
        _events[place] = added;
    }

    /// <summary>Takes the next event: what it is about.</summary>
    public int Take()
    {
        var subject = _events[0].Subject;
        var moved = _events[--Count];
        var place = 0;
        while (true)
        {
            var child = place * 2 + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && _events[child + 1].IsBefore(_events[child]))
                child++;
            if (!_events[child].IsBefore(moved))
                break;
            _events[place] = _events[child];
            place = child;
        }
        _events[place] = moved;
        return subject;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Count = 0;
}

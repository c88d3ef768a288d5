using ScsiActors.Messages;

namespace ScsiActors.Aio.Simulated;

/// <summary>When a simulated disk is done with what: it is told the time and never asks for it, and the same calls give the same times.</summary>
/// <remarks><para>A lane that gets free takes the oldest waiting request and, with it, waiting ones of the same operation that continue it without a gap, up
/// to the limit; they complete together. What was taken has its latency, which overlaps with those of other lanes, and then occupies the one medium, in
/// the order in which latencies end: overhead + length / rate. Its lane is free again when it leaves the medium.</para>
/// <para>A request continues the one taken before it when it has the same direction, begins where that one ended, and had arrived before that one
/// left the medium. One that does not is isolated: it may have another rate, and a write only then has a latency.</para>
/// <para>With a write cache, a write completes when it is in it; lanes of the cache's own destage the oldest writes in the same manner. A write for which
/// there is no room, or that is to be written through, goes to the medium itself.</para></remarks>
public sealed partial class DiskMechanism
{
    private const int None = DiskRequestPool.None;
    private const int MaxTags = 1 << 20;

    /// <summary>What a lane works on: requests that continue each other.</summary>
    private struct Unit
    {
        public int FirstRequest;
        public int LastRequest;
        public long Offset;
        public long Length;
        public DiskOperation Operation;
        public bool IsIsolated;
        public bool IsElsewhere;
        public bool IsDestaging;
        public int NextReady;
    }

    private readonly DiskTiming _timing;
    private readonly LatencySource _latencies;
    private readonly IDiskMechanismPorts _ports;
    private readonly DiskRequestPool _requests = new();
    private readonly DiskQueue _waiting;
    private readonly DiskQueue _dirty;
    private readonly EventHeap _latencyEnds = new();
    private readonly EventHeap _otherEnds = new();
    private readonly Unit[] _units;
    private readonly Stack<int> _freeUnits;
    private int[] _waitingByTag = [];
    private int _lanesBusy;
    private int _firstReady = None;
    private int _lastReady = None;
    private int _onMedium = None;
    private long _mediumFreeAt = long.MaxValue;
    private int _previousUnit = None;
    private bool _previousIsWrite;
    private long _previousEnd = -1;
    private long _previousReleased;
    private long _now;
    private double _slowness = 1;

    /// <summary>A disk at rest at time 0.</summary>
    /// <param name="timing">What takes how long.</param>
    /// <param name="size">Bytes of the whole disk, for the share of a seek.</param>
    /// <param name="stream">Where latencies are drawn from; it is the mechanism's own from now on.</param>
    /// <param name="ports">Told what ends.</param>
    public DiskMechanism(DiskTiming timing, long size, SeededStream stream, IDiskMechanismPorts ports)
    {
        Invariant.Holds(timing.Lanes is >= 1 and <= 1024, "a disk has 1 to 1024 lanes");
        _timing = timing;
        CacheSize = timing.WriteCache;
        _latencies = new LatencySource(timing, size, stream);
        _ports = ports;
        _waiting = new DiskQueue(_requests);
        _dirty = new DiskQueue(_requests);
        // The lanes of the clients, and as many for destaging.
        _units = new Unit[timing.Lanes * 2];
        _freeUnits = new Stack<int>(_units.Length);
        for (var i = _units.Length - 1; i >= 0; i--)
            _freeUnits.Push(i);
    }

    /// <summary>Requests that have not completed.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Times that events have been handled, for measurements.</summary>
    public long Steps { get; private set; }

    /// <summary>What every latency and every time of the medium that begins from now on is multiplied with: above 1 for a disk that is too hot, say.</summary>
    public double Slowness
    {
        get => _slowness;
        set
        {
            Invariant.Holds(value is > 0 and < 1e6, "a disk is slower or faster, but neither stopped nor instantaneous");
            _slowness = value;
        }
    }

    /// <summary>When <see cref="Advance"/> should be called the next time, if nothing is submitted until then: no completion comes before it.
    /// TimeSpan.MaxValue while no request is outstanding.</summary>
    public TimeSpan NextWake
    {
        get
        {
            if (Outstanding == 0)
                return TimeSpan.MaxValue;
            var next = _onMedium != None ? _mediumFreeAt
                : _latencyEnds.Count > 0 ? _latencyEnds.NextTime + ServiceTime(_units[_latencyEnds.NextSubject])
                : long.MaxValue;
            return Nanoseconds.ToTimeSpan(Math.Min(next, _otherEnds.NextTime));
        }
    }

    /// <summary>Does everything that is due by <paramref name="now"/>, each thing at its own time; time never goes back.</summary>
    public void Advance(TimeSpan now)
    {
        var until = Nanoseconds.From(now);
        Invariant.Holds(until >= _now, "time does not go back");
        while (true)
        {
            var latencyEnd = _latencyEnds.NextTime;
            var otherEnd = _otherEnds.NextTime;
            if (_mediumFreeAt <= latencyEnd && _mediumFreeAt <= otherEnd)
            {
                if (_mediumFreeAt > until)
                    break;
                _now = _mediumFreeAt;
                LeaveMedium();
            }
            else if (otherEnd <= latencyEnd)
            {
                if (otherEnd > until)
                    break;
                _now = otherEnd;
                EndOther(_otherEnds.Take());
            }
            else
            {
                if (latencyEnd > until)
                    break;
                _now = latencyEnd;
                BecomeReady(_latencyEnds.Take());
            }
            Steps++;
        }
        _now = until;
    }

    /// <summary>Takes a request, at the time of the last <see cref="Advance"/>; it may complete before this returns.</summary>
    /// <param name="operation">What to do.</param>
    /// <param name="tag">The client's name for it, from 0, not in use.</param>
    /// <param name="stamp">Named when the write has been destaged.</param>
    /// <param name="offset">Byte offset; 0 for a flush.</param>
    /// <param name="length">Bytes; 0 for a flush.</param>
    public void Submit(DiskOperation operation, int tag, long stamp, long offset, long length)
    {
        Steps++;
        Outstanding++;
        if (operation is DiskOperation.Flush or DiskOperation.FalseFlush)
        {
            Flush(tag, operation == DiskOperation.Flush);
            return;
        }
        // Without a cache every write is written through, and all of them continue each other.
        if (operation == DiskOperation.WriteThrough && _timing.WriteCache == 0)
            operation = DiskOperation.Write;
        var index = _requests.Rent();
        ref var request = ref _requests[index];
        request.Operation = operation;
        request.Tag = tag;
        request.Stamp = stamp;
        request.Offset = offset;
        request.Length = length;
        request.Arrived = _now;
        _waiting.Add(index);
        NoteWaiting(tag, index);
        TakeWaiting();
    }

    /// <summary>Takes back a request that still waits for a lane: true when it did, and will not be completed.</summary>
    public bool TryCancel(int tag)
    {
        if ((uint)tag >= (uint)_waitingByTag.Length || _waitingByTag[tag] == None)
            return false;
        var index = _waitingByTag[tag];
        _waitingByTag[tag] = None;
        _waiting.Remove(index);
        _requests.Return(index);
        Outstanding--;
        return true;
    }

    /// <summary>Forgets every request and the contents of the cache: nothing of it completes, nothing is destaged.</summary>
    public void PowerOff()
    {
        _waiting.Clear();
        _dirty.Clear();
        _requests.Clear();
        _latencyEnds.Clear();
        _otherEnds.Clear();
        Array.Fill(_waitingByTag, None);
        _freeUnits.Clear();
        for (var i = _units.Length - 1; i >= 0; i--)
            _freeUnits.Push(i);
        _firstReady = _lastReady = _onMedium = _previousUnit = None;
        _mediumFreeAt = long.MaxValue;
        _previousEnd = -1;
        _lanesBusy = 0;
        Outstanding = 0;
        EmptyCache();
    }

    private void NoteWaiting(int tag, int index)
    {
        if ((uint)tag >= (uint)_waitingByTag.Length)
        {
            Invariant.Holds((uint)tag < MaxTags, "tags are numbered from 0 and used again");
            var length = _waitingByTag.Length;
            Array.Resize(ref _waitingByTag, Math.Max(Math.Max(length * 2, 64), tag + 1));
            Array.Fill(_waitingByTag, None, length, _waitingByTag.Length - length);
        }
        _waitingByTag[tag] = index;
    }

    private void TakeWaiting()
    {
        while (_lanesBusy < _timing.Lanes && _waiting.Count > 0)
        {
            var unit = Gather(_waiting);
            for (var index = _units[unit].FirstRequest; index != None; index = _requests[index].Next)
                _waitingByTag[_requests[index].Tag] = None;
            _lanesBusy++;
            if (!TryEnterCache(unit))
                Begin(unit);
        }
    }

    /// <summary>Takes the oldest request of a queue, and those that continue it.</summary>
    private int Gather(DiskQueue queue)
    {
        var number = _freeUnits.Pop();
        ref var unit = ref _units[number];
        var index = queue.First;
        queue.Remove(index);
        ref var first = ref _requests[index];
        first.Next = None;
        unit = new Unit
        {
            FirstRequest = index, LastRequest = index, Offset = first.Offset, Length = first.Length, Operation = first.Operation, NextReady = None,
        };
        while (queue.Count > 0 && unit.Length < _timing.CoalesceLimit && unit.Operation != DiskOperation.Unmap)
        {
            index = queue.Find(unit.Operation, unit.Offset + unit.Length);
            if (index == None || unit.Length + _requests[index].Length > _timing.CoalesceLimit)
                break;
            queue.Remove(index);
            _requests[unit.LastRequest].Next = index;
            unit.LastRequest = index;
            unit.Length += _requests[index].Length;
            _requests[index].Next = None;
        }
        return number;
    }

    /// <summary>What was taken is on its way to the medium.</summary>
    private void Begin(int number)
    {
        ref var unit = ref _units[number];
        var latency = 0L;
        if (unit.Operation != DiskOperation.Unmap)
        {
            var isWrite = unit.Operation != DiskOperation.Read;
            unit.IsElsewhere = _previousEnd >= 0 && _previousEnd != unit.Offset;
            unit.IsIsolated = _previousIsWrite != isWrite || _previousEnd != unit.Offset || _requests[unit.FirstRequest].Arrived >= _previousReleased;
            latency = Slowed(_latencies.Next(isWrite, unit.IsIsolated, _previousEnd, unit.Offset, Outstanding - 1));
            _previousUnit = number;
            _previousIsWrite = isWrite;
            _previousEnd = unit.Offset + unit.Length;
            _previousReleased = long.MaxValue;
        }
        if (latency > 0)
            _latencyEnds.Add(_now + latency, number);
        else
            BecomeReady(number);
    }

    private void BecomeReady(int number)
    {
        if (_onMedium == None)
        {
            EnterMedium(number);
            return;
        }
        _units[number].NextReady = None;
        if (_firstReady == None)
            _firstReady = number;
        else
            _units[_lastReady].NextReady = number;
        _lastReady = number;
    }

    private void EnterMedium(int number)
    {
        _onMedium = number;
        _mediumFreeAt = _now + ServiceTime(_units[number]);
    }

    private void LeaveMedium()
    {
        var number = _onMedium;
        if (number == _previousUnit)
        {
            _previousUnit = None;
            _previousReleased = _now;
        }
        if (_firstReady == None)
        {
            _onMedium = None;
            _mediumFreeAt = long.MaxValue;
        }
        else
        {
            var next = _firstReady;
            _firstReady = _units[next].NextReady;
            EnterMedium(next);
        }
        if (_units[number].IsDestaging)
            EndDestaging(number);
        else
            End(number, isDurable: true);
        TakeWaiting();
        TakeDirty();
    }

    /// <summary>Completes the requests of a unit, and frees its lane.</summary>
    private void End(int number, bool isDurable)
    {
        _lanesBusy--;
        _freeUnits.Push(number);
        for (var index = _units[number].FirstRequest; index != None;)
        {
            var tag = _requests[index].Tag;
            var next = _requests[index].Next;
            if (isDurable)
                _requests.Return(index);
            else
                AddDirty(index);
            Outstanding--;
            _ports.Completed(tag, isDurable);
            index = next;
        }
    }

    private long ServiceTime(in Unit unit) => Slowed(_latencies.Service(unit.Operation, unit.IsIsolated, unit.IsElsewhere, unit.Length));

    // Exactly reproducible: IEEE 754 says how a product of doubles is rounded.
    private long Slowed(long nanoseconds) => _slowness == 1 ? nanoseconds : (long)Math.Round(nanoseconds * _slowness);
}

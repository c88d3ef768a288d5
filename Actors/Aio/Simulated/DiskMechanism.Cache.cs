namespace ScsiActors.Aio.Simulated;

/// <summary>The volatile write cache, and flushes.</summary>
public sealed partial class DiskMechanism
{
    private struct WaitingFlush
    {
        public int Tag;
        public long UpTo;
        public int Remaining;
    }

    private WaitingFlush[] _flushes = new WaitingFlush[4];
    private int _flushCount;
    private int _destaging;
    private int _dirtyRequests;
    private long _cacheUsed;
    private long _cacheOrder;

    /// <summary>Bytes in the volatile cache, with those on their way into it.</summary>
    public long CacheUsed => _cacheUsed;

    /// <summary>Bytes that may be in it; what is in it already stays until it is destaged.</summary>
    public long CacheSize { get; set; }

    private bool TryEnterCache(int number)
    {
        ref var unit = ref _units[number];
        if (unit.Operation != DiskOperation.Write || unit.Length > CacheSize - _cacheUsed || CacheSize == 0)
            return false;
        _cacheUsed += unit.Length;
        _otherEnds.Add(_now + Slowed(_latencies.IntoCache(unit.Length)), number);
        return true;
    }

    /// <summary>A write is in the cache, or a flush has had its latency.</summary>
    private void EndOther(int subject)
    {
        if (subject < 0)
        {
            Outstanding--;
            _ports.Completed(~subject, isDurable: true);
            return;
        }
        End(subject, isDurable: false);
        TakeWaiting();
        TakeDirty();
    }

    private void AddDirty(int index)
    {
        ref var request = ref _requests[index];
        request.Arrived = _now;
        request.CacheOrder = ++_cacheOrder;
        _dirtyRequests++;
        _dirty.Add(index);
    }

    private void TakeDirty()
    {
        while (_destaging < _timing.Lanes && _dirty.Count > 0)
        {
            var number = Gather(_dirty);
            _units[number].IsDestaging = true;
            _destaging++;
            Begin(number);
        }
    }

    private void EndDestaging(int number)
    {
        _destaging--;
        _cacheUsed -= _units[number].Length;
        _freeUnits.Push(number);
        for (var index = _units[number].FirstRequest; index != None;)
        {
            var (stamp, order, next) = (_requests[index].Stamp, _requests[index].CacheOrder, _requests[index].Next);
            _requests.Return(index);
            _dirtyRequests--;
            _ports.Destaged(stamp);
            CountDestaged(order);
            index = next;
        }
    }

    private void Flush(int tag, bool isTrue)
    {
        if (!isTrue || _dirtyRequests == 0)
        {
            EndFlush(tag);
            return;
        }
        if (_flushCount == _flushes.Length)
            Array.Resize(ref _flushes, _flushCount * 2);
        _flushes[_flushCount++] = new WaitingFlush { Tag = tag, UpTo = _cacheOrder, Remaining = _dirtyRequests };
    }

    private void CountDestaged(long order)
    {
        var kept = 0;
        for (var i = 0; i < _flushCount; i++)
        {
            ref var flush = ref _flushes[i];
            if (order <= flush.UpTo && --flush.Remaining == 0)
                EndFlush(flush.Tag);
            else
                _flushes[kept++] = flush;
        }
        _flushCount = kept;
    }

    // Even without a latency it ends as an event of its own, so that everything which ends at that time has ended.
    private void EndFlush(int tag) => _otherEnds.Add(_now + Slowed(_latencies.Flush), ~tag);

    private void EmptyCache()
    {
        _flushCount = _destaging = _dirtyRequests = 0;
        _cacheUsed = 0;
    }
}

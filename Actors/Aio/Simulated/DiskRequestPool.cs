namespace ScsiActors.Aio.Simulated;

/// <summary>One request inside the disk; its places in the lists it is on are indexes into the pool.</summary>
internal struct DiskRequest
{
    public long Offset;
    public long Length;
    public long Stamp;
    public long Arrived;
    public long CacheOrder;
    public int Tag;
    public DiskOperation Operation;
    public int Next;
    public int Previous;
    public int NextAlike;
    public int PreviousAlike;

    /// <summary>The first byte behind it.</summary>
    public readonly long End => Offset + Length;
}

/// <summary>The requests of one disk, by index; an index that was given back is used again, so that a disk in steady work allocates nothing.</summary>
internal sealed class DiskRequestPool
{
    /// <summary>No request.</summary>
    public const int None = -1;

    private DiskRequest[] _requests = new DiskRequest[64];
    private int _firstFree = None;
    private int _used;

    /// <summary>The request of an index.</summary>
    public ref DiskRequest this[int index] => ref _requests[index];

    /// <summary>An index whose request the caller fills.</summary>
    public int Rent()
    {
        if (_firstFree != None)
        {
            var free = _firstFree;
            _firstFree = _requests[free].Next;
            return free;
        }
        if (_used == _requests.Length)
            Array.Resize(ref _requests, _used * 2);
        return _used++;
    }

    /// <summary>Takes an index back.</summary>
    public void Return(int index)
    {
        _requests[index].Next = _firstFree;
        _firstFree = index;
    }

    /// <summary>Takes all back.</summary>
    public void Clear()
    {
        _firstFree = None;
        _used = 0;
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Aio.Simulated;

/// <summary>The bytes of a simulated disk as they should be: what reads see, what of it is on the medium, and what is in the volatile cache only.</summary>
internal sealed class DiskContents
{
    private readonly VolatileWrites? _volatile;
    private SparseMemory _current;
    private SparseMemory _medium;
    private long _events;

    /// <summary>Zeroes.</summary>
    /// <param name="maxAllocated">Bytes of memory that what reads see may use; what is on the medium may use as many again, if there is a cache.</param>
    /// <param name="hasCache">Writes may complete before they are on the medium.</param>
    public DiskContents(long maxAllocated, bool hasCache)
    {
        _medium = new SparseMemory(maxAllocated);
        _current = hasCache ? _medium.Fork() : _medium;
        _volatile = hasCache ? new VolatileWrites() : null;
    }

    /// <summary>Writes that are in the volatile cache only.</summary>
    public int VolatileCount => _volatile?.Count ?? 0;

    /// <summary>Names a request that is being submitted, and counts it.</summary>
    public long NextStamp() => ++_events;

    /// <summary>What reads see now, to come back to; it costs an entry for each chunk.</summary>
    public SparseMemory Snapshot() => _current.Fork();

    /// <summary>What reads see.</summary>
    public void Read(long offset, Span<byte> target) => _current.Read(offset, target);

    /// <summary>A write completes: how many bytes found room.</summary>
    /// <param name="stamp">The write.</param>
    /// <param name="offset">Where.</param>
    /// <param name="data">What.</param>
    /// <param name="length">How many bytes of it, from the first.</param>
    /// <param name="isDurable">It has been to the medium.</param>
    /// <param name="isAtomic">All of it finds room, or nothing does.</param>
    public long Write(long stamp, long offset, ScatterGatherList data, long length, bool isDurable, bool isAtomic)
    {
        var completed = ++_events;
        if (isAtomic && !_current.HasRoomFor(offset, length))
            return 0;
        var written = WriteTo(_current, offset, data, length);
        if (_volatile is null)
            return written;
        var range = new ByteRange(offset, written);
        if (isDurable)
        {
            WriteTo(_medium, offset, data, written);
            _volatile.Forget(range, completed);
        }
        else
            _volatile.Add(stamp, completed, range, data, isAtomic);
        return written;
    }

    /// <summary>A cached write is on the medium.</summary>
    public void Destage(long stamp) => _volatile!.Destage(stamp, _medium);

    /// <summary>An unmap completes; it is on the medium at once.</summary>
    public void Clear(long offset, long length)
    {
        _current.Clear(offset, length);
        if (_volatile is null)
            return;
        _medium.Clear(offset, length);
        _volatile.Forget(new ByteRange(offset, length), ++_events);
    }

    /// <summary>What a power cut may leave.</summary>
    /// <param name="inFlight">Writes that have not completed.</param>
    /// <param name="tearingUnit">Bytes that land together; 0 for whole writes.</param>
    public LegalImages Images(IEnumerable<VolatileWrite> inFlight, long tearingUnit)
    {
        var writes = _volatile?.ToList() ?? [];
        writes.AddRange(inFlight);
        return new LegalImages(_medium.Fork(), writes, tearingUnit);
    }

    /// <summary>This is what the medium holds from now on, and nothing is volatile; the disk takes it over.</summary>
    public void Become(SparseMemory image)
    {
        _medium = image;
        _current = _volatile is null ? image : image.Fork();
        _volatile?.Clear();
    }

    private static long WriteTo(SparseMemory memory, long offset, ScatterGatherList data, long length)
    {
        var done = 0L;
        for (var i = 0; i < data.Count && done < length; i++)
        {
            var segment = data[i].Span;
            if (segment.Length > length - done)
                segment = segment[..(int)(length - done)];
            var written = memory.Write(offset + done, segment);
            done += written;
            if (written < segment.Length)
                break;
        }
        return done;
    }
}

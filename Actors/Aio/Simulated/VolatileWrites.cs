using System.Buffers;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Aio.Simulated;

/// <summary>A write, or what is left of one, that a power cut may or may not leave on the medium.</summary>
/// <param name="stamp">Names it, and says when it was submitted: the disk counts submissions and completions.</param>
/// <param name="completed">When it completed, on the same count; long.MaxValue when it had not.</param>
/// <param name="range">Where it goes.</param>
/// <param name="bytes">What it writes: as many bytes from <paramref name="start"/> on.</param>
/// <param name="start">Where they begin.</param>
/// <param name="isAtomic">Nothing of it lands without the rest.</param>
internal sealed class VolatileWrite(long stamp, long completed, ByteRange range, byte[] bytes, int start, bool isAtomic)
{
    /// <summary>When it was submitted.</summary>
    public long Stamp => stamp;

    /// <summary>When it completed.</summary>
    public long Completed => completed;

    /// <summary>Where it goes.</summary>
    public ByteRange Range => range;

    /// <summary>True when nothing of it lands without the rest: what newer writes have left of it, perhaps in several parts.</summary>
    public bool IsAtomic => isAtomic;

    /// <summary>What holds the bytes.</summary>
    public byte[] Bytes => bytes;

    /// <summary>What it writes.</summary>
    public ReadOnlySpan<byte> Data => bytes.AsSpan(start, (int)range.Length);

    /// <summary>The part of it that lies in <paramref name="inner"/>, which lies in it.</summary>
    public VolatileWrite Part(ByteRange inner) => new(stamp, completed, inner, bytes, start + (int)(inner.Offset - range.Offset), isAtomic);

    /// <summary>True when this one cannot land on top of <paramref name="other"/>: it had completed before the other was submitted.</summary>
    public bool IsBelow(VolatileWrite other) => completed < other.Stamp;
}

/// <summary>The writes that are in the volatile cache only, with their bytes.</summary>
internal sealed class VolatileWrites
{
    // What overlaps is found by chunks, so that a full cache is not searched for each write that leaves it.
    private const int ChunkShift = 16;

    private readonly Dictionary<long, List<VolatileWrite>> _byStamp = [];
    private readonly Dictionary<long, List<VolatileWrite>> _byChunk = [];
    private readonly Stack<List<VolatileWrite>> _lists = new();

    /// <summary>Writes of which something is volatile.</summary>
    public int Count => _byStamp.Count;

    /// <summary>All of them, oldest first.</summary>
    public List<VolatileWrite> ToList()
    {
        var all = new List<VolatileWrite>();
        foreach (var parts in _byStamp.Values)
            all.AddRange(parts);
        all.Sort(static (a, b) => a.Completed != b.Completed ? a.Completed.CompareTo(b.Completed) : a.Range.Offset.CompareTo(b.Range.Offset));
        return all;
    }

    /// <summary>Adds one that has just completed.</summary>
    public void Add(long stamp, long completed, ByteRange range, ScatterGatherList data, bool isAtomic)
    {
        if (range.Length == 0)
            return;
        var bytes = ArrayPool<byte>.Shared.Rent((int)range.Length);
        Segments.CopyFrom(data, 0, bytes.AsSpan(0, (int)range.Length));
        var parts = NewList();
        _byStamp.Add(stamp, parts);
        Add(parts, new VolatileWrite(stamp, completed, range, bytes, 0, isAtomic));
    }

    /// <summary>Takes a write out that is on the medium from now on, and what older writes would have put beneath it: those parts can never be seen
    /// again.</summary>
    /// <param name="stamp">The write.</param>
    /// <param name="medium">Gets the bytes.</param>
    public void Destage(long stamp, SparseMemory medium)
    {
        // Nothing is left of a write whose bytes have all been written again, and brought to the medium, since.
        if (!_byStamp.Remove(stamp, out var parts))
            return;
        foreach (var part in parts)
        {
            RemoveFromChunks(part);
            Invariant.Holds(medium.Write(part.Range.Offset, part.Data) == part.Range.Length, "the medium has room for what the disk has");
            Forget(part.Range, part.Completed);
        }
        ArrayPool<byte>.Shared.Return(parts[0].Bytes);
        Return(parts);
    }

    /// <summary>Forgets the parts of a range that were written by writes that completed before <paramref name="before"/>.</summary>
    public void Forget(ByteRange range, long before)
    {
        if (range.Length >> ChunkShift > _byChunk.Count)
        {
            foreach (var write in ToList())
            {
                if (write.Completed < before && write.Range.Overlaps(range))
                    Carve(write, range);
            }
            return;
        }
        for (var chunk = range.Offset >> ChunkShift; chunk << ChunkShift < range.End; chunk++)
        {
            while (_byChunk.TryGetValue(chunk, out var list) && list.Find(write => write.Completed < before && write.Range.Overlaps(range)) is { } write)
                Carve(write, range);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _byStamp.Clear();
        _byChunk.Clear();
    }

    private void Carve(VolatileWrite write, ByteRange range)
    {
        var parts = _byStamp[write.Stamp];
        parts.Remove(write);
        RemoveFromChunks(write);
        var (before, after) = write.Range.Without(range);
        if (before.Length > 0)
            Add(parts, write.Part(before));
        if (after.Length > 0)
            Add(parts, write.Part(after));
        if (parts.Count > 0)
            return;
        _byStamp.Remove(write.Stamp);
        ArrayPool<byte>.Shared.Return(write.Bytes);
        Return(parts);
    }

    private void Add(List<VolatileWrite> parts, VolatileWrite part)
    {
        parts.Add(part);
        for (var chunk = part.Range.Offset >> ChunkShift; chunk << ChunkShift < part.Range.End; chunk++)
        {
            if (!_byChunk.TryGetValue(chunk, out var list))
                _byChunk.Add(chunk, list = NewList());
            list.Add(part);
        }
    }

    private void RemoveFromChunks(VolatileWrite part)
    {
        for (var chunk = part.Range.Offset >> ChunkShift; chunk << ChunkShift < part.Range.End; chunk++)
        {
            var list = _byChunk[chunk];
            list.Remove(part);
            if (list.Count > 0)
                continue;
            _byChunk.Remove(chunk);
            Return(list);
        }
    }

    private List<VolatileWrite> NewList() => _lists.TryPop(out var list) ? list : [];

    private void Return(List<VolatileWrite> list)
    {
        list.Clear();
        _lists.Push(list);
    }
}

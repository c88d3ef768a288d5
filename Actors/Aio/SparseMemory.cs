using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ScsiActors.Aio;

/// <summary>Bytes addressed from 0, held in chunks that exist only where something has been written; the rest reads as zeroes. A fork shares the chunks until
/// one side writes to them.</summary>
/// <param name="maxAllocated">Bytes that may be held, rounded down to whole chunks.</param>
internal sealed class SparseMemory(long maxAllocated)
{
    // Below the size from which the collector treats an array as large and clears the whole of it each time.
    private const int ChunkShift = 16;
    private const int ChunkLength = 1 << ChunkShift;

    private struct Chunk
    {
        public byte[] Bytes;
        public object Owner;
    }

    private Dictionary<long, Chunk> _chunks = [];

    // Chunks with another owner may be shared, and are copied before they are changed.
    private object _owner = new();

    /// <summary>Bytes held.</summary>
    public long Allocated => (long)_chunks.Count << ChunkShift;

    /// <summary>Another memory with the same contents and limit; it costs an entry for each chunk, and a copy of a chunk when either side changes it.</summary>
    public SparseMemory Fork()
    {
        _owner = new object();
        return new SparseMemory(maxAllocated) { _chunks = new Dictionary<long, Chunk>(_chunks) };
    }

    /// <summary>Copies from <paramref name="offset"/> on into <paramref name="target"/>.</summary>
    public void Read(long offset, Span<byte> target)
    {
        while (target.Length > 0)
        {
            var start = (int)(offset & ChunkLength - 1);
            var count = Math.Min(target.Length, ChunkLength - start);
            if (_chunks.TryGetValue(offset >> ChunkShift, out var chunk))
                chunk.Bytes.AsSpan(start, count).CopyTo(target);
            else
                target[..count].Clear();
            offset += count;
            target = target[count..];
        }
    }

    /// <summary>True when every byte of a range could be written.</summary>
    public bool HasRoomFor(long offset, long length)
    {
        var missing = 0L;
        for (var index = offset >> ChunkShift; index << ChunkShift < offset + length; index++)
            missing += _chunks.ContainsKey(index) ? 0 : ChunkLength;
        return missing == 0 || missing <= maxAllocated - Allocated;
    }

    /// <summary>Copies <paramref name="source"/> to <paramref name="offset"/>; answers how many bytes found room.</summary>
    public int Write(long offset, ReadOnlySpan<byte> source)
    {
        var left = source;
        while (left.Length > 0)
        {
            var start = (int)(offset & ChunkLength - 1);
            var count = Math.Min(left.Length, ChunkLength - start);
            var chunk = Own(offset >> ChunkShift);
            if (chunk is null)
            {
                if (Allocated + ChunkLength > maxAllocated)
                    return source.Length - left.Length;
                chunk = count == ChunkLength ? GC.AllocateUninitializedArray<byte>(ChunkLength) : new byte[ChunkLength];
                _chunks.Add(offset >> ChunkShift, new Chunk { Bytes = chunk, Owner = _owner });
            }
            left[..count].CopyTo(chunk.AsSpan(start));
            offset += count;
            left = left[count..];
        }
        return source.Length;
    }

    /// <summary>Makes a range read as zeroes, and frees the chunks that lie wholly in it.</summary>
    public void Clear(long offset, long length)
    {
        var end = offset + length;
        if (length >> ChunkShift > _chunks.Count)
        {
            // More chunks in the range than there are at all (a whole terabyte, say): go through those that exist.
            foreach (var index in _chunks.Keys.ToArray())
                ClearIn(index, offset, end);
            return;
        }
        for (var index = offset >> ChunkShift; index << ChunkShift < end; index++)
            ClearIn(index, offset, end);
    }

    private void ClearIn(long index, long offset, long end)
    {
        var from = Math.Max(offset - (index << ChunkShift), 0);
        var to = Math.Min(end - (index << ChunkShift), ChunkLength);
        if (from >= to)
            return;
        if (from == 0 && to == ChunkLength)
            _chunks.Remove(index);
        else if (Own(index) is { } chunk)
            chunk.AsSpan((int)from, (int)(to - from)).Clear();
    }

    /// <summary>A chunk that may be changed; null when there is none.</summary>
    private byte[]? Own(long index)
    {
        ref var chunk = ref CollectionsMarshal.GetValueRefOrNullRef(_chunks, index);
        if (Unsafe.IsNullRef(ref chunk))
            return null;
        if (chunk.Owner != _owner)
            chunk = new Chunk { Bytes = chunk.Bytes.AsSpan().ToArray(), Owner = _owner };
        return chunk.Bytes;
    }
}

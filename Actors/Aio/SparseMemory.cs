namespace ScsiActors.Aio;

/// <summary>Bytes addressed from 0, held in chunks that exist only where something has been written; the rest reads as zeroes.</summary>
/// <param name="maxAllocated">Bytes that may be held, rounded down to whole chunks.</param>
internal sealed class SparseMemory(long maxAllocated)
{
    // Below the size from which the collector treats an array as large and clears the whole of it each time.
    private const int ChunkShift = 16;
    private const int ChunkLength = 1 << ChunkShift;

    private readonly Dictionary<long, byte[]> _chunks = [];

    /// <summary>Bytes held.</summary>
    public long Allocated => (long)_chunks.Count << ChunkShift;

    /// <summary>Copies from <paramref name="offset"/> on into <paramref name="target"/>.</summary>
    public void Read(long offset, Span<byte> target)
    {
        while (target.Length > 0)
        {
            var start = (int)(offset & ChunkLength - 1);
            var count = Math.Min(target.Length, ChunkLength - start);
            if (_chunks.TryGetValue(offset >> ChunkShift, out var chunk))
                chunk.AsSpan(start, count).CopyTo(target);
            else
                target[..count].Clear();
            offset += count;
            target = target[count..];
        }
    }

    /// <summary>Copies <paramref name="source"/> to <paramref name="offset"/>; answers how many bytes found room.</summary>
    public int Write(long offset, ReadOnlySpan<byte> source)
    {
        var left = source;
        while (left.Length > 0)
        {
            var start = (int)(offset & ChunkLength - 1);
            var count = Math.Min(left.Length, ChunkLength - start);
            if (!_chunks.TryGetValue(offset >> ChunkShift, out var chunk))
            {
                if (Allocated + ChunkLength > maxAllocated)
                    return source.Length - left.Length;
                chunk = count == ChunkLength ? GC.AllocateUninitializedArray<byte>(ChunkLength) : new byte[ChunkLength];
                _chunks.Add(offset >> ChunkShift, chunk);
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
        else if (_chunks.TryGetValue(index, out var chunk))
            chunk.AsSpan((int)from, (int)(to - from)).Clear();
    }
}

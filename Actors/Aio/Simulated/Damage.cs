namespace ScsiActors.Aio.Simulated;

/// <summary>Bytes that read otherwise than they should, because an overlay acted on a write.</summary>
/// <param name="Overlay">Whose doing it is.</param>
/// <param name="Range">Where.</param>
/// <param name="Bytes">What is read there, from <paramref name="Start"/> on.</param>
/// <param name="Start">Where it begins in <paramref name="Bytes"/>.</param>
internal sealed record Patch(ActiveOverlay Overlay, ByteRange Range, byte[] Bytes, int Start)
{
    /// <summary>What is read in <paramref name="part"/>, which lies in it.</summary>
    public ReadOnlySpan<byte> Read(ByteRange part) => Bytes.AsSpan(Start + (int)(part.Offset - Range.Offset), (int)part.Length);

    /// <summary>The part of it that lies in <paramref name="range"/>.</summary>
    public Patch Part(ByteRange range) => this with { Range = range, Start = Start + (int)(range.Offset - Range.Offset) };
}

/// <summary>Patches in the order in which they were made: where several lie, the last is read.</summary>
internal sealed class Damage
{
    private readonly List<Patch> _patches = [];

    /// <summary>The patches, oldest first.</summary>
    public IReadOnlyList<Patch> Patches => _patches;

    /// <summary>Makes <paramref name="range"/> read as <paramref name="bytes"/>.</summary>
    public void Add(ActiveOverlay overlay, ByteRange range, byte[] bytes)
    {
        if (range.Length > 0)
            _patches.Add(new Patch(overlay, range, bytes, 0));
    }

    /// <summary>Lays the patches over what should be read at <paramref name="offset"/>.</summary>
    public void Overlay(long offset, Span<byte> target)
    {
        var range = new ByteRange(offset, target.Length);
        foreach (var patch in _patches)
        {
            if (!patch.Range.Overlaps(range))
                continue;
            var part = patch.Range.Intersect(range);
            patch.Read(part).CopyTo(target[(int)(part.Offset - offset)..]);
        }
    }

    /// <summary>The range has been written again: no damage is left there, or none of this overlay's.</summary>
    public void Remove(ByteRange range, ActiveOverlay? of = null)
    {
        for (var i = _patches.Count - 1; i >= 0; i--)
        {
            var patch = _patches[i];
            if ((of is not null && patch.Overlay != of) || !patch.Range.Overlaps(range))
                continue;
            _patches.RemoveAt(i);
            var (before, after) = patch.Range.Without(range);
            if (after.Length > 0)
                _patches.Insert(i, patch.Part(after));
            if (before.Length > 0)
                _patches.Insert(i, patch.Part(before));
        }
    }

    /// <summary>Takes all damage of an overlay away.</summary>
    public void Remove(ActiveOverlay overlay) => _patches.RemoveAll(patch => patch.Overlay == overlay);

    /// <summary>Bytes that an overlay has damaged, as far as no later damage lies above.</summary>
    public long BytesOf(ActiveOverlay overlay)
    {
        var bytes = 0L;
        foreach (var patch in _patches)
        {
            if (patch.Overlay == overlay)
                bytes += patch.Range.Length;
        }
        return bytes;
    }
}

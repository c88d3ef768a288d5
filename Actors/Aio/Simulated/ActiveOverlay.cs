using ScsiActors.Messages;

namespace ScsiActors.Aio.Simulated;

/// <summary>One overlay with its age: how often it could have acted, and did.</summary>
internal sealed class ActiveOverlay
{
    private SeededStream _stream;
    private long _seen;
    private long _hits;

    /// <summary>An overlay that nothing has happened to yet; what is to be drawn is drawn.</summary>
    /// <param name="overlay">As asked for.</param>
    /// <param name="stream">Its own draws.</param>
    public ActiveOverlay(DiskOverlay overlay, SeededStream stream)
    {
        _stream = stream;
        Overlay = overlay is { Damage: DiskDamage.BitFlip, Bit: < 0 } ? overlay with { Bit = _stream.Below(overlay.Length * 8) } : overlay;
        Ranges.Add(new ByteRange(overlay.Offset, overlay.Length));
    }

    /// <summary>What it is.</summary>
    public DiskOverlay Overlay { get; }

    /// <summary>Where it still is.</summary>
    public List<ByteRange> Ranges { get; } = [];

    /// <summary>The first bytes of <paramref name="access"/> that it covers; of length 0 or below when none.</summary>
    public ByteRange FirstCovered(ByteRange access)
    {
        var first = default(ByteRange);
        foreach (var range in Ranges)
        {
            if (range.Overlaps(access) && range.Intersect(access) is var covered && (first.Length <= 0 || covered.Offset < first.Offset))
                first = covered;
        }
        return first;
    }

    /// <summary>Counts an access that it can hit: true when it does.</summary>
    public bool Counts(TimeSpan now)
    {
        _seen++;
        if (now >= Overlay.Until || _seen < Overlay.FirstAccess || _hits >= Overlay.Accesses)
            return false;
        _hits++;
        return true;
    }

    /// <summary>Takes a range that has been written again away from it.</summary>
    public void Rewritten(ByteRange landed)
    {
        for (var i = Ranges.Count - 1; i >= 0; i--)
        {
            if (!Ranges[i].Overlaps(landed))
                continue;
            var (before, after) = Ranges[i].Without(landed);
            Ranges.RemoveAt(i);
            if (before.Length > 0)
                Ranges.Add(before);
            if (after.Length > 0)
                Ranges.Add(after);
        }
    }

    /// <summary>A number from 0 to <paramref name="bound"/> - 1.</summary>
    public long Draw(long bound) => _stream.Below(bound);

    /// <summary>What it has come to.</summary>
    /// <param name="now">The time.</param>
    /// <param name="damagedBytes">Bytes that it has damaged.</param>
    public OverlayState State(TimeSpan now, long damagedBytes) =>
        new(Overlay, _seen, _hits, damagedBytes, now >= Overlay.Until || _hits >= Overlay.Accesses || Ranges.Count == 0);
}

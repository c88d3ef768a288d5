using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Aio.Simulated;

/// <summary>Where the hits of overlays are told.</summary>
internal interface IOverlayPorts
{
    /// <summary>An overlay has acted, or its damage has been read.</summary>
    void Hit(OverlayHit hit);
}

/// <summary>The faults of a simulated disk, between its contents as they should be and its clients. It changes what a client gets, and which part of a write
/// is to be kept; it never changes what should be there.</summary>
/// <param name="contents">What should be there; null for a disk that forgets.</param>
/// <param name="size">Bytes of the disk.</param>
/// <param name="hasCache">There is a cache to lie about.</param>
/// <param name="ports">Told of hits.</param>
internal sealed class DiskOverlays(DiskContents? contents, long size, bool hasCache, IOverlayPorts ports)
{
    private const long TargetAlignment = 512;

    // In the order in which they were laid: the first that can act on a write does.
    private readonly List<ActiveOverlay> _overlays = [];

    // Damaged writes have changed the medium; stale versions are shown only to a read that is hit.
    private readonly Damage _damage = new();
    private readonly Damage _stale = new();

    /// <summary>True when there is nothing that could act or be seen.</summary>
    public bool IsEmpty => _overlays.Count == 0;

    /// <summary>Lays an overlay: null, or why it is refused.</summary>
    public string? Inject(DiskOverlay overlay, SeededStream stream, TimeSpan now)
    {
        var refusal = Refusal(overlay, now);
        if (refusal is null)
            _overlays.Add(new ActiveOverlay(overlay, stream));
        return refusal;
    }

    /// <summary>Lifts an overlay with the damage it has done: null, or why not.</summary>
    public string? Lift(string id)
    {
        if (_overlays.Find(overlay => overlay.Overlay.Id == id) is not { } lifted)
            return $"there is no overlay {id}";
        _overlays.Remove(lifted);
        _damage.Remove(lifted);
        _stale.Remove(lifted);
        return null;
    }

    /// <summary>The overlays as they are.</summary>
    public IReadOnlyList<OverlayState> List(TimeSpan now) => [.. _overlays.Select(overlay => overlay.State(now, _damage.BytesOf(overlay)))];

    /// <summary>True when a request that should wait until its bytes are on the medium is to be told a lie.</summary>
    /// <param name="id">The request.</param>
    /// <param name="range">A write-through's range; null for a flush, which concerns the whole disk.</param>
    /// <param name="now">The time.</param>
    public bool Lies(AioId id, ByteRange? range, TimeSpan now)
    {
        foreach (var overlay in _overlays)
        {
            if (overlay.Overlay.Damage != DiskDamage.FlushLie)
                continue;
            var covered = overlay.FirstCovered(range ?? new ByteRange(0, size));
            if (covered.Length <= 0 || !overlay.Counts(now))
                continue;
            Hit(overlay, id, covered);
            return true;
        }
        return false;
    }

    /// <summary>How many bytes of a request can be read or written before a medium error, all of them if there is none.</summary>
    public long BeforeError(AioId id, ByteRange range, bool isWrite, TimeSpan now)
    {
        var good = range.Length;
        foreach (var overlay in _overlays)
        {
            if (overlay.Overlay.Damage != (isWrite ? DiskDamage.WriteError : DiskDamage.ReadError))
                continue;
            var covered = overlay.FirstCovered(range);
            if (covered.Length <= 0 || !overlay.Counts(now))
                continue;
            Hit(overlay, id, covered);
            good = Math.Min(good, covered.Offset - range.Offset);
        }
        return good;
    }

    /// <summary>Changes what a read has got, of a range that it gets.</summary>
    public void Spoil(AioId id, ByteRange range, ScatterGatherList data, TimeSpan now)
    {
        Lay(_damage, null, id, range, data);
        foreach (var overlay in _overlays)
        {
            if (overlay.Overlay.Damage == DiskDamage.StaleRead && _stale.Patches.Any(patch => patch.Overlay == overlay && patch.Range.Overlaps(range))
                && overlay.Counts(now))
                Lay(_stale, overlay, id, range, data);
            else if (overlay.Overlay.Damage == DiskDamage.BitFlip)
                Flip(overlay, id, range, data, now);
        }
    }

    /// <summary>A write is about to change what should be there: sees to it that what should not land is read as it was.</summary>
    public void BeforeWrite(AioId id, ByteRange range, ScatterGatherList data, TimeSpan now)
    {
        if (contents is null || range.Length == 0)
            return;
        var landed = range;
        ActiveOverlay? damaging = null;
        var target = default(ByteRange);
        foreach (var overlay in _overlays)
        {
            if (overlay.Overlay.Damage == DiskDamage.StaleRead)
                KeepVersion(overlay, range);
            else if (damaging is null && overlay.FirstCovered(range).Length > 0 && CanDamage(overlay, range) && overlay.Counts(now))
            {
                damaging = overlay;
                (landed, target) = Act(overlay, range);
            }
        }
        var lost = new ByteRange(landed.End, range.End - landed.End);
        var old = damaging is null ? [] : View(lost);
        Landed(landed);
        if (damaging is null)
            return;
        Hit(damaging, id, lost);
        _damage.Remove(lost, damaging);
        _damage.Add(damaging, lost, old);
        if (target.Length <= 0)
            return;
        Hit(damaging, id, target);
        Landed(target);
        var misdirected = new byte[target.Length];
        Segments.CopyFrom(data, 0, misdirected);
        _damage.Add(damaging, target, misdirected);
    }

    /// <summary>A range has been deallocated: it holds zeroes, whatever had been done to it.</summary>
    public void Unmapped(ByteRange range)
    {
        _damage.Remove(range);
        _stale.Remove(range);
    }

    private static bool CanDamage(ActiveOverlay overlay, ByteRange range) => overlay.Overlay.Damage switch
    {
        DiskDamage.LostWrite or DiskDamage.MisdirectedWrite => true,
        DiskDamage.TornWrite => Units(range, overlay.Overlay.TearingUnit) > 1,
        _ => false,
    };

    private static long Units(ByteRange range, long unit) => (range.End - 1) / unit - range.Offset / unit + 1;

    /// <summary>What of the range is written where it should be, always from its start on, and where the whole goes besides.</summary>
    private (ByteRange Landed, ByteRange Target) Act(ActiveOverlay overlay, ByteRange range)
    {
        var rule = overlay.Overlay;
        if (rule.Damage == DiskDamage.TornWrite)
        {
            var units = 1 + overlay.Draw(Units(range, rule.TearingUnit) - 1);
            return (range with { Length = (range.Offset / rule.TearingUnit + units) * rule.TearingUnit - range.Offset }, default);
        }
        if (rule.Damage == DiskDamage.LostWrite)
            return (range with { Length = 0 }, default);
        var target = rule.Target >= 0 ? rule.Target : overlay.Draw((size - range.Length) / TargetAlignment + 1) * TargetAlignment;
        return (range with { Length = 0 }, new ByteRange(target, Math.Min(range.Length, size - target)));
    }

    private void Landed(ByteRange range)
    {
        if (range.Length <= 0)
            return;
        _damage.Remove(range);
        foreach (var overlay in _overlays)
        {
            if (overlay.Overlay is { IsClearedByRewrite: true, Damage: not DiskDamage.StaleRead })
                overlay.Rewritten(range);
        }
    }

    private void KeepVersion(ActiveOverlay overlay, ByteRange range)
    {
        foreach (var covered in overlay.Ranges)
        {
            var part = covered.Intersect(range);
            if (part.Length <= 0)
                continue;
            var old = View(part);
            _stale.Remove(part, overlay);
            _stale.Add(overlay, part, old);
        }
    }

    private byte[] View(ByteRange range)
    {
        var bytes = new byte[range.Length];
        contents!.Read(range.Offset, bytes);
        _damage.Overlay(range.Offset, bytes);
        return bytes;
    }

    private void Lay(Damage damage, ActiveOverlay? of, AioId id, ByteRange range, ScatterGatherList data)
    {
        foreach (var patch in damage.Patches)
        {
            if ((of is not null && patch.Overlay != of) || !patch.Range.Overlaps(range))
                continue;
            var part = patch.Range.Intersect(range);
            Segments.CopyTo(patch.Read(part), data, part.Offset - range.Offset);
            ports.Hit(new OverlayHit(patch.Overlay.Overlay.Id, patch.Overlay.Overlay.Damage, id, part.Offset, part.Length, IsExposure: of is null));
        }
    }

    private void Flip(ActiveOverlay overlay, AioId id, ByteRange range, ScatterGatherList data, TimeSpan now)
    {
        var at = new ByteRange(overlay.Overlay.Offset + overlay.Overlay.Bit / 8, 1);
        if (!at.Overlaps(range) || overlay.FirstCovered(at).Length <= 0 || !overlay.Counts(now))
            return;
        Span<byte> flipped = stackalloc byte[1];
        Segments.CopyFrom(data, at.Offset - range.Offset, flipped);
        flipped[0] ^= (byte)(1 << (int)(overlay.Overlay.Bit % 8));
        Segments.CopyTo(flipped, data, at.Offset - range.Offset);
        Hit(overlay, id, at);
    }

    private void Hit(ActiveOverlay overlay, AioId id, ByteRange range) =>
        ports.Hit(new OverlayHit(overlay.Overlay.Id, overlay.Overlay.Damage, id, range.Offset, range.Length, IsExposure: false));

    private string? Refusal(DiskOverlay overlay, TimeSpan now)
    {
        (bool Is, string Why)[] reasons =
        [
            (_overlays.Exists(other => other.Overlay.Id == overlay.Id), "there is an overlay of this name already"),
            (overlay.Offset < 0 || overlay.Length < 1 || overlay.Offset > size - overlay.Length, "its range is not on the disk"),
            (overlay.FirstAccess < 1 || overlay.Accesses < 1, "it acts on no access: they are counted from 1"),
            (overlay.Until <= now, "its time is over"),
            (overlay.Damage == DiskDamage.FlushLie && !hasCache, "the disk has no volatile cache, so that a flush has nothing to lie about"),
            (contents is null && overlay.Damage is not (DiskDamage.ReadError or DiskDamage.WriteError or DiskDamage.FlushLie),
                "the disk forgets what is written, so that nothing can be wrong with it"),
            (overlay.TearingUnit < 1, "a tearing unit has 1 byte or more"),
            (overlay.Target >= size, "the target is not on the disk"),
            (overlay.Bit >= overlay.Length * 8, "the bit is not in the range"),
        ];
        var reason = Array.Find(reasons, static reason => reason.Is).Why;
        return reason is null ? null : $"overlay {overlay.Id}: {reason}";
    }
}

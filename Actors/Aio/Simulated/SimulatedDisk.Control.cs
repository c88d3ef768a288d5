using System.Numerics;
using ScsiActors.Messages;

namespace ScsiActors.Aio.Simulated;

/// <summary>What can be done to the disk from outside: overlays, power, speed.</summary>
public sealed partial class SimulatedDisk
{
    private SeededStream _cuts;
    private readonly Dictionary<string, SparseMemory> _saved = [];
    private LegalImages? _images;

    /// <inheritdoc/>
    public DiskControlled Handle(DiskControl control)
    {
        var now = _ports.Now;
        _mechanism.Advance(now);
        var done = control switch
        {
            InjectOverlay inject => new DiskControlled(control, _overlays.Inject(inject.Overlay, Stream($"overlay {inject.Overlay.Id}"), now)),
            LiftOverlay lift => new DiskControlled(control, _overlays.Lift(lift.Id)),
            ListOverlays => new DiskControlled(control, Overlays: _overlays.List(now)),
            PowerOff off => CutPower(off),
            PowerOn on => new DiskControlled(control, GivePower(on)),
            SaveContents save => new DiskControlled(control, Save(save.Name)),
            RestoreContents restore => new DiskControlled(control, Restore(restore.Name)),
            SlowDown slow => new DiskControlled(control, Slow(slow.Factor)),
            LimitCache limit => new DiskControlled(control, Limit(limit.Bytes)),
            _ => new DiskControlled(control, "a simulated disk knows nothing of that"),
        };
        AskForWake(now);
        return done;
    }

    private SeededStream Stream(string purpose) => new(_settings.Seed, $"{_ports.Name} {purpose}");

    private DiskControlled CutPower(PowerOff off)
    {
        if (off.TearingUnit < 0)
            return new DiskControlled(off, "a tearing unit has 1 byte or more, or 0 for whole writes");
        if (off.AsBefore && _images is null)
            return new DiskControlled(off, "there was no power cut before");
        if (_isOff)
            return new DiskControlled(off, "the power is off");
        var inFlight = InFlightWrites();
        var cut = new PowerCut(BigInteger.One, IsExact: true, _contents?.VolatileCount ?? 0, inFlight.Count);
        if (_contents is not null)
        {
            if (!off.AsBefore)
                _images = _contents.Images(inFlight, off.TearingUnit);
            cut = cut with { LegalImages = _images!.Count, IsExact = _images.IsExact };
        }
        _isOff = true;
        _mechanism.PowerOff();
        CompleteAll(AioResult.Unavailable);
        return new DiskControlled(off, Cut: cut);
    }

    private string? GivePower(PowerOn on)
    {
        if (!_isOff)
            return "the power is on";
        if (on.Image is { } number && (number < 0 || number >= (_images?.Count ?? BigInteger.One)))
            return $"there is no image {number} of this cut";
        _contents?.Become(on.Image is { } image ? _images!.Image(image) : _images!.Image(ref _cuts));
        _isOff = false;
        return null;
    }

    private string? Save(string name)
    {
        if (_contents is null)
            return "a disk that forgets has nothing to save";
        _saved[name] = _contents.Snapshot();
        return null;
    }

    private string? Restore(string name)
    {
        if (!_saved.TryGetValue(name, out var saved))
            return $"nothing was saved as {name}";
        _contents!.Become(saved.Fork());
        return null;
    }

    private string? Slow(double factor)
    {
        if (factor is not (>= 0.001 and <= 1000))
            return "a disk becomes up to a thousand times slower or faster";
        _mechanism.Slowness = factor;
        return null;
    }

    private string? Limit(long? bytes)
    {
        var configured = _settings.Timing.WriteCache;
        if (configured == 0)
            return "there is no cache";
        if (bytes is < 0 || bytes > configured)
            return $"the cache has 0 to {configured} bytes";
        _mechanism.CacheSize = bytes ?? configured;
        return null;
    }

    private List<VolatileWrite> InFlightWrites()
    {
        var writes = new List<VolatileWrite>();
        foreach (var pending in _pending)
        {
            if (_contents is null || pending.Request is not AioWrite { Data.Length: > 0 } write)
                continue;
            var bytes = new byte[write.Data.Length];
            Segments.CopyFrom(write.Data, 0, bytes);
            writes.Add(new VolatileWrite(pending.Stamp, long.MaxValue, new ByteRange(write.Offset, bytes.Length), bytes, 0, write.IsAtomic));
        }
        return writes;
    }
}

using ScsiActors.Messages;

namespace ScsiActors.Aio.Simulated;

/// <summary>A disk that takes as long as it is told to, by a clock that may be virtual, and fails as it is told to. Bytes are copied when a request
/// completes: a read sees every write that completed before it.</summary>
public sealed partial class SimulatedDisk : IAioBackend, IDiskMechanismPorts, ISimulatedStorage, IOverlayPorts
{
    private struct Pending
    {
        public AioRequest? Request;
        public long Stamp;
    }

    private readonly SimulatedDiskSettings _settings;
    private readonly long _size;
    private readonly IAioBackendPorts _ports;
    private readonly DiskMechanism _mechanism;
    private readonly DiskContents? _contents;
    private readonly DiskOverlays _overlays;
    private Pending[] _pending = new Pending[64];
    private AioOpened? _opened;
    private TimeSpan _wakeAt = TimeSpan.MaxValue;
    private bool _isOff;

    /// <summary>A disk that holds zeroes.</summary>
    /// <param name="settings">What it is.</param>
    /// <param name="size">Bytes it can be addressed for.</param>
    /// <param name="maxAllocated">Bytes of memory it may use for its contents; writes beyond end as NoSpace. With a write cache it needs up to twice as
    /// much.</param>
    /// <param name="ports">How it answers, and what the time is.</param>
    public SimulatedDisk(SimulatedDiskSettings settings, long size, long maxAllocated, IAioBackendPorts ports)
    {
        var hasCache = settings.Timing.WriteCache > 0;
        _settings = settings;
        _size = size;
        _ports = ports;
        _mechanism = new DiskMechanism(settings.Timing, size, Stream("latency"), this);
        _cuts = Stream("power cut");
        _contents = settings.Contents == DiskContentsKind.Keep ? new DiskContents(maxAllocated, hasCache) : null;
        _overlays = new DiskOverlays(_contents, size, hasCache, this);
    }

    /// <inheritdoc/>
    public bool IsBatched => false;

    /// <inheritdoc/>
    public void Open()
    {
        _opened = new AioOpened(AioResult.Ok, _size, IsReadOnly: false, CanUnmap: _contents is not null,
            _contents is null ? "simulated: forgets what is written" : "simulated: lost at the end");
        _ports.Opened(_opened);
    }

    /// <inheritdoc/>
    public void Submit(AioRequest request)
    {
        var result = _isOff ? AioResult.Unavailable : AioChecks.Check(request, _opened);
        if (result != AioResult.Ok)
        {
            _ports.Completed(new AioCompleted(request.Id, result, 0));
            return;
        }
        var slot = request.Id.Slot;
        if (slot >= _pending.Length)
            Array.Resize(ref _pending, Math.Max(_pending.Length * 2, slot + 1));
        var stamp = _contents?.NextStamp() ?? 0;
        _pending[slot] = new Pending { Request = request, Stamp = stamp };
        var now = _ports.Now;
        _mechanism.Advance(now);
        var (offset, length) = request switch
        {
            AioRead read => (read.Offset, read.Data.Length),
            AioWrite write => (write.Offset, write.Data.Length),
            AioUnmap unmap => (unmap.Offset, unmap.Length),
            _ => (0, 0),
        };
        _mechanism.Submit(OperationOf(request, now), slot, stamp, offset, length);
        AskForWake(now);
    }

    /// <inheritdoc/>
    public void EndOfBatch()
    {
    }

    /// <inheritdoc/>
    public void Cancel(AioId id)
    {
        var now = _ports.Now;
        _mechanism.Advance(now);
        if (_mechanism.TryCancel(id.Slot))
            Complete(id.Slot, AioResult.Cancelled, 0);
        AskForWake(now);
    }

    /// <inheritdoc/>
    public void Reap()
    {
        var now = _ports.Now;
        if (now >= _wakeAt)
            _wakeAt = TimeSpan.MaxValue;
        _mechanism.Advance(now);
        AskForWake(now);
    }

    /// <inheritdoc/>
    public void Close()
    {
        _mechanism.PowerOff();
        CompleteAll(AioResult.Cancelled);
        _ports.Closed();
    }

    void IDiskMechanismPorts.Completed(int tag, bool isDurable)
    {
        var (result, bytes) = _pending[tag].Request switch
        {
            AioRead read => Read(read),
            AioWrite write => Write(write, _pending[tag].Stamp, isDurable),
            AioUnmap unmap => Unmap(unmap),
            _ => (AioResult.Ok, 0),
        };
        Complete(tag, result, bytes);
    }

    void IDiskMechanismPorts.Destaged(long stamp) => _contents?.Destage(stamp);

    void IOverlayPorts.Hit(OverlayHit hit) => _ports.OverlayHit(hit);

    private DiskOperation OperationOf(AioRequest request, TimeSpan now) => request switch
    {
        AioRead => DiskOperation.Read,
        AioWrite { WriteThrough: true } write when !Lies(write.Id, new ByteRange(write.Offset, write.Data.Length), now) => DiskOperation.WriteThrough,
        AioWrite => DiskOperation.Write,
        AioUnmap => DiskOperation.Unmap,
        _ => Lies(request.Id, null, now) ? DiskOperation.FalseFlush : DiskOperation.Flush,
    };

    private bool Lies(AioId id, ByteRange? range, TimeSpan now) => !_overlays.IsEmpty && _overlays.Lies(id, range, now);

    /// <summary>Has everything happen that takes no time, and then asks to be woken for what takes some.</summary>
    private void AskForWake(TimeSpan now)
    {
        while (_mechanism.NextWake <= now)
            _mechanism.Advance(now);
        var next = _mechanism.NextWake;
        if (next >= _wakeAt)
            return;
        _wakeAt = next;
        _ports.WakeAt(next);
    }

    private void Complete(int slot, AioResult result, long bytes)
    {
        var id = _pending[slot].Request!.Id;
        _pending[slot].Request = null;
        _ports.Completed(new AioCompleted(id, result, bytes));
    }

    private void CompleteAll(AioResult result)
    {
        for (var slot = 0; slot < _pending.Length; slot++)
        {
            if (_pending[slot].Request is not null)
                Complete(slot, result, 0);
        }
    }

    private (AioResult Result, long Bytes) Read(AioRead read)
    {
        var length = read.Data.Length;
        var good = _overlays.IsEmpty ? length : _overlays.BeforeError(read.Id, new ByteRange(read.Offset, length), isWrite: false, _ports.Now);
        if (_contents is not null)
        {
            var done = 0L;
            for (var i = 0; i < read.Data.Count && done < good; i++)
            {
                var segment = read.Data[i].Span;
                if (segment.Length > good - done)
                    segment = segment[..(int)(good - done)];
                _contents.Read(read.Offset + done, segment);
                done += segment.Length;
            }
            if (!_overlays.IsEmpty)
                _overlays.Spoil(read.Id, new ByteRange(read.Offset, good), read.Data, _ports.Now);
        }
        return (good == length ? AioResult.Ok : AioResult.ReadError, good);
    }

    private (AioResult Result, long Bytes) Write(AioWrite write, long stamp, bool isDurable)
    {
        var length = write.Data.Length;
        var good = length;
        if (!_overlays.IsEmpty)
        {
            good = _overlays.BeforeError(write.Id, new ByteRange(write.Offset, length), isWrite: true, _ports.Now);
            // Where a block of it cannot be written, nothing of it is.
            if (write.IsAtomic && good < length)
                return (AioResult.WriteError, 0);
            _overlays.BeforeWrite(write.Id, new ByteRange(write.Offset, good), write.Data, _ports.Now);
        }
        var written = _contents?.Write(stamp, write.Offset, write.Data, good, isDurable, write.IsAtomic) ?? good;
        return (written < good ? AioResult.NoSpace : good < length ? AioResult.WriteError : AioResult.Ok, written);
    }

    private (AioResult Result, long Bytes) Unmap(AioUnmap unmap)
    {
        _contents!.Clear(unmap.Offset, unmap.Length);
        if (!_overlays.IsEmpty)
            _overlays.Unmapped(new ByteRange(unmap.Offset, unmap.Length));
        return (AioResult.Ok, 0);
    }
}

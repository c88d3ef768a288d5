using ScsiActors.Messages;

namespace ScsiActors.Aio.Simulated;

/// <summary>A disk that takes as long as it is told to, by a clock that may be virtual.</summary>
public sealed class SimulatedDisk : IAioBackend, IDiskMechanismPorts
{
    private readonly SimulatedDiskSettings _settings;
    private readonly long _size;
    private readonly IAioBackendPorts _ports;
    private readonly DiskMechanism _mechanism;
    private readonly SparseMemory? _contents;
    private AioRequest?[] _requests = new AioRequest?[64];
    private AioOpened? _opened;
    private TimeSpan _wakeAt = TimeSpan.MaxValue;

    /// <summary>A disk that holds zeroes.</summary>
    /// <param name="settings">What it is.</param>
    /// <param name="size">Bytes it can be addressed for.</param>
    /// <param name="maxAllocated">Bytes of memory it may use for its contents; writes beyond end as NoSpace.</param>
    /// <param name="ports">How it answers, and what the time is.</param>
    public SimulatedDisk(SimulatedDiskSettings settings, long size, long maxAllocated, IAioBackendPorts ports)
    {
        _settings = settings;
        _size = size;
        _ports = ports;
        _mechanism = new DiskMechanism(settings.Timing, size, new SeededStream(settings.Seed, $"{ports.Name} latency"), this);
        _contents = settings.Contents == DiskContentsKind.Keep ? new SparseMemory(maxAllocated) : null;
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
        var result = AioChecks.Check(request, _opened);
        if (result != AioResult.Ok)
        {
            _ports.Completed(new AioCompleted(request.Id, result, 0));
            return;
        }
        var slot = request.Id.Slot;
        if (slot >= _requests.Length)
            Array.Resize(ref _requests, Math.Max(_requests.Length * 2, slot + 1));
        _requests[slot] = request;
        var now = _ports.Now;
        _mechanism.Advance(now);
        switch (request)
        {
            case AioRead read: _mechanism.Submit(DiskOperation.Read, slot, 0, read.Offset, read.Data.Length); break;
            case AioWrite write:
                _mechanism.Submit(write.WriteThrough ? DiskOperation.WriteThrough : DiskOperation.Write, slot, 0, write.Offset, write.Data.Length);
                break;
            case AioUnmap unmap: _mechanism.Submit(DiskOperation.Unmap, slot, 0, unmap.Offset, unmap.Length); break;
            default: _mechanism.Submit(DiskOperation.Flush, slot, 0, 0, 0); break;
        }
        AskForWake(now);
    }

    /// <inheritdoc/>
    public void EndOfBatch()
    {
    }

    /// <inheritdoc/>
    public void Cancel(AioId id)
    {
        _mechanism.Advance(_ports.Now);
        if (_mechanism.TryCancel(id.Slot))
            Complete(id.Slot, AioResult.Cancelled, 0);
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
        for (var slot = 0; slot < _requests.Length; slot++)
        {
            if (_requests[slot] is not null)
                Complete(slot, AioResult.Cancelled, 0);
        }
        _ports.Closed();
    }

    void IDiskMechanismPorts.Completed(int tag, bool isDurable)
    {
        var (result, bytes) = _requests[tag] switch
        {
            AioRead read => (AioResult.Ok, Read(read)),
            AioWrite write => Write(write),
            AioUnmap unmap => Unmap(unmap),
            _ => (AioResult.Ok, 0),
        };
        Complete(tag, result, bytes);
    }

    void IDiskMechanismPorts.Destaged(long stamp)
    {
    }

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
        var id = _requests[slot]!.Id;
        _requests[slot] = null;
        _ports.Completed(new AioCompleted(id, result, bytes));
    }

    private long Read(AioRead read)
    {
        if (_contents is null)
            return read.Data.Length;
        var done = 0L;
        for (var i = 0; i < read.Data.Count; i++)
        {
            var segment = read.Data[i].Span;
            _contents.Read(read.Offset + done, segment);
            done += segment.Length;
        }
        return done;
    }

    private (AioResult Result, long Bytes) Write(AioWrite write)
    {
        if (_contents is null)
            return (AioResult.Ok, write.Data.Length);
        var done = 0L;
        for (var i = 0; i < write.Data.Count; i++)
        {
            var segment = write.Data[i].Span;
            var written = _contents.Write(write.Offset + done, segment);
            done += written;
            if (written < segment.Length)
                return (AioResult.NoSpace, done);
        }
        return (AioResult.Ok, done);
    }

    private (AioResult Result, long Bytes) Unmap(AioUnmap unmap)
    {
        _contents!.Clear(unmap.Offset, unmap.Length);
        return (AioResult.Ok, 0);
    }
}

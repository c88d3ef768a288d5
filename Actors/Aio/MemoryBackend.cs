using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>A disk in memory that completes at once and forgets everything when it is closed. It costs what has been written, not what it could
/// hold.</summary>
/// <param name="size">Bytes it can be addressed for.</param>
/// <param name="maxAllocated">Bytes it may really use, rounded down to whole chunks; writes beyond end as NoSpace.</param>
/// <param name="ports">How it answers.</param>
public sealed class MemoryBackend(long size, long maxAllocated, IAioBackendPorts ports) : IAioBackend
{
    private readonly SparseMemory _memory = new(maxAllocated);
    private AioOpened? _opened;

    /// <inheritdoc/>
    public bool IsBatched => false;

    /// <inheritdoc/>
    public void Open()
    {
        _opened = new AioOpened(AioResult.Ok, size, IsReadOnly: false, CanUnmap: true, "memory: lost at the end");
        ports.Opened(_opened);
    }

    /// <inheritdoc/>
    public void Submit(AioRequest request)
    {
        var result = AioChecks.Check(request, _opened);
        var bytes = 0L;
        if (result == AioResult.Ok)
        {
            switch (request)
            {
                case AioRead read:
                    bytes = Read(read);
                    break;
                case AioWrite write:
                    bytes = Write(write);
                    result = bytes == write.Data.Length ? AioResult.Ok : AioResult.NoSpace;
                    break;
                case AioUnmap unmap:
                    _memory.Clear(unmap.Offset, unmap.Length);
                    break;
            }
        }
        ports.Completed(new AioCompleted(request.Id, result, bytes));
    }

    /// <inheritdoc/>
    public void EndOfBatch()
    {
    }

    /// <inheritdoc/>
    public void Cancel(AioId id)
    {
    }

    /// <inheritdoc/>
    public void Reap()
    {
    }

    /// <inheritdoc/>
    public void Close() => ports.Closed();

    private long Read(AioRead read)
    {
        var done = 0L;
        for (var i = 0; i < read.Data.Count; i++)
        {
            var segment = read.Data[i].Span;
            _memory.Read(read.Offset + done, segment);
            done += segment.Length;
        }
        return done;
    }

    private long Write(AioWrite write)
    {
        if (write.IsAtomic && !_memory.HasRoomFor(write.Offset, write.Data.Length))
            return 0;
        var done = 0L;
        for (var i = 0; i < write.Data.Count; i++)
        {
            var segment = write.Data[i].Span;
            var written = _memory.Write(write.Offset + done, segment);
            done += written;
            if (written < segment.Length)
                break;
        }
        return done;
    }
}

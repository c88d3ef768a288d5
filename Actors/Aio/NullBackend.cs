using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>Storage that does nothing, at once: it measures everything above it. A write is forgotten; a read leaves the client's memory as it
/// is, so its contents are undefined.</summary>
/// <param name="size">Bytes it pretends to hold.</param>
/// <param name="ports">How it answers.</param>
public sealed class NullBackend(long size, IAioBackendPorts ports) : IAioBackend
{
    private AioOpened? _opened;

    /// <inheritdoc/>
    public bool IsBatched => false;

    /// <inheritdoc/>
    public void Open()
    {
        _opened = new AioOpened(AioResult.Ok, size, IsReadOnly: false, CanUnmap: false, "null: forgets what is written");
        ports.Opened(_opened);
    }

    /// <inheritdoc/>
    public void Submit(AioRequest request)
    {
        var result = AioChecks.Check(request, _opened);
        var bytes = result != AioResult.Ok ? 0 : request switch
        {
            AioRead read => read.Data.Length,
            AioWrite write => write.Data.Length,
            _ => 0,
        };
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
}

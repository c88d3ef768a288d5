using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>Straight to storage: aio messages, and no device above it.</summary>
internal sealed class AioWayIn : IWayIn
{
    private uint _generation;

    /// <inheritdoc/>
    public int Fences => 2;

    /// <inheritdoc/>
    public object Request(int slot, bool isWrite, long offset, Memory<byte> data)
    {
        var id = new AioId(slot, ++_generation);
        return isWrite ? new AioWrite(id, offset, new(data)) : new AioRead(id, offset, new(data));
    }

    /// <inheritdoc/>
    public bool TryRead(object message, out WayAnswer answer)
    {
        if (message is not AioCompleted completed)
        {
            answer = default;
            return false;
        }
        answer = new WayAnswer(completed.Id.Slot, completed.Result == AioResult.Ok ? null : $"storage answered {completed.Result}");
        return true;
    }
}

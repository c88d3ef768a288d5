using Akka.Actor;

namespace ScsiActors.Host.Bench;

/// <summary>Reads and writes one way, and waits for each answer: for all that need not be fast. Its slots may be used from several threads, each by one at
/// a time.</summary>
/// <param name="port">Who takes the requests.</param>
/// <param name="way">In what messages.</param>
internal sealed class WayClient(IActorRef port, IWayIn way)
{
    private readonly Lock _making = new();

    /// <summary>Moves data.</summary>
    /// <exception cref="RunFailedException">It did not go well; the message says why, in words.</exception>
    public async Task MoveAsync(int slot, bool isWrite, long offset, Memory<byte> data, CancellationToken cancellation)
    {
        object request;
        lock (_making)
            request = way.Request(slot, isWrite, offset, data);
        var message = await port.Ask<object>(request, Timeout.InfiniteTimeSpan, cancellation);
        if (!way.TryRead(message, out var answer))
            throw new RunFailedException($"A {(isWrite ? "write" : "read")} was answered by {message.GetType().Name}.");
        if (answer.Error is not null)
            throw new RunFailedException($"A {(isWrite ? "write" : "read")} of {data.Length} bytes at byte {offset}: {answer.Error}");
    }
}

using Akka.Actor;
using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Copy;

/// <summary>Requests to virtio-blk devices.</summary>
/// <param name="drivers">Their drivers, by target.</param>
/// <param name="blockLength">Bytes in a block.</param>
internal sealed class VirtioPath(IReadOnlyList<IActorRef> drivers, int blockLength) : ICopyPath
{
    private long _lastId;

    /// <inheritdoc/>
    public Task TransferAsync(int target, Chunk chunk, bool isWrite, Memory<byte> data, CancellationToken cancellation) =>
        RequireAsync(target, isWrite ? BlockOperation.Write : BlockOperation.Read, chunk.Block * blockLength, data, cancellation);

    /// <inheritdoc/>
    public Task FlushAsync(int target, CancellationToken cancellation) => RequireAsync(target, BlockOperation.Flush, 0, default, cancellation);

    private async Task RequireAsync(int target, BlockOperation operation, long offset, Memory<byte> data, CancellationToken cancellation)
    {
        var request = new ExecuteBlockRequest((ulong)Interlocked.Increment(ref _lastId), operation, offset, data);
        var executed = await drivers[target].Ask<BlockRequestExecuted>(request, Timeout.InfiniteTimeSpan, cancellation);
        if (!executed.IsGood)
            throw new RunFailedException($"{operation} of {data.Length} bytes at {offset}: {executed.Status}");
    }
}

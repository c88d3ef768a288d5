using System.Collections.Concurrent;

namespace ScsiActors.Host.Copy;

/// <summary>Copies one logical unit to another: a number of workers, each of which reads a piece here and writes it there.</summary>
/// <remarks>Their pieces are disjoint, so that no order among them matters.</remarks>
/// <param name="path">How the pieces go.</param>
/// <param name="plan">What to do.</param>
internal sealed class CopyJob(ICopyPath path, CopyPlan plan)
{
    /// <summary>The source's target number.</summary>
    public const int Source = 0;

    /// <summary>The destination's target number.</summary>
    public const int Destination = 1;

    private delegate Task ChunkAction(Chunk chunk, Memory<byte> first, Memory<byte> second, CancellationToken cancellation);

    private readonly ConcurrentQueue<string> _errors = new();
    private long _bytesDone;
    private volatile bool _failed;

    /// <summary>Bytes copied, or in the second pass compared, so far.</summary>
    public long BytesDone => Interlocked.Read(ref _bytesDone);

    /// <summary>Every error, as sense data in words.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Copies everything and brings it to stable storage; false after an error.</summary>
    public async Task<bool> CopyAsync(CancellationToken cancellation)
    {
        await PassAsync(plan.Seed, CopyAsync, cancellation);
        if (!_failed)
            await GuardAsync(() => path.FlushAsync(Destination, cancellation), plan.DestinationName);
        return !_failed;
    }

    /// <summary>Reads both again, in another mix of pieces, and compares; false after an error or a difference.</summary>
    public async Task<bool> VerifyAsync(CancellationToken cancellation)
    {
        await PassAsync(plan.Seed + 1, CompareAsync, cancellation);
        return !_failed;
    }

    private async Task PassAsync(ulong seed, ChunkAction action, CancellationToken cancellation)
    {
        Interlocked.Exchange(ref _bytesDone, 0);
        var largest = Math.Min(ChunkMix.Largest, plan.LargestTransfer);
        var mix = new ChunkMix(plan.Blocks, largest, seed);
        await Task.WhenAll(Enumerable.Range(0, plan.Depth).Select(_ => Task.Run(WorkAsync, cancellation)));

        async Task WorkAsync()
        {
            var first = Buffer();
            var second = Buffer();
            while (!_failed && mix.TryTake(out var chunk))
            {
                cancellation.ThrowIfCancellationRequested();
                var length = chunk.Blocks * plan.BlockLength;
                await action(chunk, first.AsMemory(0, length), second.AsMemory(0, length), cancellation);
                Interlocked.Add(ref _bytesDone, length);
            }
        }

        byte[] Buffer() => GC.AllocateUninitializedArray<byte>(largest * plan.BlockLength);
    }

    private async Task CopyAsync(Chunk chunk, Memory<byte> data, Memory<byte> unused, CancellationToken cancellation)
    {
        if (await TransferAsync(Source, plan.SourceName, chunk, isWrite: false, data, cancellation))
            await TransferAsync(Destination, plan.DestinationName, chunk, isWrite: true, data, cancellation);
    }

    private async Task CompareAsync(Chunk chunk, Memory<byte> wanted, Memory<byte> found, CancellationToken cancellation)
    {
        var read = await Task.WhenAll(
            TransferAsync(Source, plan.SourceName, chunk, isWrite: false, wanted, cancellation),
            TransferAsync(Destination, plan.DestinationName, chunk, isWrite: false, found, cancellation));
        if (!read[0] || !read[1])
            return;
        var same = wanted.Span.CommonPrefixLength(found.Span);
        if (same < wanted.Length)
            Fail($"{plan.DestinationName}: block {chunk.Block + same / plan.BlockLength} differs from {plan.SourceName}");
    }

    private Task<bool> TransferAsync(
        int target, string name, Chunk chunk, bool isWrite, Memory<byte> data, CancellationToken cancellation) =>
        GuardAsync(() => path.TransferAsync(target, chunk, isWrite, data, cancellation), name);

    private async Task<bool> GuardAsync(Func<Task> command, string name)
    {
        try
        {
            await command();
            return true;
        }
        catch (RunFailedException error)
        {
            Fail($"{name}: {error.Message}");
            return false;
        }
    }

    private void Fail(string error)
    {
        _failed = true;
        _errors.Enqueue(error);
    }
}

/// <summary>What a <see cref="CopyJob"/> does.</summary>
/// <param name="SourceName">For messages.</param>
/// <param name="DestinationName">For messages.</param>
/// <param name="Blocks">Blocks to copy, from the first on.</param>
/// <param name="BlockLength">Bytes in each.</param>
/// <param name="LargestTransfer">The most blocks that both devices take in one command.</param>
/// <param name="Depth">Pieces on the way at once.</param>
/// <param name="Seed">Decides the mix of pieces.</param>
internal sealed record CopyPlan(
    string SourceName, string DestinationName, long Blocks, int BlockLength, int LargestTransfer, int Depth, ulong Seed)
{
    /// <summary>Bytes to copy.</summary>
    public long Bytes => Blocks * BlockLength;
}

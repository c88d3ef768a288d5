using ScsiActors.Host.Session;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Bench;

/// <summary>Writes and reads at random with a deep queue and compares every block with what was written last.</summary>
/// <remarks>Each worker owns a stripe of the medium and has one command outstanding, so that every read has one right answer.</remarks>
internal sealed class IntegrityCheck(Initiator initiator, int target, Capacity capacity, ulong seed)
{
    private const int Workers = 32;
    private const int CommandsPerWorker = 100;
    private const long LargestRegion = 16 << 20;
    private const int LargestTransferBlocks = 128;

    /// <summary>Bytes that were compared.</summary>
    public long BytesCompared => Interlocked.Read(ref _bytesCompared);

    private long _bytesCompared;

    /// <summary>Runs it; returns when every block has been read back.</summary>
    /// <exception cref="RunFailedException">A command failed, or a block is not what was written.</exception>
    public Task RunAsync(CancellationToken cancellation)
    {
        var stripe = Math.Min(capacity.Blocks, LargestRegion / capacity.BlockLength) / Workers;
        if (stripe == 0)
            throw new RunFailedException($"A disk of {capacity.Blocks} blocks is too small to verify: {Workers} are needed.");
        return Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(worker, worker * stripe, (int)stripe, cancellation)));
    }

    private async Task WorkAsync(int worker, long start, int blocks, CancellationToken cancellation)
    {
        var random = new SplitMix(seed + (ulong)worker);
        var generations = new uint[blocks];
        var data = new byte[LargestTransferBlocks * capacity.BlockLength];
        var expected = new byte[capacity.BlockLength];
        foreach (var (at, count) in Chunks(blocks))
            await WriteAsync(start, at, count);
        for (var i = 0; i < CommandsPerWorker; i++)
        {
            var count = 1 + (int)random.Below(Math.Min(LargestTransferBlocks, blocks));
            var at = (int)random.Below(blocks - count + 1);
            await (random.Below(2) == 0 ? ReadAsync(start, at, count) : WriteAsync(start, at, count));
        }
        foreach (var (at, count) in Chunks(blocks))
            await ReadAsync(start, at, count);

        Task WriteAsync(long origin, int at, int count)
        {
            for (var block = 0; block < count; block++)
                Stamp(data.AsSpan(block * capacity.BlockLength, capacity.BlockLength), origin + at + block, ++generations[at + block]);
            return ExecuteAsync(isWrite: true, origin + at, count);
        }

        async Task ReadAsync(long origin, int at, int count)
        {
            await ExecuteAsync(isWrite: false, origin + at, count);
            for (var block = 0; block < count; block++)
            {
                Stamp(expected, origin + at + block, generations[at + block]);
                if (!data.AsSpan(block * capacity.BlockLength, capacity.BlockLength).SequenceEqual(expected))
                    throw new RunFailedException($"Block {origin + at + block} is not what was written last (seed {seed}).");
            }
            Interlocked.Add(ref _bytesCompared, (long)count * capacity.BlockLength);
        }

        Task ExecuteAsync(bool isWrite, long block, int count) => initiator.RequireAsync(target, Cdbs.Transfer(isWrite, block, count),
            isWrite ? DataDirection.Out : DataDirection.In, data.AsMemory(0, count * capacity.BlockLength), cancellation);
    }

    private void Stamp(Span<byte> block, long address, uint generation) =>
        Noise.Fill(block, seed ^ (ulong)address << 24 ^ generation);

    private static IEnumerable<(int At, int Count)> Chunks(int blocks)
    {
        for (var at = 0; at < blocks; at += LargestTransferBlocks)
            yield return (at, Math.Min(LargestTransferBlocks, blocks - at));
    }
}

namespace ScsiActors.Host.Bench;

/// <summary>Writes and reads at random with a deep queue and compares every block with what was written last.</summary>
/// <remarks>Each worker owns a stripe of the disk and has one request outstanding, so that every read has one right answer.</remarks>
/// <param name="client">Where to.</param>
/// <param name="diskLength">Bytes of the disk.</param>
/// <param name="seed">Decides places, order and contents.</param>
internal sealed class IntegrityCheck(WayClient client, long diskLength, ulong seed)
{
    // A number of whole blocks, however long a block of the disk is.
    private const int BlockLength = 4096;
    private const int Workers = 32;
    private const int RequestsPerWorker = 100;
    private const long LargestRegion = 16 << 20;
    private const int LargestTransferBlocks = 16;

    private long _bytesCompared;

    /// <summary>Runs it; returns, when every block has been read back, how many bytes were compared.</summary>
    /// <exception cref="RunFailedException">A request failed, or a block is not what was written.</exception>
    public async Task<long> RunAsync(CancellationToken cancellation)
    {
        var stripe = Math.Min(diskLength, LargestRegion) / BlockLength / Workers;
        if (stripe == 0)
            throw new RunFailedException($"A disk of {diskLength} bytes is too small to verify: {Workers * BlockLength} are needed.");
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(worker, worker * stripe, (int)stripe, cancellation)));
        return _bytesCompared;
    }

    private async Task WorkAsync(int worker, long start, int blocks, CancellationToken cancellation)
    {
        var random = new SplitMix(seed + (ulong)worker);
        var generations = new uint[blocks];
        var data = new byte[LargestTransferBlocks * BlockLength];
        var expected = new byte[BlockLength];
        foreach (var (at, count) in Chunks(blocks))
            await WriteAsync(at, count);
        for (var i = 0; i < RequestsPerWorker; i++)
        {
            var count = 1 + (int)random.Below(Math.Min(LargestTransferBlocks, blocks));
            var at = (int)random.Below(blocks - count + 1);
            await (random.Below(2) == 0 ? ReadAsync(at, count) : WriteAsync(at, count));
        }
        foreach (var (at, count) in Chunks(blocks))
            await ReadAsync(at, count);

        Task WriteAsync(int at, int count)
        {
            for (var block = 0; block < count; block++)
                Stamp(data.AsSpan(block * BlockLength, BlockLength), start + at + block, ++generations[at + block]);
            return MoveAsync(isWrite: true, at, count);
        }

        async Task ReadAsync(int at, int count)
        {
            await MoveAsync(isWrite: false, at, count);
            for (var block = 0; block < count; block++)
            {
                Stamp(expected, start + at + block, generations[at + block]);
                if (!data.AsSpan(block * BlockLength, BlockLength).SequenceEqual(expected))
                    throw new RunFailedException($"Byte {(start + at + block) * BlockLength} and what follows is not what was written last (seed {seed}).");
            }
            Interlocked.Add(ref _bytesCompared, (long)count * BlockLength);
        }

        Task MoveAsync(bool isWrite, int at, int count) =>
            client.MoveAsync(worker, isWrite, (start + at) * BlockLength, data.AsMemory(0, count * BlockLength), cancellation);
    }

    private void Stamp(Span<byte> block, long address, uint generation) =>
        Noise.Fill(block, seed ^ (ulong)address << 24 ^ generation);

    private static IEnumerable<(int At, int Count)> Chunks(int blocks)
    {
        for (var at = 0; at < blocks; at += LargestTransferBlocks)
            yield return (at, Math.Min(LargestTransferBlocks, blocks - at));
    }
}

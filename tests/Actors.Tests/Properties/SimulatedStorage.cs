using System.Buffers.Binary;
using ScsiActors.Messages;

namespace ScsiActors.Tests.Properties;

/// <summary>A disk in memory whose requests take effect and are answered when the seed says so. It remembers what every block held at any
/// time since the last quiescence.</summary>
public sealed class SimulatedStorage(long length, int blockSize)
{
    private readonly Dictionary<long, BlockVersion> _blocks = [];
    // Everything stored since the last quiescence, and of the time before it what is not stable yet.
    private readonly List<(long Block, BlockVersion Version)> _recent = [];
    private readonly byte[] _zeroes = new byte[blockSize];

    /// <summary>Bytes it holds.</summary>
    public long Length { get; } = length;

    /// <summary>Requests that are not answered yet, oldest first.</summary>
    public List<StorageOperation> Pending { get; } = [];

    /// <summary>Reads and writes that were answered with an error since the last quiescence: range and result.</summary>
    public List<(long Offset, long Length, AioResult Result, long At)> Failures { get; } = [];

    /// <summary>Takes a request; it must be new, inside the storage and not empty.</summary>
    public StorageOperation Submit(AioRequest request, long now)
    {
        foreach (var pending in Pending)
            Divergence.Unless(pending.Request.Id != request.Id, "aio-id",
                $"{request} uses the name of a request that has not been answered");
        var (offset, count) = Range(request);
        if (request is not AioFlush)
            Divergence.Unless(offset >= 0 && count > 0 && count <= Length - offset, "aio-range", $"{request} is not inside the storage");
        var operation = new StorageOperation(request, now);
        if (request is AioWrite write)
            operation.Checksum = Sum(write);
        Pending.Add(operation);
        return operation;
    }

    /// <summary>Notes that a request is not wanted any more.</summary>
    public void Cancel(AioCancel cancel)
    {
        foreach (var pending in Pending)
            pending.CancelAsked |= pending.Request.Id == cancel.Id;
    }

    /// <summary>Answers one request: moves the bytes (all of them, or some when it fails) and says so.</summary>
    public AioCompleted Complete(StorageOperation operation, AioResult result, RandomStream random, long now)
    {
        Pending.Remove(operation);
        var (offset, count) = Range(operation.Request);
        if (operation.Request is AioWrite write)
            Divergence.Unless(Sum(write) == operation.Checksum, "lent-buffer", $"{write} changed while it was lent to storage");
        var moved = result == AioResult.Ok ? count : random.Pick(0, count / 2, count);
        if (operation.Request is AioWrite { IsAtomic: true } && moved < count)
            moved = 0;
        switch (operation.Request)
        {
            case AioRead when result == AioResult.Ok:
                Execute(operation, count, now);
                break;
            case AioRead read:
                Scribble(read);
                break;
            case AioWrite toWrite:
                if (!operation.Executed)
                    Execute(operation, moved, now);
                foreach (var version in operation.Made)
                {
                    if (result != AioResult.Ok)
                        continue;
                    version.Completed = now;
                    version.Stable |= toWrite.WriteThrough;
                }
                break;
            case AioUnmap:
                Execute(operation, moved, now);
                foreach (var version in operation.Made)
                    version.Completed = result == AioResult.Ok ? now : version.Completed;
                break;
            case AioFlush when result == AioResult.Ok:
                foreach (var (_, version) in _recent)
                    version.Stable |= version.Completed <= operation.Submitted;
                break;
        }
        if (result != AioResult.Ok)
            Failures.Add((offset, count, result, now));
        return new AioCompleted(operation.Request.Id, result, operation.Request is AioFlush or AioUnmap ? 0 : result == AioResult.Ok
            ? count : moved);
    }

    /// <summary>Moves the first <paramref name="count"/> bytes of a read or write, which may happen before it is answered.</summary>
    public void Execute(StorageOperation operation, long count, long now)
    {
        if (operation.Executed)
            return;
        operation.Executed = true;
        if (operation.Request is AioRead read)
            Copy(read, read.Offset);
        if (operation.Request is AioUnmap unmap)
            Clear(unmap, Math.Min(count, unmap.Length), operation, now);
        if (operation.Request is not AioWrite write)
            return;
        var position = write.Offset;
        var left = count;
        for (var i = 0; i < write.Data.Count && left > 0; i++)
        {
            var segment = write.Data[i].Span;
            while (!segment.IsEmpty && left > 0)
            {
                var inside = (int)(position % blockSize);
                var piece = (int)Math.Min(Math.Min(segment.Length, blockSize - inside), left);
                operation.Made.Add(Store(position / blockSize, inside, segment[..piece], operation.Owner, now));
                segment = segment[piece..];
                position += piece;
                left -= piece;
            }
        }
    }

    /// <summary>True when block <paramref name="block"/> held <paramref name="data"/> at some time since step
    /// <paramref name="since"/>.</summary>
    public bool Held(long block, ReadOnlySpan<byte> data, long since)
    {
        for (var version = _blocks.GetValueOrDefault(block); version is not null; version = version.Older)
        {
            if (data.SequenceEqual(version.Data.AsSpan(0, data.Length)))
                return true;
            if (version.Since < since)
                return false;
        }
        return data.SequenceEqual(_zeroes.AsSpan(0, data.Length));
    }

    /// <summary>Everything block <paramref name="block"/> held at some time since step <paramref name="since"/>.</summary>
    public IEnumerable<byte[]> HeldSince(long block, long since)
    {
        for (var version = _blocks.GetValueOrDefault(block); version is not null; version = version.Older)
        {
            yield return version.Data;
            if (version.Since < since)
                yield break;
        }
        yield return _zeroes;
    }

    /// <summary>Every version of block <paramref name="block"/> that was stored at step <paramref name="since"/> or later.</summary>
    public IEnumerable<BlockVersion> StoredSince(long block, long since)
    {
        for (var version = _blocks.GetValueOrDefault(block); version is not null && version.Since >= since; version = version.Older)
            yield return version;
    }

    /// <summary>What block <paramref name="block"/> holds now.</summary>
    public ReadOnlySpan<byte> Current(long block) => _blocks.TryGetValue(block, out var version) ? version.Data : _zeroes;

    /// <summary>What the command <paramref name="writer"/> left in block <paramref name="block"/>; null when it never got there.</summary>
    public BlockVersion? WrittenBy(long block, int writer)
    {
        for (var version = _blocks.GetValueOrDefault(block); version is not null; version = version.Older)
        {
            if (version.Writer == writer)
                return version;
        }
        return null;
    }

    /// <summary>The blocks whose present contents would be lost by a power cut.</summary>
    public IEnumerable<(long Block, BlockVersion Version)> Volatile() =>
        _recent.Where(entry => !entry.Version.Stable && _blocks[entry.Block] == entry.Version);

    /// <summary>Forgets the past; nobody is reading or writing.</summary>
    public void Quiesce()
    {
        foreach (var (block, _) in _recent)
            _blocks[block].Older = null;
        _recent.RemoveAll(entry => entry.Version.Stable || _blocks[entry.Block] != entry.Version);
        Failures.Clear();
    }

    /// <summary>The bytes a request touches.</summary>
    public static (long Offset, long Length) Range(AioRequest request) => request switch
    {
        AioRead read => (read.Offset, read.Data.Length),
        AioWrite write => (write.Offset, write.Data.Length),
        AioUnmap unmap => (unmap.Offset, unmap.Length),
        _ => (0, 0),
    };

    private void Clear(AioUnmap unmap, long count, StorageOperation operation, long now)
    {
        Divergence.Unless(unmap.Offset % blockSize == 0 && unmap.Length % blockSize == 0, "aio-range", $"{unmap} gives parts of blocks back");
        for (var block = unmap.Offset / blockSize; block < (unmap.Offset + count) / blockSize; block++)
        {
            var version = new BlockVersion(now, _zeroes, operation.Owner, _blocks.GetValueOrDefault(block));
            _blocks[block] = version;
            _recent.Add((block, version));
            operation.Made.Add(version);
        }
    }

    private BlockVersion Store(long block, int at, ReadOnlySpan<byte> bytes, int writer, long now)
    {
        var older = _blocks.GetValueOrDefault(block);
        var data = new byte[blockSize];
        older?.Data.CopyTo(data, 0);
        bytes.CopyTo(data.AsSpan(at));
        var version = new BlockVersion(now, data, writer, older);
        _blocks[block] = version;
        _recent.Add((block, version));
        return version;
    }

    private void Copy(AioRead read, long offset)
    {
        for (var i = 0; i < read.Data.Count; i++)
        {
            var segment = read.Data[i].Span;
            while (!segment.IsEmpty)
            {
                var inside = (int)(offset % blockSize);
                var piece = Math.Min(segment.Length, blockSize - inside);
                Current(offset / blockSize).Slice(inside, piece).CopyTo(segment);
                segment = segment[piece..];
                offset += piece;
            }
        }
    }

    // A buffer whose read failed holds anything: what nobody may ever see.
    private static void Scribble(AioRead read)
    {
        for (var i = 0; i < read.Data.Count; i++)
            read.Data[i].Span.Fill(0xEE);
    }

    private static ulong Sum(AioWrite write)
    {
        var sum = 0ul;
        for (var i = 0; i < write.Data.Count; i++)
            sum = RandomStream.Mix(sum + Checksum(write.Data[i].Span));
        return sum;
    }

    /// <summary>A sum over bytes that changes when any of them does.</summary>
    public static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = (ulong)bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            sum = (sum ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x100000001B3;
        foreach (var one in bytes)
            sum = (sum ^ one) * 0x100000001B3;
        return sum;
    }
}

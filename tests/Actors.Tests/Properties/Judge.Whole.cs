using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Commands whose blocks are theirs alone, and those that make many blocks alike.</summary>
public sealed partial class Judge
{
    // While storage has an atomic write, it has no other request for these blocks.
    private void JudgeIsolation(StorageOperation operation)
    {
        var (offset, length) = SimulatedStorage.Range(operation.Request);
        foreach (var other in _storage.Pending)
        {
            if (other == operation || !(IsAtomic(other.Request) || IsAtomic(operation.Request)))
                continue;
            var (otherOffset, otherLength) = SimulatedStorage.Range(other.Request);
            Divergence.Unless(offset >= otherOffset + otherLength || otherOffset >= offset + length, "isolation",
                $"{operation.Request} is submitted while storage has {other.Request}");
        }
    }

    // The command itself is one request, and the others are not atomic.
    private void JudgeWhole(AioWrite write, ModelCommand command, BlockRange range)
    {
        var mustBeAtomic = command.Cdb.OperationCode is 0x89 or 0x9C;
        Divergence.Unless(write.IsAtomic == mustBeAtomic, "aio-atomic", $"{write} for {command} is {(mustBeAtomic ? "not " : "")}atomic");
        Divergence.Unless(!mustBeAtomic || write.Data.Length == range.Count * (long)_facts.BlockSize, "aio-atomic", $"{write} is a part of {command}");
    }

    private int OwnerOf(AioUnmap unmap)
    {
        var owners = _outstanding.Where(command => command.Cdb.OperationCode is 0x41 or 0x42 or 0x93 && Reaches(command, unmap.Offset, unmap.Length)
            && (command.Cdb.OperationCode == 0x42 || ((command.Cdb[1] & 0x08) != 0 && CommandRules.Zeroes(command)))).ToList();
        Divergence.Unless(owners.Count > 0, "aio-owner", $"{unmap} belongs to no command");
        if (owners.Count > 1)
            return -1;
        Runs(owners[0], Now);
        return owners[0].Serial;
    }

    private bool Reaches(ModelCommand command, long offset, long length) =>
        _rules.Reach(command).Any(range => range.Use != MediumUse.Synchronize && Contains(range, offset, length));

    // GOOD for COMPARE AND WRITE: what was there before it wrote is what it compared with, and nothing came in between.
    private string? JudgeExchanged(ModelCommand command)
    {
        var range = CommandRules.Range(command.Cdb);
        if (JudgeWritten(command, range.Count) is { } error)
            return error;
        for (var i = 0L; i < range.Count; i++)
        {
            var before = _storage.WrittenBy((long)range.Start + i, command.Serial)!.Older;
            var isAsExpected = before is null
                ? !Expected(command, i).ContainsAnyExcept((byte)0)
                : Expected(command, i).SequenceEqual(before.Data);
            if (!isAsExpected)
                return $"block {(long)range.Start + i} held something else when it was written";
        }
        return null;
    }

    // MISCOMPARE: nothing was written by a command that writes only what it has compared.
    private static string? JudgeUntouched(ModelCommand command) =>
        command.Stored > 0 && command.Cdb.OperationCode == 0x89 ? "it has written all the same" : null;

    private string? JudgeWrittenSame(ModelCommand command)
    {
        if (CommandRules.Zeroes(command))
            return JudgeZeroed(command);
        foreach (var range in _rules.Reach(command))
        {
            if (JudgeWritten(command, range.Count) is { } error)
                return error;
        }
        return null;
    }

    // Every block was zeroes at some time since the command came, and stable where that was asked for.
    private string? JudgeZeroed(ModelCommand command)
    {
        var mustBeStable = MustBeStable(command);
        foreach (var range in _rules.Reach(command))
        {
            for (var i = 0L; i < range.Count; i++)
            {
                var block = (long)range.Start + i;
                if (!_storage.StoredSince(block, command.Arrival).Any(version => version.Completed < long.MaxValue
                    && (version.Stable || !mustBeStable) && !version.Data.AsSpan().ContainsAnyExcept((byte)0)))
                    return $"block {block} has not become zeroes";
            }
        }
        return null;
    }

    private ReadOnlySpan<byte> BlockOf(ModelCommand command) =>
        CommandRules.Zeroes(command) ? new byte[_facts.BlockSize] : command.DataOut.AsSpan(0, _facts.BlockSize);

    private static bool Repeats(AioWrite write, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < write.Data.Count; i++)
        {
            var segment = write.Data[i].Span;
            for (var at = 0; at < segment.Length; at += block.Length)
            {
                if (!segment.Slice(at, block.Length).SequenceEqual(block))
                    return false;
            }
        }
        return true;
    }

    private static bool IsAtomic(AioRequest request) => request is AioWrite { IsAtomic: true };
}

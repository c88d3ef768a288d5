using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Whether what a command did with data agrees with how it ended.</summary>
public sealed partial class Judge
{
    // Null when it does; what is wrong otherwise.
    private string? JudgeData(ModelCommand command, Outcome outcome, SenseData? sense)
    {
        if (outcome.Status == ScsiStatus.CheckCondition)
            return outcome.Key == SenseKey.Miscompare ? JudgeUntouched(command) ?? JudgeMiscompare(command, sense!) : null;
        if (outcome.Out is { } expectedOut && command.Supplied != expectedOut)
            return $"{command.Supplied} bytes were fetched instead of {expectedOut}";
        if (outcome.Source != DataSource.Sense && command.Delivered != outcome.In)
            return $"{command.Delivered} bytes were delivered instead of {outcome.In}";
        if (outcome.Source == DataSource.Sense)
        {
            // Data was judged when it left.
            if (command.Delivered > 0)
                return null;
            FetchedUnseen(command);
            return outcome.In > 0 && command.Request.DataInLength != 0 ? "no sense data was delivered" : null;
        }
        if (outcome.Source == DataSource.Exact
            && !command.DataIn.GetBuffer().AsSpan(0, (int)command.DataIn.Length).SequenceEqual(outcome.Data))
            return $"{Convert.ToHexString(command.DataIn.ToArray())} was delivered instead of {Convert.ToHexString(outcome.Data)}";
        if (outcome.Status != ScsiStatus.Good)
            return null;
        if (outcome.Compares)
            return JudgeCompared(command);
        return CommandRules.Range(command.Cdb).Use switch
        {
            MediumUse.Write or MediumUse.WriteAndVerify => JudgeWritten(command, command.Supplied / _facts.BlockSize),
            MediumUse.CompareAndWrite => JudgeExchanged(command),
            MediumUse.WriteSame => JudgeWrittenSame(command),
            _ when command.Cdb.OperationCode == 0x42 => JudgeZeroed(command),
            MediumUse.Synchronize => JudgeSynchronized(command),
            _ => EmptiesCache(command) ? JudgeStable(command, 0, _facts.Blocks) : null,
        };
    }

    // Stopping without NO_FLUSH, and turning the write cache off, leave nothing in the cache (SBC-3 4.15, 5.25).
    private bool EmptiesCache(ModelCommand command)
    {
        if (!command.Seen.TrueForAll(static state => state.Loaded) && command.Cdb.OperationCode != 0x1B)
            return false;
        return command.Cdb.OperationCode switch
        {
            0x1B => (command.Cdb[1] & 1) == 0 && (command.Cdb[4] & 0xF5) == 0 && command.Loaded,
            0x15 or 0x55 => command.SureChange
                && command.Seen.TrueForAll(state => _rules.Change(command, state) is { Modes.WriteCache: false })
                && command.Seen.Exists(static state => state.Modes.WriteCache),
            _ => false,
        };
    }

    // GOOD for a write: every block reached storage while the command was outstanding, and stable storage where that was asked for.
    private string? JudgeWritten(ModelCommand command, long blocks)
    {
        var range = CommandRules.Range(command.Cdb);
        var mustBeStable = MustBeStable(command);
        for (var i = 0L; i < blocks; i++)
        {
            var block = (long)range.Start + i;
            if (_storage.WrittenBy(block, command.Serial) is not { } version || version.Completed == long.MaxValue)
                return $"block {block} was not written";
            if (mustBeStable && !version.Stable)
                return $"block {block} is not on stable storage";
        }
        return null;
    }

    private static bool MustBeStable(ModelCommand command) => CommandRules.Range(command.Cdb).Use == MediumUse.WriteAndVerify
        || CommandRules.IsForced(command.Cdb) || command.Seen.TrueForAll(static state => !state.Modes.WriteCache);

    // GOOD for SYNCHRONIZE CACHE without IMMED: what had been written before is stable.
    private string? JudgeSynchronized(ModelCommand command)
    {
        if ((command.Cdb[1] & 0x02) != 0)
            return null;
        var range = CommandRules.Range(command.Cdb);
        return JudgeStable(command, (long)range.Start, range.Count == 0 ? _facts.Blocks : (long)range.Start + range.Count);
    }

    private string? JudgeStable(ModelCommand command, long start, long end)
    {
        foreach (var (block, version) in _storage.Volatile())
        {
            if (block >= start && block < end && version.Completed < command.Arrival)
                return $"block {block}, written before it came, is not on stable storage";
        }
        return null;
    }

    private string? JudgeCompared(ModelCommand command)
    {
        var range = CommandRules.Range(command.Cdb);
        // An initiator that has less to compare is served as far as it goes.
        var blocks = CommandRules.ByteCheck(command.Cdb) == 3 && command.Supplied > 0 ? range.Count : command.Supplied / _facts.BlockSize;
        for (var i = 0; i < blocks; i++)
        {
            if (!_storage.Held((long)range.Start + i, Expected(command, i), command.Arrival))
                return $"block {(long)range.Start + i} has not held what it was compared with";
        }
        return null;
    }

    private string? JudgeMiscompare(ModelCommand command, SenseData sense)
    {
        if (sense.Information is not { } offset)
            return "INFORMATION does not say where the first difference is";
        var range = CommandRules.Range(command.Cdb);
        var inside = (int)((long)offset % _facts.BlockSize);
        // One block that is compared with many: the offset lies in the data-out, and does not tell which of the many it was.
        var (first, last) = CommandRules.ByteCheck(command.Cdb) == 3
            ? ((long)offset / _facts.BlockSize, range.Count - 1)
            : ((long)offset / _facts.BlockSize, (long)offset / _facts.BlockSize);
        for (var i = 0L; i <= last && i < range.Count; i++)
        {
            if (i >= first && DiffersFirst(command, i, inside))
                return null;
            if (!_storage.Held((long)range.Start + i, Expected(command, i), command.Arrival))
                return $"there is a difference before byte {offset}";
        }
        return $"byte {offset} is not the first that differs";
    }

    private bool DiffersFirst(ModelCommand command, long index, int inside)
    {
        var range = CommandRules.Range(command.Cdb);
        var block = (long)range.Start + index;
        var expected = Expected(command, index);
        var since = command.Arrival;
        if (range.Use == MediumUse.WriteAndVerify)
        {
            // What it wrote itself can only differ when another command has written over it.
            if (_storage.WrittenBy(block, command.Serial) is not { } own)
                return false;
            since = own.Since + 1;
        }
        foreach (var held in _storage.HeldSince(block, since))
        {
            if (held.AsSpan().CommonPrefixLength(expected) == inside)
                return true;
        }
        return false;
    }

    private ReadOnlySpan<byte> Expected(ModelCommand command, long index) =>
        command.DataOut.AsSpan(CommandRules.ByteCheck(command.Cdb) == 3 ? 0 : (int)index * _facts.BlockSize, _facts.BlockSize);

    private readonly bool[] _immediate;
    private readonly List<AioResult>[] _deferred;

    /// <summary>A request to storage is about to be answered with an error.</summary>
    public void Failing(StorageOperation operation, AioResult result)
    {
        if (operation.Request is not AioFlush)
            return;
        for (var initiator = 0; initiator < _immediate.Length; initiator++)
        {
            if (_immediate[initiator])
                _deferred[initiator].Add(result);
        }
    }

    // True when the sense data is what an error of storage, seen while the command was outstanding, becomes.
    private bool JudgeStorageError(ModelCommand command, SenseData sense) => Met(command, result => IsSenseOf(result, sense));

    private bool MetBusyStorage(ModelCommand command) => Met(command, static result => result == AioResult.Busy);

    private bool Met(ModelCommand command, Func<AioResult, bool> isMeant)
    {
        foreach (var (offset, length, result, at) in _storage.Failures)
        {
            if (at <= command.Arrival || !isMeant(result))
                continue;
            // A flush has no range, and serves every command that wants its data stable.
            if (length == 0 || Reaches(command, offset, length))
                return true;
        }
        return false;
    }

    private static bool IsSenseOf(AioResult result, SenseData sense) => result switch
    {
        AioResult.ReadError => (sense.Key, sense.Additional) == (SenseKey.MediumError, SenseCodes.Asc(0x11)),
        AioResult.WriteError => (sense.Key, sense.Additional) == (SenseKey.MediumError, SenseCodes.Asc(0x0C)),
        AioResult.NoSpace => (sense.Key, sense.Additional) == (SenseKey.DataProtect, SenseCodes.Asc(0x27, 7)),
        AioResult.ReadOnly => sense.Key == SenseKey.DataProtect && sense.Additional.Code == 0x27,
        AioResult.OutOfRange => sense.Additional.Code is 0x21 or 0x11 or 0x0C || sense.Key
            is SenseKey.MediumError or SenseKey.HardwareError,
        AioResult.Unavailable => sense.Key is SenseKey.NotReady or SenseKey.HardwareError,
        AioResult.NotSupported => sense.Key is SenseKey.IllegalRequest or SenseKey.HardwareError or SenseKey.MediumError,
        AioResult.Cancelled or AioResult.Busy => sense.Key == SenseKey.AbortedCommand,
        _ => false,
    };
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>How far a command has come.</summary>
internal enum Progress : byte
{
    /// <summary>It waits for an answer, as <see cref="ScsiTask.Awaited"/> says.</summary>
    Waiting,

    /// <summary>Its status is to be sent now, and then it goes on.</summary>
    AnsweredEarly,

    /// <summary>It is done: <see cref="ScsiTask.Status"/> and <see cref="ScsiTask.SenseData"/> say how.</summary>
    Ended,
}

/// <summary>Executes commands (SAM-5 4.6.4): checks them, then takes the steps of their plan one after the other. All buffers are its
/// own.</summary>
internal sealed class DeviceServer(LogicalUnitState unit, ILogicalUnitPorts ports)
{
    private readonly DataBufferPool _pool = new(unit.Settings.BufferLimit, unit.Settings.BufferIdleLimit);
    private readonly List<ScsiTask> _waiting = [];

    /// <summary>Buffers that commands hold.</summary>
    public int BuffersOutstanding => _pool.Outstanding;

    /// <summary>True when a command waits for a buffer.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Starts a command that has been enabled.</summary>
    public Progress Start(ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        var row = CommandTable.Find(cdb, out var unknown);
        if (CheckConditions(task, row, cdb) is { } ended)
            return ended;
        if (row is null || !row.IsSupportedBy(unit))
            return Fail(task, unknown ?? Sense.InvalidOperationCode);
        if (row.Has(CommandTraits.Medium) && unit.Medium.NotReady is { } notReady)
            return Fail(task, notReady);
        if (row.CheckUsage(cdb) is { } reserved)
            return Fail(task, reserved);
        task.Row = row;
        task.Plan = row.Plan;
        if (row.Decode is { } decode && decode(unit, task) is { } invalid)
            return Fail(task, invalid);
        return Begin(task);
    }

    /// <summary>Goes on with a command whose answer has come and was good.</summary>
    public Progress Continue(ScsiTask task) => Advance(task);

    /// <summary>Counts the data that was under way, whether the command goes on, waits or has been aborted.</summary>
    public static void Arrived(ScsiTask task)
    {
        task.Transferred += task.InTransfer;
        task.InTransfer = 0;
    }

    /// <summary>Ends a command with CHECK CONDITION.</summary>
    public static Progress Fail(ScsiTask task, SenseData sense)
    {
        // Nothing has been done yet: the command has not been carried out at all, and says so by its status (SAM-5 5.3.1).
        if (ReferenceEquals(sense, Sense.StorageBusy) && task.Done == 0 && !HasWritten(task))
        {
            task.Status = task.Owner.Tasks > 1 ? ScsiStatus.TaskSetFull : ScsiStatus.Busy;
            return Progress.Ended;
        }
        task.Status = ScsiStatus.CheckCondition;
        task.SenseData = sense;
        return Progress.Ended;
    }

    // WRITE AND VERIFY reads back what it has written; after blocks have been given back, more of them may follow, and a flush.
    private static bool HasWritten(ScsiTask task) => task.Submitted switch
    {
        Steps.Read => (task.Plan & Steps.Write) != 0,
        Steps.Unmap => task.RangesBegun > 1,
        Steps.Flush => task.WriteThrough,
        _ => false,
    };

    /// <summary>What a storage answer says about its command; null when it is good.</summary>
    public SenseData? SenseOf(ScsiTask task, AioCompleted completed)
    {
        if (completed.Result == AioResult.Ok)
            return null;
        var isOnBlocks = task.Submitted != Steps.Flush;
        var done = Math.Clamp(completed.Bytes, 0, Math.Max(0, task.Chunk - 1));
        var failed = task.Lba + (ulong)(task.Done + done >> unit.Medium.BlockShift);
        return Sense.Of(completed.Result, isOnBlocks ? failed : null, task.Submitted != Steps.Read);
    }

    /// <summary>The next command that waited for a buffer and now has one; null when there is none.</summary>
    public ScsiTask? NextWithBuffer()
    {
        foreach (var task in _waiting)
        {
            if (unit.Aca.Blocks(task))
                continue;
            if (!TryRent(task))
                return null;
            _waiting.Remove(task);
            task.Awaited = Awaited.Nothing;
            return task;
        }
        return null;
    }

    /// <summary>True while a command that has its blocks to itself has read them and not yet written them: nothing may come in between.</summary>
    public static bool IsInBetween(ScsiTask task) =>
        (task.Remaining & Steps.WriteCompared) != 0 && task.Submitted == Steps.Read && task.IsOnMedium;

    /// <summary>Takes from a command what it holds, because it ends.</summary>
    public void Release(ScsiTask task)
    {
        unit.Isolation.Leave(task);
        if (task.Awaited == Awaited.Buffer)
            _waiting.Remove(task);
        if (task.Buffer is not { } buffer)
            return;
        task.Buffer = null;
        _pool.Return(buffer);
    }

    /// <summary>The conditions that end a command whatever its CDB asks for: no logical unit, unit attention, reservation. Null when there
    /// is none.</summary>
    private Progress? CheckConditions(ScsiTask task, CommandRow? row, in Cdb cdb)
    {
        if (!unit.Settings.IsPresent)
            return row is not null && row.Has(CommandTraits.WorksWithoutLogicalUnit) ? null : Fail(task, Sense.LogicalUnitNotSupported);
        var owner = task.Owner;
        if (owner.HasNews && (row is null || !row.Has(CommandTraits.IgnoresUnitAttention)))
            return Fail(task, TakeNews(owner));
        if (unit.Reservations.ConflictsWith(owner) && (row is null || !row.IsAllowedWhenReserved(cdb)))
        {
            task.Status = ScsiStatus.ReservationConflict;
            return Progress.Ended;
        }
        return null;
    }

    /// <summary>The unit attention or else the deferred error that waits for a nexus; it does not wait any more.</summary>
    public static SenseData TakeNews(ItlNexus nexus)
    {
        if (nexus.UnitAttentions.Next is { } attention)
        {
            nexus.UnitAttentions.ClearNext();
            return attention;
        }
        var deferred = nexus.DeferredError;
        nexus.DeferredError = null;
        return deferred ?? SenseData.None;
    }

    private Progress Begin(ScsiTask task)
    {
        BeginRound(task);
        if ((task.Plan & Steps.WithBuffer) == 0)
            return Advance(task);
        if (task.BufferLength == 0)
            task.BufferLength = unit.ParameterDataLimit;
        if ((_waiting.Count == 0 || IsUrgent(task)) && TryRent(task))
            return Advance(task);
        task.Awaited = Awaited.Buffer;
        _waiting.Add(task);
        return Progress.Waiting;
    }

    private bool TryRent(ScsiTask task) => (task.Buffer = _pool.TryRent(task.BufferLength, mayExceed: IsUrgent(task))) is not null;

    // The port may keep its bus for such a command, and the buffers may be with commands that wait for that bus. Parameter data are small.
    private static bool IsUrgent(ScsiTask task) => task.Row.BlockFields == BlockFields.None;

    private void BeginRound(ScsiTask task)
    {
        task.Chunk = (int)Math.Min(task.Total - task.Done, task.Piece);
        task.Remaining = task.Plan;
    }

    /// <summary>Takes the steps that remain, until one has to wait; a transfer in pieces takes them once for each piece.</summary>
    private Progress Advance(ScsiTask task)
    {
        while (true)
        {
            if (task.Remaining == Steps.None)
            {
                task.Done += task.Chunk;
                if (task.Done >= task.Total && !ContinueUnmap(task))
                    return Progress.Ended;
                BeginRound(task);
                continue;
            }
            var step = (Steps)((int)task.Remaining & -(int)task.Remaining);
            task.Remaining &= ~step;
            if (Take(task, step) is { } progress)
                return progress;
        }
    }

    /// <summary>Takes one step; null when the next can follow at once.</summary>
    private Progress? Take(ScsiTask task, Steps step)
    {
        switch (step)
        {
            case Steps.DataOut:
                return ReceiveDataOut(task) ? Progress.Waiting : null;
            case Steps.DataIn:
                return SendDataIn(task) ? Progress.Waiting : null;
            case Steps.Read or Steps.Write or Steps.WriteCompared or Steps.Unmap:
                if (unit.Isolation.TryEnter(task))
                    SubmitAio(task, step);
                else
                    task.Remaining |= step;
                return Progress.Waiting;
            case Steps.Flush:
                SubmitAio(task, step);
                return Progress.Waiting;
            case Steps.AnswerEarly:
                return Progress.AnsweredEarly;
            case Steps.Compare:
                return CompareBlocks(task) is { } miscompare ? Fail(task, miscompare) : null;
            default:
                return task.Row.Process!(unit, task) is { } refused ? Fail(task, refused) : null;
        }
    }

    /// <summary>Lays out what follows when blocks have been given back: the next range; then a flush, where nothing may be left in a cache.</summary>
    private bool ContinueUnmap(ScsiTask task)
    {
        if ((task.Plan & Steps.Unmap) == 0)
            return false;
        if (UnmapCommand.NextRange(unit, task))
            return true;
        var hasDone = task.Total > 0;
        task.Plan = Steps.Flush;
        return hasDone && task.WriteThrough;
    }

    private bool ReceiveDataOut(ScsiTask task)
    {
        var count = BeginTransfer(task, Awaited.DataOut);
        if (count == 0)
            return false;
        ports.ReceiveDataOut(new ReceiveDataOut(task.Command.Nexus, task.Id, task.Buffer!, task.Transferred, count));
        return true;
    }

    private bool SendDataIn(ScsiTask task)
    {
        var count = BeginTransfer(task, Awaited.DataIn);
        if (count == 0)
            return false;
        ports.SendDataIn(new SendDataIn(task.Command.Nexus, task.Id, task.Buffer!, task.Transferred, count));
        return true;
    }

    private static int BeginTransfer(ScsiTask task, Awaited awaited)
    {
        // COMPARE AND WRITE goes in one piece, and brings two blocks for each on the medium.
        var piece = (task.Plan & Steps.WriteCompared) != 0 ? task.Transfer : task.Chunk;
        var count = (int)Math.Min(piece, task.Transfer - task.Transferred);
        if (count > 0)
        {
            task.InTransfer = count;
            task.Awaited = awaited;
        }
        return count;
    }

    private void SubmitAio(ScsiTask task, Steps step)
    {
        task.Awaited = Awaited.Aio;
        task.Submitted = step;
        var id = task.NextAioId();
        var offset = unit.Medium.OffsetOf(task.Lba) + task.Done;
        switch (step)
        {
            case Steps.Read:
                ports.Aio(new AioRead(id, offset, new ScatterGatherList(task.Buffer!.Memory.Slice(task.ReadBackAt, task.Chunk))));
                break;
            case Steps.Write:
                ports.Aio(new AioWrite(id, offset, new ScatterGatherList(task.Buffer!.Memory[..task.Chunk]), task.WriteThrough)
                {
                    IsAtomic = task.Row.Has(CommandTraits.Isolated),
                });
                break;
            case Steps.WriteCompared:
                ports.Aio(new AioWrite(id, offset, new ScatterGatherList(task.Buffer!.Memory.Slice(task.Chunk, task.Chunk)), task.WriteThrough)
                {
                    IsAtomic = true,
                });
                break;
            case Steps.Unmap:
                ports.Aio(new AioUnmap(id, offset, task.Chunk));
                break;
            default:
                // Once is enough, however many pieces follow.
                task.Plan &= ~Steps.Flush;
                ports.Aio(new AioFlush(id));
                break;
        }
    }

    /// <summary>Compares the blocks that were read with those the initiator sent: as many, or one with each of them (BYTCHK 11b).</summary>
    private static SenseData? CompareBlocks(ScsiTask task)
    {
        var sent = task.Buffer!.Span[..(int)Math.Min(task.Chunk, task.Transfer)];
        var read = task.Buffer.Span.Slice(task.ReadBackAt, task.Chunk);
        var isOneForAll = task.Transfer < task.Total;
        for (var at = 0; at < read.Length; at += sent.Length)
        {
            var same = sent.CommonPrefixLength(read.Slice(at, sent.Length));
            if (same < sent.Length)
                return Sense.Miscompare(isOneForAll ? same : task.Done + same);
        }
        return null;
    }
}

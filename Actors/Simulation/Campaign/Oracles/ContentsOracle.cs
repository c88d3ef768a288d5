using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Block contents: a read returns, for each block, the version of the last write that had ended before the read began, or of a write that was
/// under way since. A write that failed or was aborted may have happened or not, but it may not change its mind once that has been seen. What is durable
/// survives a power cut; of the rest any version may be left that is not older than the last durable one.</summary>
/// <param name="context">Of the run.</param>
internal sealed partial class ContentsOracle(OracleContext context) : Oracle("contents", context)
{
    private const byte StartStop = 0x1B;

    private readonly Dictionary<(int Target, int Lun, long Lba), List<BlockVersion>> _blocks = [];
    private readonly Dictionary<(ulong Id, bool IsBlockRequest), BlockAccess> _accesses = [];

    /// <summary>Blocks that anybody has written or tried to, of each logical unit.</summary>
    public IEnumerable<(int Target, int Lun, long Lba)> Touched => _blocks.Keys;

    private long Now => Watch.Now;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteCommand command when Parties.IsClient(seen.From):
                Begin(seen.Time, command);
                break;
            case ExecuteBlockRequest request when Parties.IsClient(seen.From):
                Begin(seen.Time, request);
                break;
            case CommandExecuted { IsGood: true } executed when Parties.IsClient(seen.To) && Watch.Asked is { Command.Cdb.OperationCode: ServiceActionIn } asked:
                Learn(asked.Command, executed.Residual);
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To) && _accesses.Remove((executed.Id, false), out var access):
                End(seen.Time, executed, access);
                break;
            case BlockRequestExecuted executed when Parties.IsClient(seen.To) && _accesses.Remove((executed.Id, true), out var access):
                End(seen.Time, executed, access);
                break;
            case PowerOff:
                Cut(seen.To);
                break;
            case PowerOn:
                PowerOf(Parties.UnitOf(seen.To)).On = Now;
                break;
        }
    }

    private void Begin(TimeSpan time, ExecuteCommand command)
    {
        var blocks = BlockCommand.Of(command.Cdb);
        var unit = (command.Target, (int)command.Lun.Number);
        if (Flushes(command.Cdb, blocks) is { } flushed)
        {
            _accesses.Add((command.Id, false), new BlockAccess(BlockUse.Synchronize, unit, flushed.Lba, flushed.Count, default, 0, Now));
            return;
        }
        if (blocks.Use is BlockUse.None or BlockUse.Synchronize || !blocks.IsInside(Scenario.Blocks))
            return;
        if (blocks.Use is BlockUse.WriteSame or BlockUse.Unmap)
        {
            if (BeginSame(time, command, blocks, unit) is { } same)
                Begin((command.Id, false), same);
            return;
        }
        var size = Scenario.BlockSize;
        var compared = blocks.Use == BlockUse.CompareAndWrite ? (int)blocks.Count * size : 0;
        if (compared > 0 && command.Data.Length < 2 * compared)
            return;
        var data = command.Data[compared..];
        var count = blocks.Use == BlockUse.Verify && blocks.ByteCheck != 1 ? blocks.Count : Math.Min(blocks.Count, data.Length / size);
        Begin((command.Id, false), new BlockAccess(blocks.Use, unit, blocks.Lba, count, data, WriterOf(data), Now)
        {
            IsThrough = blocks.IsThrough, IsAtomic = blocks.IsAtomic, Time = time, Asked = Watch.Asked,
            Compared = compared > 0 ? WriterOf(command.Data) : 0,
        });
    }

    private int WriterOf(Memory<byte> data) => data.Length >= Scenario.BlockSize ? BlockPattern.Read(data.Span[..Scenario.BlockSize]).Writer : 0;

    /// <summary>The blocks that are on the medium when the command ends with GOOD; null when that is none of its business.</summary>
    private (long Lba, long Count)? Flushes(in Cdb cdb, in BlockCommand blocks)
    {
        if (cdb.OperationCode == StartStop)
            return (cdb[4] & 0xF5) == 0 && (cdb[1] & 1) == 0 ? (0, Scenario.Blocks) : null;
        // An early answer (IMMED) says nothing.
        if (blocks.Use != BlockUse.Synchronize || (cdb[1] & 2) != 0)
            return null;
        return (blocks.Lba, blocks.Count == 0 ? Scenario.Blocks : blocks.Count);
    }

    private void Begin(TimeSpan time, ExecuteBlockRequest request)
    {
        var step = (BlockStep)Scenario.Steps.First(step => (ulong)step.Id == request.Id);
        var unit = (step.Target, step.Lun);
        var use = request.Operation switch
        {
            BlockOperation.Read => BlockUse.Read,
            BlockOperation.Write or BlockOperation.Discard or BlockOperation.WriteZeroes => BlockUse.Write,
            BlockOperation.Flush => BlockUse.Synchronize,
            _ => BlockUse.None,
        };
        if (use == BlockUse.None)
            return;
        var (lba, count) = use == BlockUse.Synchronize ? (0L, (long)Scenario.Blocks) : (request.Offset / Scenario.BlockSize, step.Length / Scenario.BlockSize);
        Begin((request.Id, true), new BlockAccess(
            use, unit, lba, count, request.Data, request.Operation == BlockOperation.Write ? step.Id : 0, Now)
        {
            IsDiscard = request.Operation == BlockOperation.Discard, Time = time,
        });
    }

    private void Begin((ulong, bool) name, BlockAccess access)
    {
        _accesses.Add(name, access);
        for (var i = 0L; access.Writes && i < access.Count; i++)
        {
            VersionsOf(access, i).Add(new BlockVersion(access.Writer, access.Begin)
            {
                Together = access.IsAtomic ? (access.Lba, access.Count) : null, Pattern = access.Use == BlockUse.WriteSame ? access.Lba : null,
                IsAny = access.LeavesAny,
            });
        }
    }

    private void End(TimeSpan time, CommandExecuted executed, BlockAccess access)
    {
        var name = $"Command {executed.Id} ({access.Use})";
        if (access.Use == BlockUse.Synchronize)
        {
            if (executed.IsGood)
                Flush(access);
        }
        else if (access.Writes)
        {
            if (access.Use == BlockUse.CompareAndWrite && executed.IsGood)
                Replace(time, executed.Id, access, name);
            EndWrite(access, executed.IsGood, IsRefused(executed, access) || (access.Use == BlockUse.CompareAndWrite && executed.Sense?.Key == SenseKey.Miscompare));
            if (access.Use == BlockUse.CompareAndWrite && executed.Sense?.Key == SenseKey.Miscompare)
                Miscompared(time, access, access.Compared, name);
        }
        else if (access.Use == BlockUse.Read && executed.IsGood)
        {
            // A residual that cannot be is another oracle's finding.
            Read(time, access, (access.Data.Length - Math.Max(0, executed.Residual)) / Scenario.BlockSize, name);
            if (access.IsThrough)
                Flush(access);
        }
        else if (access.Use == BlockUse.Verify && access.Data.Length > 0)
        {
            Verified(time, access, executed, name);
        }
    }

    private void End(TimeSpan time, BlockRequestExecuted executed, BlockAccess access)
    {
        if (access.Use == BlockUse.Read && executed.IsGood)
            Read(time, access, access.Count, $"Block request {executed.Id} (read)");
        else if (access.Use == BlockUse.Synchronize && executed.IsGood)
            Flush(access);
        else if (access.Writes)
            EndWrite(access, executed.IsGood && !access.IsDiscard, isRefused: executed.Status is BlockStatus.Busy or BlockStatus.Unsupported);
    }

    /// <summary>Statuses and sense data that say: nothing of it has been done.</summary>
    private static bool IsRefused(CommandExecuted executed, BlockAccess access) => executed.Outcome == CommandOutcome.Complete && (executed.Status is ScsiStatus.Busy
        or ScsiStatus.TaskSetFull or ScsiStatus.ReservationConflict or ScsiStatus.AcaActive
        || executed.Sense?.Key is SenseKey.IllegalRequest
        // A reset may have taken the command's own sense data away before the driver asked for them; then its data have gone over.
        || (executed.Sense?.Key is SenseKey.UnitAttention && access.Data.Length > 0 && executed.Residual == access.Data.Length)
        || executed.Sense is { Key: SenseKey.NotReady, Additional.Code: 0x3A } or { Key: SenseKey.DataProtect, Additional: { Code: 0x27, Qualifier: not 0x07 } });

    private void EndWrite(BlockAccess access, bool isGood, bool isRefused)
    {
        var isDurable = isGood && IsDurable(access);
        // What ended behind a power cut may have been in the cache that the cut has emptied.
        var isCertain = isGood && (isDurable || access.Begin > PowerOf(access.Unit).Off);
        for (var i = 0L; i < access.Count; i++)
        {
            var versions = VersionsOf(access, i);
            var own = versions.Find(version => version.Begin == access.Begin)!;
            if (isRefused)
            {
                versions.Remove(own);
                continue;
            }
            own.End = Now;
            own.IsCertain = isCertain;
            own.IsDurable = isDurable;
            if (isCertain)
                Supersede(versions, own);
        }
    }

    // It is known to have happened: what had ended before it began is gone.
    private void Supersede(List<BlockVersion> versions, BlockVersion by)
    {
        foreach (var version in versions)
        {
            if (version.IsBefore(by))
                version.Superseded = Math.Min(version.Superseded, Now);
        }
    }

    private List<BlockVersion> VersionsOf(BlockAccess access, long index)
    {
        var key = (access.Unit.Target, access.Unit.Lun, access.LbaOf(index));
        if (!_blocks.TryGetValue(key, out var versions))
            _blocks.Add(key, versions = [new BlockVersion(0, -1) { End = -1, IsCertain = true, IsDurable = true }]);
        return versions;
    }
}

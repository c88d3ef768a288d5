using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Block contents: a read returns, for each block, the version of the last write that had ended before the read began, or of a write that was
/// under way since. A write that failed or was aborted may have happened or not, but it may not change its mind once that has been seen.</summary>
/// <param name="context">Of the run.</param>
internal sealed class ContentsOracle(OracleContext context) : Oracle("contents", context)
{
    private sealed class Version(int writer, long begin)
    {
        public readonly int Writer = writer;
        public readonly long Begin = begin;
        public long End = long.MaxValue;
        public bool IsCertain;

        /// <summary>From when on a read that begins may not return it any more.</summary>
        public long Superseded = long.MaxValue;
    }

    /// <summary>A command on blocks that has not been answered.</summary>
    private sealed record Access(BlockUse Use, (int Target, int Lun) Unit, long Lba, long Count, Memory<byte> Data, int Writer, long Begin)
    {
        public bool Writes => Use is BlockUse.Write or BlockUse.WriteAndVerify;

        /// <summary>A block request may leave it open what is read afterwards.</summary>
        public bool IsDiscard { get; init; }
    }

    private readonly Dictionary<(int Target, int Lun, long Lba), List<Version>> _blocks = [];
    private readonly Dictionary<(ulong Id, bool IsBlockRequest), Access> _accesses = [];
    private long _now;

    /// <summary>Blocks that anybody has written or tried to, of each logical unit.</summary>
    public IEnumerable<(int Target, int Lun, long Lba)> Touched => _blocks.Keys;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteCommand command when Parties.IsClient(seen.From):
                Begin(command);
                break;
            case ExecuteBlockRequest request when Parties.IsClient(seen.From):
                Begin(request);
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To) && _accesses.Remove((executed.Id, false), out var access):
                _now++;
                End(seen.Time, executed, access);
                break;
            case BlockRequestExecuted executed when Parties.IsClient(seen.To) && _accesses.Remove((executed.Id, true), out var access):
                _now++;
                if (access.Use == BlockUse.Read && executed.IsGood)
                    Read(seen.Time, access, access.Count, $"Block request {executed.Id} (read)");
                else if (access.Writes)
                    EndWrite(access, executed.IsGood && !access.IsDiscard, isRefused: executed.Status is BlockStatus.Busy or BlockStatus.Unsupported);
                break;
        }
    }

    private void Begin(ExecuteCommand command)
    {
        var blocks = BlockCommand.Of(command.Cdb);
        if (blocks.Use is BlockUse.None or BlockUse.Synchronize || !blocks.IsInside(Scenario.Blocks))
            return;
        var count = blocks.Use == BlockUse.Verify && blocks.ByteCheck != 1 ? blocks.Count : Math.Min(blocks.Count, command.Data.Length / Scenario.BlockSize);
        var writer = command.Data.Length >= Scenario.BlockSize ? BlockPattern.Read(command.Data.Span[..Scenario.BlockSize]).Writer : 0;
        Begin((command.Id, false), new Access(blocks.Use, (command.Target, command.Lun.Number), blocks.Lba, count, command.Data, writer, ++_now));
    }

    private void Begin(ExecuteBlockRequest request)
    {
        var use = request.Operation switch
        {
            BlockOperation.Read => BlockUse.Read,
            BlockOperation.Write or BlockOperation.Discard or BlockOperation.WriteZeroes => BlockUse.Write,
            _ => BlockUse.None,
        };
        if (use == BlockUse.None)
            return;
        var step = (BlockStep)Scenario.Steps.First(step => (ulong)step.Id == request.Id);
        Begin((request.Id, true), new Access(
            use, (step.Target, step.Lun), request.Offset / Scenario.BlockSize, step.Length / Scenario.BlockSize, request.Data,
            request.Operation == BlockOperation.Write ? step.Id : 0, ++_now)
        {
            IsDiscard = request.Operation == BlockOperation.Discard,
        });
    }

    private void Begin((ulong, bool) name, Access access)
    {
        _accesses.Add(name, access);
        for (var i = 0L; access.Writes && i < access.Count; i++)
            VersionsOf(access, i).Add(new Version(access.Writer, access.Begin));
    }

    private void End(TimeSpan time, CommandExecuted executed, Access access)
    {
        var name = $"Command {executed.Id} ({access.Use})";
        if (access.Writes)
        {
            EndWrite(access, executed.IsGood, IsRefused(executed));
            return;
        }
        if (access.Use == BlockUse.Read && executed.IsGood)
            Read(time, access, (access.Data.Length - executed.Residual) / Scenario.BlockSize, name);
        else if (access.Use == BlockUse.Verify && access.Data.Length > 0)
            Verified(time, access, executed, name);
    }

    /// <summary>Statuses and sense data that say: nothing of it has been done.</summary>
    private static bool IsRefused(CommandExecuted executed) => executed.Outcome == CommandOutcome.Complete && (executed.Status is ScsiStatus.Busy
        or ScsiStatus.TaskSetFull or ScsiStatus.ReservationConflict or ScsiStatus.AcaActive
        || executed.Sense?.Key is SenseKey.UnitAttention or SenseKey.IllegalRequest or SenseKey.NotReady);

    private void EndWrite(Access access, bool isCertain, bool isRefused)
    {
        for (var i = 0L; i < access.Count; i++)
        {
            var versions = VersionsOf(access, i);
            var own = versions.First(version => version.Begin == access.Begin);
            if (isRefused)
            {
                versions.Remove(own);
                continue;
            }
            own.End = _now;
            own.IsCertain = isCertain;
            if (isCertain)
                Supersede(versions, own);
        }
    }

    // It is known to have happened: what had ended before it began is gone.
    private void Supersede(List<Version> versions, Version by)
    {
        foreach (var version in versions)
        {
            if (version.End < by.Begin)
                version.Superseded = Math.Min(version.Superseded, _now);
        }
    }

    private void Read(TimeSpan time, Access access, long count, string name)
    {
        var data = access.Data.Span;
        for (var i = 0; i < count; i++)
        {
            var stamp = BlockPattern.Read(data.Slice(i * Scenario.BlockSize, Scenario.BlockSize));
            var lba = access.Lba + i;
            var versions = VersionsOf(access, i);
            if (stamp.Writer > 0 && stamp.Lba != lba)
                Find(time, $"{name} read block {lba} and got block {stamp.Lba} as step {stamp.Writer} wrote it");
            else if (stamp.Writer < 0)
                Find(time, $"{name} read block {lba} and got bytes that nobody wrote there ({Describe(data[(i * Scenario.BlockSize)..])})");
            else if (LegalOf(versions, stamp.Writer, access) is not { } version)
                Find(time, $"{name} read block {lba} and got what {Teller(stamp.Writer)}; legal is what {Legal(versions, access)}");
            else
                Narrow(versions, version, access);
        }
    }

    private static string Describe(ReadOnlySpan<byte> bytes) =>
        bytes[0] == BlockPattern.Untouched ? "the buffer was not filled" : $"they begin with {Convert.ToHexString(bytes[..16])}";

    private static string Teller(int writer) => writer == 0 ? "was there at the start" : $"step {writer} wrote";

    private static string Legal(List<Version> versions, Access access) =>
        string.Join(", or what ", versions.Where(version => version.Superseded > access.Begin).Select(static version => Teller(version.Writer)));

    private static Version? LegalOf(List<Version> versions, int writer, Access access) =>
        versions.Find(version => version.Writer == writer && version.Superseded > access.Begin);

    /// <summary>What a read has seen is so for all that begin later: what is older is gone, and a doubtful write that it did not see, though it had ended,
    /// has not happened.</summary>
    private void Narrow(List<Version> versions, Version seen, Access access)
    {
        // Zeroes may stand for several versions.
        if (seen.Writer == 0 && versions.Count(static version => version.Writer == 0) > 1)
            return;
        foreach (var other in versions)
        {
            if (other.End < seen.Begin || (!other.IsCertain && other != seen && other.End < access.Begin && seen.End < other.Begin))
                other.Superseded = Math.Min(other.Superseded, _now);
        }
    }

    private void Verified(TimeSpan time, Access access, CommandExecuted executed, string name)
    {
        var claims = Enumerable.Range(0, (int)access.Count).Select(i => (Lba: access.Lba + i, Versions: VersionsOf(access, i))).ToList();
        var writer = BlockPattern.Read(access.Data.Span[..Scenario.BlockSize]).Writer;
        if (executed.IsGood)
        {
            foreach (var (lba, versions) in claims)
            {
                if (LegalOf(versions, writer, access) is null)
                    Find(time, $"{name} found block {lba} to be what {Teller(writer)}; legal is what {Legal(versions, access)}");
            }
        }
        else if (executed.Sense?.Key == SenseKey.Miscompare
            && claims.TrueForAll(claim => claim.Versions.TrueForAll(version => version.Writer == writer || version.Superseded <= access.Begin)))
        {
            Find(time, $"{name} ended with MISCOMPARE, but every block can only be what {Teller(writer)}");
        }
    }

    private List<Version> VersionsOf(Access access, long index)
    {
        var key = (access.Unit.Target, access.Unit.Lun, access.Lba + index);
        if (!_blocks.TryGetValue(key, out var versions))
            _blocks.Add(key, versions = [new Version(0, -1) { End = -1, IsCertain = true }]);
        return versions;
    }
}

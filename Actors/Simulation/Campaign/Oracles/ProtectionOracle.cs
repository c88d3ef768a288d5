using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Write protection, of the medium and by SWP: a write ends with DATA PROTECT, WRITE PROTECTED (SBC-3 4.14), and nothing else ends so.</summary>
/// <param name="context">Of the run.</param>
internal sealed class ProtectionOracle(OracleContext context) : LogicalUnitOracle("protection", context)
{
    private const byte WriteProtected = 0x27;
    private const byte InvalidOperationCode = 0x20;
    private const byte InvalidFieldInCdb = 0x24;
    private const byte InvalidFieldInParameterList = 0x26;
    private const byte AllocationFailed = 0x07;
    private const byte KnownFlags = 0x1E;
    private const long MaximumTransfer = 256 << 10;

    private readonly Dictionary<string, bool> _readOnly = [];

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        var blocks = BlockCommand.Of(task.Command.Cdb);
        var modes = Watch.ModesOf(task.Unit);
        if (!modes.AreCertainSince(task.Arrival))
            return;
        var isProtected = modes.WriteProtected || IsReadOnly(task.Unit);
        var name = $"{task.Unit} ended {task.Command.Nexus} ({task.Command.Cdb})";
        var about = FindingSubject.Of(task);
        if (complete.Sense is { Key: SenseKey.DataProtect } sense)
        {
            if (!isProtected && sense.Additional is { Code: WriteProtected, Qualifier: not AllocationFailed })
                Find(time, $"{name} with {sense.Key} {sense}, but it is not write protected", about);
            else if (sense.Additional.Code != WriteProtected)
                Find(time, $"{name} with {sense.Key} {sense}; WRITE PROTECTED is 27h", about);
        }
        else if (isProtected && blocks.Writes && (blocks.Count > 0 || blocks.Use is BlockUse.WriteSame or BlockUse.Unmap))
        {
            if (complete.Status is ScsiStatus.Good)
                Find(time, $"{name} with GOOD, although it is write protected", about);
            else if (complete.Sense is { Key: SenseKey.IllegalRequest } illegal && IsOrdinary(task.Command.Cdb, blocks, illegal))
                Find(time, $"{name} with {illegal.Key} {illegal}; a write to a protected medium ends with DATA PROTECT", about);
        }
    }

    /// <inheritdoc/>
    protected override void ObserveOther(in Observed seen)
    {
        if (seen.Message is AioOpened opened && Parties.IsLogicalUnit(seen.To))
            _readOnly[seen.To] = opened.IsReadOnly || Watch.IsSet(seen.To, "read-only", byDefault: false);
    }

    private bool IsReadOnly(string unit)
    {
        if (!_readOnly.TryGetValue(unit, out var isReadOnly))
            _readOnly.Add(unit, isReadOnly = Watch.IsSet(unit, "read-only", byDefault: false));
        return isReadOnly;
    }

    // Nothing else is wrong with it that could be said first.
    private bool IsOrdinary(in Cdb cdb, in BlockCommand blocks, SenseData sense) =>
        sense.Additional.Code is InvalidOperationCode or InvalidFieldInCdb or InvalidFieldInParameterList && blocks.IsInside(Scenario.Blocks)
        && blocks.Count * Scenario.BlockSize <= MaximumTransfer && (cdb.OperationCode < 0x20 || (cdb[1] & ~KnownFlags) == 0) && (cdb.Control & ~0x04) == 0;
}

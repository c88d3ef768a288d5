using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Status and sense data are such as the command can have: sense data with CHECK CONDITION and only there, an additional sense code that the
/// command's kind may report, an address error exactly when the address is wrong.</summary>
/// <param name="context">Of the run.</param>
internal sealed class SenseOracle(OracleContext context) : Oracle("sense", context)
{
    private static readonly AdditionalSense OutOfRange = new(0x21, 0x00);

    /// <summary>The additional sense codes of each sense key, and what kind of command may report them.</summary>
    private static readonly (SenseKey Key, byte[] Codes, Func<BlockCommand, bool> Applies)[] Legal =
    [
        (SenseKey.UnitAttention, [0x28, 0x29, 0x2A, 0x2F], static _ => true),
        (SenseKey.IllegalRequest, [0x1A, 0x20, 0x24, 0x25, 0x26, 0x39, 0x49, 0x53], static _ => true),
        (SenseKey.IllegalRequest, [0x21], static command => command.Use != BlockUse.None),
        (SenseKey.MediumError, [0x11], static command => command.Use is not (BlockUse.None or BlockUse.Synchronize)),
        (SenseKey.MediumError, [0x0C], static command => command.Use != BlockUse.Read),
        (SenseKey.DataProtect, [0x27], static command => command.Writes || command.Use is BlockUse.None or BlockUse.Synchronize),
        (SenseKey.Miscompare, [0x1D], static command => command.Compares),
        (SenseKey.AbortedCommand, [0x00, 0x4B, 0x4E], static _ => true),
        (SenseKey.NotReady, [0x04, 0x3A], static _ => true),
        (SenseKey.HardwareError, [0x44], static _ => true),
    ];

    // A reset between status and REQUEST SENSE leaves nothing to be fetched.
    private static readonly SenseData NothingLeft = SenseData.None;

    private readonly List<ExecuteTaskManagement> _resets = [];
    private bool _busWasReset;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteTaskManagement { Function: TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset } function:
                _resets.Add(function);
                break;
            case ExecuteBusReset:
                _busWasReset = true;
                break;
            case CommandExecuted { Outcome: CommandOutcome.Complete } executed when Watch.Asked is { } asked:
                Judge(seen.Time, asked, executed);
                break;
        }
    }

    private void Judge(TimeSpan time, AskedCommand asked, CommandExecuted executed)
    {
        var command = asked.Command;
        var about = FindingSubject.Of(asked);
        var blocks = BlockCommand.Of(command.Cdb);
        var name = $"Command {command.Id} ({command.Cdb})";
        if (!Enum.IsDefined(executed.Status))
            Find(time, $"{name} ended with status {(byte)executed.Status:X2}h, which there is not", about);
        if ((executed.Status == ScsiStatus.CheckCondition) != (executed.Sense is not null))
            Find(time, $"{name} ended with {executed.Status} and {(executed.Sense is null ? "without" : "with")} sense data", about);
        var isInside = blocks.Use == BlockUse.None || IsInside(command, blocks);
        if (executed.IsGood && !isInside)
            Find(time, $"{name} ended with {executed.Status}, but goes beyond the last of {Scenario.Blocks} blocks", about);
        if (executed.Status == ScsiStatus.ConditionMet)
            Find(time, $"{name} ended with CONDITION MET, which belongs to PRE-FETCH", about);
        if (executed.Sense is not { } sense)
            return;
        if (sense.Additional == OutOfRange && isInside && blocks.Use != BlockUse.None)
            Find(time, $"{name} ended with {sense}, but lies inside {Scenario.Blocks} blocks", about);
        if (sense == NothingLeft && (_busWasReset || _resets.Exists(function => function.Target == command.Target)))
            return;
        if (!Array.Exists(Legal, rule => rule.Key == sense.Key && rule.Codes.Contains(sense.Additional.Code) && rule.Applies(blocks)))
            Find(time, $"{name} ended with sense data {sense.Key} {sense}, which such a command does not report", about);
        if (sense.Key == SenseKey.MediumError && blocks.Use != BlockUse.Unmap && sense.Information is { } lba && (lba < (ulong)blocks.Lba || lba - (ulong)blocks.Lba >= (ulong)blocks.CountOn(Scenario.Blocks)))
            Find(time, $"{name} names block {lba} as the bad one, which it has nothing to do with", about);
    }

    private bool IsInside(ExecuteCommand command, in BlockCommand blocks) => blocks.Use != BlockUse.Unmap ? blocks.IsInside(Scenario.Blocks)
        : BlockCommand.RangesOf(command.Data.Span).All(range => new BlockCommand(BlockUse.Unmap, range.Lba, range.Count, 0).IsInside(Scenario.Blocks));
}

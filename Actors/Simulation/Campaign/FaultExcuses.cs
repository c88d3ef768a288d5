using ScsiActors.Faults;
using ScsiActors.Messages;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Which faults may be to blame for what an oracle sees: those whose kind shows in that way, that have hit what the finding is about, and at a time
/// when it was there. A finding without such a fault stands; nothing excuses an actor that fails.</summary>
internal static class FaultExcuses
{
    private const byte RequestSense = 0x03;

    // The bus's name for a command without a tag.
    private const ulong NoTag = 256;

    // What comes late or is given up has its effects on those behind it, which have theirs on others.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1);

    /// <summary>What a fault reaches beside the command that it hits.</summary>
    private enum Reach : byte
    {
        /// <summary>Nothing else.</summary>
        Command,

        /// <summary>Its blocks, from then on.</summary>
        Blocks,

        /// <summary>What else is on the logical unit at that time.</summary>
        Unit,

        /// <summary>What else is on the target at that time.</summary>
        Target,

        /// <summary>Whatever is outstanding at that time.</summary>
        Everything,
    }

    private sealed record Excuse(Reach Reach, params string[] Oracles)
    {
        /// <summary>It is over when those are that it has hit; otherwise what comes later can meet it too.</summary>
        public bool IsLasting { get; init; }
    }

    // What was on its way is lost, and what ends it comes from elsewhere.
    private static readonly string[] Connection =
        ["completion", "buffers", "blame", "order", "residual", "liveness", "sense", "task-management", "task-set", "aca"];

    // A program that is read otherwise than it was written can do anything, and so can a tag that is another's: the tables it reads hold CDBs and the names of
    // logical units. But no actor may fail of it.
    private static readonly Excuse OfProgram =
        new(Reach.Everything, [.. Connection, "delivery", "contents", "atomicity", "bus", "unit-attention", "reservation", "medium", "protection"]) { IsLasting = true };

    private static readonly Dictionary<FaultWhat, Excuse> Table = new()
    {
        [FaultWhat.Mark] = new Excuse(Reach.Command),
        [FaultWhat.Status] = new Excuse(Reach.Command, "blame", "sense", "completion", "order", "unit-attention", "reservation", "aca", "protection", "medium", "task-set"),
        [FaultWhat.Busy] = new Excuse(Reach.Command, "completion", "blame", "sense", "residual"),
        [FaultWhat.TaskSetFull] = new Excuse(Reach.Command, "completion", "blame", "sense", "residual"),
        [FaultWhat.DeliveryFailure] = new Excuse(Reach.Command, "completion", "blame"),
        [FaultWhat.MediumError] = new Excuse(Reach.Blocks, "blame", "completion"),
        [FaultWhat.Never] = new Excuse(Reach.Unit, "liveness", "buffers", "completion", "order", "blame", "task-set") { IsLasting = true },
        [FaultWhat.Late] = new Excuse(Reach.Unit, "order", "unit-attention", "reservation", "completion", "blame", "medium", "protection", "aca", "task-set"),
        [FaultWhat.Reordered] = new Excuse(Reach.Unit, "order", "unit-attention", "reservation", "medium", "protection", "aca", "task-set"),
        [FaultWhat.Duplicate] = new Excuse(Reach.Unit, "completion", "buffers", "residual"),
        [FaultWhat.WrongTag] = new Excuse(Reach.Unit, "completion", "buffers", "blame", "order", "residual", "liveness", "sense", "task-set", "aca") { IsLasting = true },
        [FaultWhat.ShortTransfer] = new Excuse(Reach.Command, "residual", "bus"),
        [FaultWhat.BitFlip] = new Excuse(Reach.Blocks, "contents", "atomicity"),
        [FaultWhat.TornWrite] = new Excuse(Reach.Blocks, "contents", "atomicity", "completion"),
        [FaultWhat.LostWrite] = new Excuse(Reach.Blocks, "contents", "atomicity", "completion"),
        [FaultWhat.MisdirectedWrite] = new Excuse(Reach.Unit, "contents", "atomicity", "completion") { IsLasting = true },
        [FaultWhat.StaleRead] = new Excuse(Reach.Blocks, "contents", "atomicity"),
        [FaultWhat.FlushLie] = new Excuse(Reach.Unit, "contents", "atomicity", "completion") { IsLasting = true },
        [FaultWhat.SelectionTimeout] = new Excuse(Reach.Target, "completion", "blame", "task-management"),
        [FaultWhat.UnexpectedDisconnect] = new Excuse(Reach.Target, "completion", "buffers", "blame", "order", "residual", "sense", "task-set", "task-management"),
        [FaultWhat.ParityError] = new Excuse(Reach.Unit, "completion", "blame", "sense", "residual"),
        [FaultWhat.MessageError] = new Excuse(Reach.Everything, "completion", "buffers", "blame", "order", "residual", "sense", "task-management"),
        [FaultWhat.BusReset] = new Excuse(Reach.Everything, "completion", "buffers", "blame", "order", "residual", "sense", "task-management"),
        [FaultWhat.LogicalUnitReset] = new Excuse(Reach.Unit, "blame", "liveness", "completion", "order", "sense"),
        [FaultWhat.TargetReset] = new Excuse(Reach.Target, "blame", "liveness", "completion", "order", "sense"),
        [FaultWhat.AbortFails] = new Excuse(Reach.Unit, "completion", "liveness", "buffers", "order", "blame", "task-management") { IsLasting = true },
        [FaultWhat.Unplug] = new Excuse(Reach.Target, "completion", "buffers", "blame", "order", "residual", "liveness", "sense", "task-management", "task-set"),
        [FaultWhat.SlowDown] = new Excuse(Reach.Unit, "liveness") { IsLasting = true },
        [FaultWhat.PowerCut] = new Excuse(Reach.Unit, "blame"),
        [FaultWhat.BusFault] = new Excuse(Reach.Everything, Connection),
        [FaultWhat.OtherByte] = OfProgram,
        [FaultWhat.ReorderedWrite] = new Excuse(Reach.Unit, "contents", "atomicity") { IsLasting = true },
        [FaultWhat.CacheSize] = new Excuse(Reach.Command),
        [FaultWhat.LinkLoss] = new Excuse(Reach.Target, Connection),
        [FaultWhat.NodeLoss] = new Excuse(Reach.Everything, Connection),
        [FaultWhat.Partition] = new Excuse(Reach.Everything, Connection),
    };

    private static Excuse Of(FaultRule rule, FaultHit hit) => rule switch
    {
        { Where: FaultWhere.Scripts, What.What: FaultWhat.BitFlip } => OfProgram,
        // What comes to the initiator with wrong parity its driver ends by a bus reset, and with it all that is under way; a target that finds such ends one command.
        { What.What: FaultWhat.ParityError } when ComesToInitiator(rule) => Table[FaultWhat.BusReset],
        // Before the driver knows whose connection has gone, it resets the bus.
        { What.What: FaultWhat.UnexpectedDisconnect } when IsUntagged(hit) || rule.What.AtReselection || rule.When.Phase == BusPhase.MessageIn => Table[FaultWhat.BusReset],
        _ => Table[rule.What.What],
    };

    private static bool IsUntagged(FaultHit hit) => hit.Nexus is { Tag: NoTag };

    private static bool ComesToInitiator(FaultRule rule) =>
        rule.Where == FaultWhere.Message || rule.When.Phase is BusPhase.DataIn or BusPhase.Status or BusPhase.MessageIn
            || (rule.When.Phase is null && rule.When.Event is FaultPoint.Reselection or FaultPoint.Phases);

    /// <summary>The latest injection that may have caused what an oracle sees; null when there is none.</summary>
    /// <param name="finding">What it sees.</param>
    /// <param name="subject">What that is about.</param>
    /// <param name="ledger">The injections; null without any.</param>
    /// <param name="start">When the ledger's time began.</param>
    public static FaultInjection? For(Finding finding, FindingSubject subject, FaultLedger? ledger, TimeSpan start)
    {
        for (var i = (ledger?.Injections.Count ?? 0) - 1; i >= 0; i--)
        {
            var injection = ledger!.Injections[i];
            var excuse = Of(injection.Rule, injection.Hit);
            if (excuse.Oracles.Contains(finding.Oracle) && IsTheirs(injection, excuse, subject, start + injection.Time))
                return injection;
        }
        return null;
    }

    private static bool IsTheirs(FaultInjection injection, Excuse excuse, FindingSubject subject, TimeSpan time)
    {
        var (hit, effect) = (injection.Hit, injection.Rule.What);
        if (!excuse.IsLasting && excuse.Reach != Reach.Blocks && subject.Since > time + (effect.By ?? TimeSpan.Zero) + (effect.For ?? TimeSpan.Zero) + Aftermath)
            return false;
        var isTarget = IsSame(hit.Target, subject.Target);
        var isUnit = isTarget && IsSame(hit.Lun, subject.Lun);
        return excuse.Reach switch
        {
            Reach.Command => isUnit && IsSameCommand(hit, subject),
            Reach.Blocks => isUnit && Overlap(hit, subject),
            Reach.Unit => isUnit,
            Reach.Target => isTarget,
            _ => true,
        };
    }

    private static bool IsSame(int one, int other) => one < 0 || other < 0 || one == other;

    // A driver asks for sense data in place of a command.
    private static bool IsSameCommand(FaultHit hit, FindingSubject subject) =>
        hit.Cdb is { OperationCode: RequestSense }
        || (hit.Nexus is { } nexus && subject.Nexus is { } other ? nexus == other
            : hit.Cdb is not { } cdb || subject.Cdb is not { } also || cdb == also);

    private static bool Overlap(FaultHit hit, FindingSubject subject) =>
        hit.Lba < 0 || subject.Lba < 0 || (hit.Lba < subject.Lba + subject.Blocks && subject.Lba < hit.Lba + hit.Blocks);
}

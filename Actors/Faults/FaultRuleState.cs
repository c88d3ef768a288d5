using ScsiActors.Simulation;

namespace ScsiActors.Faults;

/// <summary>What passes a place, as the conditions of a rule look at it.</summary>
internal readonly record struct FaultSubject
{
    /// <summary>A subject of which only this is known.</summary>
    public FaultSubject(int target, int lun) => (Target, Lun, Lba, Initiator) = (target, lun, -1, -1);

    public int Target { get; init; }
    public int Lun { get; init; }
    public int Initiator { get; init; }
    public Messages.Scsi.ItlqNexus? Nexus { get; init; }
    public Messages.Scsi.Cdb? Cdb { get; init; }
    public Messages.Scsi.TaskAttribute? Attribute { get; init; }
    public FaultOperation? Operation { get; init; }
    public Messages.AioId? Aio { get; init; }

    /// <summary>The first block; -1 without blocks.</summary>
    public long Lba { get; init; }
    public long Blocks { get; init; }
    public long Bytes { get; init; }
    public int Depth { get; init; }

    /// <summary>The phases that it is about, as a set of bits.</summary>
    public int Phases { get; init; }

    /// <summary>The address of a fetch.</summary>
    public ulong? Address { get; init; }

    public FaultHit Hit => new(Target, Lun, Nexus, Cdb, Aio, Lba, Blocks) { Address = Address };
}

/// <summary>A rule and what has become of it so far.</summary>
internal sealed class FaultRuleState(FaultRule rule, ulong seed)
{
    private readonly RandomStream _random = new(seed, rule.Name);
    private bool _isSpent;

    public FaultRule Rule => rule;

    public long Passed { get; private set; }

    public long Matched { get; private set; }

    public long Fired { get; private set; }

    /// <summary>The blocks that are still bad, for an error that a rewrite clears.</summary>
    public List<FaultBlocks> BadBlocks { get; } = [.. rule.When.Blocks];

    /// <summary>Its own draws.</summary>
    public RandomStream Random => _random;

    private FaultCondition When => rule.When;

    /// <summary>The rule has done all that it ever will.</summary>
    public void Spend() => _isSpent = true;

    /// <summary>A message of its kind passes: true when the rule acts on it.</summary>
    public bool Fires(in FaultSubject subject, TimeSpan now, string state, Func<string, bool> hasFired)
    {
        Passed++;
        if (_isSpent || Fired >= (rule.Times ?? long.MaxValue) || !Holds(subject, now, state, hasFired))
            return false;
        Matched++;
        if ((When.Nth is { } nth && Matched != nth) || (When.Every is { } every && Matched % every != 0))
            return false;
        // Drawn last: a draw is made only where it decides.
        if (When.Probability is { } probability && !_random.Chance(probability))
            return false;
        Fired++;
        return true;
    }

    /// <summary>Blocks have been written: those are good again.</summary>
    public void Rewritten(long lba, long count)
    {
        for (var i = BadBlocks.Count - 1; i >= 0; i--)
        {
            var bad = BadBlocks[i];
            if (!bad.Overlap(lba, count))
                continue;
            BadBlocks.RemoveAt(i);
            if (bad.First < lba)
                BadBlocks.Add(bad with { Last = lba - 1 });
            if (bad.Last >= lba + count)
                BadBlocks.Add(bad with { First = lba + count });
        }
    }

    private bool Holds(in FaultSubject subject, TimeSpan now, string state, Func<string, bool> hasFired) =>
        HoldsOf(subject)
        && now >= (When.From ?? TimeSpan.Zero) && now < (When.To ?? TimeSpan.MaxValue)
        && (When.State is null || When.State == state)
        && (When.After is null || hasFired(When.After));

    private bool HoldsOf(in FaultSubject subject) =>
        (When.Target ?? subject.Target) == subject.Target
        && (When.Lun ?? subject.Lun) == subject.Lun
        && (When.Initiator ?? subject.Initiator) == subject.Initiator
        && (When.Opcodes.Count == 0 || (subject.Cdb is { } cdb && When.Opcodes.Contains(cdb.OperationCode)))
        && (When.Operations.Count == 0 || (subject.Operation is { } operation && When.Operations.Contains(operation)))
        && (When.Phase is not { } phase || (subject.Phases >> (int)phase & 1) != 0)
        && (When.Attribute is null || When.Attribute == subject.Attribute)
        && (When.Length is null || When.Length.Value.Holds(subject.Bytes))
        && (When.Depth ?? 0) <= subject.Depth
        && (When.Blocks.Count == 0 || Touches(subject.Lba, subject.Blocks));

    private bool Touches(long lba, long count)
    {
        if (lba < 0)
            return false;
        foreach (var blocks in BadBlocks)
        {
            if (blocks.Overlap(lba, count))
                return true;
        }
        return false;
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Finds rules that contradict themselves or could never act.</summary>
internal static class FaultCheck
{
    private static readonly Dictionary<FaultWhere, string[]> Conditions = new()
    {
        [FaultWhere.Driver] = ["opcode", "lba", "length", "attribute", "initiator", "target", "lun", "event"],
        [FaultWhere.Register] = ["event"],
        [FaultWhere.Selection] = ["opcode", "lba", "length", "attribute", "target", "lun", "event"],
        [FaultWhere.Bus] = ["opcode", "lba", "length", "attribute", "target", "lun", "event", "phase"],
        [FaultWhere.Message] = ["opcode", "lba", "length", "attribute", "target", "lun", "event"],
        [FaultWhere.Scripts] = ["event"],
        [FaultWhere.Link] = ["opcode", "lba", "length", "attribute", "initiator", "target", "lun", "depth", "event"],
        [FaultWhere.Node] = ["opcode", "lba", "length", "attribute", "initiator", "target", "lun", "event"],
        [FaultWhere.Cache] = ["operation", "lba", "length", "target", "lun", "depth", "event"],
        [FaultWhere.TaskSet] = ["opcode", "lba", "length", "attribute", "initiator", "target", "lun", "depth", "event"],
        [FaultWhere.LogicalUnit] = ["opcode", "lba", "length", "attribute", "initiator", "target", "lun", "depth", "event"],
        [FaultWhere.Aio] = ["operation", "lba", "length", "target", "lun", "depth", "event"],
        [FaultWhere.Disk] = ["operation", "lba", "length", "target", "lun", "depth", "event"],
    };

    private static readonly FaultWhat[] OnWrites = [FaultWhat.ReorderedWrite, FaultWhat.CacheSize, FaultWhat.TornWrite, FaultWhat.LostWrite, FaultWhat.MisdirectedWrite, FaultWhat.StaleRead];

    /// <summary>One sentence for each error.</summary>
    public static IReadOnlyList<string> Errors(IReadOnlyList<FaultRule> rules, FaultFacts facts)
    {
        var errors = new List<string>();
        foreach (var rule in rules)
        {
            foreach (var error in Place(rule, facts).Concat(Subject(rule)).Concat(Passing(rule)).Concat(Paths(rule, facts)).Concat(Blocks(rule, facts)).Concat(Counting(rule.When, rule.Times))
                .Concat(Effect(rule)).Concat(Others(rule, rules)))
                errors.Add($"faults.{rule.Name}: {error}");
        }
        foreach (var twice in rules.GroupBy(static rule => rule.Name).Where(static group => group.Count() > 1))
            errors.Add($"faults.{twice.Key}: there are {twice.Count()} rules of this name; give each its own");
        return errors;
    }

    private static IEnumerable<string> Place(FaultRule rule, FaultFacts facts)
    {
        var row = FaultTable.Of(rule.What.What);
        var where = FaultNames.Of(rule.Where);
        var what = FaultNames.Of(rule.What.What);
        if (row.At(rule.Where) is null)
        {
            yield return $"{what} does not exist at {where}; it can stand at {string.Join(", ", row.Stands.Select(static stand => FaultNames.Of(stand.Where)))}";
            yield break;
        }
        if (rule.NeedsHostAdapter && !facts.HasHostAdapter)
            yield return $"there is no host adapter, so nothing passes {where}; set scsi-actors.host-adapter.model = lsi53c895a, or choose another place";
        var units = facts.Units.Where(unit => (rule.When.Target ?? unit.Target) == unit.Target && (rule.When.Lun ?? unit.Lun) == unit.Lun).ToList();
        if (units.Count == 0)
            yield return $"there is no logical unit {rule.When.Lun?.ToString() ?? "at all"} on target {rule.When.Target?.ToString() ?? "any"}; name one of scsi-actors.targets";
        else if (rule.Where is FaultWhere.Disk or FaultWhere.Cache && !units.Exists(static unit => unit.IsSimulatedDisk))
            yield return $"no disk there is simulated, and {what} at {where} needs one; set scsi-actors.aio.backend = simulated, or take where = aio";
        else if (rule.Where == FaultWhere.Cache && !units.Exists(static unit => unit.HasVolatileCache))
            yield return $"the disk has no volatile cache for {what} to act on; set scsi-actors.aio.simulated.write-cache";
        else if (rule is { Where: FaultWhere.Disk, What.What: FaultWhat.FlushLie } && !units.Exists(static unit => unit.HasVolatileCache))
            yield return "the disk has no volatile cache, so a flush has nothing to lie about; set scsi-actors.aio.simulated.write-cache";
        else if (rule.Where is FaultWhere.Disk or FaultWhere.Cache && !units.Exists(static unit => unit.KeepsContents)
            && rule.What.What is not (FaultWhat.MediumError or FaultWhat.FlushLie or FaultWhat.SlowDown or FaultWhat.PowerCut or FaultWhat.CacheSize))
            yield return $"the disk forgets what is written, so {what} has nothing to spoil; set scsi-actors.aio.simulated.contents = keep";
        foreach (var name in Given(rule.When).Where(name => !Conditions[rule.Where].Contains(name)))
            yield return $"{name} is not known at {where}; what is known there is {Listed(Conditions[rule.Where])}{(name == "opcode" && (rule.Where is FaultWhere.Aio or FaultWhere.Disk or FaultWhere.Cache) ? " (operation = read, write, flush, unmap)" : "")}";
    }

    private static IEnumerable<string> Given(FaultCondition when) => new (bool Is, string Name)[]
    {
        (when.Opcodes.Count > 0, "opcode"), (when.Operations.Count > 0, "operation"), (when.Blocks.Count > 0, "lba"), (when.Length is not null, "length"),
        (when.Attribute is not null, "attribute"), (when.Initiator is not null, "initiator"), (when.Target is not null, "target"),
        (when.Lun is not null, "lun"), (when.Depth is not null, "depth"), (when.Event is not null, "event"), (when.Phase is not null, "phase"),
    }.Where(static condition => condition.Is).Select(static condition => condition.Name);

    private static string Listed(string[] names) => names is ["event"] ? "event, time, state and counting only" : string.Join(", ", names);

    // Commands and operations that the fault has nothing to do with.
    private static IEnumerable<string> Subject(FaultRule rule)
    {
        var (when, what) = (rule.When, rule.What.What);
        var name = FaultNames.Of(what);
        if (what == FaultWhat.ShortTransfer && when.Opcodes.Count > 0 && !when.Opcodes.Any(FaultCommands.HasDataIn))
            yield return $"none of the commands brings data to the initiator, so {name} never acts; name read, inquiry or the like";
        if (what == FaultWhat.BitFlip && when.Opcodes.Count > 0 && !when.Opcodes.Any(static code => FaultCommands.HasDataIn(code) || FaultCommands.HasDataOut(code)))
            yield return $"none of the commands has data, so {name} never acts; name read or write";
        if (OnWrites.Contains(what) && when.Operations.Count > 0 && !when.Operations.Contains(FaultOperation.Write))
            yield return $"{name} acts on writes only; say operation = write, or leave it out";
        var isInCache = rule.Where == FaultWhere.Cache && when.Operations.Contains(FaultOperation.Write);
        if (what == FaultWhat.FlushLie && when.Operations.Count > 0 && !when.Operations.Contains(FaultOperation.Flush) && !isInCache)
            yield return "flush-lie acts on flushes only; say operation = flush, or leave it out";
        if (what == FaultWhat.FlushLie && !isInCache && (when.Blocks.Count > 0 || when.Length is not null))
            yield return "a flush has neither blocks nor a length; leave lba and length out";
        if (what is FaultWhat.MediumError or FaultWhat.BitFlip && rule.Where is FaultWhere.Aio or FaultWhere.Disk && when.Operations.Count > 0
            && !when.Operations.Any(static operation => operation is FaultOperation.Read or FaultOperation.Write))
            yield return $"{name} acts on reads and writes only; say operation = read or write";
        if (when.Length is { Most: < 0 } || when.Length is { } length && length.Least > length.Most)
            yield return "no length is below 0 bytes; length is a bound such as \">64KiB\"";
    }

    // Which messages and phases there are at the place.
    private static IEnumerable<string> Passing(FaultRule rule)
    {
        if (FaultTable.Of(rule.What.What).At(rule.Where) is not { } stand)
            yield break;
        var what = FaultNames.Of(rule.What.What);
        if (rule.When.Event is { } point && !stand.Points.Contains(point))
            yield return $"{what} at {FaultNames.Of(rule.Where)} does not act on {FaultNames.Of(point)}; it acts on {string.Join(", ", stand.Points.Select(FaultNames.Of))}";
        else if (rule.When.Phase is { } phase && !FaultPhases.All.Contains(phase))
            yield return $"a target announces no {FaultNames.Of(phase)}{(phase == BusPhase.MessageOut ? " (take where = message)" : "")}; phase can be {string.Join(", ", FaultPhases.All.Select(FaultNames.Of))}";
        else if (rule.When.Phase is not null && !stand.Points.Any(one => FaultPhases.ActsOn(rule, one)))
            yield return $"{what} at {FaultNames.Of(rule.Where)} does not meet {FaultNames.Of(rule.When.Phase.Value)}; leave phase out";
        if (rule.What.AtReselection && rule.When.Phase is BusPhase.Command)
            yield return "there is no COMMAND phase at a reselection; leave at-reselection out";
    }

    private static IEnumerable<string> Paths(FaultRule rule, FaultFacts facts)
    {
        int[] there = facts.HasHostAdapter ? [FaultPhases.DirectPort, FaultPhases.Adapter] : [FaultPhases.DirectPort];
        foreach (var initiator in rule.What.Initiators.Concat(rule.When.Initiator is { } one ? [one] : []).Where(initiator => !there.Contains(initiator)))
            yield return $"there is no initiator {initiator}; there is {string.Join(" and ", there)} (0 the direct port, 7 the adapter)";
        foreach (var target in rule.What.Targets.Where(target => facts.Units.All(unit => unit.Target != target)))
            yield return $"there is no target {target} to be cut off; name one of scsi-actors.targets";
    }

    private static IEnumerable<string> Blocks(FaultRule rule, FaultFacts facts)
    {
        var when = rule.When;
        if (when.Blocks.Count > 0 && when.Opcodes.Count > 0 && !when.Opcodes.Any(FaultCommands.HasBlocks))
            yield return "none of the commands names blocks, so lba never holds; leave one of the two out";
        if (when.Blocks.Count > 0 && when.Operations.Count > 0 && when.Operations.All(static operation => operation == FaultOperation.Flush))
            yield return "a flush names no blocks, so lba never holds; leave it out";
        var most = facts.Units.Where(unit => (when.Target ?? unit.Target) == unit.Target && (when.Lun ?? unit.Lun) == unit.Lun)
            .Select(static unit => unit.Blocks).DefaultIfEmpty(long.MaxValue).Max();
        foreach (var blocks in when.Blocks)
        {
            if (blocks.First < 0 || blocks.First > blocks.Last)
                yield return $"lba {blocks.First}..{blocks.Last} holds no block; write the lower one first";
            else if (blocks.Last >= most)
                yield return $"lba {blocks} is beyond the disk, whose last block is {most - 1}";
        }
        if (rule.What.To is { } to && (to < 0 || to >= most))
            yield return $"to is block {to}, which is not on the disk, whose last block is {most - 1}";
    }

    private static IEnumerable<string> Counting(FaultCondition when, long? times)
    {
        if (when.Nth is < 1 || when.Every is < 1 || when.Depth is < 1 || times is < 1)
            yield return "nth, every, depth and times count from 1";
        if (when.Nth is not null && when.Every is not null)
            yield return "nth and every contradict each other; keep one";
        if (when.Nth is not null && times > 1)
            yield return $"nth acts once, so times = {times} is never reached; leave times out, or take every";
        if (when.Probability is not null and not (> 0 and <= 1))
            yield return $"probability is {when.Probability}; it is above 0 and at the most 1";
        if (when.From is { } from && when.To is { } to && from >= to)
            yield return "from is not before to, so there is no time to act";
        if (when.From < TimeSpan.Zero || when.To <= TimeSpan.Zero)
            yield return "from and to are times since the start, above 0";
    }

    private static IEnumerable<string> Effect(FaultRule rule)
    {
        var what = rule.What;
        var row = FaultTable.Of(what.What);
        var given = new (bool Is, string Name)[]
        {
            (what.Status is not null, "status"), (what.Sense is not null, "sense"), (what.By is not null, "by"), (what.For is not null, "for"),
            (what.Behind is not null, "behind"), (what.Bytes is not null, "bytes"), (what.Bit is not null, "bit"), (what.To is not null, "to"),
            (what.Unit is not null, "unit"), (what.ClearedByRewrite, "cleared-by-rewrite"), (what.Another, "another"),
            (what.AtReselection, "at-reselection"), (what.Factor is not null, "factor"), (what.Byte is not null, "byte"), (what.Of is not null, "of"),
            (what.Initiators.Count > 0, "initiators"), (what.Targets.Count > 0, "targets"),
        }.Where(static parameter => parameter.Is).Select(static parameter => parameter.Name).ToList();
        foreach (var name in row.Parameters.Where(name => name.EndsWith('!') && !given.Contains(name[..^1])))
            yield return $"{FaultNames.Of(what.What)} needs {name[..^1]}";
        foreach (var name in given.Where(name => !row.Parameters.Contains(name) && !row.Parameters.Contains($"{name}!")))
            yield return $"{name} means nothing to {FaultNames.Of(what.What)}; leave it out";
        if (what.Status == ScsiStatus.CheckCondition && what.Sense is null)
            yield return "check-condition needs sense, such as 03/11/00";
        if (what.Sense is not null && what.Status is not null and not ScsiStatus.CheckCondition)
            yield return $"{FaultNames.Of(what.Status.Value)} has no sense data; leave sense out";
        if (what.By <= TimeSpan.Zero || what.For <= TimeSpan.Zero)
            yield return "by and for are longer than 0";
        if (what.Behind < 1 || what.Bytes < 1 || what.Bit < 0 || what.Unit < 1 || what.Factor <= 0)
            yield return "behind, bytes and unit count from 1, bit from 0, and factor is above 0";
        if (rule is { Where: FaultWhere.Scripts, What.Bit: >= 64 })
            yield return "what is fetched has at the most 64 bits, from 0";
        if (what.Another && rule.Where == FaultWhere.Aio)
            yield return "storage would be given a slot that it still has; take another = off, or where = logical-unit";
        if (what.ClearedByRewrite && rule.When.Blocks.Count == 0)
            yield return "cleared-by-rewrite needs lba, so that there are blocks to write again";
        if (what.ClearedByRewrite && rule.When.Operations.Contains(FaultOperation.Write))
            yield return "an error that a rewrite clears cannot be met by writes; leave operation out";
    }

    private static IEnumerable<string> Others(FaultRule rule, IReadOnlyList<FaultRule> rules)
    {
        var when = rule.When;
        if (when.After is { } after && rules.All(other => other.Name != after))
            yield return $"it waits for {after}, and there is no such rule; the rules are {string.Join(", ", rules.Select(static other => other.Name))}";
        else if (when.After is not null && IsInCircle(rule, rules))
            yield return $"it waits for {when.After}, which waits for it: none of them ever acts";
        if (when.State is { } state && state != FaultPlan.FirstState && rules.All(other => other.When.NextState != state || other == rule))
            yield return $"no other rule leads to the state {state}; the first is {FaultPlan.FirstState}, and \"{FaultPlan.FirstState} -> {state}\" in another rule leads there";
    }

    private static bool IsInCircle(FaultRule rule, IReadOnlyList<FaultRule> rules)
    {
        var next = rule;
        for (var step = 0; step <= rules.Count; step++)
        {
            next = rules.FirstOrDefault(other => other.Name == next.When.After);
            if (next is null)
                return false;
            if (next == rule)
                return true;
        }
        return false;
    }
}

using Akka.Configuration;
using ScsiActors.Faults;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>How rules are written, what is refused when they are loaded, and when they act.</summary>
public sealed class FaultRuleTests
{
    private const string WithAdapter = "scsi-actors { aio { backend = simulated, size = 1 MiB\nsimulated.write-cache = 64 KiB }\nhost-adapter.model = lsi53c895a }";

    [Fact]
    public void A_rule_is_read_as_it_is_written()
    {
        var plan = Plan("""
            grown {
              where = task-set
              when { opcode = [read, "0x2A"], lba = "0..1023, 2000", length = ">64KiB", attribute = head-of-queue, initiator = 7, target = 0, lun = 0, depth = 4,
                every = 10, probability = 0.25, after = first, from = 1 s, to = 2 s, state = "start -> hot" }
              what { do = status, status = check-condition, sense = "03/11/01" }
              times = 3
            }
            first { where = bus, what = mark }
            """);

        var (rule, when) = (plan.Rules[0], plan.Rules[0].When);
        Assert.Equal(("grown", FaultWhere.TaskSet, 3L), (rule.Name, rule.Where, rule.Times!.Value));
        Assert.Equal([0x08, 0x28, 0x88, 0xA8, 0x2A], when.Opcodes);
        Assert.Equal([new FaultBlocks(0, 1023), new FaultBlocks(2000, 2000)], when.Blocks);
        Assert.Equal(new FaultLength(65537, long.MaxValue), when.Length);
        Assert.Equal((TaskAttribute.HeadOfQueue, 7, 0, 0, 4), (when.Attribute!.Value, when.Initiator!.Value, when.Target!.Value, when.Lun!.Value, when.Depth!.Value));
        Assert.Equal((10L, 0.25, "first"), (when.Every!.Value, when.Probability!.Value, when.After));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), (when.From!.Value, when.To!.Value));
        Assert.Equal(("start", "hot"), (when.State, when.NextState));
        Assert.Equal((ScsiStatus.CheckCondition, new SenseData(SenseKey.MediumError, new AdditionalSense(0x11, 0x01))), (rule.What.Status!.Value, rule.What.Sense));
    }

    [Fact]
    public void The_conditions_and_effects_of_paths_and_phases_are_read()
    {
        var plan = Plan("""
            apart { where = node
                    when.event = driver-command
                    what { do = partition, for = 1 s, initiators = [0, 7], targets = 0 } }
            noise { where = bus
                    when { phase = data-in, event = reselection }
                    what = parity-error }
            other { where = message
                    what { do = other-byte, byte = "0x1F" } }
            """);
        Assert.Equal(FaultPoint.DriverCommand, plan.Rules[0].When.Event);
        Assert.Equal([0, 7], plan.Rules[0].What.Initiators);
        Assert.Equal([0], plan.Rules[0].What.Targets);
        Assert.Equal((ScsiActors.Messages.BusPhase.DataIn, FaultPoint.Reselection), (plan.Rules[1].When.Phase!.Value, plan.Rules[1].When.Event!.Value));
        Assert.Equal((byte)0x1F, plan.Rules[2].What.Byte!.Value);
    }

    [Fact]
    public void No_section_is_a_plan_without_rules() => Assert.Empty(FaultPlan.From(ConfigurationFactory.Empty).Rules);

    [Fact]
    public void Every_kind_of_fault_has_one_row_and_every_row_a_place() => Assert.All(Enum.GetValues<FaultWhat>(), static what =>
    {
        Assert.Equal(what, FaultTable.Of(what).What);
        Assert.NotEmpty(FaultTable.Of(what).Stands);
    });

    [Theory]
    [InlineData("where = nowhere, what = busy", "where is nowhere; it can be driver, register")]
    [InlineData("what = busy", "where is missing")]
    [InlineData("where = task-set", "what is missing")]
    [InlineData("where = task-set, what = explode", "what is explode; it can be")]
    [InlineData("where = task-set, what = busy, why = not", "why means nothing here; it can be where, when, what, times")]
    [InlineData("where = task-set, what = busy, when.moon = full", "when.moon means nothing here")]
    [InlineData("where = task-set, what { do = busy, by = 1 s }", "what.by means nothing here")]
    [InlineData("where = bus, what = torn-write", "torn-write does not exist at bus; it can stand at aio, disk")]
    [InlineData("where = aio, when.opcode = read, what = never", "opcode is not known at aio")]
    [InlineData("where = task-set, when.operation = read, what = busy", "operation is not known at task-set")]
    [InlineData("where = register, when.lba = 7, what = never", "lba is not known at register; what is known there is event, time, state and counting only")]
    [InlineData("where = task-set, when.opcode = explode, what = busy", "when.opcode is explode; it can be a number such as 0x28, or one of test-unit-ready")]
    [InlineData("where = logical-unit, when.opcode = test-unit-ready, what = bit-flip", "none of the commands has data")]
    [InlineData("where = logical-unit, when.opcode = write, what { do = short-transfer, bytes = 1 }", "none of the commands brings data")]
    [InlineData("where = task-set, when { opcode = inquiry, lba = 7 }, what = busy", "none of the commands names blocks")]
    [InlineData("where = aio, when.operation = read, what = lost-write", "lost-write acts on writes only")]
    [InlineData("where = aio, when.lba = 7, what = flush-lie", "a flush has neither blocks nor a length")]
    [InlineData("where = aio, when.lba = \"9..7\", what = never", "holds no block; write the lower one first")]
    [InlineData("where = aio, when.lba = \"2000..2048\", what = never", "is beyond the disk, whose last block is 2047")]
    [InlineData("where = aio, when.lba = few, what = never", "when.lba is few; it is a block such as 7")]
    [InlineData("where = aio, when.length = \"<0\", what = never", "no length is below 0 bytes")]
    [InlineData("where = aio, when.length = \">1lb\", what = never", "it is a number of bytes such as 512 or 64KiB")]
    [InlineData("where = task-set, when.nth = 0, what = busy", "count from 1")]
    [InlineData("where = task-set, when { nth = 3, every = 2 }, what = busy", "nth and every contradict each other")]
    [InlineData("where = task-set, when.nth = 3, what = busy, times = 2", "nth acts once, so times = 2 is never reached")]
    [InlineData("where = task-set, when.nth = three, what = busy", "nth is three; it is a whole number")]
    [InlineData("where = task-set, when.probability = 1.5, what = busy", "it is above 0 and at the most 1")]
    [InlineData("where = task-set, when { from = 2 s, to = 1 s }, what = busy", "from is not before to")]
    [InlineData("where = task-set, when.from = soon, what = busy", "it is a duration such as 5 ms")]
    [InlineData("where = task-set, when.after = godot, what = busy", "it waits for godot, and there is no such rule; the rules are rule")]
    [InlineData("where = task-set, when.after = rule, what = busy", "which waits for it: none of them ever acts")]
    [InlineData("where = task-set, when.state = hot, what = busy", "no other rule leads to the state hot")]
    [InlineData("where = task-set, when.target = 3, what = busy", "there is no logical unit at all on target 3")]
    [InlineData("where = task-set, what { do = status, status = check-condition }", "check-condition needs sense")]
    [InlineData("where = task-set, what { do = status, status = busy, sense = \"03/11/00\" }", "busy has no sense data")]
    [InlineData("where = task-set, what { do = status, sense = \"3\" }", "it is key/code/qualifier in hexadecimal")]
    [InlineData("where = task-set, what { do = late }", "late needs by")]
    [InlineData("where = aio, what { do = reordered, behind = 0 }", "behind, bytes and unit count from 1")]
    [InlineData("where = aio, what { do = medium-error, cleared-by-rewrite = on }", "cleared-by-rewrite needs lba")]
    [InlineData("where = aio, what { do = wrong-tag, another = on }", "storage would be given a slot that it still has")]
    [InlineData("where = aio, what { do = misdirected-write, to = 9999 }", "to is block 9999, which is not on the disk")]
    [InlineData("where = aio, what { do = medium-error, cleared-by-rewrite = maybe }", "it is on or off")]
    [InlineData("where = scripts, when.opcode = read, what = bus-fault", "opcode is not known at scripts; what is known there is event, time, state")]
    [InlineData("where = bus, when.phase = message-out, what = parity-error", "a target announces no message-out (take where = message)")]
    [InlineData("where = bus, when.phase = lunch, what = parity-error", "when.phase is lunch; it can be data-out, data-in")]
    [InlineData("where = task-set, when.phase = data-in, what = busy", "phase is not known at task-set")]
    [InlineData("where = bus, when.phase = data-in, what { do = unplug, for = 1 s }", "unplug at bus does not meet data-in")]
    [InlineData("where = bus, when.phase = command, what { do = unexpected-disconnect, at-reselection = on }", "there is no COMMAND phase at a reselection")]
    [InlineData("where = message, when.event = reselection, what = other-byte", "other-byte at message does not act on reselection; it acts on message-in, message-out")]
    [InlineData("where = message, what { do = other-byte, byte = 256 }", "what.byte is 256; it is a byte such as 7")]
    [InlineData("where = scripts, what { do = bit-flip, bit = 64 }", "what is fetched has at the most 64 bits")]
    [InlineData("where = cache, when.operation = read, what = lost-write", "lost-write acts on writes only")]
    [InlineData("where = link, what = link-loss", "link-loss needs for")]
    [InlineData("where = link, what = partition", "partition does not exist at link; it can stand at node")]
    [InlineData("where = node, what { do = node-loss, for = 1 s }", "node-loss needs of")]
    [InlineData("where = node, what { do = node-loss, of = moon, for = 1 s }", "what.of is moon; it can be initiator, device")]
    [InlineData("where = node, what { do = partition, for = 1 s, targets = [3] }", "there is no target 3 to be cut off")]
    [InlineData("where = node, what { do = partition, for = 1 s, initiators = [3] }", "there is no initiator 3; there is 0 and 7")]
    [InlineData("where = node, what { do = partition, for = 1 s, initiators = [all] }", "it is a list of numbers such as [0, 7]")]
    public void A_rule_that_could_never_act_is_refused_with_what_to_do(string rule, string error)
    {
        var refusal = Assert.Throws<FaultPlanException>(() => Plan($"rule {{ {rule.Replace("}, what", "}\nwhat").Replace("}, times", "}\ntimes")} }}"));
        Assert.Contains(refusal.Errors, text => text.StartsWith("faults.rule: ", StringComparison.Ordinal) && text.Contains(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("where = bus, what = parity-error", "there is no host adapter")]
    [InlineData("where = scripts, what = bus-fault", "there is no host adapter")]
    [InlineData("where = message, what = other-byte", "there is no host adapter")]
    [InlineData("where = link, when.initiator = 7, what { do = link-loss, for = 1 s }", "there is no initiator 7; there is 0")]
    [InlineData("where = disk, what = lost-write", "no disk there is simulated")]
    [InlineData("where = cache, what = lost-write", "no disk there is simulated")]
    public void A_rule_needs_what_it_stands_at(string rule, string error) => Assert.Contains(error,
        Assert.Throws<FaultPlanException>(() => Plan($"rule {{ {rule} }}", FaultWorld.Direct)).Message);

    [Fact]
    public void A_flush_cannot_lie_without_a_cache() => Assert.Contains("no volatile cache", Assert.Throws<FaultPlanException>(
        () => Plan("rule { where = disk, what = flush-lie }", "scsi-actors.aio.backend = simulated")).Message);

    [Fact]
    public void A_cache_that_does_not_exist_loses_nothing() => Assert.Contains("no volatile cache for lost-write", Assert.Throws<FaultPlanException>(
        () => Plan("rule { where = cache, what = lost-write }", "scsi-actors.aio.backend = simulated")).Message);

    [Fact]
    public void Rules_that_wait_for_each_other_never_act() => Assert.Equal(2, Assert.Throws<FaultPlanException>(
        () => Plan("one { where = task-set, when.after = two, what = busy }\ntwo { where = task-set, when.after = one, what = busy }")).Errors.Count);

    [Theory]
    [InlineData("nth = 3", "3")]
    [InlineData("every = 4", "4 8 12")]
    [InlineData("opcode = write", "2 4 6 8 10 12")]
    [InlineData("lba = \"5..7\"", "5 6 7")]
    [InlineData("lba = \"5..7\", nth = 2", "6")]
    [InlineData("length = \">512\"", "3 6 9 12")]
    [InlineData("attribute = ordered", "")]
    [InlineData("from = 5 ms, to = 8 ms", "6 7 8")]
    [InlineData("after = seventh, nth = 1", "8")]
    [InlineData("state = hot", "8 9 10 11 12")]
    [InlineData("depth = 2", "")]
    public void A_rule_acts_when_its_conditions_hold(string when, string expected)
    {
        using var world = new FaultWorld($"rule {{ where = task-set\nwhen {{ {when} }}\nwhat = busy }}\n"
            + "seventh { where = logical-unit, when { nth = 7, state = \"start -> hot\" }\nwhat = mark }");
        var busy = new List<int>();
        for (var i = 1; i <= 12; i++)
        {
            var data = new byte[i % 3 == 0 ? 1024 : 512];
            if (world.Execute(i % 2 == 0 ? world.Write(i, data) : world.Read(i, data)).Status == ScsiStatus.Busy)
                busy.Add(i);
            world.World.Advance(TimeSpan.FromMilliseconds(1));
        }
        // A block more makes the longer ones touch the next.
        Assert.Equal(expected, string.Join(' ', busy));
    }

    [Fact]
    public void A_rule_can_ask_for_a_depth()
    {
        using var world = new FaultWorld("slow { where = aio\nwhat { do = late, by = 1 ms } }\nfull { where = task-set, when.depth = 3\nwhat = task-set-full }");
        for (var i = 0; i < 4; i++)
            world.Send(world.Read(i, new byte[512]));
        Assert.Equal(2, Enumerable.Range(0, 4).Count(_ => world.Answer().Status == ScsiStatus.TaskSetFull));
    }

    [Fact]
    public void The_same_seed_gives_the_same_account_and_another_a_different_one()
    {
        Assert.Equal(Account(1), Account(1));
        Assert.NotEqual(Account(1), Account(2));
    }

    [Fact]
    public void The_account_names_rules_that_never_acted()
    {
        using var world = new FaultWorld("rare { where = task-set, when { opcode = read, nth = 5 }\nwhat = busy }");
        for (var i = 0; i < 3; i++)
            Assert.True(world.Execute(world.Read(0, new byte[512])).IsGood);
        Assert.Equal("rare", Assert.Single(world.Faults.Ledger.NeverFired).Name);
        Assert.Contains("rare never acted: 3 messages passed its place, its conditions held for 3", world.Faults.Ledger.ToText());
    }

    private static string Account(ulong seed)
    {
        using var world = new FaultWorld("some { where = aio, when.probability = 0.3\nwhat = medium-error }", FaultWorld.Direct, seed);
        for (var i = 0; i < 30; i++)
            world.Execute(world.Read(i, new byte[512]));
        return world.Faults.Ledger.ToText() + world.World.Hash;
    }

    private static FaultPlan Plan(string rules, string config = WithAdapter) =>
        FaultPlan.From(ConfigurationFactory.ParseString($"{config}\nfaults {{\n{rules}\n}}"));
}

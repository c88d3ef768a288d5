using ScsiActors.Dispatch;
using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Historical bugs: each is off by default, can be switched on, and shows.</summary>
public sealed class FaultMutantTests
{
    public static TheoryData<string> OfMessages => [.. Mutants.All.Where(static mutant => mutant.Config is null).Select(static mutant => mutant.Name)];

    [Fact]
    public void There_are_at_least_seventeen_with_names_of_their_own()
    {
        Assert.True(Mutants.All.Count >= 17);
        Assert.Equal(Mutants.All.Count, Mutants.All.Select(static mutant => mutant.Name).Distinct().Count());
        Assert.Null(Mutants.Find("none"));
        Assert.Equal(3, Mutants.Find("sigp-lost@3")!.Occasion);
        Assert.Null(Mutants.Find("sigp-lost@0"));
        Assert.Null(Mutants.Find("wrong-residual@1"));
    }

    [Theory]
    [MemberData(nameof(OfMessages))]
    public void A_mutant_without_a_setting_is_made_of_messages(string name)
    {
        using var world = new FaultWorld("", Mutants.Find(name)!.NeedsAdapter ? FaultWorld.Adapter : FaultWorld.Direct);
        world.World.Filter = new MutantFilter(Mutants.Find(name)!, world.World.System, world.World.Random["mutant"], world.Faults);
    }

    [Theory]
    [InlineData("sigp-lost")]
    [InlineData("interrupt-lost")]
    [InlineData("istat-read-clears")]
    [InlineData("sist-half-read")]
    public void A_lost_signal_leaves_a_command_without_an_end(string name)
    {
        using var world = Mutated(name, FaultWorld.Adapter);
        var ended = 0;
        for (var i = 0; i < 200; i++)
        {
            var command = i % 2 == 0 ? world.Command(0xFF) : world.Command(0x00, target: 3);
            world.Send(command);
            world.World.Advance(TimeSpan.FromSeconds(1));
            if (world.Answers == 0)
                break;
            Assert.Equal(command.Id, world.Answer().Id);
            ended++;
        }
        Assert.True(ended < 200, "no command was lost");
    }

    [Theory]
    [InlineData("stale-dma-length")]
    [InlineData("short-write-taken-for-whole")]
    public void Data_is_lost_and_nobody_says_so(string name)
    {
        using var world = Mutated(name);
        var differs = false;
        for (var i = 0; i < 400 && !differs; i++)
        {
            var written = FaultWorld.Pattern(4, i);
            Assert.True(world.Execute(world.Write(8 * (i % 100), written)).IsGood);
            differs = FaultWorld.DifferentBits(written, world.Content(8 * (i % 100), 4)) > 0;
        }
        Assert.True(differs);
    }

    [Fact]
    public void A_residual_is_wrong()
    {
        using var world = Mutated("wrong-residual");
        Assert.Equal((true, 512L), (world.Execute(world.Read(0, new byte[512])) is var answer && answer.IsGood, answer.Residual));
    }

    [Fact]
    public void Pieces_of_a_transfer_lie_upon_each_other()
    {
        using var world = Mutated("data-offset-ignored", "scsi-actors { aio { backend = memory, size = 1 MiB }\nlogical-unit { grow-transfer-buffer = off\ntransfer-buffer = 4 KiB } }");
        var written = FaultWorld.Pattern(32);
        Assert.True(world.Execute(world.Write(0, written)).IsGood);
        Assert.NotEqual(written, world.Content(0, 32));
    }

    [Theory]
    [InlineData("abort-without-effect", ServiceResponse.FunctionComplete)]
    [InlineData("abort-reported-failed", ServiceResponse.FunctionRejected)]
    public void An_abort_does_not_do_what_it_says(string name, ServiceResponse expected)
    {
        using var world = Mutated(name, FaultWorld.Disk);
        var command = world.Send(world.Read(0, new byte[512]));

        world.SendFunction(TaskManagementFunction.AbortTask, command.Id);

        var (response, executed) = name == "abort-without-effect" ? (world.Response(), world.Answer()) : (default(ServiceResponse?), world.Answer());
        Assert.Equal(expected, response ?? world.Response());
        Assert.Equal(name == "abort-without-effect", executed.IsGood);
    }

    [Fact]
    public void An_aborted_command_says_that_it_was_good()
    {
        using var world = Mutated("aborted-command-completes", FaultWorld.Disk);
        var command = world.Send(world.Read(0, new byte[512]));
        world.SendFunction(TaskManagementFunction.AbortTask, command.Id);
        Assert.True(world.Answer().IsGood);
    }

    [Fact]
    public void A_reset_ends_nothing_and_leaves_no_unit_attention()
    {
        using var world = Mutated("reset-without-effect", FaultWorld.Disk);
        world.Send(world.Read(0, new byte[512]));
        world.SendFunction(TaskManagementFunction.LogicalUnitReset);
        Assert.Equal(ServiceResponse.FunctionComplete, world.Response());
        Assert.True(world.Answer().IsGood);
        Assert.True(world.Execute(world.Command(0x00)).IsGood);
    }

    [Fact]
    public void A_unit_attention_does_not_reach_its_initiator()
    {
        using var world = Mutated("unit-attention-swallowed");
        world.SendFunction(TaskManagementFunction.LogicalUnitReset);
        Assert.Equal(ServiceResponse.FunctionComplete, world.Response());
        Assert.True(world.Execute(world.Command(0x00)).IsGood);
    }

    [Fact]
    public void A_command_is_completed_twice()
    {
        using var world = Mutated("completed-twice");
        for (var i = 0; i < 400 && world.Answers == 0; i++)
        {
            world.Execute(world.Command(0x00));
            world.World.RunUntilIdle();
        }
        Assert.Equal(1, world.Answers);
    }

    [Fact]
    public void A_flush_takes_no_time()
    {
        using var world = Mutated("flush-ignored", FaultWorld.Disk);
        Assert.True(world.Execute(world.Write(8, FaultWorld.Pattern(2))).IsGood);
        var before = world.World.Now;
        Assert.True(world.Execute(world.Command(0x35)).IsGood);
        Assert.Equal(before, world.World.Now);
    }

    [Fact]
    public void A_write_with_FUA_is_as_fast_as_one_without()
    {
        using var world = Mutated("fua-ignored", FaultWorld.Disk);
        Assert.Equal(Time(world, fua: 0), Time(world, fua: 8));
    }

    [Fact]
    public void A_status_goes_to_another_tag()
    {
        using var world = Mutated("tags-mixed-up", FaultWorld.Disk);
        var answers = 0;
        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < 4; j++)
                world.Send(world.Read(j * 64, new byte[512]));
            world.World.Advance(TimeSpan.FromSeconds(1));
            answers += world.Answers;
            while (world.Answers > 0)
                world.Answer();
        }
        Assert.InRange(answers, 40, 159);
    }

    [Fact]
    public void An_ordered_command_does_not_wait()
    {
        using var world = new FaultWorld("slow { where = aio, when.nth = 1\nwhat { do = late, by = 10 ms } }");
        world.World.Filter = new MutantFilter(Mutants.Find("attributes-ignored")!, world.World.System, world.World.Random["mutant"], world.Faults);
        world.Send(world.Read(0, new byte[512]));
        var ordered = world.Send(world.Read(8, new byte[512], TaskAttribute.Ordered));
        Assert.Equal(ordered.Id, world.Answer().Id);
    }

    [Fact]
    public void A_bus_reset_leaves_no_unit_attention()
    {
        using var world = new FaultWorld("rst { where = bus, when.nth = 1\nwhat = bus-reset }", FaultWorld.Adapter);
        world.World.Filter = new MutantFilter(Mutants.Find("bus-reset-forgets")!, world.World.System, world.World.Random["mutant"], world.Faults);
        Assert.Equal(CommandOutcome.Aborted, world.Execute(world.Read(0, new byte[512])).Outcome);
        Assert.True(world.Execute(world.Command(0x00)).IsGood);
    }

    [Fact]
    public void A_protected_medium_says_what_is_not_true()
    {
        using var world = Mutated("wrong-sense-when-protected", FaultWorld.Direct + "\nscsi-actors.logical-unit.read-only = on");
        Assert.Equal(SenseKey.IllegalRequest, world.Execute(world.Write(0, new byte[512])).Sense!.Key);
    }

    [Fact]
    public void A_medium_that_may_not_be_removed_is_ejected()
    {
        using var world = Mutated("eject-not-prevented", FaultWorld.Direct + "\nscsi-actors.logical-unit.removable = on");
        Assert.True(world.Execute(world.Command(0x1E) with { Cdb = Cdb.Parse([0x1E, 0, 0, 0, 1, 0]) }).IsGood);
        Assert.True(world.Execute(world.Command(0x1B) with { Cdb = Cdb.Parse([0x1B, 0, 0, 0, 2, 0]) }).IsGood);
    }

    private static TimeSpan Time(FaultWorld world, byte fua)
    {
        var write = world.Write(8, new byte[512]);
        var before = world.World.Now;
        Assert.True(world.Execute(write with { Cdb = Cdb.Parse([0x2A, fua, 0, 0, 0, 8, 0, 0, 1, 0]) }).IsGood);
        return world.World.Now - before;
    }

    [Fact]
    public void A_mutant_stands_before_other_faults_and_both_act()
    {
        using var world = new FaultWorld("full { where = task-set, when.nth = 2\nwhat = task-set-full }");
        world.World.Filter = new MutantFilter(Mutants.Find("wrong-residual")!, world.World.System, world.World.Random["mutant"], world.Faults);
        Assert.Equal(512, world.Execute(world.Read(0, new byte[512])).Residual);
        Assert.Equal(ScsiStatus.TaskSetFull, world.Execute(world.Read(0, new byte[512])).Status);
    }

    private static FaultWorld Mutated(string name, string config = FaultWorld.Direct)
    {
        var world = new FaultWorld("", config);
        world.World.Filter = new MutantFilter(Mutants.Find(name)!, world.World.System, world.World.Random["mutant"]);
        return world;
    }
}

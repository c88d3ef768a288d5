using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Faults at the driver, the door of a logical unit, and its answers: each acts, and the ledger says who noticed.</summary>
public sealed class FaultUnitTests
{
    private static readonly SenseData ReadError = new(SenseKey.MediumError, new AdditionalSense(0x11, 0x00));

    [Theory]
    [InlineData(FaultWorld.Direct)]
    [InlineData(FaultWorld.Adapter)]
    public void A_command_ends_with_the_status_and_sense_of_the_rule_and_is_not_executed(string config)
    {
        using var world = new FaultWorld("bad { where = task-set, when.opcode = write\nwhat { do = status, status = check-condition, sense = \"03/11/00\" }\ntimes = 1 }", config);

        var answer = world.Execute(world.Write(8, FaultWorld.Pattern(1)));

        Assert.Equal((ScsiStatus.CheckCondition, ReadError), (answer.Status, answer.Sense! with { Information = null }));
        Assert.Equal(new byte[FaultWorld.Block], world.Content(8, 1));
        Assert.Equal((8L, 1L, (byte)0x2A), (world.Injection.Hit.Lba, world.Injection.Hit.Blocks, world.Injection.Hit.Cdb!.Value.OperationCode));
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "check-condition 03/11/00" });
        world.ExpectHealth();
    }

    [Theory]
    [InlineData(FaultWorld.Direct)]
    [InlineData(FaultWorld.Adapter)]
    public void A_command_that_was_executed_is_said_to_have_failed(string config)
    {
        using var world = new FaultWorld("bad { where = logical-unit, when.opcode = write\nwhat { do = status, status = check-condition, sense = \"04/44/00\" }\ntimes = 1 }", config);
        var written = FaultWorld.Pattern(1);

        Assert.Equal(SenseKey.HardwareError, world.Execute(world.Write(8, written)).Sense!.Key);

        Assert.Equal(written, world.Content(8, 1));
        Assert.True(world.Injection.IsNoticed);
    }

    [Theory]
    [InlineData("busy", ScsiStatus.Busy, FaultWorld.Direct)]
    [InlineData("busy", ScsiStatus.Busy, FaultWorld.Adapter)]
    [InlineData("task-set-full", ScsiStatus.TaskSetFull, FaultWorld.Direct)]
    [InlineData("task-set-full", ScsiStatus.TaskSetFull, FaultWorld.Adapter)]
    public void A_full_task_set_is_only_a_status(string what, ScsiStatus status, string config)
    {
        using var world = new FaultWorld($"full {{ where = task-set, when.nth = 2\nwhat = {what} }}", config);

        Assert.True(world.Execute(world.Command(0x00)).IsGood);
        Assert.Equal(status, world.Execute(world.Command(0x00)).Status);
        Assert.True(world.Execute(world.Command(0x00)).IsGood);

        Assert.Contains(world.Injection.Notices, static notice => notice.By == "client");
    }

    [Fact]
    public void A_driver_fails_to_deliver()
    {
        using var world = new FaultWorld("lost { where = driver, when.opcode = read\nwhat = delivery-failure\ntimes = 1 }");

        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Read(0, new byte[512])).Outcome);

        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("driver", FaultWorld.Direct)]
    [InlineData("task-set", FaultWorld.Direct)]
    [InlineData("logical-unit", FaultWorld.Direct)]
    [InlineData("aio", FaultWorld.Direct)]
    [InlineData("aio", FaultWorld.Disk)]
    [InlineData("driver", FaultWorld.Adapter)]
    [InlineData("task-set", FaultWorld.Adapter)]
    [InlineData("logical-unit", FaultWorld.Adapter)]
    [InlineData("aio", FaultWorld.Adapter)]
    [InlineData("bus", FaultWorld.Adapter)]
    public void What_is_never_answered_ends_when_it_is_aborted(string where, string config)
    {
        using var world = new FaultWorld($"hole {{ where = {where}\nwhat = never\ntimes = 1 }}", config);
        var command = world.Send(Disconnected(world, config));
        world.World.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, world.Answers);
        Assert.False(world.Injection.IsNoticed);

        Assert.Equal((CommandOutcome.Aborted, ServiceResponse.FunctionComplete), world.Abort(command));

        Assert.True(world.Injection.IsNoticed, world.Faults.Ledger.ToText());
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("driver", FaultWorld.Direct)]
    [InlineData("task-set", FaultWorld.Direct)]
    [InlineData("logical-unit", FaultWorld.Direct)]
    [InlineData("aio", FaultWorld.Direct)]
    [InlineData("bus", FaultWorld.Adapter)]
    [InlineData("register", FaultWorld.Adapter)]
    public void What_is_late_comes_after_its_time(string where, string config)
    {
        using var world = new FaultWorld($"slow {{ where = {where}\nwhat {{ do = late, by = 5 ms }}\ntimes = 1 }}", config);
        var before = world.World.Now;

        Assert.True(world.Execute(world.Read(0, new byte[2048])).IsGood);

        Assert.InRange((world.World.Now - before).TotalMilliseconds, 5, 6);
        Assert.False(world.Injection.IsNoticed);
    }

    [Theory]
    [InlineData("logical-unit", FaultWorld.Direct)]
    [InlineData("aio", FaultWorld.Disk)]
    [InlineData("bus", FaultWorld.Adapter)]
    public void What_is_reordered_comes_behind_the_next_two(string where, string config)
    {
        using var world = new FaultWorld($"swap {{ where = {where}, when.nth = 1\nwhat {{ do = reordered, behind = 2 }} }}", config);
        var first = world.Send(world.Read(0, new byte[512]));
        var others = new[] { world.Send(world.Read(100, new byte[512])), world.Send(world.Read(200, new byte[512])), world.Send(world.Read(300, new byte[512])) };

        var order = Enumerable.Range(0, 4).Select(_ => world.Answer().Id).ToList();

        Assert.True(order.IndexOf(first.Id) >= 2, string.Join(' ', order));
        Assert.Equal(4, order.Distinct().Count());
        Assert.All(others, other => Assert.Contains(other.Id, order));
    }

    [Fact]
    public void What_nothing_overtakes_is_released_after_a_time()
    {
        using var world = new FaultWorld("swap { where = logical-unit, when.nth = 1\nwhat { do = reordered, behind = 2, for = 20 ms } }");
        var before = world.World.Now;
        Assert.True(world.Execute(world.Read(0, new byte[512])).IsGood);
        Assert.Equal(20, (world.World.Now - before).TotalMilliseconds);
    }

    [Theory]
    [InlineData("logical-unit", FaultWorld.Direct)]
    [InlineData("logical-unit", FaultWorld.Adapter)]
    [InlineData("aio", FaultWorld.Direct)]
    [InlineData("aio", FaultWorld.Disk)]
    [InlineData("register", FaultWorld.Adapter)]
    public void A_duplicate_is_dropped_and_the_client_has_one_answer(string where, string config)
    {
        using var world = new FaultWorld($"twice {{ where = {where}\nwhat = duplicate }}", config);
        for (var i = 0; i < 4; i++)
            Assert.True(world.Execute(world.Read(i, new byte[512])).IsGood);
        world.World.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, world.Answers);
        Assert.True(world.Faults.Ledger.Injections.Count >= 4);
        world.ExpectHealth();
    }

    [Fact]
    public void A_duplicate_at_the_driver_reaches_the_client()
    {
        using var world = new FaultWorld("twice { where = driver\nwhat = duplicate\ntimes = 1 }");
        var command = world.Send(world.Read(0, new byte[512]));
        Assert.Equal((command.Id, command.Id), (world.Answer().Id, world.Answer().Id));
    }

    [Theory]
    [InlineData("logical-unit", FaultWorld.Direct)]
    [InlineData("logical-unit", FaultWorld.Adapter)]
    [InlineData("aio", FaultWorld.Direct)]
    [InlineData("aio", FaultWorld.Disk)]
    public void A_completion_for_a_tag_that_nobody_has_is_dropped_and_the_command_can_be_aborted(string where, string config)
    {
        using var world = new FaultWorld($"stray {{ where = {where}\nwhat = wrong-tag\ntimes = 1 }}", config);
        var command = world.Send(Disconnected(world, config));
        world.World.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, world.Answers);

        Assert.Equal(CommandOutcome.Aborted, world.Abort(command).Outcome);
        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Fact]
    public void A_completion_for_anothers_tag_ends_the_other()
    {
        using var world = new FaultWorld("hold { where = aio, when.nth = 1\nwhat { do = late, by = 1 s } }\n"
            + "stray { where = logical-unit, when { after = hold, nth = 1 }\nwhat { do = wrong-tag, another = on } }");
        var victim = world.Send(world.Read(0, new byte[512]));
        var command = world.Send(world.Read(100, new byte[512]));

        Assert.Equal(victim.Id, world.Answer().Id);
        world.World.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, world.Answers);
        Assert.Equal(CommandOutcome.Aborted, world.Abort(command).Outcome);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData(FaultWorld.Direct)]
    [InlineData(FaultWorld.Adapter)]
    public void A_short_transfer_leaves_a_residual(string config)
    {
        using var world = new FaultWorld("short { where = logical-unit, when { opcode = read, length = \">=1024\" }\nwhat { do = short-transfer, bytes = 512 } }", config);
        var written = FaultWorld.Pattern(2);
        Assert.True(world.Execute(world.Write(0, written)).IsGood);
        var read = new byte[1024];

        var answer = world.Execute(world.Read(0, read));

        Assert.Equal((true, 512L), (answer.IsGood, answer.Residual));
        Assert.Equal(written[..512], read[..512]);
        Assert.Equal(new byte[512], read[512..]);
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "good, residual 512" });
    }

    [Theory]
    [InlineData("logical-unit, when.opcode = read", FaultWorld.Direct)]
    [InlineData("logical-unit, when.opcode = write", FaultWorld.Adapter)]
    [InlineData("aio, when.operation = read", FaultWorld.Direct)]
    [InlineData("aio, when.operation = write", FaultWorld.Disk)]
    [InlineData("disk, when.operation = read", FaultWorld.Disk)]
    public void A_flipped_bit_is_noticed_by_nobody_but_who_knows_the_data(string where, string config)
    {
        using var world = new FaultWorld($"rot {{ where = {where}\nwhat = bit-flip\ntimes = 1 }}", config);
        var written = FaultWorld.Pattern(4);
        Assert.True(world.Execute(world.Write(16, (byte[])written.Clone())).IsGood);

        Assert.Equal(1, FaultWorld.DifferentBits(written, world.Content(16, 4)));

        Assert.Equal(world.Injection, Assert.Single(world.Faults.Ledger.Unnoticed));
        world.Faults.Ledger.Noticed(1, new FaultNotice(world.World.Now, "test", "read back"));
        Assert.Empty(world.Faults.Ledger.Unnoticed);
    }

    [Theory]
    [InlineData("logical-unit-reset", FaultWorld.Direct)]
    [InlineData("target-reset", FaultWorld.Direct)]
    [InlineData("logical-unit-reset", FaultWorld.Adapter)]
    [InlineData("target-reset", FaultWorld.Adapter)]
    public void A_reset_by_another_initiator_is_a_unit_attention(string what, string config)
    {
        using var world = new FaultWorld($"reset {{ where = task-set, when.nth = 2\nwhat = {what} }}", config);
        Assert.True(world.Execute(world.Command(0x00)).IsGood);

        var answer = world.Execute(world.Command(0x00));

        Assert.Equal((SenseKey.UnitAttention, (byte)0x29), (answer.Sense!.Key, answer.Sense.Additional.Code));
        Assert.Contains(world.Injection.Notices, static notice => notice.By == "client");
        world.ExpectHealth();
    }

    [Fact]
    public void A_reset_ends_what_is_outstanding()
    {
        using var world = new FaultWorld("hole { where = task-set, when.nth = 1\nwhat = never }\nreset { where = task-set, when { after = hole, nth = 1 }\nwhat = logical-unit-reset }");
        var lost = world.Send(world.Read(0, new byte[512]));
        world.Send(world.Command(0x00));
        Assert.Equal((lost.Id, CommandOutcome.Aborted), (world.Answer() is var first ? first.Id : 0, first.Outcome));
        Assert.Equal(SenseKey.UnitAttention, world.Answer().Sense!.Key);
    }

    [Fact]
    public void An_abort_that_fails_leaves_the_command_as_it_was()
    {
        using var world = new FaultWorld("slow { where = aio, when.operation = read\nwhat { do = late, by = 1 s } }\ndeaf { where = logical-unit\nwhat = abort-fails }");
        var command = world.Send(world.Read(0, new byte[512]));
        world.World.Advance(TimeSpan.FromMilliseconds(1));

        world.SendFunction(TaskManagementFunction.AbortTask, command.Id);

        Assert.Equal(ServiceResponse.FunctionRejected, world.Response());
        Assert.True(world.Answer().IsGood);
        Assert.True(world.Faults.Ledger.Injections[1].IsNoticed);
    }

    // On the bus a read stays connected after its data, and holds the bus if its status never comes: only a bus reset ends that. A write does not.
    private static ExecuteCommand Disconnected(FaultWorld world, string config) =>
        config == FaultWorld.Adapter ? world.Write(0, new byte[2048]) : world.Read(0, new byte[2048]);

    [Fact]
    public void A_cancel_that_storage_does_not_hear_lets_the_abort_wait()
    {
        using var world = new FaultWorld("deaf { where = aio\nwhat = abort-fails }", FaultWorld.Disk);
        var command = world.Send(world.Read(0, new byte[512]));

        Assert.Equal((CommandOutcome.Aborted, ServiceResponse.FunctionComplete), world.Abort(command));

        Assert.Equal(FaultWhat.AbortFails, world.Injection.Rule.What.What);
        world.ExpectHealth();
    }
}

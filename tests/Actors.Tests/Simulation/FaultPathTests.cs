using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Links that break, computers that go away, and partitions that nobody is told of.</summary>
public sealed class FaultPathTests
{
    private static readonly AdditionalSense NexusLost = new(0x29, 0x07);

    [Fact]
    public void A_link_that_is_lost_ends_what_is_under_way_and_lets_nothing_pass_until_it_is_back()
    {
        using var world = new FaultWorld("hold { where = aio\nwhat { do = late, by = 1 s }\ntimes = 1 }\ncut { where = link, when { opcode = write, initiator = 0 }\n"
            + "what { do = link-loss, for = 50 ms }\ntimes = 1 }");
        var underWay = world.Send(world.Read(0, new byte[512]));
        world.World.Advance(TimeSpan.FromMilliseconds(1));
        var write = world.Send(world.Write(8, FaultWorld.Pattern(1)));
        world.World.Advance(TimeSpan.FromSeconds(0.04));
        var later = world.Send(world.Read(16, new byte[512]));

        var answers = Enumerable.Range(0, 3).Select(_ => world.Answer()).ToDictionary(static answer => answer.Id, static answer => answer.Outcome);

        Assert.Equal((CommandOutcome.DeliveryFailure, CommandOutcome.DeliveryFailure, CommandOutcome.DeliveryFailure),
            (answers[underWay.Id], answers[write.Id], answers[later.Id]));
        world.World.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(NexusLost, world.Execute(world.Command(0x00)).Sense!.Additional);
        Assert.Equal(new byte[FaultWorld.Block], world.Content(8, 1));
        Assert.Contains(world.Faults.Ledger.Injections[1].Notices, static notice => notice is { By: "client", Text: "delivery-failure" });
        world.ExpectHealth();
    }

    [Fact]
    public void A_link_of_the_bus_is_a_target_that_answers_no_selection()
    {
        using var world = new FaultWorld("cut { where = link, when { initiator = 7, nth = 2 }\nwhat { do = link-loss, for = 50 ms } }", FaultWorld.Adapter);
        Assert.True(world.Execute(world.Command(0x00)).IsGood);

        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        world.World.Advance(TimeSpan.FromMilliseconds(51));

        Assert.Equal(NexusLost, world.Execute(world.Command(0x00)).Sense!.Additional);
        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Fact]
    public void A_function_over_a_lost_link_fails()
    {
        using var world = new FaultWorld("cut { where = link, when.nth = 1\nwhat { do = link-loss, for = 50 ms } }");
        world.Execute(world.Command(0x00));
        world.SendFunction(TaskManagementFunction.LogicalUnitReset);
        Assert.Equal(ServiceResponse.ServiceDeliveryOrTargetFailure, world.Response());
    }

    [Theory]
    [InlineData(FaultWorld.Direct, 0x29, 0x07)]
    [InlineData(FaultWorld.Adapter, 0x29, 0x02)]
    public void An_initiator_that_goes_away_loses_its_commands_and_its_nexus(string config, byte code, byte qualifier)
    {
        using var world = new FaultWorld("hold { where = aio\nwhat { do = late, by = 10 ms }\ntimes = 1 }\n"
            + "gone { where = node, when { opcode = read, nth = 2 }\nwhat { do = node-loss, of = initiator, for = 100 ms } }", config);
        var first = world.Send(world.Read(0, new byte[512]));
        world.World.Advance(TimeSpan.FromMilliseconds(1));
        var commands = new[] { first, world.Send(world.Read(8, new byte[512])) };

        var answers = new[] { world.Answer(), world.Answer() };

        Assert.Equal(commands.Select(static command => command.Id), answers.Select(static answer => answer.Id).Order());
        Assert.All(answers, static answer => Assert.Equal(CommandOutcome.DeliveryFailure, answer.Outcome));
        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        world.World.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(new AdditionalSense(code, qualifier), world.Execute(world.Command(0x00)).Sense!.Additional);
        Assert.True(world.Faults.Ledger.Injections[1].IsNoticed);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData(FaultWorld.Direct)]
    [InlineData(FaultWorld.Adapter)]
    public void Devices_that_go_away_come_back_as_after_power_on(string config)
    {
        using var world = new FaultWorld("gone { where = node, when.nth = 2\nwhat { do = node-loss, of = device, for = 100 ms } }", config);
        Assert.True(world.Execute(world.Read(0, new byte[512])).IsGood);

        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        world.World.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Equal(new AdditionalSense(0x29, 0x01), world.Execute(world.Command(0x00)).Sense!.Additional);
        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData(FaultWorld.Direct)]
    [InlineData(FaultWorld.Adapter)]
    public void In_a_partition_nobody_is_told_and_what_was_lost_ends_when_it_is_over(string config)
    {
        using var world = new FaultWorld("hold { where = aio\nwhat { do = late, by = 10 ms }\ntimes = 1 }\n"
            + "apart { where = node, when.nth = 2\nwhat { do = partition, for = 1 s, targets = [0] } }", config);
        var written = FaultWorld.Pattern(1);
        var underWay = world.Send(world.Write(0, written));
        world.World.Advance(TimeSpan.FromMilliseconds(1));
        var lost = world.Send(world.Write(8, FaultWorld.Pattern(1)));
        world.SendFunction(TaskManagementFunction.AbortTask, lost.Id);
        world.World.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(0, world.Answers);

        var answers = new[] { world.Answer(), world.Answer() };
        Assert.All(answers, static answer => Assert.Equal(CommandOutcome.DeliveryFailure, answer.Outcome));
        Assert.Equal(new[] { underWay.Id, lost.Id }.Order(), answers.Select(static answer => answer.Id).Order());
        Assert.Equal(ServiceResponse.ServiceDeliveryOrTargetFailure, world.Response());

        // The answer was lost, not the command.
        Assert.Equal(written, world.Content(0, 1));
        Assert.Equal(new byte[FaultWorld.Block], world.Content(8, 1));
        Assert.Contains(world.Faults.Ledger.Injections[1].Notices, static notice => notice is { By: "client", Text: "delivery-failure" });
        world.ExpectHealth();
    }

    [Fact]
    public void A_partition_of_other_initiators_is_not_felt()
    {
        using var world = new FaultWorld("apart { where = node\nwhat { do = partition, for = 1 s, initiators = [7] }\ntimes = 1 }\n"
            + "mark { where = driver\nwhat = mark }", FaultWorld.Adapter.Replace("host-adapter.model", "# nobody uses it\nhost-adapter.model", StringComparison.Ordinal));
        Assert.Equal(0, world.Answers);
        world.Send(world.Read(0, new byte[512]));
        world.World.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(0, world.Answers);
        Assert.Equal(CommandOutcome.DeliveryFailure, world.Answer().Outcome);
    }
}

using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Faults on the parallel bus and at the adapter's registers, as the driver of the adapter sees them.</summary>
public sealed class FaultBusTests
{
    [Fact]
    public void A_target_that_does_not_answer_its_selection_is_there_again_when_that_has_been_noticed()
    {
        using var world = new FaultWorld("deaf { where = selection, when.nth = 1\nwhat = selection-timeout }", FaultWorld.Adapter);

        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Read(0, new byte[512])).Outcome);

        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "delivery-failure" });
        world.ExpectHealth();
    }

    [Fact]
    public void A_target_that_does_not_answer_for_a_time_answers_after_it()
    {
        using var world = new FaultWorld("deaf { where = selection, when.nth = 1\nwhat { do = selection-timeout, for = 10 ms } }", FaultWorld.Adapter);
        for (var i = 0; i < 3; i++)
            Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        world.World.Advance(TimeSpan.FromMilliseconds(11));
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("off", "read")]
    [InlineData("on", "read")]
    [InlineData("on", "write")]
    public void A_target_that_lets_go_of_the_bus_ends_its_command_and_no_other(string atReselection, string opcode)
    {
        using var world = new FaultWorld(
            $"gone {{ where = bus, when {{ opcode = {opcode}, nth = 1 }}\nwhat {{ do = unexpected-disconnect, at-reselection = {atReselection} }} }}", FaultWorld.Adapter);
        var data = FaultWorld.Pattern(2);
        var command = opcode == "read" ? world.Send(world.Read(0, data)) : world.Send(world.Write(0, data));
        var other = world.Send(world.Read(100, new byte[512]));

        var answers = new[] { world.Answer(), world.Answer() };

        Assert.Equal(CommandOutcome.DeliveryFailure, answers.Single(answer => answer.Id == command.Id).Outcome);
        Assert.True(answers.Single(answer => answer.Id == other.Id).IsGood);
        Assert.Contains(world.Injection.Notices, static notice => notice.By == "client");
        world.ExpectHealth();
    }

    [Fact]
    public void Wrong_parity_is_an_aborted_command()
    {
        using var world = new FaultWorld("noise { where = bus, when.opcode = read\nwhat = parity-error\ntimes = 1 }", FaultWorld.Adapter);

        var answer = world.Execute(world.Read(0, new byte[512]));

        Assert.Equal((SenseKey.AbortedCommand, new AdditionalSense(0x47, 0x00)), (answer.Sense!.Key, answer.Sense.Additional));
        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("message-error")]
    [InlineData("wrong-tag")]
    public void A_reselection_that_makes_no_sense_is_got_over(string what)
    {
        using var world = new FaultWorld($"odd {{ where = bus, when.opcode = read\nwhat = {what}\ntimes = 1 }}", FaultWorld.Adapter);
        var command = world.Send(world.Read(0, new byte[2048]));
        world.World.Advance(TimeSpan.FromMinutes(1));
        if (world.Answers == 0)
            Assert.Equal(CommandOutcome.Aborted, world.Abort(command).Outcome);
        else
            Assert.Equal(command.Id, world.Answer().Id);
        Assert.Single(world.Faults.Ledger.Injections);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData(TaskAttribute.Simple)]
    [InlineData(TaskAttribute.Untagged)]
    public void A_message_that_is_no_queue_tag_behind_the_IDENTIFY_makes_the_driver_reset_the_bus_at_once(TaskAttribute attribute)
    {
        using var world = new FaultWorld("odd { where = bus, when.opcode = read\nwhat = message-error\ntimes = 1 }", FaultWorld.Adapter);
        var before = world.World.Now;

        Assert.Equal(CommandOutcome.Aborted, world.Execute(world.Read(0, new byte[2048], attribute)).Outcome);

        Assert.InRange(world.World.Now - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "aborted" });
        world.ExpectHealth();
    }

    [Fact]
    public void A_bus_reset_by_another_ends_every_command_and_is_a_unit_attention()
    {
        using var world = new FaultWorld("rst { where = bus, when.nth = 1\nwhat = bus-reset }", FaultWorld.Adapter);
        world.Send(world.Read(0, new byte[512]));
        world.Send(world.Read(8, new byte[512]));

        Assert.Equal((CommandOutcome.Aborted, CommandOutcome.Aborted), (world.Answer().Outcome, world.Answer().Outcome));
        Assert.Equal((byte)0x29, world.Execute(world.Command(0x00)).Sense?.Additional.Code);
        Assert.Contains(world.Injection.Notices, static notice => notice.By == "client");
        world.ExpectHealth();
    }

    [Fact]
    public void A_target_that_is_unplugged_is_selected_in_vain_and_comes_back_with_a_unit_attention()
    {
        using var world = new FaultWorld("pulled { where = bus, when.nth = 2\nwhat { do = unplug, for = 100 ms } }", FaultWorld.Adapter);
        Assert.True(world.Execute(world.Command(0x00)).IsGood);

        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Command(0x00)).Outcome);
        world.World.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Equal((byte)0x29, world.Execute(world.Command(0x00)).Sense!.Additional.Code);
        Assert.Contains(world.Injection.Notices, static notice => notice.By == "client");
        world.ExpectHealth();
    }

    [Fact]
    public void A_lost_interrupt_is_made_up_for_by_the_next()
    {
        using var world = new FaultWorld("deaf { where = register\nwhat = never\ntimes = 1 }", FaultWorld.Adapter);
        var first = world.Send(world.Read(0, new byte[512]));
        world.World.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((0, 1), (world.Answers, world.Faults.Ledger.Injections.Count));

        // The line stays asserted, so that nothing comes until somebody looks: the next abort does.
        world.SendFunction(TaskManagementFunction.AbortTask, first.Id);
        world.World.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(FaultWhere.Register, world.Injection.Rule.Where);
    }
}

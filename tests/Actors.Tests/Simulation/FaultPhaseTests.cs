using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Faults in a given bus phase, in messages, and in what the adapter fetches from memory.</summary>
public sealed class FaultPhaseTests
{
    [Theory]
    [InlineData("data-in", "read")]
    [InlineData("status", "read")]
    [InlineData("message-in", "read")]
    [InlineData("data-out", "write")]
    [InlineData("status", "write")]
    [InlineData("command", "write")]
    public void A_target_lets_go_of_the_bus_in_a_phase(string phase, string opcode)
    {
        using var world = new FaultWorld($"gone {{ where = bus, when {{ opcode = {opcode}, phase = {phase}, nth = 1 }}\nwhat = unexpected-disconnect }}", FaultWorld.Adapter);
        var data = FaultWorld.Pattern(2);

        var answer = world.Execute(opcode == "read" ? world.Read(0, data) : world.Write(0, data));

        Assert.Equal(CommandOutcome.DeliveryFailure, answer.Outcome);
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "delivery-failure" });
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("data-in", "read")]
    [InlineData("status", "read")]
    [InlineData("message-in", "read")]
    [InlineData("status", "write")]
    public void Wrong_parity_that_the_initiator_finds_makes_its_driver_reset_the_bus(string phase, string opcode)
    {
        using var world = new FaultWorld($"noise {{ where = bus, when {{ opcode = {opcode}, phase = {phase}, nth = 1 }}\nwhat = parity-error }}", FaultWorld.Adapter);
        var command = world.Send(opcode == "read" ? world.Read(0, new byte[512]) : world.Write(0, FaultWorld.Pattern(1)));

        Assert.Equal((command.Id, CommandOutcome.Aborted), (world.Answer() is var answer ? answer.Id : 0, answer.Outcome));

        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "aborted" });
        Assert.Equal((byte)0x29, world.Execute(world.Command(0x00)).Sense!.Additional.Code);
        world.ExpectHealth();
    }

    [Fact]
    public void A_bus_that_is_free_before_the_reselecting_target_has_named_its_command_is_reset()
    {
        using var world = new FaultWorld("gone { where = bus, when { opcode = read, phase = data-in, nth = 1 }\nwhat = unexpected-disconnect }", FaultWorld.Adapter);
        Assert.Equal(CommandOutcome.Aborted, world.Execute(world.Read(0, new byte[512], TaskAttribute.Untagged)).Outcome);
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "aborted" });
        world.ExpectHealth();
    }

    [Fact]
    public void Wrong_parity_that_the_target_finds_in_data_ends_the_command_and_writes_nothing()
    {
        using var world = new FaultWorld("noise { where = bus, when.phase = data-out\nwhat = parity-error\ntimes = 1 }", FaultWorld.Adapter);

        var answer = world.Execute(world.Write(8, FaultWorld.Pattern(2)));

        Assert.Equal((SenseKey.AbortedCommand, (byte)0x4B), (answer.Sense!.Key, answer.Sense.Additional.Code));
        Assert.Equal(new byte[1024], world.Content(8, 2));
        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("data-in")]
    [InlineData("status")]
    public void A_bus_reset_in_a_phase_ends_the_command(string phase)
    {
        using var world = new FaultWorld($"rst {{ where = bus, when {{ phase = {phase}, nth = 1 }}\nwhat = bus-reset }}", FaultWorld.Adapter);
        Assert.Equal(CommandOutcome.Aborted, world.Execute(world.Read(0, new byte[512])).Outcome);
        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("message-in", "parity-error", CommandOutcome.Aborted)]
    [InlineData("message-out", "parity-error", CommandOutcome.DeliveryFailure)]
    [InlineData("message-out", "message-error", CommandOutcome.DeliveryFailure)]
    public void A_message_that_is_not_understood_ends_its_command(string point, string what, CommandOutcome outcome)
    {
        using var world = new FaultWorld($"noise {{ where = message, when.event = {point}\nwhat = {what}\ntimes = 1 }}", FaultWorld.Adapter);
        Assert.Equal(outcome, world.Execute(world.Read(0, new byte[512])).Outcome);
        Assert.Contains(world.Injection.Notices, static notice => notice.By == "client");
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("message-error")]
    [InlineData("parity-error")]
    public void A_function_whose_message_is_not_taken_fails_by_a_bus_reset(string what)
    {
        using var world = new FaultWorld($"hole {{ where = aio\nwhat = never\ntimes = 1 }}\nnoise {{ where = message, when {{ event = message-out, after = hole }}\nwhat = {what}\ntimes = 1 }}",
            FaultWorld.Adapter);
        var command = world.Send(world.Read(0, new byte[512]));
        world.World.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((CommandOutcome.Aborted, ServiceResponse.ServiceDeliveryOrTargetFailure), world.Abort(command));

        Assert.Contains(world.Faults.Ledger.Injections[1].Notices, static notice => notice is { By: "client", Text: "aborted" });
        world.ExpectHealth();
    }

    [Fact]
    public void A_tag_that_arrives_as_another_leaves_its_command_without_an_end()
    {
        using var world = new FaultWorld("other { where = message, when { event = message-out, nth = 1 }\nwhat { do = other-byte, byte = 200 } }", FaultWorld.Adapter);
        var command = world.Send(world.Write(0, FaultWorld.Pattern(1)));
        world.World.Advance(TimeSpan.FromMinutes(1));
        if (world.Answers == 0)
            Assert.Equal(CommandOutcome.Aborted, world.Abort(command).Outcome);
        else
            Assert.Equal((command.Id, false), (world.Answer() is var answer ? answer.Id : 0, answer.IsGood));
        Assert.True(world.Injection.IsNoticed);
        world.ExpectHealth();
    }

    [Fact]
    public void A_byte_of_a_message_that_comes_as_another_is_got_over()
    {
        using var world = new FaultWorld("other { where = message, when { event = message-in, nth = 1 }\nwhat { do = other-byte, byte = 9 } }", FaultWorld.Adapter);
        Assert.Equal(CommandOutcome.DeliveryFailure, world.Execute(world.Read(0, new byte[512])).Outcome);
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "delivery-failure" });
        world.ExpectHealth();
    }

    [Theory]
    [InlineData("instruction-fetch")]
    [InlineData("table-fetch")]
    public void A_fetch_that_nobody_answers_is_a_bus_fault_and_the_driver_resets(string point)
    {
        using var world = new FaultWorld($"hole {{ where = scripts, when {{ event = {point}, nth = 1 }}\nwhat = bus-fault }}", FaultWorld.Adapter);

        Assert.Equal(CommandOutcome.Aborted, world.Execute(world.Read(0, new byte[512])).Outcome);

        Assert.InRange(world.Injection.Hit.Address!.Value, 0x10_0000UL, 0x12_0000UL);
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "aborted" });
        world.ExpectHealth();
    }

    [Fact]
    public void An_inverted_bit_of_an_instruction_is_an_illegal_one()
    {
        // The first instruction is a LOAD, in which bit 26 is reserved.
        using var world = new FaultWorld("rot { where = scripts, when { event = instruction-fetch, nth = 1 }\nwhat { do = bit-flip, bit = 26 } }", FaultWorld.Adapter);
        var answer = world.Execute(world.Read(0, new byte[512]));
        Assert.Equal(CommandOutcome.Aborted, answer.Outcome);
        Assert.Contains(world.Injection.Notices, static notice => notice is { By: "client", Text: "aborted" });
        world.ExpectHealth();
    }

    [Fact]
    public void A_fetch_that_is_late_stops_the_adapter_for_its_time()
    {
        using var world = new FaultWorld("slow { where = scripts, when.nth = 3\nwhat { do = late, by = 5 ms } }", FaultWorld.Adapter);
        var before = world.World.Now;
        Assert.True(world.Execute(world.Read(0, new byte[2048])).IsGood);
        Assert.InRange((world.World.Now - before).TotalMilliseconds, 5, 6);
        Assert.Single(world.Faults.Ledger.Injections);
        world.ExpectHealth();
    }

    [Fact]
    public void Without_a_rule_at_fetches_nothing_stands_before_the_memory()
    {
        using var world = new FaultWorld("mark { where = bus\nwhat = mark }", FaultWorld.Adapter);
        var seen = 0;
        world.World.Sent = (_, _, _, message) => seen += message is InterposeMemory ? 1 : 0;
        Assert.True(world.Execute(world.Read(0, new byte[512])).IsGood);
        Assert.Equal(0, seen);
    }
}

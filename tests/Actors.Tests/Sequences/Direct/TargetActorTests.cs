using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Sequences.Direct;

/// <summary>Who answers whom around a target.</summary>
public sealed class TargetActorTests : TestKit
{
    private static readonly ItNexus It = new(7, 0);

    [Fact]
    public void A_logical_unit_answers_the_port_that_sent_the_command()
    {
        var probes = new LogicalUnitProbes(this);
        var other = CreateTestProbe("other-port");
        probes.Target.Tell(Command("00 00 00 00 00 00", Lun.Zero, initiator: 8), other.Ref);
        Assert.Equal("06/29/01", $"{other.ExpectMsg<SendCommandComplete>().Sense}");
        probes.Send("00 00 00 00 00 00");
        Assert.Equal(ScsiStatus.Good, probes.Port.ExpectMsg<SendCommandComplete>().Status);
        Assert.Equal(probes.Unit, probes.Port.Sender);
    }

    [Fact]
    public void The_target_answers_for_a_logical_unit_that_is_not_there()
    {
        var probes = new LogicalUnitProbes(this);
        probes.Target.Tell(Command("00 00 00 00 00 00", new Lun(3)), probes.Port.Ref);
        Assert.Equal("05/25/00", $"{probes.Port.ExpectMsg<SendCommandComplete>().Sense}");

        probes.Target.Tell(Command("12 00 00 00 24 00", new Lun(3)), probes.Port.Ref);
        var sent = probes.Port.ExpectMsg<SendDataIn>();
        Assert.Equal((0x7F, 36), (sent.Buffer.Span[0], sent.Count));
        probes.Port.Reply(new DataInDelivered(sent.Nexus, sent.Task));
        Assert.Equal(ScsiStatus.Good, probes.Port.ExpectMsg<SendCommandComplete>().Status);

        var function = new TaskManagementRequestReceived(new ItlqNexus(It, new Lun(3), 1), TaskManagementFunction.AbortTask, 5);
        probes.Target.Tell(function, probes.Port.Ref);
        Assert.Equal(ServiceResponse.IncorrectLogicalUnitNumber, probes.Port.ExpectMsg<TaskManagementFunctionExecuted>().Response);
    }

    [Fact]
    public void A_target_reset_is_answered_once_after_the_commands_it_ended()
    {
        var probes = new LogicalUnitProbes(this);
        probes.Send("28 00 00 00 00 00 00 00 01 00");
        var read = probes.QueueGets<AioRead>();
        probes.Target.Tell(
            new TaskManagementRequestReceived(new ItlqNexus(It, Lun.Zero, 0), TaskManagementFunction.TargetReset, 5), probes.Port.Ref);
        Assert.Equal(read.Id, probes.QueueGets<AioCancel>().Id);
        probes.QueueSays(new AioCompleted(read.Id, AioResult.Cancelled, 0));
        probes.Port.ExpectMsg<CommandAborted>();
        var executed = probes.Port.ExpectMsg<TaskManagementFunctionExecuted>();
        Assert.Equal((5UL, ServiceResponse.FunctionComplete), (executed.Association, executed.Response));
        Assert.Equal(probes.Target, probes.Port.Sender);
    }

    [Fact]
    public void An_event_is_handled_once_for_the_whole_target()
    {
        var probes = new LogicalUnitProbes(this);
        probes.Target.Tell(new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.HardReset, It, 6), probes.Port.Ref);
        Assert.Equal(6UL, probes.Port.ExpectMsg<ServiceDeliveryEventHandled>().Association);
        probes.Send("00 00 00 00 00 00");
        Assert.Equal("06/29/02", $"{probes.Port.ExpectMsg<SendCommandComplete>().Sense}");
    }

    [Fact]
    public void Ports_learn_that_a_logical_unit_is_lost_and_it_is_not_there_any_more()
    {
        var probes = new LogicalUnitProbes(this);
        probes.Send("28 00 00 00 00 00 00 00 01 00");
        probes.QueueGets<AioRead>();
        Sys.Stop(probes.Queue.Ref);
        Assert.Equal(new LogicalUnitLost(0, Lun.Zero), probes.Port.ExpectMsg<LogicalUnitLost>());
        probes.Send("00 00 00 00 00 00");
        Assert.Equal("05/25/00", $"{probes.Port.ExpectMsg<SendCommandComplete>().Sense}");
    }

    [Fact]
    public void A_port_that_stops_holds_up_no_reset()
    {
        var probes = new LogicalUnitProbes(this);
        var mortal = CreateTestProbe("mortal-port");
        probes.Target.Tell(Command("12 00 00 00 24 00", Lun.Zero, initiator: 8), mortal.Ref);
        mortal.ExpectMsg<SendDataIn>();
        probes.Target.Tell(
            new TaskManagementRequestReceived(new ItlqNexus(It, Lun.Zero, 0), TaskManagementFunction.LogicalUnitReset, 5), probes.Port.Ref);
        Sys.Stop(mortal.Ref);
        Assert.Equal(ServiceResponse.FunctionComplete, probes.Port.ExpectMsg<TaskManagementFunctionExecuted>().Response);
    }

    private static ScsiCommandReceived Command(string cdb, Lun lun, int initiator = 7) => new(
        new ItlqNexus(new ItNexus(initiator, 0), lun, 1),
        Cdb.Parse(Convert.FromHexString(cdb.Replace(" ", ""))), TaskAttribute.Simple, -1, -1);
}

using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>The same rules on a live subsystem, on real time.</summary>
public sealed class FaultLiveTests : TestKit
{
    private static readonly ExecuteCommand TestUnitReady = new(7, 0, Lun.Zero, Cdb.Parse(new byte[6]));

    [Fact]
    public void Rules_in_the_configuration_act_and_the_subsystem_has_their_account()
    {
        var subsystem = Start("full { where = task-set, when.nth = 3\nwhat = task-set-full }\nslow { where = logical-unit, when.nth = 3\nwhat { do = late, by = 30 ms } }");
        while (!Execute(subsystem).IsGood)
        {
        }
        Assert.Equal(ScsiStatus.TaskSetFull, Execute(subsystem).Status);
        Assert.True(Execute(subsystem).IsGood);

        subsystem.Tell(ScsiSubsystem.GetFaultReport.Instance);
        var text = ExpectMsg<ScsiSubsystem.FaultReport>().Text;

        Assert.Contains("task-set-full at task-set", text);
        // The test's own actor is on another dispatcher, where nobody sees what it is told.
        Assert.Contains("noticed by port: task-set-full", text);
        Assert.Contains("late at logical-unit", text);
    }

    [Fact]
    public void Without_rules_there_is_no_account_and_no_filter()
    {
        var subsystem = Start("");
        Execute(subsystem);
        subsystem.Tell(ScsiSubsystem.GetFaultReport.Instance);
        Assert.Null(ExpectMsg<ScsiSubsystem.FaultReport>().Text);
        Assert.Null(((ScsiActors.Dispatch.ChainDispatcher)Sys.Dispatchers.Lookup(ScsiSubsystem.DispatcherId)).Filter);
    }

    private IActorRef Start(string faults)
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString(
            $"scsi-actors.aio {{ backend = memory, size = 16 MiB }}\nfaults {{\n{faults}\n}}")));
        subsystem.Tell(ScsiSubsystem.GetReady.Instance);
        ExpectMsg<ScsiSubsystem.SubsystemReady>();
        return subsystem;
    }

    private CommandExecuted Execute(IActorRef subsystem)
    {
        subsystem.Tell(TestUnitReady);
        return ExpectMsg<CommandExecuted>(TimeSpan.FromSeconds(10));
    }
}

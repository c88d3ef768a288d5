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

    [Theory]
    [InlineData("where = scripts\nwhen.event = instruction-fetch\nwhat = bus-fault", "bus-fault at scripts")]
    [InlineData("where = scripts\nwhen.event = table-fetch\nwhat { do = late, by = 20 ms }", "late at scripts")]
    [InlineData("where = message\nwhen.event = message-out\nwhat = message-error", "message-error at message")]
    [InlineData("where = bus\nwhen.phase = status\nwhat = parity-error", "parity-error at bus")]
    [InlineData("where = link\nwhen.initiator = 0\nwhat { do = link-loss, for = 20 ms }", "link-loss at link")]
    [InlineData("where = node\nwhat { do = node-loss, of = initiator, for = 20 ms }", "node-loss at node")]
    [InlineData("where = node\nwhat { do = partition, for = 20 ms }", "partition at node")]
    [InlineData("where = cache\nwhat { do = cache-size, bytes = 512 }", "cache-size at cache")]
    public void Rules_at_every_place_act_live_and_are_got_over(string rule, string entry)
    {
        // The driver's first command is the subsystem's own: it is ready before a rule acts.
        var subsystem = Start($"begin {{ where = driver\nwhen.nth = 3\nwhat = mark }}\nrule {{ {rule}\nwhen.after = begin\ntimes = 1 }}",
            "scsi-actors { aio { backend = simulated, size = 1 MiB\nsimulated.write-cache = 64 KiB }\nhost-adapter.model = lsi53c895a }");
        subsystem.Tell(ScsiSubsystem.GetHostAdapter.Instance);
        var driver = ExpectMsg<ScsiSubsystem.HostAdapter>().Driver!;
        if (rule.Contains("initiator = 0", StringComparison.Ordinal))
            driver = subsystem;
        var isLost = false;
        for (var good = 0; good < 8;)
        {
            driver.Tell(new ExecuteCommand(7, 0, Lun.Zero, Cdb.Parse([0x2A, 0, 0, 0, 0, 8, 0, 0, 2, 0]), DataDirection.Out, new byte[1024]));
            var answer = ExpectMsg<CommandExecuted>(TimeSpan.FromSeconds(10));
            isLost |= answer.Outcome != CommandOutcome.Complete;
            good = answer.IsGood ? good + 1 : 0;
        }

        subsystem.Tell(ScsiSubsystem.GetFaultReport.Instance);
        Assert.Contains(entry, ExpectMsg<ScsiSubsystem.FaultReport>().Text);
        Assert.Equal(!rule.Contains("late") && !rule.Contains("cache"), isLost);
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

    private IActorRef Start(string faults, string config = "scsi-actors.aio { backend = memory, size = 16 MiB }")
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString($"{config}\nfaults {{\n{faults}\n}}")));
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

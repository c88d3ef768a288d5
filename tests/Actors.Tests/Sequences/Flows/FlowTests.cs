using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ScsiActors.Dispatch;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Sequences.Flows;

/// <summary>The whole life of one command, every message of it, as golden files: the lines that <c>Host trace</c> prints.</summary>
public sealed class FlowTests : TestKit
{
    private const int Blocks = 8;

    // One message a turn, so that what an actor sends follows what it was told.
    private static readonly Config OneMessageATurn = ConfigurationFactory.ParseString("scsi-actors.dispatcher.throughput = 1");

    public FlowTests()
        : base(OneMessageATurn.WithFallback(ScsiSubsystem.DefaultConfig))
    {
    }

    [Theory]
    [InlineData("default")]
    [InlineData("no-patch")]
    [InlineData("patches-1-3")]
    [InlineData("patches-1-4")]
    public void The_life_of_a_WRITE_10(string preset) => GoldenFile.Check($"WRITE_10_{preset}", Flow(preset, isWrite: true));

    [Theory]
    [InlineData("default")]
    [InlineData("no-patch")]
    public void The_life_of_a_READ_10(string preset) => GoldenFile.Check($"READ_10_{preset}", Flow(preset, isWrite: false));

    [Theory]
    [InlineData("default")]
    [InlineData("no-patch")]
    [InlineData("patches-1-3")]
    [InlineData("patches-1-4")]
    public void A_write_reaches_storage_only_after_its_data_has_arrived(string preset)
    {
        var flow = Flow(preset, isWrite: true);
        Assert.True(IndexOf(flow, "DataOutReceived") < IndexOf(flow, "AioWrite"));
    }

    [Fact]
    public void Before_the_patches_a_write_holds_the_bus_until_its_status_and_afterwards_it_does_not()
    {
        Assert.DoesNotContain(Flow("no-patch", isWrite: true), static line => line.Contains("ReselectionRequested"));
        Assert.Equal(2, Flow("default", isWrite: true).Count(static line => line.Contains("ReselectionRequested")));
    }

    private static int IndexOf(IReadOnlyList<string> flow, string message) => flow.TakeWhile(line => !line.Contains(message)).Count();

    private List<string> Flow(string preset, bool isWrite)
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString($$"""
            scsi-actors {
              targets.0.luns.0.aio { backend = memory, size = 16MiB }
              host-adapter { model = lsi53c895a, preset = {{preset}} }
            }
            """)));
        subsystem.Tell(ScsiSubsystem.GetHostAdapter.Instance);
        var driver = ExpectMsg<ScsiSubsystem.HostAdapter>().Driver!;
        subsystem.Tell(ScsiSubsystem.GetReady.Instance);
        ExpectMsg<ScsiSubsystem.SubsystemReady>();
        // The unit attentions of the power-on and the bus reset first.
        CommandExecuted ready;
        do
        {
            driver.Tell(new ExecuteCommand(0, 0, Lun.Zero, Cdb.Parse(new byte[6])));
            ready = ExpectMsg<CommandExecuted>();
        }
        while (!ready.IsGood);

        using var tap = JournalTap.Live(MessageTaps.Of(Sys), new ScsiActors.Journal.Journal(new JournalHeader(preset), new JournalOptions { Keep = int.MaxValue }));
        var client = CreateTestProbe("client");
        var cdb = Cdb.Parse([(byte)(isWrite ? 0x2A : 0x28), 0, 0, 0, 0, 64, 0, 0, Blocks, 0]);
        client.Send(driver, new ExecuteCommand(1, 0, Lun.Zero, cdb, isWrite ? DataDirection.Out : DataDirection.In, new byte[Blocks * 512]));
        Assert.True(client.ExpectMsg<CommandExecuted>().IsGood);
        Sys.Stop(client.Ref);
        var events = tap.Events;
        Sys.Stop(subsystem);

        // The driver's last message goes to the test, which is not one of the subsystem's actors; the register read before it is the end of the flow.
        var last = events.Select(static entry => entry.Kind.Name).ToList().IndexOf(nameof(RegisterValue));
        return [.. MessageFlow.Lines([.. events.Take(last + 1)])];
    }
}

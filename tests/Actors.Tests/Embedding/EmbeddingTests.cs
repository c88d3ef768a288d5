using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Embedding;

/// <summary>What the README shows a newcomer, as a test.</summary>
public sealed class EmbeddingTests : TestKit
{
    private const int BlockLength = 512;

    private static readonly Config OneSmallDisk = ConfigurationFactory.ParseString("""
        scsi-actors.targets.0.luns.0 { aio { backend = memory, size = 16MiB } }
        """);

    public EmbeddingTests()
        : base("akka.test.single-expect-default = 10s")
    {
    }

    [Fact]
    public void A_subsystem_in_ones_own_actor_system_answers_a_READ_10_with_its_data()
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(OneSmallDisk), "scsi");
        Assert.Equal(CommandOutcome.Complete, Execute(subsystem, new ExecuteCommand(1, 0, Lun.Zero, TestUnitReady)).Outcome);
        var written = Enumerable.Range(0, 8 * BlockLength).Select(static i => (byte)(i * 7)).ToArray();

        Assert.True(Execute(subsystem, new ExecuteCommand(2, 0, Lun.Zero, Write10(64, 8), DataDirection.Out, written)).IsGood);
        var read = new byte[8 * BlockLength];
        var answer = Execute(subsystem, new ExecuteCommand(3, 0, Lun.Zero, Read10(64, 8), DataDirection.In, read));

        Assert.Equal(new CommandExecuted(3, CommandOutcome.Complete, ScsiStatus.Good, null, 0), answer);
        Assert.Equal(written, read);
    }

    [Fact]
    public void A_busy_client_takes_the_direct_port_and_saves_a_hop()
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(OneSmallDisk));
        subsystem.Tell(ScsiSubsystem.GetDirectPort.Instance);
        var port = ExpectMsg<ScsiSubsystem.DirectPort>().Port;

        Assert.Equal(9UL, Execute(port, new ExecuteCommand(9, 0, Lun.Zero, TestUnitReady)).Id);
    }

    [Fact]
    public void A_subsystem_says_when_its_storage_is_open_and_what_it_is()
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(OneSmallDisk));

        subsystem.Tell(ScsiSubsystem.GetReady.Instance);

        var ready = ExpectMsg<ScsiSubsystem.SubsystemReady>();
        Assert.True(ready.IsGood);
        var device = Assert.Single(ready.Devices);
        Assert.Equal((0, Lun.Zero, 16L << 20), (device.Target, device.Lun, device.Storage.Length));
    }

    [Fact]
    public void Storage_that_cannot_be_opened_is_reported_and_the_device_says_NOT_READY()
    {
        var missing = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString(
            $$"""scsi-actors.targets.0.luns.0 { aio { backend = file, file.path = "{{missing}}" } }""")));
        subsystem.Tell(ScsiSubsystem.GetReady.Instance);
        Assert.False(ExpectMsg<ScsiSubsystem.SubsystemReady>().IsGood);

        // The first command of a nexus is told of the power-on; the second gets to the medium.
        Execute(subsystem, new ExecuteCommand(1, 0, Lun.Zero, TestUnitReady));
        Assert.Equal(SenseKey.NotReady, Execute(subsystem, new ExecuteCommand(2, 0, Lun.Zero, TestUnitReady)).Sense?.Key);
    }

    [Fact]
    public void A_configuration_without_sense_stops_the_subsystem_with_a_message_that_says_why()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
            Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString("scsi-actors.direct-port.max-outstanding = 0"))));
    }

    private static Cdb TestUnitReady => Cdb.Parse(new byte[6]);

    private static Cdb Read10(uint block, byte blocks) => Cdb.Parse([0x28, 0, 0, 0, 0, (byte)block, 0, 0, blocks, 0]);

    private static Cdb Write10(uint block, byte blocks) => Cdb.Parse([0x2A, 0, 0, 0, 0, (byte)block, 0, 0, blocks, 0]);

    private CommandExecuted Execute(IActorRef subsystem, ExecuteCommand command)
    {
        subsystem.Tell(command);
        return ExpectMsg<CommandExecuted>();
    }
}

using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Embedding;

/// <summary>A whole subsystem with a host adapter, as actors.</summary>
public sealed class HostAdapterTests : TestKit
{
    private const int BlockLength = 512;

    [Theory]
    [InlineData("default", "interrupt")]
    [InlineData("no-patch", "interrupt")]
    [InlineData("patches-1-3", "interrupt")]
    [InlineData("patches-1-4", "interrupt")]
    [InlineData("default", "polled")]
    public void What_is_written_through_the_adapter_is_read_back(string preset, string kind)
    {
        var driver = Start($"host-adapter {{ model = lsi53c895a, preset = {preset}, driver.kind = {kind} }}").Driver!;
        while (!Execute(driver, new ExecuteCommand(1, 0, Lun.Zero, Cdb.Parse(new byte[6]))).IsGood)
        {
        }
        var written = Enumerable.Range(0, 300 * 1024).Select(static i => (byte)(i * 7 + (i >> 9))).ToArray();

        var write = Execute(driver, new ExecuteCommand(2, 0, Lun.Zero, Transfer(0x2A, 600), DataDirection.Out, written));
        var read = new byte[written.Length];
        var answer = Execute(driver, new ExecuteCommand(3, 0, Lun.Zero, Transfer(0x28, 600), DataDirection.In, read));

        Assert.Equal(new CommandExecuted(2, CommandOutcome.Complete, ScsiStatus.Good, null, 0), write);
        Assert.Equal(new CommandExecuted(3, CommandOutcome.Complete, ScsiStatus.Good, null, 0), answer);
        Assert.Equal(written, read);
    }

    [Fact]
    public void An_observer_sees_the_phases_of_a_command_in_order()
    {
        var adapter = Start("host-adapter.model = lsi53c895a");
        Execute(adapter.Driver!, new ExecuteCommand(1, 0, Lun.Zero, Cdb.Parse(new byte[6])));
        var observer = CreateTestProbe();
        observer.Send(adapter.Adapter!, new ObserveAdapter(Scripts: false));

        Execute(adapter.Driver!, new ExecuteCommand(2, 0, Lun.Zero, Cdb.Parse(new byte[6])));

        foreach (var phase in new[] { BusPhase.MessageOut, BusPhase.Command, BusPhase.Status, BusPhase.MessageIn, BusPhase.BusFree })
            Assert.Equal(phase, observer.FishForMessage<BusPhaseChanged>(changed => changed.Phase != BusPhase.Undecided).Phase);
    }

    private ScsiSubsystem.HostAdapter Start(string adapter)
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString(
            $"scsi-actors {{ targets.0.luns.0.aio {{ backend = memory, size = 16MiB }}\n{adapter} }}")));
        subsystem.Tell(ScsiSubsystem.GetHostAdapter.Instance);
        return ExpectMsg<ScsiSubsystem.HostAdapter>();
    }

    private CommandExecuted Execute(IActorRef driver, ExecuteCommand command)
    {
        driver.Tell(command);
        return ExpectMsg<CommandExecuted>(TimeSpan.FromSeconds(10));
    }

    private static Cdb Transfer(byte operationCode, int blocks) =>
        Cdb.Parse([operationCode, 0, 0, 0, 0, 0, 0, (byte)(blocks >> 8), (byte)blocks, 0]);
}

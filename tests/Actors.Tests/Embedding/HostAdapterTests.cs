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
    private const int Dstat = 0x0C;
    private const int Istat0 = 0x14;
    private const int Istat1 = 0x15;
    private const ulong Running = 0x02;

    private IActorRef _subsystem = ActorRefs.Nobody;

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

    [Fact]
    public void A_script_that_spins_for_ever_starves_nobody_and_can_be_stopped()
    {
        var adapter = Start("targets.1.luns.0.aio { backend = memory, size = 16MiB }\nhost-adapter { model = lsi53c895a, driver.kind = polled }");
        Execute(adapter.Driver!, new ExecuteCommand(1, 0, Lun.Zero, Cdb.Parse(new byte[6])));
        _subsystem.Tell(ScsiSubsystem.GetDirectPort.Instance);
        var direct = ExpectMsg<ScsiSubsystem.DirectPort>().Port;

        // JUMP to itself, in the script RAM, which the driver has mapped at E0000000.
        const uint scriptRam = 0xE000_0000;
        adapter.Adapter!.Tell(new RegisterWrite(RegisterSpace.Bar2, 0, 4, 0x8008_0000));
        adapter.Adapter!.Tell(new RegisterWrite(RegisterSpace.Bar2, 4, 4, scriptRam));
        adapter.Adapter!.Tell(new RegisterWrite(RegisterSpace.Bar1, 0x2C, 4, scriptRam));
        Assert.Equal(Running, Read(adapter.Adapter!, Istat1, 1) & Running);

        for (ulong id = 10; id < 200; id++)
            Assert.Equal(id, Execute(direct, new ExecuteCommand(id, (int)(id % 2), Lun.Zero, Cdb.Parse(new byte[6]))).Id);
        Assert.Equal(Running, Read(adapter.Adapter!, Istat1, 1) & Running);

        adapter.Adapter!.Tell(new RegisterWrite(RegisterSpace.Bar1, Istat0, 1, 0x80));
        Assert.Equal(0x90UL, Read(adapter.Adapter!, Dstat, 1));
        adapter.Adapter!.Tell(new RegisterWrite(RegisterSpace.Bar1, Istat0, 1, 0));
        Assert.Equal(new CommandExecuted(3, CommandOutcome.Complete, ScsiStatus.Good, null, 0),
            Execute(adapter.Driver!, new ExecuteCommand(3, 0, Lun.Zero, Cdb.Parse(new byte[6]))));
    }

    /// <summary>The driver begins with a reset of the bus, and a reset aborts what its targets have at that moment.</summary>
    [Fact]
    public void A_subsystem_that_is_ready_has_the_reset_of_its_bus_behind_it()
    {
        Start("host-adapter.model = lsi53c895a");
        _subsystem.Tell(ScsiSubsystem.GetReady.Instance);
        ExpectMsg<ScsiSubsystem.SubsystemReady>();

        // One unit attention: for the direct port's nexus power-on and bus reset are one event, before its first command.
        Assert.Equal(SenseKey.UnitAttention, Execute(_subsystem, new ExecuteCommand(1, 0, Lun.Zero, Cdb.Parse(new byte[6]))).Sense?.Key);
        for (ulong id = 2; id < 50; id++)
            Assert.True(Execute(_subsystem, new ExecuteCommand(id, 0, Lun.Zero, Cdb.Parse(new byte[6]))).IsGood);
    }

    private ulong Read(IActorRef adapter, int offset, int width)
    {
        adapter.Tell(new RegisterRead(RegisterSpace.Bar1, offset, width));
        return ExpectMsg<RegisterValue>().Value;
    }

    private ScsiSubsystem.HostAdapter Start(string adapter)
    {
        _subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString(
            $"scsi-actors {{ targets.0.luns.0.aio {{ backend = memory, size = 16MiB }}\n{adapter} }}")));
        _subsystem.Tell(ScsiSubsystem.GetHostAdapter.Instance);
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

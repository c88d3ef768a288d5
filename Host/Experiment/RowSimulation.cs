using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Dispatch;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Host.Session;
using ScsiActors.Aio;
using ScsiActors.Requests;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Guest;

namespace ScsiActors.Host.Experiment;

/// <summary>One row in a simulated world of its own: the actors of the product, from driver to request queue, between a guest and a simulated disk.</summary>
/// <param name="parameters">The model.</param>
/// <param name="seed">Decides every choice.</param>
/// <param name="warmUp">Virtual time before measuring.</param>
/// <param name="duration">Virtual time of measuring.</param>
internal sealed class RowSimulation(ExperimentParameters parameters, ulong seed, TimeSpan warmUp, TimeSpan duration)
{
    private const int Kibibyte = 1024;
    private const int NanosecondsPerTick = 100;
    private const int MostDepthSamples = 4000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs the row on the calling thread.</summary>
    public RowResult Run(RowKey row)
    {
        var costs = new MachineCosts(CostsOf(row), row.IsWrite);
        using var world = new SimulatedWorld(new SimulationOptions(seed) { Costs = costs });
        var probe = world.Probe();
        var (disk, driver) = Build(world, probe, row);
        var settings = disk switch
        {
            GuestDisk.Scsi => parameters.Guest,
            GuestDisk.VirtioBlk => parameters.GuestVirtio,
            _ => new BlockLayerSettings(int.MaxValue, MergeLimit: 0),
        };
        var length = row.Kibibytes * Kibibyte;
        var layer = world.System.ActorOf(BlockLayerActor.Props(disk, row.IsWrite, settings, driver), MachineCosts.BlockLayer);
        var load = new ApplicationLoad(parameters.Outstanding, length, parameters.DiskLength);
        var application = world.System.ActorOf(GuestApplicationActor.Props(load, layer), MachineCosts.Application);
        if (disk != GuestDisk.BareMetal)
            world.System.ActorOf(GuestTickActor.Props(parameters.TickInterval), MachineCosts.Tick);
        var counter = new TrafficCounter(MostDepthSamples);
        world.Sent = counter.Sent;
        probe.Tell(application, StartLoad.Instance);
        world.Advance(warmUp);
        probe.Tell(application, StartMeasuring.Instance);
        counter.Begin(world.Now);
        var busy = costs.Processor.Busy;
        world.Advance(duration);
        world.Sent = null;
        var measured = probe.Ask<LoadMeasured>(application, ReportLoad.Instance, Patience);
        var share = (costs.Processor.Busy - busy) / duration;
        return Result(row, measured, share, counter, world.Hash);
    }

    /// <summary>The messages of one request of the row, alone on an idle machine.</summary>
    public IReadOnlyList<JournalEvent> RunOnce(RowKey row)
    {
        using var world = new SimulatedWorld(new SimulationOptions(seed) { Costs = new MachineCosts(CostsOf(row), row.IsWrite) });
        var probe = world.Probe();
        var (disk, driver) = Build(world, probe, row);
        var layer = world.System.ActorOf(
            BlockLayerActor.Props(disk, row.IsWrite, new BlockLayerSettings(1, MergeLimit: 0), driver), MachineCosts.BlockLayer);
        world.RunUntilIdle();
        var taps = MessageTaps.Of(world.System);
        using var journal = new JournalTap(taps, new Journal.Journal(new JournalHeader(row.ToString()), new JournalOptions { Keep = int.MaxValue }),
            () => world.Now.Ticks * NanosecondsPerTick);
        MessageTaps.Of(world.System, "akka.actor.default-dispatcher").Add(journal);
        probe.Tell(layer, new SubmitGuestIo(new GuestIo(0, 0, row.Kibibytes * Kibibyte)));
        _ = probe.Expect<GuestIoSubmitted>(Patience);
        _ = probe.Expect<GuestIoCompleted>(Patience);
        return journal.Events;
    }

    private RowResult Result(RowKey row, LoadMeasured measured, double share, TrafficCounter counter, ulong hash)
    {
        var bytes = measured.Completed * row.Kibibytes * (double)Kibibyte;
        var latencies = measured.Latencies.ToArray();
        var mean = latencies.Length == 0 ? 0 : latencies.Average(static latency => latency.TotalMilliseconds);
        Array.Sort(latencies);
        var figures = new Figures(
            bytes / measured.Elapsed.TotalSeconds / (1 << 20),
            Math.Min(share, 1) * 100,
            measured.Submitted == 0 ? 0 : measured.SubmitTime.TotalMicroseconds / measured.Submitted,
            mean);
        return new RowResult(row, figures, counter.Most, counter.DeviceBytes / Kibibyte, counter.StorageBytes / Kibibyte, measured.Completed,
            counter.Depth, latencies, hash);
    }

    private (GuestDisk Disk, IActorRef Driver) Build(SimulatedWorld world, WorldProbe probe, RowKey row)
    {
        if (row.Interface == Interface.Lvm)
            return (GuestDisk.BareMetal, BareMetal(world));
        var config = ConfigurationFactory.ParseString(Adapter(row)).WithFallback(Subsystem);
        var subsystem = world.System.ActorOf(ScsiSubsystem.Props(config), "scsi");
        var ready = probe.Ask<ScsiSubsystem.SubsystemReady>(subsystem, ScsiSubsystem.GetReady.Instance, Patience);
        Invariant.Holds(ready.IsGood, "the simulated disk can be used");
        if (row.Interface == Interface.Virtio)
            return (GuestDisk.VirtioBlk, probe.Ask<ScsiSubsystem.VirtioBlk>(subsystem, new ScsiSubsystem.GetVirtioBlk(), Patience).Driver!);
        var driver = probe.Ask<ScsiSubsystem.HostAdapter>(subsystem, ScsiSubsystem.GetHostAdapter.Instance, Patience).Driver!;
        // The unit attention of the power-on.
        _ = probe.Ask<CommandExecuted>(driver, new ExecuteCommand(0, 0, Lun.Zero, Cdbs.TestUnitReady), Patience);
        return (GuestDisk.Scsi, driver);
    }

    private Config Subsystem => ConfigurationFactory.ParseString(FormattableString.Invariant($"scsi-actors.aio.simulated.seed = {seed & long.MaxValue}"))
        .WithFallback(parameters.Subsystem);

    // The same queue and the same storage as under everything else.
    private IActorRef BareMetal(SimulatedWorld world)
    {
        var config = Subsystem.WithFallback(ScsiSubsystem.DefaultConfig).GetConfig("scsi-actors")!;
        var storage = world.System.ActorOf(AioBackendActor.Props(AioSettings.From(config.GetConfig("aio")!)), TrafficCounter.Storage);
        return world.System.ActorOf(RequestQueueActor.Props(RequestQueueSettings.From(config.GetConfig("request-queue")!), storage), "queue");
    }

    private static string Adapter(RowKey row) => row.Interface == Interface.Virtio
        ? "scsi-actors.virtio-blk.model = on"
        : $"scsi-actors.host-adapter {{ model = lsi53c895a, preset = {Names.PresetOf(row.Interface)} }}";

    private CpuCosts CostsOf(RowKey row) => (row.Machine, row.Interface) switch
    {
        (Machine.BareMetal, _) => parameters.Host,
        (_, Interface.Virtio) => parameters.Virtio,
        (Machine.Qemu, _) => parameters.Qemu,
        _ => parameters.Kvm,
    };
}

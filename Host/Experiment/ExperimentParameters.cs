using Akka.Configuration;
using ScsiActors.Aio;
using ScsiActors.Requests;
using ScsiActors.Scsi;
using ScsiActors.Simulation.Guest;

namespace ScsiActors.Host.Experiment;

/// <summary>The numbers of experiment.hocon: the model of the letter's machines.</summary>
/// <param name="Outstanding">Requests that the application keeps going.</param>
/// <param name="Guest">How a guest's block layer treats a SCSI disk.</param>
/// <param name="GuestVirtio">How it treats a virtio disk.</param>
/// <param name="TickInterval">Time between two timer interrupts of a guest.</param>
/// <param name="Subsystem">The section <c>scsi-actors</c>: the storage that all rows share, the driver's queue, the emulator's buffer.</param>
/// <param name="DiskLength">Bytes of the disk.</param>
/// <param name="Host">The host's own costs.</param>
/// <param name="Qemu">Costs under the translator.</param>
/// <param name="Kvm">Costs under virtualization.</param>
/// <param name="Virtio">Costs of a virtio disk under virtualization.</param>
internal sealed record ExperimentParameters(
    int Outstanding, BlockLayerSettings Guest, BlockLayerSettings GuestVirtio, TimeSpan TickInterval, Config Subsystem, long DiskLength,
    CpuCosts Host, CpuCosts Qemu, CpuCosts Kvm, CpuCosts Virtio)
{
    private const int MostRequests = 4096;
    private const int MostInDriver = 128;
    private const string Resource = "ScsiActors.Host.Experiment.experiment.hocon";

    /// <summary>The file as it was built in.</summary>
    public static string Text
    {
        get
        {
            using var stream = typeof(ExperimentParameters).Assembly.GetManifestResourceStream(Resource)!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Reads them; what <paramref name="overlay"/> names replaces what the file says.</summary>
    /// <exception cref="ConfigurationException">A number is out of its bounds; the message says which.</exception>
    public static ExperimentParameters From(Config overlay)
    {
        var parameters = Read(overlay);
        parameters.Check();
        return parameters;
    }

    private static ExperimentParameters Read(Config overlay)
    {
        var all = overlay.WithFallback(ConfigurationFactory.ParseString(Text));
        var root = all.GetConfig("experiment")!;
        var write = root.GetTimeSpan("write-acknowledgement");
        return new ExperimentParameters(
            root.GetInt("outstanding"),
            BlockLayer(root, "guest.scsi"),
            BlockLayer(root, "guest.virtio"),
            root.GetTimeSpan("guest.tick-interval"),
            all,
            all.GetByteSize("scsi-actors.aio.size") ?? 0,
            Costs(root, "cpu.host", TimeSpan.Zero),
            Costs(root, "cpu.qemu", write),
            Costs(root, "cpu.kvm", write),
            Costs(root, "cpu.virtio", TimeSpan.Zero));
    }

    // What the actors of a row would refuse only when they start.
    private void Check()
    {
        Require(Outstanding is >= 1 and <= MostRequests, $"outstanding is {Outstanding}; it is from 1 to {MostRequests}");
        Require(TickInterval > TimeSpan.Zero, "guest.tick-interval is not above 0");
        foreach (var (name, layer) in ((string, BlockLayerSettings)[])[("scsi", Guest), ("virtio", GuestVirtio)])
        {
            Require(layer.QueueDepth is >= 1 and <= MostInDriver, $"guest.{name}.queue-depth is {layer.QueueDepth}; it is from 1 to {MostInDriver}");
            Require(layer.MergeLimit is >= 0 and <= BlockLayerActor.LargestRequest,
                $"guest.{name}.merge-limit is {layer.MergeLimit} bytes; it is up to {BlockLayerActor.LargestRequest}");
        }
        var section = Subsystem.WithFallback(ScsiSubsystem.DefaultConfig).GetConfig("scsi-actors")!;
        _ = AioSettings.From(section.GetConfig("aio")!);
        _ = RequestQueueSettings.From(section.GetConfig("request-queue")!);
        _ = LogicalUnitSettings.From(section.GetConfig("logical-unit")!);
        _ = HostAdapterSettings.From(ConfigurationFactory.ParseString("model = lsi53c895a").WithFallback(section.GetConfig("host-adapter")!));
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
            throw new ConfigurationException($"experiment.{rule}.");
    }

    private static BlockLayerSettings BlockLayer(Config root, string section) =>
        new(root.GetInt($"{section}.queue-depth"), (int)(root.GetByteSize($"{section}.merge-limit") ?? 0));

    private static CpuCosts Costs(Config root, string section, TimeSpan writeAcknowledgement)
    {
        return new CpuCosts
        {
            Request = Time("request"),
            Command = Time("command"),
            RegisterAccess = Time("register-access"),
            Interrupt = Time("interrupt"),
            DataPhase = Time("data-phase"),
            ReadKibibyte = Time("read-kib"),
            WriteKibibyte = Time("write-kib"),
            Tick = Time("tick"),
            WriteAcknowledgement = writeAcknowledgement,
        };

        // In microseconds, a unit that HOCON's readers do not share.
        TimeSpan Time(string name) => TimeSpan.FromMicroseconds(root.GetDouble($"{section}.{name}", 0));
    }
}

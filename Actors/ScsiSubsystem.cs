using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors;

/// <summary>The way in for a host: a SCSI subsystem as a subtree of the host's own actor system.</summary>
/// <remarks>The subsystem actor takes <see cref="ExecuteCommand"/> and <see cref="ExecuteTaskManagement"/> and passes them to its direct port; a busy
/// client asks for that port once (<see cref="GetDirectPort"/>) and saves a hop.</remarks>
public static class ScsiSubsystem
{
    /// <summary>The dispatcher that all actors of a subsystem run on, as a path in the configuration.</summary>
    public const string DispatcherId = "scsi-actors.dispatcher";

    private const string Resource = "ScsiActors.config.hocon";

    private static readonly Lazy<Config> Defaults = new(ReadDefaults);

    /// <summary>config.hocon as it was built in: every setting with its default.</summary>
    public static Config DefaultConfig => Defaults.Value;

    /// <summary>A subsystem as <paramref name="config"/> describes it, laid over <see cref="DefaultConfig"/>.</summary>
    /// <exception cref="ConfigurationException">When the actor starts and a setting is missing or out of bounds: the subsystem then stops, and the
    /// log says which.</exception>
    public static Props Props(Config config) => Akka.Actor.Props.Create(() => new SubsystemActor(config.WithFallback(DefaultConfig)));

    private static Config ReadDefaults()
    {
        using var stream = typeof(ScsiSubsystem).Assembly.GetManifestResourceStream(Resource);
        Invariant.Holds(stream is not null, "config.hocon is part of the assembly");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    /// <summary>Asks the subsystem for its direct port; answered by <see cref="DirectPort"/>.</summary>
    public sealed record GetDirectPort
    {
        /// <summary>The only instance.</summary>
        public static GetDirectPort Instance { get; } = new();
    }

    /// <summary>The direct port, which takes <see cref="ExecuteCommand"/> and <see cref="ExecuteTaskManagement"/>.</summary>
    /// <param name="Port">Its actor.</param>
    public sealed record DirectPort(IActorRef Port);

    /// <summary>Asks the subsystem for its host adapter; answered by <see cref="HostAdapter"/>.</summary>
    public sealed record GetHostAdapter
    {
        /// <summary>The only instance.</summary>
        public static GetHostAdapter Instance { get; } = new();
    }

    /// <summary>The host adapter and its driver.</summary>
    /// <param name="Driver">Takes <see cref="ExecuteCommand"/> and <see cref="ExecuteTaskManagement"/>; null without an adapter (config.hocon,
    /// host-adapter.model).</param>
    /// <param name="Adapter">The chip: takes <see cref="ObserveAdapter"/>; null likewise.</param>
    public sealed record HostAdapter(IActorRef? Driver, IActorRef? Adapter);

    /// <summary>Asks the subsystem for the virtio-blk device that shares a logical unit's request queue; answered by <see cref="VirtioBlk"/>.</summary>
    /// <param name="Target">The target's number.</param>
    /// <param name="Lun">The logical unit's number.</param>
    public sealed record GetVirtioBlk(int Target = 0, Lun Lun = default);

    /// <summary>A virtio-blk device and its driver.</summary>
    /// <param name="Driver">Takes <see cref="ExecuteBlockRequest"/>; null without a device there (config.hocon, virtio-blk.model).</param>
    /// <param name="Device">The device, for a driver of another kind; null likewise.</param>
    public sealed record VirtioBlk(IActorRef? Driver, IActorRef? Device);

    /// <summary>Asks what has become of the fault rules; answered by <see cref="FaultReport"/>.</summary>
    public sealed record GetFaultReport
    {
        /// <summary>The only instance.</summary>
        public static GetFaultReport Instance { get; } = new();
    }

    /// <summary>What has become of the fault rules.</summary>
    /// <param name="Text">Each injection, what it hit and who noticed, and the rules that never acted; null without rules.</param>
    public sealed record FaultReport(string? Text);

    /// <summary>Asks to be told when the storage of every logical unit has been opened, or could not be, and a host adapter's driver has reset its bus,
    /// which aborts what came before; answered by <see cref="SubsystemReady"/>.</summary>
    public sealed record GetReady
    {
        /// <summary>The only instance.</summary>
        public static GetReady Instance { get; } = new();
    }

    /// <summary>The storage of every logical unit has been opened, or could not be.</summary>
    /// <param name="Devices">The logical units, by target and number.</param>
    public sealed record SubsystemReady(IReadOnlyList<DeviceDescription> Devices)
    {
        /// <summary>True when every one can be used.</summary>
        public bool IsGood => Devices.All(static device => device.Storage.Result == AioResult.Ok);
    }

    /// <summary>One logical unit and its storage.</summary>
    /// <param name="Target">The target's number.</param>
    /// <param name="Lun">The logical unit's number.</param>
    /// <param name="Storage">What the storage is, or why it cannot be used.</param>
    public sealed record DeviceDescription(int Target, Lun Lun, AioOpened Storage);
}

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using ScsiActors.Aio;
using ScsiActors.Dispatch;
using ScsiActors.Faults;
using ScsiActors.FrontEnds.Direct;
using ScsiActors.FrontEnds.InProcess;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Requests;
using ScsiActors.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Simulation;
using ScsiActors.Virtio;

namespace ScsiActors;

/// <summary>The root of a subsystem: builds every device from the configuration, tells each actor its neighbours, supervises them all.</summary>
/// <remarks>A child that fails is stopped, not restarted: it has lost the state of its outstanding requests, and going on without them would break
/// the rule that each is completed once. Its neighbours see it go (death watch) and end what they had there.</remarks>
public sealed class SubsystemActor : UntypedActor
{
    private const int Targets = 16;
    private const int LunsPerTarget = 64;
    private const int DirectInitiatorPort = 0;
    private const byte Inquiry = 0x12;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Config _config;
    private readonly List<ScsiSubsystem.DeviceDescription> _open = [];
    private readonly Dictionary<IActorRef, (int Target, Lun Lun)> _opening = [];
    private readonly Dictionary<(int Target, Lun Lun), ScsiSubsystem.VirtioBlk> _virtioBlks = [];
    private readonly List<IActorRef> _waiting = [];
    private IActorRef _directPort = ActorRefs.Nobody;
    private HostAdapterSettings? _adapter;
    private ScsiSubsystem.HostAdapter _hostAdapter = new(null, null);
    private bool _adapterIsStarting;
    private FaultInjector? _faults;

    /// <summary>Made by <see cref="ScsiSubsystem.Props"/>.</summary>
    /// <param name="config">The whole configuration, defaults included.</param>
    public SubsystemActor(Config config) => _config = config;

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        RegisterDispatcher();
        var root = Section(_config, "scsi-actors");
        LayFaults(root);
        _adapter = Read(root, "host-adapter", HostAdapterSettings.From);
        var targets = new Dictionary<int, IActorRef>();
        for (var target = 0; target < Targets; target++)
        {
            var luns = BuildLogicalUnits(root, target);
            if (luns.Count > 0)
                targets.Add(target, Spawn(TargetActor.Props(target, luns), $"target-{target}"));
        }
        if (targets.Count == 0)
            throw new ConfigurationException("scsi-actors.targets names no device; the smallest one is targets { 0 { luns { 0 {} } } }.");
        var maximumOutstanding = Read(root, "direct-port", static section => section.GetInt("max-outstanding"));
        if (maximumOutstanding < 1)
            throw new ConfigurationException($"scsi-actors.direct-port.max-outstanding is {maximumOutstanding}; it must be 1 or more.");
        _directPort = Spawn(DirectPortActor.Props(DirectInitiatorPort, maximumOutstanding, targets), "direct-port");
        if (_adapter is not null)
            BuildHostAdapter(_adapter, targets);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_faults is not null && Context.System.Dispatchers.Lookup(ScsiSubsystem.DispatcherId) is ChainDispatcher chain)
            chain.Filter = null;
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ExecuteCommand or ExecuteTaskManagement:
                _directPort.Forward(message);
                break;
            case ScsiSubsystem.GetDirectPort:
                Sender.Tell(new ScsiSubsystem.DirectPort(_directPort));
                break;
            case ScsiSubsystem.GetHostAdapter:
                Sender.Tell(_hostAdapter);
                break;
            case ScsiSubsystem.GetVirtioBlk get:
                Sender.Tell(_virtioBlks.GetValueOrDefault((get.Target, get.Lun), new ScsiSubsystem.VirtioBlk(null, null)));
                break;
            case DescribeState:
                Describe();
                break;
            case ScsiSubsystem.GetFaultReport:
                Sender.Tell(new ScsiSubsystem.FaultReport(_faults?.Report()));
                break;
            case ScsiSubsystem.GetReady:
                _waiting.Add(Sender);
                AnswerWhenReady();
                break;
            case AioOpened opened:
                Opened(Sender, opened);
                break;
            case CommandExecuted:
                AdapterStarted();
                break;
            case Terminated terminated:
                _log.Error("{0} has stopped; the subsystem goes on without it.", terminated.ActorRef.Path.Name);
                Opened(terminated.ActorRef, new AioOpened(AioResult.Unavailable, 0, false, false, "its actor has stopped"));
                if (terminated.ActorRef.Equals(_hostAdapter.Driver))
                    AdapterStarted();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Describe()
    {
        var parts = Context.GetChildren().ToList();
        Sender.Tell(new StateDescribed([new StateTable("parts", ["name"], [.. parts.Select(static part => (string[])[part.Path.Name])])]), Self);
        foreach (var part in parts)
            part.Forward(DescribeState.Instance);
    }

    // Only where there are rules, so that they cost nothing where there are none. In a simulated world the world itself has the filter.
    private void LayFaults(Config root)
    {
        if (Context.System.Dispatchers.Lookup(ScsiSubsystem.DispatcherId) is not ChainDispatcher chain)
            return;
        var plan = FaultPlan.From(_config);
        if (plan.Rules.Count == 0)
            return;
        _faults = new FaultInjector(plan, Context.System, new RandomStream((ulong)root.GetLong("faults.seed"), "faults"));
        chain.Filter = _faults;
    }

    private List<KeyValuePair<Lun, IActorRef>> BuildLogicalUnits(Config root, int target)
    {
        var numbers = Enumerable.Range(0, LunsPerTarget).Where(lun => root.HasPath(PathOf(target, lun)));
        Lun[] luns = [.. numbers.Select(static lun => new Lun((ushort)lun))];
        return [.. luns.Select(lun => KeyValuePair.Create(lun, BuildLogicalUnit(root, target, lun, luns)))];
    }

    private IActorRef BuildLogicalUnit(Config root, int target, Lun lun, IReadOnlyList<Lun> luns)
    {
        var device = Section(root, PathOf(target, lun.Number)).WithFallback(root);
        var name = $"target-{target}-lun-{lun}";
        var backend = Spawn(AioBackendActor.Props(Read(device, "aio", AioSettings.From)), $"{name}-aio");
        var queue = Spawn(RequestQueueActor.Props(Read(device, "request-queue", RequestQueueSettings.From), backend), $"{name}-queue");
        _opening.Add(queue, (target, lun));
        queue.Tell(AioOpen.Instance);
        var settings = Read(device, "logical-unit", LogicalUnitSettings.From) with { TargetPort = target, Lun = lun, Luns = luns };
        if (Read(device, "virtio-blk", VirtioBlkSettings.From) is { } virtio)
            BuildVirtioBlk(device, (target, lun), name, virtio, settings.MaximumTasks, queue);
        if (_adapter is not null)
            settings = settings with { ParallelBus = true, GrowTransferBuffer = _adapter.GrowTransferBuffer ?? settings.GrowTransferBuffer };
        return Spawn(LogicalUnitActor.Props(settings, queue), name);
    }

    /// <summary>Builds a virtio-blk device beside a logical unit, on the same request queue: their slots there lie side by side.</summary>
    private void BuildVirtioBlk(
        Config device, (int Target, Lun Lun) place, string name, VirtioBlkSettings settings, int firstSlot, IActorRef queue)
    {
        if (settings.Id.Length == 0)
            settings = settings with { Id = name };
        var memory = new VirtioDriverMemory(settings.QueueSize);
        var virtioBlk = Spawn(VirtioBlkActor.Props(memory, settings, firstSlot, queue), $"{name}-virtio-blk");
        var driver = Spawn(VirtioBlkDriverActor.Props(virtioBlk, memory, Read(device, "virtio-blk.driver", VirtioBlkDriverSettings.From)), $"{name}-driver");
        _virtioBlks.Add(place, new ScsiSubsystem.VirtioBlk(driver, virtioBlk));
    }

    private void BuildHostAdapter(HostAdapterSettings settings, Dictionary<int, IActorRef> targets)
    {
        var onBus = targets.Where(target => target.Key != settings.Bus.InitiatorId).ToDictionary();
        var memory = new DriverMemory();
        var bus = Spawn(ParallelBusActor.Props(settings.Bus, onBus), "bus");
        var present = new TargetsPresent((ushort)onBus.Keys.Sum(static id => 1 << id));
        var adapter = Spawn(ControllerActor.Props(memory, settings.Options, bus, present), "adapter");
        var driver = Spawn(settings.IsPolled
            ? PolledLsiDriverActor.Props(adapter, memory)
            : LsiDriverActor.Props(adapter, memory, settings.Driver), "driver");
        _hostAdapter = new ScsiSubsystem.HostAdapter(driver, adapter);
        if (onBus.Count > 0)
            AwaitReset(driver, onBus.Keys.Min());
    }

    // A driver begins with a reset of the bus, which would abort commands that came by the direct port before. Its first command runs after that;
    // INQUIRY, because it leaves the unit attentions to those for whom they are meant.
    private void AwaitReset(IActorRef driver, int target)
    {
        _adapterIsStarting = true;
        driver.Tell(new ExecuteCommand(0, target, Lun.Zero, Cdb.Parse([Inquiry, 0, 0, 0, 0, 0])));
    }

    private void AdapterStarted()
    {
        _adapterIsStarting = false;
        AnswerWhenReady();
    }

    private static string PathOf(int target, int lun) => $"targets.{target}.luns.{lun}";

    // An empty object, `0 {}`, reads as no configuration at all.
    private static Config Section(Config config, string path) => config.GetConfig(path) ?? ConfigurationFactory.Empty;

    // Akka.NET says of a value that it cannot be read, with several kinds of exception, but not where it stands.
    private static T Read<T>(Config config, string section, Func<Config, T> from)
    {
        try
        {
            return from(Section(config, section));
        }
        catch (Exception error) when (error is FormatException or NotSupportedException or OverflowException or ArgumentException)
        {
            throw new ConfigurationException($"{error.Message} (in scsi-actors.{section})", error);
        }
    }

    private IActorRef Spawn(Props props, string name) => Context.Watch(Context.ActorOf(props.WithDispatcher(ScsiSubsystem.DispatcherId), name));

    private void Opened(IActorRef queue, AioOpened opened)
    {
        if (!_opening.Remove(queue, out var device))
            return;
        _open.Add(new ScsiSubsystem.DeviceDescription(device.Target, device.Lun, opened));
        AnswerWhenReady();
    }

    private void AnswerWhenReady()
    {
        if (_opening.Count > 0 || _adapterIsStarting)
            return;
        var ready = new ScsiSubsystem.SubsystemReady([.. _open.OrderBy(static device => device.Target).ThenBy(static device => device.Lun)]);
        foreach (var client in _waiting)
            client.Tell(ready);
        _waiting.Clear();
    }

    // A host that did not load config.hocon into its actor system gets the dispatcher from here; one that chose another keeps its choice.
    private void RegisterDispatcher()
    {
        var dispatchers = Context.System.Dispatchers;
        if (dispatchers.HasDispatcher(ScsiSubsystem.DispatcherId))
            return;
        dispatchers.RegisterConfigurator(ScsiSubsystem.DispatcherId,
            new ChainDispatcherConfigurator(Section(_config, ScsiSubsystem.DispatcherId), dispatchers.Prerequisites));
    }
}

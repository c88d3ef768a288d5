using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Dispatch;
using ScsiActors.Faults;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Runs a scenario on the actors of the product in a simulated world of its own, and has the oracles watch every message.</summary>
public sealed partial class ScenarioRun : IDisposable
{
    private const string Subsystem = "scsi";
    private const int AuditClient = 99;
    private const int AuditBlocks = 64;
    private const int MostGreetings = 8;
    private const int MostRescues = 8;
    private const byte Naca = 0x04;

    // Far more than any scenario takes that comes to an end.
    private const long MostTurns = 200_000;

    // Ten times as many as any scenario takes until a client asks for something again, or is answered.
    private const long MostUnheardTurns = 10_000;

    /// <summary>The longest that a command may take without a reason.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AfterAll = TimeSpan.FromSeconds(10);

    private static readonly Cdb TestUnitReady = Cdb.Parse([0, 0, 0, 0, 0, 0]);
    private static readonly Cdb LoadMedium = Cdb.Parse([0x1B, 0, 0, 0, 3, 0]);

    private readonly Scenario _scenario;
    private readonly SimulatedWorld _world;
    private readonly OracleContext _context;
    private readonly ContentsOracle _contents;
    private readonly LivenessOracle _liveness;
    private readonly Oracle[] _oracles;
    private readonly RunRecord _record = new();
    private readonly RunJournal _journal;
    private readonly RunCoverage _coverage;
    private readonly Dictionary<IActorRef, string> _names = [];
    private readonly Dictionary<string, IActorRef> _clients = [];
    private readonly Dictionary<(int Target, int Lun), IActorRef> _virtioDrivers = [];
    private MutantFilter? _mutant;
    private IActorRef _direct = ActorRefs.Nobody;
    private IActorRef _adapter = ActorRefs.Nobody;
    private int _lastId;
    private int _scheduled;

    /// <summary>A world with the scenario's devices in it; nothing has been sent yet.</summary>
    /// <param name="scenario">What is run.</param>
    /// <param name="journal">What becomes of the events of its journal besides their hash; null for nothing.</param>
    public ScenarioRun(Scenario scenario, JournalOptions? journal = null)
    {
        _scenario = scenario;
        _context = new OracleContext(scenario);
        _contents = new ContentsOracle(_context);
        _liveness = new LivenessOracle(_context);
        _oracles =
        [
            new CrashOracle(_context), new WriteOrderOracle(_context), new BusOracle(_context), _contents, new CompletionOracle(_context),
            new ResidualOracle(_context), new SenseOracle(_context), new BlameOracle(_context), new DeliveryOracle(_context), new OrderOracle(_context),
            new TaskSetOracle(_context), new AcaOracle(_context), new TaskManagementOracle(_context), new BusResetOracle(_context),
            new UnitAttentionOracle(_context), new ReservationOracle(_context), new ProtectionOracle(_context), new MediumOracle(_context),
            new BufferOracle(_context), _liveness,
        ];
        var costs = scenario.TurnTime == 0 ? null
            : new JitterCosts(new RandomStream(scenario.Seed, "turn times"), TimeSpan.FromMicroseconds(scenario.TurnTime));
        _world = new SimulatedWorld(new SimulationOptions(scenario.Seed)
        {
            Order = scenario.Order,
            Deviations = TurnDeviations.Parse(scenario.Deviations),
            Costs = costs,
            Config = ConfigurationFactory.ParseString("akka.loglevel = ERROR"),
        });
        _coverage = new RunCoverage(scenario.BlockSize);
        _journal = new RunJournal(_world, scenario, journal);
        _lastId = scenario.Steps.Select(static step => step.Id).DefaultIfEmpty(0).Max();
    }

    /// <summary>The world, for a test kit.</summary>
    public SimulatedWorld World => _world;

    /// <summary>Its journal; ends with the run.</summary>
    public Journal.Journal Journal => _journal.Journal;

    /// <summary>The account of the faults; null without any.</summary>
    public FaultLedger? Ledger => _context.Ledger;

    /// <summary>When the scenario's time began.</summary>
    public TimeSpan Start { get; private set; }

    /// <summary>The requests that have not been answered, in words.</summary>
    public IReadOnlyList<string> Outstanding => [.. _liveness.Outstanding.Select(static one => $"command {one.Id} of {one.Client}")];

    /// <summary>The account of the faults; null without any.</summary>
    public FaultLedger? Faults => _context.Ledger;

    /// <summary>Called before each step of the world while the scenario runs; what it throws ends the run.</summary>
    public Action? Stepping { get; set; }

    /// <summary>The oracle whose first finding ends the run, when nothing else is asked of it; null to go on to the end.</summary>
    public string? Until { get; init; }

    /// <summary>What may be told of each message as well: time, sender's name, receiver's name, message.</summary>
    public Action<TimeSpan, string, string, object>? Sent { get; set; }

    /// <summary>Runs a scenario to its end.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="filter">Stands between the actors; null for none.</param>
    /// <param name="until">The oracle whose first finding ends it, when nothing else is asked of it; null to go on to the end.</param>
    public static RunResult Run(Scenario scenario, IMessageFilter? filter = null, string? until = null)
    {
        using var run = new ScenarioRun(scenario) { Until = until };
        run.Prepare(filter);
        run.Finish();
        return run.Result();
    }

    /// <summary>Starts the subsystem and schedules the steps.</summary>
    /// <param name="filter">Stands between the actors from now on; null for none.</param>
    public void Prepare(IMessageFilter? filter = null)
    {
        _world.Sent = Observe;
        _world.System.ActorOf(Props.Create(() => new ErrorWatchActor()), ErrorWatchActor.Name);
        var config = ConfigOf(_scenario);
        var subsystem = _world.System.ActorOf(ScsiSubsystem.Props(config), Subsystem);
        var probe = _world.Probe();
        var ready = probe.Ask<ScsiSubsystem.SubsystemReady>(subsystem, ScsiSubsystem.GetReady.Instance, Patience);
        Invariant.Holds(ready.IsGood, "the storage of a scenario can be used");
        _direct = probe.Ask<ScsiSubsystem.DirectPort>(subsystem, ScsiSubsystem.GetDirectPort.Instance, Patience).Port;
        if (_scenario.Uses(ScenarioPort.Adapter))
            _adapter = probe.Ask<ScsiSubsystem.HostAdapter>(subsystem, ScsiSubsystem.GetHostAdapter.Instance, Patience).Driver!;
        if (_scenario.Uses(ScenarioPort.VirtioBlk))
            FindVirtioDrivers(probe, subsystem);
        var power = _scenario.Steps.Any(static step => step is PowerCutStep) ? PowerSwitch(probe) : ActorRefs.Nobody;
        Start = _world.Now;
        var between = filter ?? MutantOf(_scenario, InjectorOf(config));
        _world.Filter = between is not null && _context.Ledger is { } ledger ? _journal.Watch(between, ledger, Start) : between;
        foreach (var step in _scenario.Steps)
        {
            if (step is PowerCutStep)
                _world.System.Scheduler.ScheduleTellOnce(step.At, power, new StepDue(step), ActorRefs.NoSender);
            else
                Schedule(step, step.At);
        }
    }

    /// <summary>Runs all steps, gives what is outstanding its time, and reads back what has been written.</summary>
    public void Finish()
    {
        var last = _scenario.Steps.Select(static step => step is PowerCutStep cut ? cut.At + cut.For : step.At).DefaultIfEmpty(TimeSpan.Zero).Max();
        _ = Advance(() => _world.Now >= Start + last, Max(TimeSpan.Zero, Start + last - _world.Now));
        for (var i = 0; i < MostRescues && !SettleWithoutAca(); i++)
            Rescue();
        _ = Settle();
        if (!IsOver && !_context.Findings.Any(static finding => finding.Oracle is "crash" or "liveness"))
            Audit();
        // What goes on behind an early answer (IMMED) ends too.
        _ = Advance(static () => false, AfterAll);
        if (IsEndless)
            _context.Add(new Finding("liveness", _world.Now, $"after {_world.Turns} messages the actors still tell each other something"));
        foreach (var oracle in _oracles)
            oracle.End(_world.Now);
        _journal.Record(_context.Findings);
    }

    /// <summary>How it went so far.</summary>
    public RunResult Result() => new(_scenario, _journal.Journal.Hash, _context.Findings)
    {
        Requests = _record.Requests,
        Turns = _world.Turns,
        Elapsed = _world.Now - Start,
        Cells = _coverage.Cells(),
        Faults = FaultTally.Of(_context.Ledger),
        Excused = _context.Excused,
        MutantActed = _mutant?.Acted ?? 0,
        Deviations = _world.Deviations,
        Injections = _context.Ledger?.Injections ?? [],
        FaultReport = _context.Ledger?.ToText() ?? "",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _world.Sent = null;
        _journal.Dispose();
        _world.Dispose();
    }

    private FaultInjector? InjectorOf(Config config)
    {
        if (_scenario.Faults.Length == 0)
            return null;
        var plan = FaultPlan.From(ConfigurationFactory.ParseString($"faults {{\n{_scenario.Faults}\n}}").WithFallback(config));
        var injector = new FaultInjector(plan, _world.System, new RandomStream(_scenario.Seed, "faults"));
        (_context.Ledger, _context.LedgerStart) = (injector.Ledger, _world.Now);
        return injector;
    }

    private IMessageFilter? MutantOf(Scenario scenario, IMessageFilter? next) => Mutants.Find(scenario.Mutant) is { Config: null } mutant
        ? _mutant = new MutantFilter(mutant, _world.System, new RandomStream(scenario.Seed, "mutant"), next)
        : next;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    // Parts that are busy with each other alone have no end: SCRIPTS in a loop, for instance.
    private bool IsEndless => _world.Turns >= MostTurns || _world.Turns - _record.LastHeard >= MostUnheardTurns;

    private bool IsOver => IsEndless || (Until is not null && _context.HasFound(Until));

    private bool Settle() => Advance(() => _liveness.IsQuiet && _record.Requests == _scheduled, Patience);

    private bool Advance(Func<bool> condition, TimeSpan limit) => _world.AdvanceUntil(() =>
    {
        Stepping?.Invoke();
        return IsOver || condition();
    }, limit) && !IsOver;

    // As long as an auto contingent allegiance lasts, commands may wait for it to be cleared, and the next of them may bring about another.
    private bool SettleWithoutAca()
    {
        var asked = _scenario.Steps.OfType<CommandStep>().Where(static step => (step.Cdb.Control & Naca) != 0).ToList();
        for (var i = 0; i <= asked.Count; i++)
        {
            if (Settle())
                return true;
            foreach (var (port, target, lun) in asked.Select(static step => (step.Port, step.Target, step.Lun)).Distinct())
                Schedule(new FunctionStep(++_lastId, default, port, AuditClient, target, lun, TaskManagementFunction.ClearAca), _world.Now - Start);
        }
        return false;
    }

    // What a driver does when a command's time is over.
    private void Rescue()
    {
        _liveness.Overdue(_world.Now);
        foreach (var (id, client) in _liveness.Outstanding)
        {
            var step = StepOf((int)id);
            Schedule(new FunctionStep(++_lastId, default, step.Port, step.Client, step.Target, step.Lun, TaskManagementFunction.AbortTask, (int)id),
                _world.Now - Start, client);
        }
    }

    private ScenarioStep StepOf(int id) => _scenario.Steps.First(step => step.Id == id);

    /// <summary>Reads every block that somebody has written, through the direct port, after a reset that ends reservations.</summary>
    private void Audit()
    {
        foreach (var unit in _contents.Touched.GroupBy(static block => (block.Target, block.Lun)).ToList())
        {
            var (target, lun) = unit.Key;
            Schedule(new FunctionStep(++_lastId, default, ScenarioPort.Direct, AuditClient, target, lun, TaskManagementFunction.LogicalUnitReset),
                _world.Now - Start);
            _ = Settle();
            if (_scenario.IsOn(target, lun, "logical-unit.removable"))
                AuditWith(new CommandStep(++_lastId, default, ScenarioPort.Direct, AuditClient, target, lun, LoadMedium));
            for (var i = 0; i < MostGreetings && !_record.LastWasGood; i++)
                AuditWith(new CommandStep(++_lastId, default, ScenarioPort.Direct, AuditClient, target, lun, TestUnitReady));
            foreach (var first in unit.Select(static block => block.Lba / AuditBlocks * AuditBlocks).Distinct().Order())
                AuditWith(ReadOf(target, lun, first, (int)Math.Min(AuditBlocks, _scenario.Blocks - first)));
        }
    }

    private void AuditWith(ScenarioStep step)
    {
        Schedule(step, _world.Now - Start);
        _ = Settle();
    }

    private CommandStep ReadOf(int target, int lun, long lba, int count) => new(
        ++_lastId, default, ScenarioPort.Direct, AuditClient, target, lun,
        Cdb.Parse([0x28, 0, (byte)(lba >> 24), (byte)(lba >> 16), (byte)(lba >> 8), (byte)lba, 0, (byte)(count >> 8), (byte)count, 0]),
        DataDirection.In, count * _scenario.BlockSize);

    private void Schedule(ScenarioStep step, TimeSpan at, string? client = null)
    {
        var actor = ClientOf(client ?? Parties.NameOf(step.Port, step.Client));
        _scheduled++;
        _world.System.Scheduler.ScheduleTellOnce(Max(TimeSpan.Zero, Start + at - _world.Now), actor, new StepDue(step), ActorRefs.NoSender);
    }

    private IActorRef ClientOf(string name)
    {
        if (_clients.TryGetValue(name, out var client))
            return client;
        client = _world.System.ActorOf(CampaignClientActor.Props(PortOf, _scenario.BlockSize, _scenario.ClientDepth), name);
        _clients.Add(name, client);
        return client;
    }

    private IActorRef PortOf(ScenarioStep step) => step.Port switch
    {
        ScenarioPort.Adapter => _adapter,
        ScenarioPort.VirtioBlk => _virtioDrivers[(step.Target, step.Lun)],
        _ => _direct,
    };

    private IActorRef PowerSwitch(WorldProbe probe)
    {
        var disks = new Dictionary<(int, int), IActorRef>();
        foreach (var place in _scenario.Steps.OfType<PowerCutStep>().Select(static step => (step.Target, step.Lun)).Distinct())
        {
            _world.System.ActorSelection($"/user/{Subsystem}/target-{place.Target}-lun-{place.Lun}-aio").Tell(new Identify(place), probe.Ref);
            if (probe.Expect<ActorIdentity>(Patience).Subject is { } disk)
                disks.Add(place, disk);
        }
        return _world.System.ActorOf(PowerSwitchActor.Props(disks, _scenario.BlockSize), PowerSwitchActor.Name);
    }

    private void FindVirtioDrivers(WorldProbe probe, IActorRef subsystem)
    {
        for (var target = 0; target < _scenario.Targets; target++)
        {
            for (var lun = 0; lun < _scenario.Luns; lun++)
            {
                var question = new ScsiSubsystem.GetVirtioBlk(target, new Lun((ushort)lun));
                _virtioDrivers.Add((target, lun), probe.Ask<ScsiSubsystem.VirtioBlk>(subsystem, question, Patience).Driver!);
            }
        }
    }

    private void Observe(TimeSpan time, IActorRef from, IActorRef to, object message)
    {
        // What a part with a bug tells itself.
        if (message is Injected)
            return;
        var seen = new Observed(time, NameOf(from), NameOf(to), message);
        _journal.Record(seen);
        _record.Observe(seen, _world.Turns);
        _context.Watch.Observe(seen);
        _coverage.Observe(seen, _context.Ledger);
        foreach (var oracle in _oracles)
            oracle.Observe(seen);
        _journal.Record(_context.Findings);
        Sent?.Invoke(time, seen.From, seen.To, message);
    }

    private string NameOf(IActorRef actor)
    {
        if (actor is null)
            return "";
        if (!_names.TryGetValue(actor, out var name))
            _names.Add(actor, name = actor.IsNobody() ? "" : actor.Path.Name);
        return name;
    }
}

using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Simulation.Kit;

/// <summary>A test kit for simulated worlds: a whole subsystem under a seed, clients that send it commands, and expectations that run the world until they
/// are met. Time is virtual, and nothing moves except in these methods.</summary>
/// <remarks>Expectations look at every message between two actors, from behind the one that met the expectation before. A failure says what was
/// expected beside what was seen, with times, faults and the seed, and draws it.</remarks>
public sealed partial class SimulationKit : IDisposable
{
    private const string Subsystem = "scsi";
    private const int MostGreetings = 8;

    // What stands still in time for so many messages does not end.
    private const long MostTurns = 1_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly KitOptions _options;
    private readonly SimulatedWorld _world;
    private readonly RequestTracker _tracker;
    private readonly KitFilter _filter;
    private readonly FaultInjector _faults;
    private readonly FaultFacts _facts;
    private readonly List<SeenMessage> _seen = [];
    private readonly IActorRef _subsystem;
    private readonly WorldProbe _probe;
    private readonly IActorRef _direct;
    private readonly IActorRef? _adapter;
    private int _clients;
    private ulong _lastId;

    /// <summary>Starts the subsystem: its storage is open, its adapter has reset the bus, and every client of a logical unit has been told of the power-on
    /// (UNIT ATTENTION) when this returns. Faults act from then on.</summary>
    /// <exception cref="FaultPlanException">A fault rule contradicts itself or could never act.</exception>
    public SimulationKit(KitOptions options)
    {
        _options = options;
        var config = ConfigurationFactory.ParseString($"scsi-actors {{\n{options.Config}\n}}\nfaults {{\n{options.Faults}\n}}").WithFallback(options.Whole);
        var plan = PlanOf(config, options);
        _facts = plan.Facts;
        _tracker = new RequestTracker((target, lun) => _facts.Find(target, lun)?.BlockSize ?? 512);
        _filter = new KitFilter(_tracker) { Injected = SeeInjection };
        var costs = options.TurnTime == 0 ? null : new JitterCosts(new RandomStream(options.Seed, "turn times"), TimeSpan.FromMicroseconds(options.TurnTime));
        _world = new SimulatedWorld(new SimulationOptions(options.Seed) { Order = options.Order, Costs = costs }) { Filter = _filter, Sent = See };
        _probe = _world.Probe();
        _subsystem = _world.System.ActorOf(ScsiSubsystem.Props(config), Subsystem);
        var ready = _probe.Ask<ScsiSubsystem.SubsystemReady>(_subsystem, ScsiSubsystem.GetReady.Instance, Patience);
        if (!ready.IsGood)
            throw new KitException($"The storage cannot be used: {ready.Devices.First(static device => device.Storage.Result != AioResult.Ok).Storage.Description}.");
        _direct = _probe.Ask<ScsiSubsystem.DirectPort>(_subsystem, ScsiSubsystem.GetDirectPort.Instance, Patience).Port;
        _adapter = _probe.Ask<ScsiSubsystem.HostAdapter>(_subsystem, ScsiSubsystem.GetHostAdapter.Instance, Patience).Driver;
        Greet();
        _faults = new FaultInjector(plan, _world.System, _world.Random["faults"]);
        _filter.Use(Mutants.Find(options.Mutant) is { Config: null } mutant
            ? new MutantFilter(mutant, _world.System, _world.Random["mutant"], _faults) : _faults, _faults.Ledger);
        _seen.Clear();
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World => _world;

    /// <summary>The time since the start of the world.</summary>
    public TimeSpan Now => _world.Now;

    /// <summary>The account of the faults.</summary>
    public FaultLedger Faults => _faults.Ledger;

    /// <summary>Every message so far, in the order of sending.</summary>
    public IReadOnlyList<SeenMessage> Seen => _seen;

    /// <summary>A new client of a logical unit by the direct port: no bus in between.</summary>
    public KitClient Direct(int target = 0, int lun = 0) => ClientOf(_direct, "direct", target, lun);

    /// <summary>A new client of a logical unit by driver, LSI 53C895A and parallel bus.</summary>
    /// <exception cref="KitException">There is no adapter (<see cref="KitOptions.WithAdapter"/>).</exception>
    public KitClient Adapter(int target = 0, int lun = 0) =>
        ClientOf(_adapter ?? throw new KitException("There is no adapter: KitOptions.WithAdapter() adds one."), "adapter", target, lun);

    /// <summary>A new client of the virtio-blk device beside a logical unit.</summary>
    /// <exception cref="KitException">There is none (<see cref="KitOptions.WithVirtioBlk"/>).</exception>
    public KitBlockClient VirtioBlk(int target = 0, int lun = 0)
    {
        var device = _probe.Ask<ScsiSubsystem.VirtioBlk>(_subsystem, new ScsiSubsystem.GetVirtioBlk(target, new Lun((ushort)lun)), Patience);
        return new KitBlockClient(this, NewClient("virtio"), device.Driver ?? throw new KitException("There is no virtio-blk device: KitOptions.WithVirtioBlk() adds one."));
    }

    /// <summary>Lets virtual time pass.</summary>
    public void Advance(TimeSpan span) => _world.Advance(span);

    /// <summary>Runs until a condition holds; it is looked at before every message.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="within">Virtual time; a minute when not given.</param>
    /// <exception cref="KitException">It did not hold in time.</exception>
    public void AdvanceUntil(Func<bool> condition, TimeSpan? within = null)
    {
        var from = _seen.Count;
        if (!Pump(condition, within))
            throw Failure($"The condition did not hold within {TextOf(within ?? Patience)} of virtual time.", [], from);
    }

    /// <summary>Holds the next message of a point, and every later one there, until <see cref="Hold.Release"/>; behind it waits what sender and receiver may
    /// not reorder. Other commands overtake what is held of one.</summary>
    /// <param name="point">The point.</param>
    /// <param name="of">The request; null for any, and then nothing overtakes.</param>
    public Hold HoldAt(Point point, KitRequest? of = null) => _filter.HoldAt(point, of);

    /// <summary>What is on the medium as a read by the direct port sees it.</summary>
    public byte[] Content(int lba, int blocks, int target = 0, int lun = 0)
    {
        var read = Direct(target, lun).Read(lba, blocks);
        var answer = read.Answer();
        return answer.IsGood ? read.Data.ToArray() : throw Failure($"{read} ended with {answer.Status} {answer.Sense}.", [], _seen.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _world.Sent = null;
        _world.Dispose();
    }

    /// <summary>Bytes that differ from request to request.</summary>
    internal byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(i * 7 + i / 512 + (int)(_lastId + 1) * 37);
        return bytes;
    }

    /// <summary>Sends a request.</summary>
    internal T Send<T>(IActorRef client, IActorRef port, Func<ulong, T> make)
        where T : KitRequest
    {
        var request = make(++_lastId);
        _tracker.Add(request);
        port.Tell(request.Message, client);
        return request;
    }

    /// <summary>A client got an answer.</summary>
    internal void Answered(object message)
    {
        switch (message)
        {
            case CommandExecuted m:
                _tracker.Find(m.Id)?.Take(m);
                break;
            case TaskManagementExecuted m:
                _tracker.Find(m.Id)?.Take(m);
                break;
            case BlockRequestExecuted m:
                _tracker.Find(m.Id)?.Take(m);
                break;
            case DiskControlled m:
                _controlled[m.Control] = m;
                break;
        }
    }

    /// <summary>Runs until a request has been answered.</summary>
    internal void Await(KitRequest request, TimeSpan? within)
    {
        if (!Pump(() => request.IsAnswered, within))
            throw Failure($"{request} was not answered within {TextOf(within ?? Patience)} of virtual time.", [(ExpectedMessage)Expected.At(Points.Answer, request)], FirstOf(request));
    }

    private static FaultPlan PlanOf(Config config, KitOptions options)
    {
        if (Mutants.Find(options.Mutant) is null && options.Mutant.Length > 0)
            throw new KitException($"There is no bug {options.Mutant}; there are {string.Join(", ", Mutants.All.Select(static one => one.Name))}.");
        var errors = new List<string>();
        var rules = FaultPlanConfig.Rules(config, errors);
        return errors.Count > 0 ? throw new FaultPlanException(errors)
            : new FaultPlan([.. rules, .. options.Rules], FaultPlanConfig.Facts(config.WithFallback(ScsiSubsystem.DefaultConfig)));
    }

    // Each I_T nexus learns once of the power-on; a test is about something else.
    private void Greet()
    {
        foreach (var unit in _facts.Units)
        {
            foreach (var port in _adapter is null ? [_direct] : (IActorRef[])[_direct, _adapter])
            {
                var ready = new ExecuteCommand(0, unit.Target, new Lun((ushort)unit.Lun), Cdb.Parse([0, 0, 0, 0, 0, 0]));
                for (var i = 0; i < MostGreetings && !_probe.Ask<CommandExecuted>(port, ready, Patience).IsGood; i++)
                {
                }
            }
        }
    }

    private KitClient ClientOf(IActorRef port, string way, int target, int lun) =>
        new(this, NewClient(way), port, target, lun, _facts.Find(target, lun)?.BlockSize ?? 512);

    private IActorRef NewClient(string way)
    {
        var kit = this;
        return _world.System.ActorOf(Props.Create(() => new KitClientActor(kit)), $"{CampaignClientActor.NamePrefix}{way}-{++_clients}");
    }

    private bool Pump(Func<bool> condition, TimeSpan? within)
    {
        var last = _world.Turns + MostTurns;
        var holds = _world.AdvanceUntil(() => condition() || _world.Turns >= last, within ?? Patience);
        return holds && (_world.Turns < last || condition());
    }

    private void See(TimeSpan time, IActorRef from, IActorRef to, object message)
    {
        var (sender, receiver) = (KitFilter.NameOf(from), KitFilter.NameOf(to));
        _seen.Add(new SeenMessage(_seen.Count, time, sender, receiver, message, _tracker.Of(sender, receiver, message)));
        CountDownPower(sender, receiver, message);
    }

    private void SeeInjection(string from, string to, FaultInjection injection) => _seen.Add(new SeenMessage(_seen.Count, _world.Now, from, to, injection, null));

    private int FirstOf(KitRequest request) => Math.Max(0, _seen.FindIndex(seen => seen.Request == request));
}

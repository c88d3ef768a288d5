using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;

namespace ScsiActors.Faults;

/// <summary>Applies a plan to the messages of a subsystem: sees each one before its receiver does, and lets it pass, exchanges it or keeps it. What the
/// actors make of that is theirs; they know of no faults.</summary>
/// <typeparam name="TActor">Whatever names an actor.</typeparam>
internal sealed partial class FaultMachine<TActor>
    where TActor : class
{
    private static readonly TimeSpan LongestReorder = TimeSpan.FromSeconds(1);

    private readonly FaultPlan _plan;
    private readonly IFaultPorts<TActor> _ports;
    private readonly FaultRuleState[] _rules;
    private readonly FaultRuleState[][] _byPoint;
    private readonly Func<string, bool> _hasFired;
    private readonly bool _hasPaths;
    private readonly Dictionary<TActor, FaultPlace> _places = [];
    private readonly Dictionary<long, Held> _held = [];
    private readonly Dictionary<long, Action> _timeOvers = [];
    private TimeSpan _now;
    private string _state = FaultPlan.FirstState;
    private long _numbers;

    /// <summary>A machine for one subsystem.</summary>
    /// <param name="plan">The rules.</param>
    /// <param name="random">Gives each rule a stream of its own.</param>
    /// <param name="ports">The way out.</param>
    public FaultMachine(FaultPlan plan, RandomStream random, IFaultPorts<TActor> ports)
    {
        _plan = plan;
        _ports = ports;
        _present = plan.Facts.Targets;
        var seed = random.NextBits();
        _rules = [.. plan.Rules.Select(rule => new FaultRuleState(rule, seed))];
        _byPoint = [.. Enum.GetValues<FaultPoint>().Select(point => Array.FindAll(_rules, rule => FaultPhases.ActsOn(rule.Rule, point)))];
        _hasPaths = Array.Exists(_rules, static rule => rule.Rule.Where is FaultWhere.Link or FaultWhere.Node);
        _hasFired = name => Array.Exists(_rules, rule => rule.Rule.Name == name && rule.Fired > 0);
        Ledger = new FaultLedger(_rules);
        _unitOfStorage = plan.Facts.Units.ToDictionary(static unit => (unit.Target, unit.Lun), static unit => new UnitTrack(unit));
    }

    /// <summary>Messages that a rule withholds.</summary>
    /// <param name="To">Their receiver.</param>
    /// <param name="From">Their sender.</param>
    /// <param name="Point">Their kind.</param>
    /// <param name="Messages">They themselves, in order.</param>
    private sealed record Held(TActor To, TActor From, FaultPoint Point, List<object> Messages)
    {
        public int Behind { get; set; }
        public long? Connection { get; init; }
    }

    /// <summary>The account.</summary>
    public FaultLedger Ledger { get; }

    /// <summary>The state that rules ask for.</summary>
    public string State => _state;

    /// <summary>A message is on its way: true when it may go on, perhaps exchanged.</summary>
    public bool MayPass(TActor from, TActor to, ref object message, TimeSpan now)
    {
        _now = now;
        if (message is Injected injected)
        {
            if (!ReferenceEquals(injected.Owner, this))
                return true;
            message = injected.Message;
            if (message is FaultTimeOver over)
            {
                if (_timeOvers.Remove(over.Number, out var action))
                    action();
                return false;
            }
            if (message is not Delayed delayed)
            {
                Observe(from, to, message, isInjected: true);
                return true;
            }
            message = delayed.Message;
        }
        if (StandsStill(from, to, message) || (_hasPaths && !Reaches(from, to, ref message)) || !Observe(from, to, message, isInjected: false))
            return false;
        return MayPassOn(from, to, ref message);
    }

    private bool MayPassOn(TActor from, TActor to, ref object message)
    {
        return message switch
        {
            ExecuteCommand m => Pass(from, to, m, ref message),
            CommandExecuted m when PlaceOf(from).Role == FaultRole.Driver => Pass(from, to, m, ref message),
            RegisterRead m => Pass(m),
            RegisterValue m when PlaceOf(to).Role == FaultRole.Driver => Pass(from, to, m, ref message),
            InterruptLine { Asserted: true } m when PlaceOf(to).Role == FaultRole.Driver => Decide(FaultPoint.Interrupt, new FaultSubject(-1, -1), from, to, m, ref message),
            CommandMoved m => Pass(from, to, m, ref message),
            TargetPhases m => Pass(from, to, m, ref message),
            MessageOutMoved m => Pass(from, to, m, ref message),
            DataPhaseEnded m => Pass(from, to, m, ref message),
            ReselectionRequested m => Pass(from, to, m, ref message),
            ScsiCommandReceived m when PlaceOf(to).Role == FaultRole.LogicalUnit => Pass(from, to, m, ref message),
            SendCommandComplete m => Pass(from, to, m, ref message),
            SendDataIn m => Pass(from, to, m, ref message),
            DataOutReceived m when PlaceOf(to).Role == FaultRole.LogicalUnit => Pass(from, to, m, ref message),
            TaskManagementRequestReceived m when PlaceOf(to).Role == FaultRole.LogicalUnit => Pass(from, to, m, ref message),
            TargetsPresent m => Pass(from, to, m, ref message),
            AioRequest m when PlaceOf(to).Role == FaultRole.Storage => Pass(from, to, m, ref message),
            AioCompleted m when PlaceOf(to).Role == FaultRole.Queue => Pass(from, to, m, ref message),
            AioCancel m when PlaceOf(to).Role == FaultRole.Storage => Pass(from, to, m, ref message),
            DiskControlled or OverlayHit => PassToNobody(from, message),
            _ => true,
        };
    }

    private FaultPlace PlaceOf(TActor actor)
    {
        if (!_places.TryGetValue(actor, out var place))
            _places.Add(actor, place = FaultPlace.Of(_ports.NameOf(actor)));
        return place;
    }

    /// <summary>Has the rules of a point look at what passes; the first that acts decides.</summary>
    private bool Decide(FaultPoint point, in FaultSubject subject, TActor from, TActor to, object original, ref object message)
    {
        foreach (var rule in _byPoint[(int)point])
        {
            if (!CanActOn(rule.Rule.Where, rule.Rule.What, point, original) || !rule.Fires(subject, _now, _state, _hasFired))
                continue;
            _state = rule.Rule.When.NextState ?? _state;
            var injection = Record(rule.Rule, subject);
            if (rule.Rule.What.What != FaultWhat.Mark)
                return Act(new FaultAct(rule, injection, point, subject, from, to, original), ref message);
        }
        return PassBehind(point, from, to, original);
    }

    private readonly record struct FaultAct(
        FaultRuleState State, FaultInjection Injection, FaultPoint Point, FaultSubject Subject, TActor From, TActor To, object Message)
    {
        public FaultEffect Effect => State.Rule.What;
    }

    // What a kind of fault has nothing to do with does not count as an occasion.
    private static bool CanActOn(FaultWhere where, FaultEffect effect, FaultPoint point, object message) => point switch
    {
        FaultPoint.StorageRequest => effect.What switch
        {
            FaultWhat.LostWrite or FaultWhat.FlushLie when where == FaultWhere.Cache =>
                message is AioWrite write ? write.WriteThrough == (effect.What == FaultWhat.FlushLie) : effect.What == FaultWhat.FlushLie && message is AioFlush,
            FaultWhat.TornWrite => message is AioWrite { Data.Length: > 512 },
            FaultWhat.LostWrite or FaultWhat.MisdirectedWrite or FaultWhat.StaleRead or FaultWhat.ReorderedWrite or FaultWhat.CacheSize => message is AioWrite,
            FaultWhat.FlushLie => message is AioFlush,
            FaultWhat.MediumError when effect.ClearedByRewrite => message is AioRead,
            FaultWhat.BitFlip or FaultWhat.MediumError => message is AioRead or AioWrite,
            _ => true,
        },
        FaultPoint.UnitDataIn => effect.What != FaultWhat.ShortTransfer || message is SendDataIn { Count: > 1 },
        FaultPoint.Reselection => effect.What != FaultWhat.WrongTag || message is ReselectionRequested { Tag: >= 0 },
        _ => true,
    };

    private bool Act(in FaultAct act, ref object message)
    {
        switch (act.Effect.What)
        {
            case FaultWhat.Never:
                Withhold(act);
                return false;
            case FaultWhat.Late:
                Hold(act, act.Effect.By!.Value, behind: 0);
                return false;
            case FaultWhat.Reordered:
                Hold(act, act.Effect.For ?? LongestReorder, act.Effect.Behind!.Value);
                return false;
            case FaultWhat.Duplicate:
                Tell(act.To, act.Message, act.From, act.Effect.By ?? TimeSpan.Zero);
                return true;
            default:
                return act.Point switch
                {
                    FaultPoint.DriverCommand => act.State.Rule.Where == FaultWhere.Node ? ActOnNode(act) : ActOnDriver(act),
                    FaultPoint.Phases => ActOnPhases(act, ref message),
                    FaultPoint.MessageIn => ActOnMessageIn(act, ref message),
                    FaultPoint.MessageOut => ActOnMessageOut(act, ref message),
                    FaultPoint.BusCommand => ActOnBusCommand(act),
                    FaultPoint.Reselection => ActOnReselection(act, ref message),
                    FaultPoint.UnitCommand => act.State.Rule.Where == FaultWhere.Link ? ActOnLink(act) : ActOnUnitCommand(act),
                    FaultPoint.UnitAnswer => ActOnUnitAnswer(act, ref message),
                    FaultPoint.UnitDataIn or FaultPoint.UnitDataOut => ActOnData(act, ref message),
                    FaultPoint.Management => ActOnManagement(act),
                    FaultPoint.StorageRequest => act.State.Rule.Where is FaultWhere.Disk or FaultWhere.Cache ? ActInDisk(act) : ActOnStorageRequest(act, ref message),
                    FaultPoint.StorageAnswer => ActOnStorageAnswer(act, ref message),
                    _ => false,
                };
        }
    }

    private void Tell(TActor to, object message, TActor from, TimeSpan delay = default) => _ports.Tell(to, new Injected(message, this), from, delay);

    /// <summary>Has something done after a time; any actor that is there lends its mailbox.</summary>
    private long After(TimeSpan delay, TActor by, Action action)
    {
        var number = ++_numbers;
        _timeOvers.Add(number, action);
        _ports.Tell(by, new Injected(new FaultTimeOver(number), this), by, delay);
        return number;
    }

    private void Hold(in FaultAct act, TimeSpan longest, int behind)
    {
        var to = act.To;
        var connection = (act.Message as ReselectionRequested)?.Connection;
        var held = new Held(to, act.From, act.Point, [act.Message]) { Behind = behind, Connection = connection };
        var number = 0L;
        number = After(longest, to, () => Release(number));
        _held.Add(number, held);
    }

    private void Release(long number)
    {
        if (!_held.Remove(number, out var held))
            return;
        foreach (var message in held.Messages)
            Tell(held.To, message, held.From);
    }

    // Counts what overtakes those that are held back; the last of them goes first, and then they.
    private bool PassBehind(FaultPoint point, TActor from, TActor to, object message)
    {
        if (_held.Count == 0)
            return true;
        var due = _held.Where(held => held.Value.Point == point && held.Value.Behind > 0 && held.Value.To.Equals(to) && --held.Value.Behind == 0)
            .Select(static held => held.Key).ToList();
        if (due.Count == 0)
            return true;
        Tell(to, message, from);
        due.ForEach(Release);
        return false;
    }

    private void ReleaseWhere(Func<Held, bool> condition)
    {
        foreach (var number in _held.Where(held => condition(held.Value)).Select(static held => held.Key).ToList())
            Release(number);
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>A command in a logical unit, as its messages show it.</summary>
internal sealed class ObservedTask(string unit, ScsiCommandReceived command, long arrival)
{
    /// <summary>The actor's name.</summary>
    public string Unit => unit;

    /// <summary>The command.</summary>
    public ScsiCommandReceived Command => command;

    /// <summary>The number of the event with which it came.</summary>
    public long Arrival => arrival;

    /// <summary>The number of the event with which it was answered.</summary>
    public long Answered { get; set; } = long.MaxValue;

    /// <summary>A function or an event has been under way since it came that may end it.</summary>
    public bool MayBeAborting { get; set; }
}

/// <summary>An oracle that looks at logical units from the outside: commands in, answers out, and what resets them.</summary>
/// <param name="name">As in <see cref="Oracle"/>.</param>
/// <param name="context">Of the run.</param>
internal abstract class LogicalUnitOracle(string name, OracleContext context) : Oracle(name, context)
{
    private readonly Dictionary<(string Unit, ItlqNexus Nexus), ObservedTask> _tasks = [];

    /// <summary>Counts the events.</summary>
    protected long Now { get; private set; }

    /// <summary>A command that a logical unit has not answered; null when it has, or never had it.</summary>
    protected ObservedTask? Find(string unit, ItlqNexus nexus) => _tasks.GetValueOrDefault((unit, nexus));

    /// <summary>The commands that a logical unit has not answered.</summary>
    protected IEnumerable<ObservedTask> TasksOf(string unit) => _tasks.Values.Where(task => task.Unit == unit);

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        Now++;
        switch (seen.Message)
        {
            case ScsiCommandReceived command when Parties.IsLogicalUnit(seen.To):
                var task = new ObservedTask(seen.To, command, Now);
                _tasks[(seen.To, command.Nexus)] = task;
                Came(task);
                break;
            case SendCommandComplete complete when Parties.IsLogicalUnit(seen.From) && _tasks.Remove((seen.From, complete.Nexus), out var ended):
                ended.Answered = Now;
                Ended(seen.Time, ended, complete);
                break;
            case CommandAborted aborted when Parties.IsLogicalUnit(seen.From) && _tasks.Remove((seen.From, aborted.Nexus), out var ended):
                ended.Answered = Now;
                Aborted(ended);
                break;
            case TaskManagementRequestReceived request when Parties.IsLogicalUnit(seen.To):
                Asked(seen.To, request);
                break;
            case TaskManagementFunctionExecuted executed when Parties.IsLogicalUnit(seen.From):
                Executed(seen.From, executed);
                break;
            case ServiceDeliveryEventOccurred occurred when Parties.IsLogicalUnit(seen.To):
                EventComes(seen.To, occurred);
                break;
            case ServiceDeliveryEventHandled handled when Parties.IsLogicalUnit(seen.From):
                EventHandled(seen.From, handled);
                break;
            default:
                ObserveOther(seen);
                break;
        }
    }

    /// <summary>True for INQUIRY, REPORT LUNS and REQUEST SENSE, which neither unit attentions nor reservations hold up (SPC-4 5.12, SAM-5 5.14).</summary>
    protected static bool IsExempt(Cdb cdb) => cdb.OperationCode is 0x03 or 0x12 or 0xA0;

    /// <summary>A command came.</summary>
    protected virtual void Came(ObservedTask task)
    {
    }

    /// <summary>A command ended with a status.</summary>
    protected virtual void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
    }

    /// <summary>A command ended without one.</summary>
    protected virtual void Aborted(ObservedTask task)
    {
    }

    /// <summary>A task management function is on its way to a logical unit.</summary>
    protected virtual void Asked(string unit, TaskManagementRequestReceived request)
    {
    }

    /// <summary>A logical unit has carried it out.</summary>
    protected virtual void Executed(string unit, TaskManagementFunctionExecuted executed)
    {
    }

    /// <summary>An event of the delivery subsystem is on its way to a logical unit.</summary>
    protected virtual void EventComes(string unit, ServiceDeliveryEventOccurred occurred)
    {
    }

    /// <summary>A logical unit has dealt with it.</summary>
    protected virtual void EventHandled(string unit, ServiceDeliveryEventHandled handled)
    {
    }

    /// <summary>Anything else.</summary>
    protected virtual void ObserveOther(in Observed seen)
    {
    }
}

/// <summary>The task attributes: an ORDERED command starts when everything older has ended, and nothing younger but HEAD OF QUEUE starts before it has
/// (SAM-5 8.6). A command has started when it moves data, goes to storage or ends.</summary>
/// <param name="context">Of the run.</param>
internal sealed class OrderOracle(OracleContext context) : LogicalUnitOracle("order", context)
{
    private const int Remembered = 512;
    private const int ControlListLength = 16;
    private const byte RequestSense = 0x03;

    private readonly Dictionary<(string Unit, int Slot), long> _lastRead = [];
    private readonly Queue<ObservedTask> _answered = new();

    /// <summary>Units whose control page somebody has changed: TST may give every nexus a task set of its own.</summary>
    private readonly HashSet<string> _mayBePerNexus = [];

    /// <inheritdoc/>
    protected override void Came(ObservedTask task)
    {
        if (task.Command.Cdb is { OperationCode: 0x15 } cdb && cdb[4] == ControlListLength)
            _mayBePerNexus.Add(task.Unit);
    }

    /// <inheritdoc/>
    protected override void Asked(string unit, TaskManagementRequestReceived request) => MarkAborting(unit);

    /// <inheritdoc/>
    protected override void EventComes(string unit, ServiceDeliveryEventOccurred occurred) => MarkAborting(unit);

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        // What was refused at the door has never been in the task set.
        if (complete.Status is not (ScsiStatus.Busy or ScsiStatus.TaskSetFull or ScsiStatus.TaskAborted or ScsiStatus.AcaActive))
            Started(time, task, Now);
        Remember(task);
    }

    /// <inheritdoc/>
    protected override void Aborted(ObservedTask task) => Remember(task);

    /// <inheritdoc/>
    protected override void ObserveOther(in Observed seen)
    {
        switch (seen.Message)
        {
            case AioRead read when Parties.IsLogicalUnit(seen.From):
                _lastRead[(seen.From, read.Id.Slot)] = Now;
                break;
            case SendDataIn send when Parties.IsLogicalUnit(seen.From) && Find(seen.From, send.Nexus) is { } task:
                // A storage request names a slot only; the last read from the slot of a READ that delivers data was that command's.
                var isRead = BlockCommand.Of(task.Command.Cdb).Use == BlockUse.Read;
                Started(seen.Time, task, isRead ? _lastRead.GetValueOrDefault((seen.From, send.Task.Slot), Now) : Now);
                break;
            case ReceiveDataOut receive when Parties.IsLogicalUnit(seen.From) && Find(seen.From, receive.Nexus) is { } task:
                Started(seen.Time, task, Now);
                break;
        }
    }

    private void Started(TimeSpan time, ObservedTask task, long since)
    {
        var attribute = task.Command.Attribute;
        // Sense data that are kept are fetched at once, whatever else there is (SAM-2 5.9.1: before the commands of the task set).
        if (attribute is TaskAttribute.HeadOfQueue or TaskAttribute.Aca || task.MayBeAborting || task.Command.Cdb.OperationCode == RequestSense)
            return;
        foreach (var older in TasksOf(task.Unit).Concat(_answered.Where(other => other.Unit == task.Unit)))
        {
            if (older.Arrival >= task.Arrival || older.Answered <= since || older.MayBeAborting)
                continue;
            if (older.Command.Nexus.It != task.Command.Nexus.It && _mayBePerNexus.Contains(task.Unit))
                continue;
            if (attribute == TaskAttribute.Ordered)
                Find(time, $"{task.Unit} started the ORDERED {task.Command.Nexus} before the older {older.Command.Nexus} had ended");
            else if (older.Command.Attribute == TaskAttribute.Ordered)
                Find(time, $"{task.Unit} started {task.Command.Nexus} before the older ORDERED {older.Command.Nexus} had ended");
        }
    }

    private void MarkAborting(string unit)
    {
        foreach (var task in TasksOf(unit))
            task.MayBeAborting = true;
    }

    private void Remember(ObservedTask task)
    {
        _answered.Enqueue(task);
        if (_answered.Count > Remembered)
            _answered.Dequeue();
    }
}

/// <summary>Unit attentions: what happened to a logical unit is reported once to each I_T nexus that it concerns, by the first command that came
/// afterwards, and nothing is reported that has not happened (SAM-5 5.14).</summary>
/// <param name="context">Of the run.</param>
internal sealed class UnitAttentionOracle(OracleContext context) : LogicalUnitOracle("unit-attention", context)
{
    private const byte RequestSense = 0x03;
    private const byte Reset = 0x29;
    private const byte ModeChanged = 0x2A;
    private const byte Cleared = 0x2F;

    private sealed class Pending
    {
        /// <summary>May be reported; counts up, because what is under way can happen on either side of a report.</summary>
        public readonly HashSet<byte> May = [];

        /// <summary>Must be reported to a command that came after this event; null when there is nothing.</summary>
        public long? MustSince;

        /// <summary>The last time that a reset was reported.</summary>
        public long Reported = -1;
    }

    private readonly Dictionary<(string Unit, ItNexus It), Pending> _pending = [];
    private readonly Dictionary<string, int> _resetsUnderWay = [];
    private readonly Dictionary<string, int> _clearsUnderWay = [];
    private readonly Dictionary<(string Unit, ItNexus It, ulong Association), long> _functions = [];
    private readonly Dictionary<(string Unit, ulong Association), long> _events = [];

    /// <inheritdoc/>
    protected override void Came(ObservedTask task)
    {
        var it = task.Command.Nexus.It;
        Meet(task.Unit, it);
        if (task.Command.Cdb.OperationCode is 0x15 or 0x55)
            Allow(task.Unit, it, ModeChanged);
    }

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        var it = task.Command.Nexus.It;
        var pending = _pending[(task.Unit, it)];
        if (complete.Sense is { Key: SenseKey.UnitAttention } sense)
        {
            Report(time, task, pending, sense);
            return;
        }
        if (task.Command.Cdb.OperationCode is 0x15 or 0x55 && complete.Status == ScsiStatus.Good)
            Allow(task.Unit, it, ModeChanged);
        if (complete.Status == ScsiStatus.Good && !IsExempt(task.Command.Cdb) && pending.MustSince < task.Arrival)
            Find(time, $"{task.Unit} executed {task.Command.Nexus}, although its initiator had not been told of a reset");
    }

    /// <inheritdoc/>
    protected override void Asked(string unit, TaskManagementRequestReceived request)
    {
        Meet(unit, request.Nexus.It);
        if (request.Function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset)
            Begin(unit);
        else if (request.Function == TaskManagementFunction.ClearTaskSet)
        {
            _clearsUnderWay[unit] = _clearsUnderWay.GetValueOrDefault(unit) + 1;
            Allow(unit, request.Nexus.It, Cleared);
        }
        _functions[(unit, request.Nexus.It, request.Association)] = Now;
    }

    /// <inheritdoc/>
    protected override void Executed(string unit, TaskManagementFunctionExecuted executed)
    {
        _functions.Remove((unit, executed.Nexus.It, executed.Association), out var asked);
        if (executed.Function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset)
            EndReset(unit, asked);
        else if (executed.Function == TaskManagementFunction.ClearTaskSet)
            _clearsUnderWay[unit] = Math.Max(0, _clearsUnderWay.GetValueOrDefault(unit) - 1);
    }

    /// <inheritdoc/>
    protected override void EventComes(string unit, ServiceDeliveryEventOccurred occurred)
    {
        _events[(unit, occurred.Association)] = Now;
        if (occurred.Event == ServiceDeliveryEvent.ItNexusLoss)
            PendingOf(unit, occurred.It).May.Add(Reset);
        else
            Begin(unit);
    }

    /// <inheritdoc/>
    protected override void EventHandled(string unit, ServiceDeliveryEventHandled handled)
    {
        if (_events.Remove((unit, handled.Association), out var began))
            EndReset(unit, began);
    }

    /// <inheritdoc/>
    protected override void ObserveOther(in Observed seen)
    {
        // After a reset has taken away the sense data that REQUEST SENSE was sent for, it tells of the reset instead.
        if (seen.Message is SendDataIn send && Find(seen.From, send.Nexus) is { Command.Cdb.OperationCode: RequestSense }
            && SenseData.TryRead(send.Buffer.Span[..send.Count], out var sense) && sense.Key == SenseKey.UnitAttention)
        {
            var pending = PendingOf(seen.From, send.Nexus.It);
            pending.Reported = Now;
            pending.MustSince = null;
        }
    }

    // Of an initiator that it has not seen before a logical unit thinks that it has not heard of the power on.
    private void Meet(string unit, ItNexus it) => _pending.TryAdd((unit, it), new Pending { MustSince = Now - 1, May = { Reset } });

    private void Begin(string unit)
    {
        _resetsUnderWay[unit] = _resetsUnderWay.GetValueOrDefault(unit) + 1;
        foreach (var ((of, _), pending) in _pending)
        {
            if (of == unit)
                pending.May.Add(Reset);
        }
    }

    private void EndReset(string unit, long began)
    {
        _resetsUnderWay[unit] = Math.Max(0, _resetsUnderWay.GetValueOrDefault(unit) - 1);
        foreach (var ((of, _), pending) in _pending)
        {
            if (of != unit)
                continue;
            // Reported since it began: perhaps it was this one.
            if (pending.Reported < began)
                pending.MustSince ??= Now;
        }
    }

    private void Report(TimeSpan time, ObservedTask task, Pending pending, SenseData sense)
    {
        var code = sense.Additional.Code;
        var what = $"{task.Unit} reported {sense} to {task.Command.Nexus}";
        if (code is not (Reset or ModeChanged or Cleared))
            Find(time, $"{what}, but nothing of that kind has happened");
        else if (IsExempt(task.Command.Cdb))
            Find(time, $"{what}, whose command (operation code {task.Command.Cdb.OperationCode:X2}h) no unit attention holds up");
        else if (!pending.May.Contains(code))
            Find(time, $"{what}, but nothing of that kind has happened since the last report");
        if (code == Reset)
        {
            pending.Reported = Now;
            pending.MustSince = null;
            if (_resetsUnderWay.GetValueOrDefault(task.Unit) > 0)
                return;
        }
        // The one that is reported may be an earlier one's.
        if (code == Cleared && _clearsUnderWay.GetValueOrDefault(task.Unit) > 0)
            return;
        if (code != ModeChanged || !TasksOf(task.Unit).Any(other => other.Command.Cdb.OperationCode is 0x15 or 0x55))
            pending.May.Remove(code);
    }

    private void Allow(string unit, ItNexus except, byte code)
    {
        foreach (var ((of, it), pending) in _pending)
        {
            if (of == unit && it != except)
                pending.May.Add(code);
        }
    }

    private Pending PendingOf(string unit, ItNexus it)
    {
        if (!_pending.TryGetValue((unit, it), out var pending))
            _pending.Add((unit, it), pending = new Pending());
        return pending;
    }
}

/// <summary>RESERVE and RELEASE: while one initiator holds a logical unit, commands of others meet RESERVATION CONFLICT, and nobody meets it otherwise
/// (SPC-2 5.5.1).</summary>
/// <param name="context">Of the run.</param>
internal sealed class ReservationOracle(OracleContext context) : LogicalUnitOracle("reservation", context)
{
    private const byte Reserve = 0x16;
    private const byte Release = 0x17;

    private sealed class Holding
    {
        public ItNexus? Holder;
        public int ResetsUnderWay;

        /// <summary>The holder reserved while a reset was under way, which may have come before it or after it.</summary>
        public bool IsDoubtful;
    }

    private sealed class Experience
    {
        public bool SawOther;
        public bool SawFree;
    }

    private readonly Dictionary<string, Holding> _units = [];
    private readonly Dictionary<ObservedTask, Experience> _tasks = [];
    private readonly HashSet<(string Unit, ulong Association)> _resets = [];

    /// <inheritdoc/>
    protected override void Came(ObservedTask task)
    {
        _tasks.Add(task, new Experience());
        Feel(task);
    }

    /// <inheritdoc/>
    protected override void Aborted(ObservedTask task) => _tasks.Remove(task);

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        _tasks.Remove(task, out var experience);
        var holding = HoldingOf(task.Unit);
        var it = task.Command.Nexus.It;
        var code = task.Command.Cdb.OperationCode;
        if (complete.Status == ScsiStatus.ReservationConflict)
        {
            if (!experience!.SawOther)
                Find(time, $"{task.Unit} answered {task.Command.Nexus} with RESERVATION CONFLICT, but no other initiator had reserved it");
            return;
        }
        if (complete.Status != ScsiStatus.Good)
            return;
        if (!experience!.SawFree && (code == Reserve || BlockCommand.Of(task.Command.Cdb).Use != BlockUse.None))
            Find(time, $"{task.Unit} executed {task.Command.Nexus}, although {holding.Holder} had reserved it all the time");
        if (code == Reserve)
            Change(task.Unit, it);
        else if (code == Release && holding.Holder == it)
            Change(task.Unit, null);
    }

    /// <inheritdoc/>
    protected override void Asked(string unit, TaskManagementRequestReceived request)
    {
        if (request.Function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset)
            Begin(unit);
    }

    /// <inheritdoc/>
    protected override void Executed(string unit, TaskManagementFunctionExecuted executed)
    {
        if (executed.Function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset)
            EndReset(unit);
    }

    /// <inheritdoc/>
    protected override void EventComes(string unit, ServiceDeliveryEventOccurred occurred)
    {
        if (occurred.Event == ServiceDeliveryEvent.ItNexusLoss)
        {
            HoldingOf(unit).IsDoubtful = true;
            FeelAll(unit);
            return;
        }
        _resets.Add((unit, occurred.Association));
        Begin(unit);
    }

    /// <inheritdoc/>
    protected override void EventHandled(string unit, ServiceDeliveryEventHandled handled)
    {
        if (_resets.Remove((unit, handled.Association)))
            EndReset(unit);
    }

    private void Begin(string unit)
    {
        HoldingOf(unit).ResetsUnderWay++;
        FeelAll(unit);
    }

    private void EndReset(string unit)
    {
        var holding = HoldingOf(unit);
        holding.ResetsUnderWay--;
        if (!holding.IsDoubtful)
            holding.Holder = null;
        FeelAll(unit);
    }

    private void Change(string unit, ItNexus? holder)
    {
        var holding = HoldingOf(unit);
        holding.Holder = holder;
        holding.IsDoubtful = holder is not null && holding.ResetsUnderWay > 0;
        FeelAll(unit);
    }

    private void FeelAll(string unit)
    {
        foreach (var task in TasksOf(unit))
            Feel(task);
    }

    private void Feel(ObservedTask task)
    {
        if (!_tasks.TryGetValue(task, out var experience))
            return;
        var holding = HoldingOf(task.Unit);
        var isOthers = holding.Holder is { } holder && holder != task.Command.Nexus.It;
        experience.SawOther |= isOthers;
        experience.SawFree |= !isOthers || holding.ResetsUnderWay > 0 || holding.IsDoubtful;
    }

    private Holding HoldingOf(string unit)
    {
        if (!_units.TryGetValue(unit, out var holding))
            _units.Add(unit, holding = new Holding());
        return holding;
    }
}

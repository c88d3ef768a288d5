using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Unit attentions: what happened to a logical unit is reported once to each I_T nexus that it concerns, by the first command that came
/// afterwards, and nothing is reported that has not happened (SAM-5 5.14).</summary>
/// <param name="context">Of the run.</param>
internal sealed class UnitAttentionOracle(OracleContext context) : LogicalUnitOracle("unit-attention", context)
{
    private const byte RequestSense = 0x03;
    private const byte StartStop = 0x1B;
    private const byte Reset = 0x29;
    private const byte MediumChanged = 0x28;
    private const byte ModeChanged = 0x2A;
    private const byte Cleared = 0x2F;

    private static readonly AdditionalSense NexusLoss = new(Reset, 0x07);

    private sealed class Pending
    {
        /// <summary>May be reported; counts up, because what is under way can happen on either side of a report.</summary>
        public readonly HashSet<byte> May = [];

        /// <summary>A loss of the nexus has been told that has not been reported as such: the logical unit may report a reset before it hears of the loss.</summary>
        public bool IsLost;

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
    protected override void Came(TimeSpan time, ObservedTask task)
    {
        var it = task.Command.Nexus.It;
        Meet(task.Unit, it);
        if (task.Command.Cdb.OperationCode is 0x15 or 0x55)
            Allow(task.Unit, it, ModeChanged);
        else if (task.Command.Cdb.OperationCode == StartStop)
            Allow(task.Unit, it, MediumChanged);
    }

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        var it = task.Command.Nexus.It;
        var pending = _pending[(task.Unit, it)];
        if (complete.Sense is { Key: SenseKey.UnitAttention } sense)
        {
            Report(time, task, pending, sense);
            MayClear(task, complete);
            return;
        }
        MayClear(task, complete);
        if (task.Command.Cdb.OperationCode == StartStop && complete.Status == ScsiStatus.Good)
            Allow(task.Unit, it, MediumChanged);
        if (task.Command.Cdb.OperationCode is 0x15 or 0x55 && complete.Status == ScsiStatus.Good)
            Allow(task.Unit, it, ModeChanged);
        if (complete.Status == ScsiStatus.Good && !IsExempt(task.Command.Cdb) && pending.MustSince < task.Arrival)
            Find(time, $"{task.Unit} executed {task.Command.Nexus}, although its initiator had not been told of a reset", FindingSubject.Of(task));
    }

    /// <inheritdoc/>
    protected override void Asked(TimeSpan time, string unit, TaskManagementRequestReceived request)
    {
        Meet(unit, request.Nexus.It);
        if (request.Function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset)
            Begin(unit);
        else if (request.Function == TaskManagementFunction.ClearTaskSet)
        {
            _clearsUnderWay[unit] = _clearsUnderWay.GetValueOrDefault(unit) + 1;
            Allow(unit, request.Nexus.It, Cleared);
        }
        else if (request.Function == TaskManagementFunction.ItNexusReset)
        {
            PendingOf(unit, request.Nexus.It).May.Add(Reset);
        }
        _functions[(unit, request.Nexus.It, request.Association)] = Now;
    }

    /// <inheritdoc/>
    protected override void Executed(TimeSpan time, string unit, TaskManagementFunctionExecuted executed)
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
        if (occurred.Event != ServiceDeliveryEvent.ItNexusLoss)
        {
            Begin(unit);
            return;
        }
        var pending = PendingOf(unit, occurred.It);
        pending.May.Add(Reset);
        pending.IsLost = true;
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
        if (seen.Message is SendDataIn send && Watch.Find(seen.From, send.Nexus) is { Command.Cdb.OperationCode: RequestSense }
            && SenseData.TryRead(send.Buffer.Span[..send.Count], out var sense) && sense.Key == SenseKey.UnitAttention)
        {
            var pending = PendingOf(seen.From, send.Nexus.It);
            pending.Reported = Now;
            pending.MustSince = null;
        }
    }

    // With QERR=1 a CHECK CONDITION clears the commands of others (SPC-4 7.5.8).
    private void MayClear(ObservedTask task, SendCommandComplete complete)
    {
        if (complete.Status == ScsiStatus.CheckCondition && Watch.ModesOf(task.Unit).HasAborted)
            Allow(task.Unit, task.It, Cleared);
    }

    // Of an initiator that it has not seen before a logical unit thinks that it has not heard of the power on.
    private void Meet(string unit, ItNexus it)
    {
        var met = new Pending { MustSince = Now - 1, May = { Reset } };
        if (!_pending.TryAdd((unit, it), met))
            return;
        // What another has asked for and is not done yet can still happen, now that this one is known.
        foreach (var code in (ReadOnlySpan<byte>)[ModeChanged, MediumChanged])
        {
            if (IsUnderWay(unit, code))
                met.May.Add(code);
        }
    }

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
        if (code is not (Reset or MediumChanged or ModeChanged or Cleared))
            Find(time, $"{what}, but nothing of that kind has happened", FindingSubject.Of(task));
        else if (IsExempt(task.Command.Cdb))
            Find(time, $"{what}, whose command (operation code {task.Command.Cdb.OperationCode:X2}h) no unit attention holds up", FindingSubject.Of(task));
        else if (!pending.May.Contains(code) && !(pending.IsLost && sense.Additional == NexusLoss))
            Find(time, $"{what}, but nothing of that kind has happened since the last report", FindingSubject.Of(task));
        if (code == Reset)
        {
            pending.IsLost &= sense.Additional != NexusLoss;
            pending.Reported = Now;
            pending.MustSince = null;
            if (_resetsUnderWay.GetValueOrDefault(task.Unit) > 0)
                return;
        }
        // The one that is reported may be an earlier one's.
        if (code == Cleared && _clearsUnderWay.GetValueOrDefault(task.Unit) > 0)
            return;
        if (!IsUnderWay(task.Unit, code))
            pending.May.Remove(code);
    }

    // What may establish it once more has been sent and not been answered.
    private bool IsUnderWay(string unit, byte code) => code switch
    {
        ModeChanged => TasksOf(unit).Exists(static other => other.Command.Cdb.OperationCode is 0x15 or 0x55),
        MediumChanged => TasksOf(unit).Exists(static other => other.Command.Cdb.OperationCode == StartStop),
        _ => false,
    };

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

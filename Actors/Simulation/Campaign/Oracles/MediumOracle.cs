using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The removable medium: it cannot be ejected while an I_T nexus prevents that (SPC-4 6.14, SBC-3 5.25), and without it the commands that need it
/// are NOT READY, MEDIUM NOT PRESENT, until it is loaded again.</summary>
/// <param name="context">Of the run.</param>
internal sealed class MediumOracle(OracleContext context) : LogicalUnitOracle("medium", context)
{
    private const byte TestUnitReady = 0x00;
    private const byte StartStop = 0x1B;
    private const byte PreventAllow = 0x1E;
    private const byte NoFlush = 0x04;
    private const byte NotPresent = 0x3A;
    private const byte RemovalPrevented = 0x53;

    private sealed class State
    {
        /// <summary>Who prevents removal, and since which event.</summary>
        public readonly Dictionary<ItNexus, long> Preventers = [];

        /// <summary>Who may prevent it, because a reset was under way that may have come before or after.</summary>
        public readonly Dictionary<ItNexus, long> Doubtful = [];

        /// <summary>The last event that may have changed who prevents it.</summary>
        public long PreventionChanged = -1;

        /// <summary>Ejected.</summary>
        public bool IsOut;

        /// <summary>The last event that may have brought the medium in or out; MaxValue while one is under way.</summary>
        public long Moved = -1;
        public int Moving;

        /// <summary>Ejects that have been answered early, and the flushes with which they go on.</summary>
        public int Background;
        public readonly HashSet<AioId> Flushes = [];
        public int Preventing;
        public int Resetting;
        public long ResetSince;
    }

    private readonly Dictionary<string, State> _units = [];
    private readonly HashSet<(string Unit, ulong Association)> _events = [];

    /// <inheritdoc/>
    protected override void Came(TimeSpan time, ObservedTask task)
    {
        var cdb = task.Command.Cdb;
        if (IsMove(cdb))
            Begin(task.Unit).Moving++;
        else if (cdb.OperationCode == PreventAllow)
            StateOf(task.Unit).Preventing++;
    }

    /// <inheritdoc/>
    protected override void Aborted(TimeSpan time, ObservedTask task)
    {
        var cdb = task.Command.Cdb;
        if (IsMove(cdb))
            EndMove(task.Unit);
        else if (cdb.OperationCode == PreventAllow)
            EndPrevention(task, isGood: false);
    }

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        var cdb = task.Command.Cdb;
        if (IsMove(cdb))
            Moved(time, task, complete);
        else if (cdb.OperationCode == PreventAllow)
            EndPrevention(task, complete.Status == ScsiStatus.Good);
        else if (cdb.OperationCode == TestUnitReady || BlockCommand.Of(cdb) is { Use: not BlockUse.None })
            Used(time, task, complete);
    }

    /// <inheritdoc/>
    protected override void Asked(TimeSpan time, string unit, TaskManagementRequestReceived request)
    {
        if (RunWatch.IsReset(request.Function) || request.Function == TaskManagementFunction.ItNexusReset)
            BeginReset(unit);
    }

    /// <inheritdoc/>
    protected override void Executed(TimeSpan time, string unit, TaskManagementFunctionExecuted executed)
    {
        if (RunWatch.IsReset(executed.Function) || executed.Function == TaskManagementFunction.ItNexusReset)
            EndReset(unit, executed.Function == TaskManagementFunction.ItNexusReset ? executed.Nexus.It : null);
    }

    /// <inheritdoc/>
    protected override void EventComes(string unit, ServiceDeliveryEventOccurred occurred)
    {
        if (_events.Add((unit, occurred.Association)))
            BeginReset(unit);
    }

    /// <inheritdoc/>
    protected override void EventHandled(string unit, ServiceDeliveryEventHandled handled)
    {
        if (_events.Remove((unit, handled.Association)))
            EndReset(unit, null);
    }

    /// <inheritdoc/>
    protected override void ObserveOther(in Observed seen)
    {
        switch (seen.Message)
        {
            case AioFlush flush when Parties.IsLogicalUnit(seen.From) && StateOf(seen.From) is { Background: > 0 } state:
                state.Flushes.Add(flush.Id);
                break;
            case AioCompleted completed when Parties.IsLogicalUnit(seen.To) && StateOf(seen.To) is { Background: > 0 } state && state.Flushes.Remove(completed.Id):
                state.Background--;
                state.IsOut |= completed.Result == AioResult.Ok;
                EndMove(seen.To);
                break;
        }
    }

    private void Moved(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        var state = StateOf(task.Unit);
        var ejects = (task.Command.Cdb[4] & 1) == 0;
        if (complete.Status == ScsiStatus.Good)
        {
            foreach (var (it, since) in state.Preventers)
            {
                if (ejects && since < task.Arrival && state.Resetting == 0)
                    Find(time, $"{task.Unit} ejected the medium for {task.Command.Nexus}, although {it} prevents its removal", FindingSubject.Of(task));
            }
            // One that has nothing to flush, because the medium is out or by NO_FLUSH, is done with its answer.
            if (ejects && (task.Command.Cdb[1] & 1) != 0 && !state.IsOut && (task.Command.Cdb[4] & NoFlush) == 0)
            {
                // Answered early (IMMED): it is out when what is in the write cache is on the medium.
                state.Background++;
                return;
            }
            state.IsOut = ejects;
        }
        else if (complete.Sense is { Additional.Code: RemovalPrevented } && state.Preventers.Count + state.Doubtful.Count + state.Preventing == 0 && state.Resetting == 0
            && state.PreventionChanged < task.Arrival)
        {
            Find(time, $"{task.Unit} refused to move the medium for {task.Command.Nexus}, although nobody prevents its removal", FindingSubject.Of(task));
        }
        EndMove(task.Unit);
    }

    private void Used(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        var state = StateOf(task.Unit);
        if (state.Moving > 0 || state.Moved >= task.Arrival)
            return;
        if (state.IsOut && complete.Status == ScsiStatus.Good)
            Find(time, $"{task.Unit} executed {task.Command.Nexus} ({task.Command.Cdb}) without a medium", FindingSubject.Of(task));
        else if (!state.IsOut && complete.Sense is { Key: SenseKey.NotReady, Additional.Code: NotPresent } sense)
            Find(time, $"{task.Unit} ended {task.Command.Nexus} with {sense.Key} {sense}, but the medium is in", FindingSubject.Of(task));
    }

    private void EndPrevention(ObservedTask task, bool isGood)
    {
        var state = StateOf(task.Unit);
        state.Preventing--;
        state.PreventionChanged = Now;
        if ((task.Command.Cdb[4] & 1) == 0)
            Release(state, task.It);
        else if (isGood)
            (state.Resetting == 0 ? state.Preventers : state.Doubtful).TryAdd(task.It, Now);
    }

    private static void Release(State state, ItNexus it)
    {
        state.Preventers.Remove(it);
        state.Doubtful.Remove(it);
    }

    private void BeginReset(string unit)
    {
        var state = StateOf(unit);
        if (state.Resetting++ == 0)
            state.ResetSince = Now;
        state.PreventionChanged = Now;
        if (state.Moving > 0)
            state.Moved = Now;
    }

    private void EndReset(string unit, ItNexus? only)
    {
        var state = StateOf(unit);
        state.Resetting = Math.Max(0, state.Resetting - 1);
        state.PreventionChanged = Now;
        foreach (var (it, since) in state.Preventers.Concat(state.Doubtful).ToArray())
        {
            if ((only ?? it) != it)
                continue;
            state.Preventers.Remove(it);
            if (since < state.ResetSince)
                state.Doubtful.Remove(it);
        }
    }

    private State Begin(string unit)
    {
        var state = StateOf(unit);
        state.Moved = Now;
        return state;
    }

    private void EndMove(string unit) => Begin(unit).Moving--;

    // LOEJ=1 without a power condition.
    private static bool IsMove(in Cdb cdb) => cdb.OperationCode == StartStop && (cdb[4] & 0xF2) == 0x02;

    private State StateOf(string unit)
    {
        if (!_units.TryGetValue(unit, out var state))
            _units.Add(unit, state = new State());
        return state;
    }
}

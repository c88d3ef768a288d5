using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

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
    protected override void Came(TimeSpan time, ObservedTask task)
    {
        _tasks.Add(task, new Experience());
        Feel(task);
    }

    /// <inheritdoc/>
    protected override void Aborted(TimeSpan time, ObservedTask task) => _tasks.Remove(task);

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
                Find(time, $"{task.Unit} answered {task.Command.Nexus} with RESERVATION CONFLICT, but no other initiator had reserved it", FindingSubject.Of(task));
            return;
        }
        if (complete.Status != ScsiStatus.Good)
            return;
        if (!experience!.SawFree && (code == Reserve || BlockCommand.Of(task.Command.Cdb).Use != BlockUse.None))
            Find(time, $"{task.Unit} executed {task.Command.Nexus}, although {holding.Holder} had reserved it all the time", FindingSubject.Of(task));
        if (code == Reserve)
            Change(task.Unit, it);
        else if (code == Release && holding.Holder == it)
            Change(task.Unit, null);
    }

    /// <inheritdoc/>
    protected override void Asked(TimeSpan time, string unit, TaskManagementRequestReceived request)
    {
        if (request.Function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset)
            Begin(unit);
        else if (request.Function == TaskManagementFunction.ItNexusReset)
            Doubt(unit);
    }

    /// <inheritdoc/>
    protected override void Executed(TimeSpan time, string unit, TaskManagementFunctionExecuted executed)
    {
        if (executed.Function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset)
            EndReset(unit);
    }

    /// <inheritdoc/>
    protected override void EventComes(string unit, ServiceDeliveryEventOccurred occurred)
    {
        if (occurred.Event == ServiceDeliveryEvent.ItNexusLoss)
        {
            Doubt(unit);
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

    private void Doubt(string unit)
    {
        HoldingOf(unit).IsDoubtful = true;
        FeelAll(unit);
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

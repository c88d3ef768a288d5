using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Who is aborted, and how it ends: a command leaves its logical unit without a status, or with TASK ABORTED, only when a function, an event or a
/// CHECK CONDITION with QERR has that effect on it; TAS says which of the two, TST whose commands they are, and what QERR aborts does not end otherwise
/// (SAM-5 5.6, SPC-4 7.5.8).</summary>
/// <param name="context">Of the run.</param>
internal sealed class TaskSetOracle(OracleContext context) : LogicalUnitOracle("task-set", context)
{
    private const byte Overlapped = 0x4E;

    [Flags]
    private enum Fate : byte
    {
        None = 0,

        /// <summary>May end without a status.</summary>
        Silently = 1,

        /// <summary>May end with TASK ABORTED.</summary>
        WithStatus = 2,

        /// <summary>Must end in one of these ways.</summary>
        Certainly = 4,

        Either = Silently | WithStatus,
    }

    private readonly Dictionary<ObservedTask, Fate> _fates = [];

    /// <inheritdoc/>
    protected override void Came(TimeSpan time, ObservedTask task)
    {
        // A name that is in use, or a second command without a tag: all of that nexus are aborted (SAM-5 5.10).
        foreach (var other in TasksOf(task.Unit))
        {
            if (other != task && other.It == task.It && (other.Command.Nexus == task.Command.Nexus
                || (other.Command.Attribute == TaskAttribute.Untagged && task.Command.Attribute == TaskAttribute.Untagged)))
            {
                AddAll(task.Unit, task.It, own: Fate.Silently, others: Fate.None);
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override void Asked(TimeSpan time, string unit, TaskManagementRequestReceived request)
    {
        switch (request.Function)
        {
            case TaskManagementFunction.AbortTask:
                if (Watch.Find(unit, request.Nexus) is { } task)
                    Add(task, Fate.Silently);
                break;
            case TaskManagementFunction.AbortTaskSet or TaskManagementFunction.ItNexusReset or TaskManagementFunction.ClearAca:
                AddAll(unit, request.Nexus.It, own: Fate.Silently, others: Fate.None);
                break;
            case TaskManagementFunction.ClearTaskSet:
                AddAll(unit, request.Nexus.It, own: Fate.Silently, others: FateOfOthers(unit));
                break;
            case TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset:
                AddAll(unit, request.Nexus.It, own: Fate.Silently, others: Fate.Either);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EventComes(string unit, ServiceDeliveryEventOccurred occurred) => AddAll(
        unit, occurred.It, own: Fate.Silently, others: occurred.Event == ServiceDeliveryEvent.ItNexusLoss ? Fate.None : Fate.Silently);

    /// <inheritdoc/>
    protected override void Ended(TimeSpan time, ObservedTask task, SendCommandComplete complete)
    {
        _fates.Remove(task, out var fate);
        if (complete.Status == ScsiStatus.TaskAborted)
        {
            if ((fate & Fate.WithStatus) == 0)
                Find(time, $"{task.Unit} ended {task.Command.Nexus} with TASK ABORTED, {Reason(fate)}", FindingSubject.Of(task));
        }
        else if ((fate & Fate.Certainly) != 0 && complete.Sense is not { Additional.Code: Overlapped })
        {
            Find(time, $"{task.Unit} ended {task.Command.Nexus} with {complete.Status}, although a CHECK CONDITION with QERR={Watch.ModesOf(task.Unit).QErr} had aborted it", FindingSubject.Of(task));
        }
        if (complete.Status == ScsiStatus.CheckCondition)
            AfterCheckCondition(task);
    }

    /// <inheritdoc/>
    protected override void Aborted(TimeSpan time, ObservedTask task)
    {
        _fates.Remove(task, out var fate);
        if ((fate & Fate.Silently) == 0)
            Find(time, $"{task.Unit} ended {task.Command.Nexus} without a status, {Reason(fate)}", FindingSubject.Of(task));
    }

    private static string Reason(Fate fate) => (fate & Fate.Either) == 0 ? "but nothing had aborted it" : "but TAS says otherwise";

    private void AfterCheckCondition(ObservedTask task)
    {
        var modes = Watch.ModesOf(task.Unit);
        if (!modes.IsSettled)
        {
            if (modes.HasAborted)
                AddAll(task.Unit, task.It, own: Fate.Silently, others: Fate.Either);
            return;
        }
        if (modes.QErr == 0)
            return;
        var others = modes.QErr == 3 ? Fate.None : FateOfOthers(task.Unit);
        foreach (var other in TasksOf(task.Unit))
        {
            var fate = other.It == task.It ? Fate.Silently : others;
            // Those behind it may not have been looked at yet.
            if (fate != Fate.None)
                Add(other, other.Arrival < task.Arrival ? fate | Fate.Certainly : fate);
        }
    }

    private Fate FateOfOthers(string unit)
    {
        var modes = Watch.ModesOf(unit);
        return !modes.IsSettled ? Fate.Either : modes.TaskSetPerNexus ? Fate.None : modes.TaskAborted ? Fate.WithStatus : Fate.Silently;
    }

    private void AddAll(string unit, ItNexus it, Fate own, Fate others)
    {
        foreach (var task in TasksOf(unit))
        {
            var fate = task.It == it ? own : others;
            if (fate != Fate.None)
                Add(task, fate);
        }
    }

    private void Add(ObservedTask task, Fate fate) => _fates[task] = _fates.GetValueOrDefault(task) | fate;
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

// What it holds, for people.
public sealed partial class LogicalUnit
{
    private static readonly Dictionary<Awaited, string> WaitsFor = new()
    {
        [Awaited.Nothing] = "nothing",
        [Awaited.Buffer] = "a buffer",
        [Awaited.DataIn] = "the port, to take data",
        [Awaited.DataOut] = "the port, for data",
        [Awaited.Aio] = "storage",
        [Awaited.AcaEnd] = "the end of the ACA",
    };

    /// <summary>The task set, the nexuses and what they are kept from; reads only.</summary>
    public IReadOnlyList<StateTable> Describe() =>
    [
        new StateTable("task set", ["task", "nexus", "CDB", "attribute", "state", "waits for", "bytes"], [.. Tasks().Select(Describe)]),
        new StateTable("nexuses", ["nexus", "tasks", "unit attention", "sense kept", "ACA", "reservation"], [.. _unit.Nexuses.All.Select(Describe)]),
        new StateTable("logical unit", ["buffers lent", "slots in use", "answers of functions that wait"],
            [[$"{BuffersOutstanding}", $"{TasksOutstanding}", $"{_taskManager.Pending}"]]),
    ];

    private IEnumerable<ScsiTask> Tasks()
    {
        for (var task = _unit.Tasks.Oldest; task is not null; task = task.Younger)
            yield return task;
    }

    private string[] Describe(ScsiTask task) =>
    [
        $"{task.Id}", $"{task.Command.Nexus}", $"{task.Command.Cdb}", $"{task.Command.Attribute}",
        task.Abort == Abort.None ? $"{task.State}" : $"{task.State}, aborted", ReasonOf(task), $"{task.Done} of {task.Total}",
    ];

    private string ReasonOf(ScsiTask task)
    {
        if (task.State != TaskState.Dormant)
            return task.Awaited == Awaited.Aio ? $"{WaitsFor[task.Awaited]}, request {task.AioId}" : WaitsFor[task.Awaited];
        if (!_unit.Medium.IsKnown)
            return "storage to open";
        if (_unit.Aca.Blocks(task))
            return "the end of the ACA";
        var isOrdered = task.Command.Attribute == TaskAttribute.Ordered;
        var inItsWay = Tasks().Where(other => IsInTheWayOf(task, other, isOrdered)).Select(static other => $"{other.Command.Attribute} {other.Id}").ToList();
        return inItsWay.Count == 0 ? "its turn" : $"the end of {string.Join(", ", inItsWay)}";
    }

    // As TaskSet decides it (SAM-5 8.6): an older ORDERED task or any HEAD OF QUEUE one, and for an ORDERED task everything older.
    private bool IsInTheWayOf(ScsiTask task, ScsiTask other, bool isOrdered)
    {
        if (other == task || (_unit.ModePages.TaskSetPerNexus && other.Owner != task.Owner))
            return false;
        return other.Command.Attribute switch
        {
            TaskAttribute.HeadOfQueue => true,
            TaskAttribute.Aca => false,
            TaskAttribute.Ordered => IsOlder(other, task),
            _ => isOrdered && IsOlder(other, task),
        };
    }

    private static bool IsOlder(ScsiTask one, ScsiTask than)
    {
        for (var task = than.Older; task is not null; task = task.Older)
        {
            if (task == one)
                return true;
        }
        return false;
    }

    private string[] Describe(ItlNexus nexus) =>
    [
        $"{nexus.It}", $"{nexus.Tasks}", nexus.UnitAttentions.Next?.ToString() ?? "none", nexus.KeptSense.Any ? "yes" : "no",
        _unit.Aca.IsFaulted(nexus) ? "faulted" : "none",
        _unit.Reservations.Holder == nexus ? "holds it" : _unit.Reservations.ConflictsWith(nexus) ? "another's" : "none",
    ];
}

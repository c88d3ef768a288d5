using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>Ends commands for the task manager, each in its own time: one that is in storage's or a port's hands ends with their
/// answer.</summary>
internal interface ITaskEnder
{
    /// <summary>Ends a command without executing it any further.</summary>
    void Abort(ScsiTask task, Abort how);

    /// <summary>Ends a command that never got into the task set, with CHECK CONDITION.</summary>
    void Refuse(ScsiCommandReceived command, ItlNexus owner, SenseData sense);
}

/// <summary>Executes task management functions and service delivery events (SAM-5 7 and 6.3). What it has to say about commands it ended is
/// said only when the last of them has ended.</summary>
internal sealed class TaskManager(LogicalUnitState unit, ILogicalUnitPorts ports, ITaskEnder ender)
{
    private readonly List<PendingAnswer> _pending = [];
    private readonly HashSet<TaskId> _aborted = [];

    /// <summary>An answer, and the slots of the commands that have to end before it may be given.</summary>
    private sealed record PendingAnswer(object Answer, ItlNexus? Owner, HashSet<TaskId> Commands);

    /// <summary>Answers that wait for commands to end.</summary>
    public int Pending => _pending.Count;

    /// <summary>True when an answer waits for a command to end.</summary>
    public bool HasPending => _pending.Count > 0;

    /// <summary>True when no more answers may wait.</summary>
    public bool IsFull => _pending.Count >= unit.Settings.MaximumTaskManagement;

    public void Handle(TaskManagementRequestReceived request)
    {
        var nexus = IsFull ? null : unit.Nexuses.FindOrAdd(request.Nexus.It);
        var answer = nexus is null
            ? AnswerTo(request, ServiceResponse.ServiceDeliveryOrTargetFailure)
            : Execute(request, nexus);
        AnswerAfterAborted(answer, null);
    }

    public void Handle(ServiceDeliveryEventOccurred occurred)
    {
        switch (occurred.Event)
        {
            case ServiceDeliveryEvent.ItNexusLoss:
                EndNexus(occurred.It);
                break;
            case ServiceDeliveryEvent.PowerOn:
                Reset(UnitAttention.PowerOn);
                break;
            case ServiceDeliveryEvent.HardReset:
                Reset(UnitAttention.HardReset);
                break;
        }
        AnswerAfterAborted(new ServiceDeliveryEventHandled(occurred.Association), null);
    }

    /// <summary>A nexus is lost and nobody waits to hear that it has been dealt with.</summary>
    public void LoseNexus(ItNexus it)
    {
        EndNexus(it);
        _aborted.Clear();
    }

    /// <summary>A command came with the name of one that is still there: every command of its nexus is aborted, then it is refused (SAM-5
    /// 5.10).</summary>
    public void HandleOverlapped(ScsiCommandReceived command, ItlNexus owner)
    {
        AbortAll(owner);
        AnswerAfterAborted(command, owner);
    }

    /// <summary>A CHECK CONDITION of <paramref name="nexus"/> has been sent: aborts other commands as QERR says (SPC-4 7.5.8).</summary>
    public void AfterCheckCondition(ItlNexus nexus)
    {
        switch (unit.ModePages.QErr)
        {
            case 1:
                AbortTaskSetOf(nexus);
                break;
            case 3:
                AbortAll(nexus);
                break;
        }
        _aborted.Clear();
    }

    /// <summary>A command has ended and been answered.</summary>
    public void TaskEnded(TaskId id)
    {
        foreach (var pending in _pending)
            pending.Commands.Remove(id);
    }

    /// <summary>Gives the next answer that waits for no command any more; false when there is none.</summary>
    public bool GiveAnswer()
    {
        var index = _pending.FindIndex(static pending => pending.Commands.Count == 0);
        if (index < 0)
            return false;
        var ready = _pending[index];
        _pending.RemoveAt(index);
        Answer(ready.Answer, ready.Owner);
        return true;
    }

    private TaskManagementFunctionExecuted Execute(TaskManagementRequestReceived request, ItlNexus nexus)
    {
        switch (request.Function)
        {
            case TaskManagementFunction.AbortTask:
                if (unit.Tasks.Find(request.Nexus) is { } task)
                    AbortOne(task, Abort.Silently);
                break;
            case TaskManagementFunction.AbortTaskSet:
                AbortAll(nexus);
                break;
            case TaskManagementFunction.ClearTaskSet:
                AbortTaskSetOf(nexus);
                break;
            case TaskManagementFunction.ClearAca:
                return AnswerTo(request, ClearAca(nexus));
            case TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset:
                AbortAll(null, requester: nexus);
                unit.Reset(UnitAttention.LogicalUnitReset);
                break;
            case TaskManagementFunction.ItNexusReset:
                AbortAll(nexus);
                unit.Lose(nexus);
                break;
            case TaskManagementFunction.QueryTask:
                return AnswerTo(request, YesIf(unit.Tasks.Find(request.Nexus) is { Abort: Abort.None }));
            case TaskManagementFunction.QueryTaskSet:
                return AnswerTo(request, YesIf(HasTask(nexus)));
            case TaskManagementFunction.QueryAsynchronousEvent:
                var attention = nexus.UnitAttentions.Next;
                return AnswerTo(request, YesIf(attention is not null)) with { AdditionalInformation = attention };
            default:
                return AnswerTo(request, ServiceResponse.FunctionRejected);
        }
        return AnswerTo(request, ServiceResponse.FunctionComplete);
    }

    /// <summary>Without an ACA there is nothing to do; that of another nexus is not this one's to clear (SAM-5 5.9.6).</summary>
    private ServiceResponse ClearAca(ItlNexus nexus)
    {
        if (!unit.Aca.IsFaulted(nexus))
        {
            var isAnothers = unit.Aca.IsActive && !unit.ModePages.TaskSetPerNexus;
            return isAnothers ? ServiceResponse.FunctionRejected : ServiceResponse.FunctionComplete;
        }
        AbortAll(nexus, onlyAca: true);
        unit.Aca.Clear(nexus);
        return ServiceResponse.FunctionComplete;
    }

    private void EndNexus(ItNexus it)
    {
        if (unit.Nexuses.Find(it) is not { } lost)
            return;
        AbortAll(lost);
        unit.Lose(lost);
        lost.IsLost = true;
    }

    private void Reset(UnitAttention condition)
    {
        AbortAll(null);
        unit.Reset(condition);
    }

    /// <summary>Aborts every command of the task set that <paramref name="requester"/> works in. The other nexuses that lose commands hear
    /// of it: by TASK ABORTED status with TAS=1, by a unit attention otherwise (SAM-5 5.6).</summary>
    private void AbortTaskSetOf(ItlNexus requester)
    {
        if (unit.ModePages.TaskSetPerNexus)
        {
            AbortAll(requester);
            return;
        }
        foreach (var other in unit.Nexuses.All)
        {
            if (other != requester && !unit.ModePages.TaskAbortedStatus && HasTask(other))
                other.UnitAttentions.Establish(UnitAttention.CommandsCleared);
        }
        AbortAll(null, requester);
    }

    private bool HasTask(ItlNexus nexus)
    {
        for (var task = unit.Tasks.Oldest; task is not null; task = task.Younger)
        {
            if (task.Owner == nexus && task.Abort == Abort.None)
                return true;
        }
        return false;
    }

    /// <summary>Aborts commands, oldest first.</summary>
    /// <param name="owner">Those of this nexus; null for all.</param>
    /// <param name="requester">The nexus that asked for it: with TAS=1 the commands of others end with a status; null when nobody
    /// asked.</param>
    /// <param name="onlyAca">Only those with the ACA attribute.</param>
    private void AbortAll(ItlNexus? owner, ItlNexus? requester = null, bool onlyAca = false)
    {
        var forOthers = requester is not null && unit.ModePages.TaskAbortedStatus ? Abort.WithStatus : Abort.Silently;
        for (var task = unit.Tasks.Oldest; task is not null;)
        {
            // An abort may end the command at once, and it then leaves the list.
            var younger = task.Younger;
            if ((owner is null || task.Owner == owner) && (!onlyAca || task.Command.Attribute == TaskAttribute.Aca))
                AbortOne(task, task.Owner == requester ? Abort.Silently : forOthers);
            task = younger;
        }
    }

    private void AbortOne(ScsiTask task, Abort how)
    {
        var id = task.Id;
        ender.Abort(task, how);
        if (unit.Tasks.Find(id) is not null)
            _aborted.Add(id);
    }

    private void AnswerAfterAborted(object answer, ItlNexus? owner)
    {
        if (_aborted.Count == 0)
        {
            Answer(answer, owner);
            return;
        }
        _pending.Add(new PendingAnswer(answer, owner, [.. _aborted]));
        _aborted.Clear();
    }

    private void Answer(object answer, ItlNexus? owner)
    {
        switch (answer)
        {
            case TaskManagementFunctionExecuted executed:
                ports.TaskManagementFunctionExecuted(executed);
                break;
            case ServiceDeliveryEventHandled handled:
                ports.ServiceDeliveryEventHandled(handled);
                break;
            case ScsiCommandReceived overlapped:
                ender.Refuse(overlapped, owner!, Sense.OverlappedCommands);
                break;
        }
    }

    private static ServiceResponse YesIf(bool condition) =>
        condition ? ServiceResponse.FunctionSucceeded : ServiceResponse.FunctionComplete;

    private static TaskManagementFunctionExecuted AnswerTo(TaskManagementRequestReceived request, ServiceResponse response) =>
        new(request.Nexus, request.Function, request.Association, response);
}

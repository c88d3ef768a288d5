using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>A logical unit (SAM-5 4.6): takes commands into its task set, has the device server execute them in the order that their
/// attributes allow, and answers each of them once.</summary>
public sealed partial class LogicalUnit : ITaskEnder
{
    private const byte RequestSense = 0x03;

    private readonly LogicalUnitState _unit;
    private readonly ILogicalUnitPorts _ports;
    private readonly DeviceServer _deviceServer;
    private readonly TaskManager _taskManager;
    private int _heldByAca;

    /// <summary>A logical unit that holds its commands until <see cref="AioOpened"/> arrives.</summary>
    /// <param name="settings">What it is and how much it may hold; throws <see cref="ArgumentException"/> when out of bounds.</param>
    /// <param name="ports">The only way out.</param>
    public LogicalUnit(LogicalUnitSettings settings, ILogicalUnitPorts ports)
    {
        _unit = new LogicalUnitState(settings);
        _ports = ports;
        _deviceServer = new DeviceServer(_unit, ports);
        _taskManager = new TaskManager(_unit, ports, this);
    }

    /// <summary>Buffers that commands hold now.</summary>
    public int BuffersOutstanding => _deviceServer.BuffersOutstanding;

    /// <summary>Commands that have not ended, and background work of commands that have (IMMED).</summary>
    public int TasksOutstanding => _unit.Tasks.SlotsInUse;

    /// <summary>A command arrives (SAM-5 5.4.2.3).</summary>
    public void Handle(ScsiCommandReceived command)
    {
        if (_unit.Nexuses.FindOrAdd(command.Nexus.It) is not { } owner)
        {
            Reply(command, ScsiStatus.Busy);
            return;
        }
        owner.IsLost = false;
        if (owner.KeptSense.Any)
            ForgetKeptSense(owner, command);
        if (!FetchesKeptSense(owner, command) && _unit.Aca.Refuses(owner, command.Attribute, command.Cdb, _unit.Tasks) is { } refusal)
            Reply(command, refusal);
        else if (IsOverlapped(owner, command))
            HandleOverlapped(owner, command);
        else if (command.Attribute == TaskAttribute.Aca && !_unit.Aca.IsFaulted(owner))
            Refuse(command, owner, Sense.InvalidMessage);
        else
            Accept(owner, command);
        Pump();
    }

    /// <summary>The port has read a buffer (SAM-5 5.4.3.2.2).</summary>
    public void Handle(DataInDelivered delivered)
    {
        if (_unit.Tasks.Find(delivered.Task) is { Awaited: Awaited.DataIn } task)
            Resume(task, delivered.Delivered ? null : Sense.DataPhaseError);
    }

    /// <summary>The port has filled a buffer (SAM-5 5.4.3.3.2).</summary>
    public void Handle(DataOutReceived received)
    {
        if (_unit.Tasks.Find(received.Task) is { Awaited: Awaited.DataOut } task)
            Resume(task, received.Received ? null : Sense.DataPhaseError);
    }

    /// <summary>Storage has done a request, or given it up.</summary>
    public void Handle(AioCompleted completed)
    {
        if (_unit.Tasks.Find(completed.Id) is { } task)
            Resume(task, _deviceServer.SenseOf(task, completed));
    }

    /// <summary>Storage says what it is; until then commands are held. Later it may say so again, when it has changed.</summary>
    public void Handle(AioOpened opened)
    {
        if (_unit.Medium.Open(opened))
            _unit.Nexuses.Establish(UnitAttention.CapacityChanged);
        Pump();
    }

    /// <summary>A task management function arrives (SAM-5 7.12.3).</summary>
    public void Handle(TaskManagementRequestReceived request)
    {
        _taskManager.Handle(request);
        Pump();
    }

    /// <summary>Something happened to the delivery subsystem (SAM-5 6.3).</summary>
    public void Handle(ServiceDeliveryEventOccurred occurred)
    {
        _taskManager.Handle(occurred);
        Pump();
    }

    /// <summary>The port of a nexus has ceased to exist and will not answer any more: the nexus is lost, and the buffers the port was lent
    /// are taken back.</summary>
    public void PortLost(ItNexus it)
    {
        _taskManager.LoseNexus(it);
        for (var task = _unit.Tasks.Oldest; task is not null;)
        {
            var younger = task.Younger;
            if (task.Owner.It == it && task.Awaited is (Awaited.DataIn or Awaited.DataOut))
                Finish(task);
            task = younger;
        }
        Pump();
    }

    void ITaskEnder.Abort(ScsiTask task, Abort how)
    {
        if (task.Abort != Abort.None)
        {
            if (how == Abort.Silently)
                task.Abort = how;
            return;
        }
        task.Abort = how;
        switch (task.Awaited)
        {
            case Awaited.DataIn or Awaited.DataOut:
                break;
            case Awaited.Aio:
                _unit.Isolation.Linger(task);
                _ports.Cancel(new AioCancel(task.AioId));
                break;
            default:
                Finish(task);
                break;
        }
    }

    void ITaskEnder.Refuse(ScsiCommandReceived command, ItlNexus owner, SenseData sense) => Refuse(command, owner, sense);

    private bool IsOverlapped(ItlNexus owner, ScsiCommandReceived command) => owner.Tasks > 0
        && ((command.Attribute == TaskAttribute.Untagged && owner.UntaggedTasks > 0) || _unit.Tasks.Find(command.Nexus) is not null);

    private void HandleOverlapped(ItlNexus owner, ScsiCommandReceived command)
    {
        if (_taskManager.IsFull)
            Reply(command, ScsiStatus.Busy);
        else
            _taskManager.HandleOverlapped(command, owner);
    }

    private void Accept(ItlNexus owner, ScsiCommandReceived command)
    {
        var isForSense = FetchesKeptSense(owner, command);
        var startsAtOnce = isForSense || (command.Attribute is TaskAttribute.Simple or TaskAttribute.Untagged
            && !_unit.Tasks.IsConstrained && !_unit.Aca.IsActive && _unit.Medium.IsKnown);
        if (_unit.Tasks.TryAdd(command, owner, startsAtOnce ? TaskState.Enabled : TaskState.Dormant, mayExceed: isForSense) is not { } task)
            Reply(command, owner.Tasks > 0 ? ScsiStatus.TaskSetFull : ScsiStatus.Busy);
        else if (startsAtOnce)
        {
            task.IsForSense = isForSense;
            Run(task, _deviceServer.Start(task));
        }
    }

    // The initiator holds its bus until it has the sense data, which may be what everything else here waits for: neither a full task set, nor older
    // commands, nor the limit for buffers, nor an auto contingent allegiance of another nexus may hold it up.
    private bool FetchesKeptSense(ItlNexus owner, ScsiCommandReceived command) =>
        command.Cdb.OperationCode == RequestSense && owner.KeptSense.Has(command.Nexus.Tag) && !_unit.Aca.IsFaulted(owner);

    // A tagged command may have been on its way when the CHECK CONDITION was sent; it does not end the contingent allegiance.
    private static void ForgetKeptSense(ItlNexus owner, ScsiCommandReceived command)
    {
        if (command.Attribute == TaskAttribute.Untagged && command.Cdb.OperationCode != RequestSense)
            owner.KeptSense.Clear();
    }

    /// <summary>An answer has come: goes on with the command, unless it is being aborted or an ACA holds it.</summary>
    private void Resume(ScsiTask task, SenseData? failure)
    {
        task.Awaited = Awaited.Nothing;
        if (failure is null)
            DeviceServer.Arrived(task);
        if (task.Abort != Abort.None)
        {
            Finish(task);
        }
        else if (task.State == TaskState.Enabled && _unit.Aca.Blocks(task))
        {
            // To others, what a command does with blocks that it has to itself is one step: it is held before or after.
            if (failure is not null || !DeviceServer.IsInBetween(task) || _deviceServer.Continue(task) == Progress.Ended)
                HoldForAca(task, failure ?? task.SenseData);
        }
        else
        {
            Run(task, failure is null ? _deviceServer.Continue(task) : DeviceServer.Fail(task, failure));
        }
        Pump();
    }

    private void HoldForAca(ScsiTask task, SenseData? failure)
    {
        task.Awaited = Awaited.AcaEnd;
        task.HeldFailure = failure;
        _heldByAca++;
    }

    private void Run(ScsiTask task, Progress progress)
    {
        while (progress == Progress.AnsweredEarly)
        {
            AnswerEarly(task);
            progress = _deviceServer.Continue(task);
        }
        if (progress == Progress.Ended)
            Finish(task);
    }

    /// <summary>Does whatever has become possible: answers that wait, commands that now have a buffer, that an ACA no longer holds, or
    /// whose turn has come.</summary>
    private void Pump()
    {
        while (_taskManager.HasPending || _deviceServer.HasWaiting || _unit.Isolation.HasWaiting || _heldByAca > 0 || _unit.Tasks.HasDormant)
        {
            if (_taskManager.HasPending && _taskManager.GiveAnswer())
                continue;
            if (_deviceServer.HasWaiting && _deviceServer.NextWithBuffer() is { } supplied)
                Run(supplied, _deviceServer.Continue(supplied));
            else if (_unit.Isolation.HasWaiting && _unit.Isolation.NextAdmitted() is { } admitted)
                Run(admitted, _deviceServer.Continue(admitted));
            else if (_heldByAca > 0 && NextReleased() is { } released)
                RunReleased(released);
            else if (_unit.Medium.IsKnown && _unit.Tasks.NextToEnable(_unit.ModePages.TaskSetPerNexus, _unit.Aca) is { } next)
                RunEnabled(next);
            else
                return;
        }
    }

    private void RunEnabled(ScsiTask task)
    {
        _unit.Tasks.Enable(task);
        Run(task, _deviceServer.Start(task));
    }

    private void RunReleased(ScsiTask task)
    {
        _heldByAca--;
        task.Awaited = Awaited.Nothing;
        Run(task, task.HeldFailure is { } failure ? DeviceServer.Fail(task, failure) : _deviceServer.Continue(task));
    }

    private ScsiTask? NextReleased()
    {
        for (var task = _unit.Tasks.Oldest; task is not null; task = task.Younger)
        {
            if (task.Awaited == Awaited.AcaEnd && !_unit.Aca.Blocks(task))
                return task;
        }
        return null;
    }

    /// <summary>Ends a command: gives back what it held, answers it, and lets those act who waited for that.</summary>
    private void Finish(ScsiTask task)
    {
        if (task.Awaited == Awaited.AcaEnd)
            _heldByAca--;
        _deviceServer.Release(task);
        if (task.State == TaskState.Background)
        {
            if (task.SenseData is { } late)
                task.Owner.DeferredError = Formatted(late) with { IsDeferred = true };
            _unit.Tasks.Free(task);
            return;
        }
        var (id, command, owner, abort) = (task.Id, task.Command, task.Owner, task.Abort);
        var (status, sense, transferred) = (task.Status, task.SenseData, task.Transferred);
        _unit.Tasks.Remove(task);
        _unit.Tasks.Free(task);
        if (abort == Abort.Silently)
            _ports.CommandAborted(new CommandAborted(command.Nexus));
        else if (abort == Abort.WithStatus)
            Reply(command, ScsiStatus.TaskAborted, transferred);
        else if (sense is null)
            Reply(command, status, transferred);
        else
            CheckCondition(command, owner, sense, transferred);
        if (_taskManager.HasPending)
            _taskManager.TaskEnded(id);
    }

    private void AnswerEarly(ScsiTask task)
    {
        _unit.Tasks.Remove(task);
        task.State = TaskState.Background;
        Reply(task.Command, ScsiStatus.Good);
    }

    private void Refuse(ScsiCommandReceived command, ItlNexus owner, SenseData sense) => CheckCondition(command, owner, sense, 0);

    private void CheckCondition(ScsiCommandReceived command, ItlNexus owner, SenseData sense, long transferred)
    {
        sense = Formatted(sense);
        if (!command.Autosense)
            owner.KeptSense.Keep(command.Nexus.Tag, sense);
        _unit.Aca.CheckCondition(owner, command.Cdb);
        _ports.SendCommandComplete(new SendCommandComplete(command.Nexus, ScsiStatus.CheckCondition, sense, transferred));
        _taskManager.AfterCheckCondition(owner);
    }

    private SenseData Formatted(SenseData sense) => _unit.ModePages.DescriptorSense ? sense with { DescriptorFormat = true } : sense;

    private void Reply(ScsiCommandReceived command, ScsiStatus status, long transferred = 0) =>
        _ports.SendCommandComplete(new SendCommandComplete(command.Nexus, status, null, transferred));
}

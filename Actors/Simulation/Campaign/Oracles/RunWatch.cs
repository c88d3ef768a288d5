using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What all oracles of a run look at: which commands clients have asked for, which of them are at which logical unit, and the mode values there.
/// It sees each message before the oracles do, and finds nothing.</summary>
/// <param name="scenario">What is run.</param>
internal sealed class RunWatch(Scenario scenario)
{
    private static readonly List<ObservedTask> None = [];
    private static readonly List<AskedCommand> NoneAsked = [];

    private readonly Dictionary<(string Client, ulong Id), AskedCommand> _asked = [];
    private readonly Dictionary<string, List<AskedCommand>> _atPorts = [];
    private readonly Dictionary<ItlqNexus, AskedCommand> _sent = [];

    /// <summary>Those that have ended before they were at their target: the adapter may be about to send them.</summary>
    private readonly List<AskedCommand> _late = [];
    private readonly Dictionary<string, List<ObservedTask>> _tasks = [];
    private readonly Dictionary<string, UnitModes> _modes = [];
    private readonly HashSet<(string Unit, ulong Association)> _resets = [];
    private readonly string[] _settings = scenario.Settings.Split('\n', StringSplitOptions.TrimEntries);

    /// <summary>The number of the message.</summary>
    public long Now { get; private set; }

    /// <summary>The command at a logical unit that the message begins or ends; null when it does neither.</summary>
    public ObservedTask? Task { get; private set; }

    /// <summary>The command that the message brings from a client, takes to one, or takes from a port to a target; null when it does none of these.</summary>
    public AskedCommand? Asked { get; private set; }

    /// <summary>The commands that a logical unit has not answered, oldest first.</summary>
    public List<ObservedTask> TasksOf(string unit) => _tasks.GetValueOrDefault(unit, None);

    /// <summary>A command that a logical unit has not answered; null when it has, or never had it.</summary>
    public ObservedTask? Find(string unit, in ItlqNexus nexus)
    {
        foreach (var task in TasksOf(unit))
        {
            if (task.Command.Nexus == nexus)
                return task;
        }
        return null;
    }

    /// <summary>The mode values of a logical unit.</summary>
    public UnitModes ModesOf(string unit)
    {
        if (!_modes.TryGetValue(unit, out var modes))
            _modes.Add(unit, modes = new UnitModes(IsSet(unit, "write-cache", byDefault: true)));
        return modes;
    }

    /// <summary>A switch of a logical unit's configuration: its own, or that of all.</summary>
    public bool IsSet(string unit, string name, bool byDefault)
    {
        var (target, lun) = Parties.UnitOf(unit);
        string[] places = [$"targets.{target}.luns.{lun}.logical-unit.{name} = ", $"logical-unit.{name} = "];
        foreach (var place in places)
        {
            if (Array.FindLast(_settings, line => line.StartsWith(place, StringComparison.Ordinal)) is { } line)
                return line.EndsWith(" on", StringComparison.Ordinal);
        }
        return byDefault;
    }

    /// <summary>A message was sent.</summary>
    public void Observe(in Observed seen)
    {
        Now++;
        (Task, Asked) = (null, null);
        switch (seen.Message)
        {
            // Of the subsystem itself too, which looks for its devices when it starts.
            case ExecuteCommand command when seen.To == Parties.Driver || seen.To == Parties.DirectPort:
                Ask(seen, command);
                break;
            case CommandExecuted executed when _asked.Remove((seen.To, executed.Id), out var asked):
                Asked = asked;
                if (asked.Nexus is { } nexus)
                    _sent.Remove(nexus);
                else if (_atPorts[asked.Port].Remove(asked))
                    _late.Add(asked);
                break;
            case ScsiCommandReceived command:
                if (Parties.IsLogicalUnit(seen.To))
                    Came(seen, command);
                else if (Parties.IsPort(seen.From))
                    Asked = Match(seen.From, command);
                break;
            case SendCommandComplete complete when Parties.IsLogicalUnit(seen.From):
                Task = End(seen.From, complete.Nexus);
                if (Task is not null)
                    Follow(Task, complete);
                break;
            case CommandAborted aborted when Parties.IsLogicalUnit(seen.From):
                Task = End(seen.From, aborted.Nexus);
                if (Task is not null && IsModeSelect(Task))
                    EndSelect(Task, isCertain: false);
                break;
            default:
                ObserveResets(seen);
                break;
        }
    }

    private void ObserveResets(in Observed seen)
    {
        switch (seen.Message)
        {
            case TaskManagementRequestReceived request when Parties.IsLogicalUnit(seen.To):
                if (!IsQuery(request.Function))
                    MarkAborting(seen.To);
                if (IsReset(request.Function))
                    ModesOf(seen.To).Begin(Now);
                break;
            case TaskManagementFunctionExecuted executed when Parties.IsLogicalUnit(seen.From) && IsReset(executed.Function):
                ModesOf(seen.From).EndReset(Now);
                break;
            case ServiceDeliveryEventOccurred occurred when Parties.IsLogicalUnit(seen.To):
                MarkAborting(seen.To);
                if (occurred.Event != ServiceDeliveryEvent.ItNexusLoss && _resets.Add((seen.To, occurred.Association)))
                    ModesOf(seen.To).Begin(Now);
                break;
            case ServiceDeliveryEventHandled handled when _resets.Remove((seen.From, handled.Association)):
                ModesOf(seen.From).EndReset(Now);
                break;
        }
    }

    /// <summary>True for the functions that reset a logical unit.</summary>
    public static bool IsReset(TaskManagementFunction function) => function is TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset;

    /// <summary>True for the functions that only ask.</summary>
    public static bool IsQuery(TaskManagementFunction function) => function is TaskManagementFunction.QueryTask or TaskManagementFunction.QueryTaskSet
        or TaskManagementFunction.QueryAsynchronousEvent;

    private void Ask(in Observed seen, ExecuteCommand command)
    {
        Asked = new AskedCommand(seen.From, seen.To, command, Now, seen.Time);
        _asked[(seen.From, command.Id)] = Asked;
        if (!_atPorts.TryGetValue(seen.To, out var waiting))
            _atPorts.Add(seen.To, waiting = []);
        waiting.Add(Asked);
    }

    // The direct port sends its commands on in the order in which they came. Behind the adapter they are told apart by what they are; a driver starts them
    // in order, too, and sends REQUEST SENSE by itself.
    private AskedCommand? Match(string port, ScsiCommandReceived command)
    {
        var waiting = _atPorts.GetValueOrDefault(port == Parties.Bus ? Parties.Driver : port, NoneAsked);
        // Where there is no target a port sends nothing; its own answer may have been lost on the way to the client.
        var asked = port != Parties.Bus ? waiting.Find(asked => asked.Command.Target < scenario.Targets) : BehindBus(waiting, command);
        if (asked is null)
            return null;
        if (!waiting.Remove(asked))
            _late.Remove(asked);
        asked.Nexus = command.Nexus;
        _sent[command.Nexus] = asked;
        return asked;
    }

    private AskedCommand? BehindBus(List<AskedCommand> waiting, ScsiCommandReceived command)
    {
        var attribute = command.Attribute;
        var exact = waiting.Find(asked => IsSame(asked.Command, command) && AttributeOf(asked.Command) == attribute)
            ?? _late.Find(asked => IsSame(asked.Command, command) && AttributeOf(asked.Command) == attribute)
            ?? waiting.Find(asked => IsSame(asked.Command, command));
        // What is left has been changed on its way: the oldest of its kind, or of all.
        return exact ?? (IsDriversOwn(command) ? null
            : waiting.Find(asked => asked.Command.Target == command.Nexus.It.TargetPort && asked.Command.Cdb.OperationCode == command.Cdb.OperationCode)
                ?? waiting.FirstOrDefault());
    }

    private static bool IsDriversOwn(ScsiCommandReceived command) => command.Cdb.OperationCode == 0x03;

    private static bool IsSame(ExecuteCommand asked, ScsiCommandReceived sent) =>
        asked.Target == sent.Nexus.It.TargetPort && asked.Lun == sent.Nexus.Lun && asked.Cdb == sent.Cdb;

    /// <summary>The attribute with which a command reaches its logical unit: a target of the presets before 2009 takes every queue tag for SIMPLE.</summary>
    private TaskAttribute AttributeOf(ExecuteCommand command) => scenario.Preset == "default" || command.Attribute == TaskAttribute.Untagged
        ? command.Attribute : TaskAttribute.Simple;

    /// <summary>The attribute that must reach the logical unit when a client asks for a command through a port.</summary>
    public TaskAttribute AttributeOf(AskedCommand asked) =>
        asked.Port == Parties.Driver ? AttributeOf(asked.Command) : asked.Command.Attribute;

    private void Came(in Observed seen, ScsiCommandReceived command)
    {
        _sent.TryGetValue(command.Nexus, out var asked);
        if (IsDriversOwn(command) && asked?.Command.Cdb.OperationCode != command.Cdb.OperationCode)
            asked = null;
        if (!_tasks.TryGetValue(seen.To, out var tasks))
            _tasks.Add(seen.To, tasks = []);
        Task = new ObservedTask(seen.To, command, Now, seen.Time, asked) { Attribute = asked is null ? command.Attribute : AttributeOf(asked) };
        tasks.Add(Task);
        if (!IsModeSelect(Task))
            return;
        ModesOf(seen.To).Begin(Now);
        if (asked is not null)
            ModesOf(seen.To).Foresee(command.Cdb, asked.Command.Data.Span);
    }

    private ObservedTask? End(string unit, in ItlqNexus nexus)
    {
        var tasks = TasksOf(unit);
        for (var i = 0; i < tasks.Count; i++)
        {
            var task = tasks[i];
            if (task.Command.Nexus != nexus)
                continue;
            tasks.RemoveAt(i);
            task.Answered = Now;
            return task;
        }
        return null;
    }

    private void Follow(ObservedTask task, SendCommandComplete complete)
    {
        if (!IsModeSelect(task))
            return;
        if (complete.Status == ScsiStatus.Good)
            EndSelect(task, isCertain: true);
        else if (complete.Status == ScsiStatus.TaskAborted || complete.Sense?.Key is SenseKey.MediumError or SenseKey.HardwareError
            or SenseKey.NotReady or SenseKey.AbortedCommand)
            EndSelect(task, isCertain: false);
        else
            ModesOf(task.Unit).EndUnchanged(Now);
    }

    private void EndSelect(ObservedTask task, bool isCertain)
    {
        if (task.Asked is { } asked)
            ModesOf(task.Unit).EndSelect(Now, task.Command.Cdb, asked.Command.Data.Span, isCertain);
        else
            ModesOf(task.Unit).EndUnknown(Now);
    }

    private void MarkAborting(string unit)
    {
        foreach (var task in TasksOf(unit))
            task.MayBeAborting = true;
    }

    private static bool IsModeSelect(ObservedTask task) => task.Command.Cdb.OperationCode is 0x15 or 0x55;
}

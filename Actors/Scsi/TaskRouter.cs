using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>All that a <see cref="TaskRouter"/> says. Units are counted from 0 in the order in which the router was given their numbers;
/// <see cref="TaskRouter.StandIn"/> is the one that answers for those that are not there.</summary>
public interface ITaskRouterPorts
{
    /// <summary>To a logical unit, in the name of the port.</summary>
    void Command(int unit, ScsiCommandReceived command);

    /// <summary>To a logical unit, in the name of the port, which will get the answer itself.</summary>
    void TaskManagement(int unit, TaskManagementRequestReceived request);

    /// <summary>To a logical unit, in the router's own name; the answer comes back to the router.</summary>
    void PartOfTaskManagement(int unit, TaskManagementRequestReceived request);

    /// <summary>To a logical unit, in the router's own name; the answer comes back to the router.</summary>
    void PartOfEvent(int unit, ServiceDeliveryEventOccurred occurred);

    /// <summary>To the port that asked.</summary>
    void TaskManagementFunctionExecuted(TaskManagementFunctionExecuted executed);

    /// <summary>To the port that reported the event.</summary>
    void ServiceDeliveryEventHandled(ItNexus it, ServiceDeliveryEventHandled handled);
}

/// <summary>The task router of a target (SAM-5 4.6.2): finds the logical unit of a command, and spreads what concerns all of
/// them.</summary>
public sealed class TaskRouter
{
    private const int MaximumParts = 64;
    private const int UnitBits = 16;

    private readonly IReadOnlyList<Lun> _luns;
    private readonly int[] _unitOf;
    private readonly ITaskRouterPorts _ports;
    private readonly List<Spread> _spread = [];
    private ulong _lastSpread;

    /// <summary>A router for logical units with these numbers, each given once.</summary>
    public TaskRouter(IReadOnlyList<Lun> luns, ITaskRouterPorts ports)
    {
        _luns = luns;
        _ports = ports;
        _unitOf = new int[luns.Count == 0 ? 0 : luns.Max(lun => lun.Number) + 1];
        Array.Fill(_unitOf, StandIn);
        for (var unit = 0; unit < luns.Count; unit++)
        {
            Invariant.Holds(_unitOf[luns[unit].Number] == StandIn, "a logical unit number is given once");
            _unitOf[luns[unit].Number] = unit;
        }
    }

    /// <summary>What went to every logical unit, and whose answers are missing.</summary>
    private sealed class Spread(ulong number, object request, HashSet<int> missing)
    {
        public ulong Number => number;
        public object Request => request;
        public HashSet<int> Missing => missing;
        public ServiceResponse Response { get; set; } = ServiceResponse.FunctionComplete;
    }

    /// <summary>The number of the unit that answers for logical units which are not there.</summary>
    public int StandIn => _luns.Count;

    /// <summary>A command: goes to its logical unit.</summary>
    public void Handle(ScsiCommandReceived command) => _ports.Command(UnitOf(command.Nexus.Lun), command);

    /// <summary>A task management function: goes to its logical unit; TARGET RESET and I_T NEXUS RESET concern them all.</summary>
    public void Handle(TaskManagementRequestReceived request)
    {
        var unit = UnitOf(request.Nexus.Lun);
        if (request.Function is TaskManagementFunction.TargetReset or TaskManagementFunction.ItNexusReset)
            SpreadFunction(request);
        else if (unit == StandIn)
            Answer(request, ServiceResponse.IncorrectLogicalUnitNumber);
        else
            _ports.TaskManagement(unit, request);
    }

    /// <summary>A service delivery event: goes to every logical unit, and is handled when all have said so.</summary>
    public void Handle(ServiceDeliveryEventOccurred occurred)
    {
        var spread = Begin(occurred);
        foreach (var unit in spread.Missing)
            _ports.PartOfEvent(unit, occurred with { Association = PartOf(spread, unit) });
    }

    /// <summary>A logical unit's answer to its part of a function.</summary>
    public void Handle(TaskManagementFunctionExecuted executed) => PartDone(executed.Association, executed.Response);

    /// <summary>A logical unit's answer to its part of an event.</summary>
    public void Handle(ServiceDeliveryEventHandled handled) => PartDone(handled.Association, ServiceResponse.FunctionComplete);

    /// <summary>A logical unit is gone: from now on there is none with its number, and nothing waits for it.</summary>
    public void UnitLost(int unit)
    {
        _unitOf[_luns[unit].Number] = StandIn;
        foreach (var spread in _spread.ToArray())
            PartDone(PartOf(spread, unit), ServiceResponse.FunctionComplete);
    }

    private int UnitOf(Lun lun) => lun.Number < _unitOf.Length ? _unitOf[lun.Number] : StandIn;

    private void SpreadFunction(TaskManagementRequestReceived request)
    {
        if (_spread.Count >= MaximumParts)
        {
            Answer(request, ServiceResponse.ServiceDeliveryOrTargetFailure);
            return;
        }
        var spread = Begin(request);
        foreach (var unit in spread.Missing)
        {
            var lun = unit == StandIn ? request.Nexus.Lun : _luns[unit];
            var nexus = request.Nexus with { Lun = lun };
            _ports.PartOfTaskManagement(unit, request with { Nexus = nexus, Association = PartOf(spread, unit) });
        }
    }

    private Spread Begin(object request)
    {
        HashSet<int> units = [.. _luns.Select(UnitOf), StandIn];
        var spread = new Spread(++_lastSpread, request, units);
        _spread.Add(spread);
        return spread;
    }

    private static ulong PartOf(Spread spread, int unit) => spread.Number << UnitBits | (uint)unit;

    private void PartDone(ulong part, ServiceResponse response)
    {
        if (_spread.Find(candidate => candidate.Number == part >> UnitBits) is not { } spread)
            return;
        if (!spread.Missing.Remove((int)(part & (1 << UnitBits) - 1)))
            return;
        if (response != ServiceResponse.FunctionComplete)
            spread.Response = response;
        if (spread.Missing.Count > 0)
            return;
        _spread.Remove(spread);
        if (spread.Request is ServiceDeliveryEventOccurred occurred)
            _ports.ServiceDeliveryEventHandled(occurred.It, new ServiceDeliveryEventHandled(occurred.Association));
        else
            Answer((TaskManagementRequestReceived)spread.Request, spread.Response);
    }

    private void Answer(TaskManagementRequestReceived request, ServiceResponse response) =>
        _ports.TaskManagementFunctionExecuted(
            new TaskManagementFunctionExecuted(request.Nexus, request.Function, request.Association, response));
}

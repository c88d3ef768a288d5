using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class TaskRouterTests : ITaskRouterPorts
{
    private readonly List<(int Unit, object Message)> _toUnits = [];
    private readonly List<object> _toPort = [];
    private readonly TaskRouter _router;

    public TaskRouterTests() => _router = new TaskRouter([new Lun(0), new Lun(5), new Lun(300)], this);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 1)]
    [InlineData(300, 2)]
    [InlineData(1, 3)]
    [InlineData(301, 3)]
    [InlineData(16383, 3)]
    public void A_command_goes_to_its_logical_unit_or_to_the_stand_in(ushort lun, int unit)
    {
        _router.Handle(new ScsiCommandReceived(Nexus(lun), LogicalUnitBench.Parse("00 00 00 00 00 00"), TaskAttribute.Simple, 0, 0));
        Assert.Equal(unit, Assert.Single(_toUnits).Unit);
    }

    [Fact]
    public void A_function_goes_to_its_logical_unit_as_it_is()
    {
        var request = new TaskManagementRequestReceived(Nexus(5), TaskManagementFunction.LogicalUnitReset, 9);
        _router.Handle(request);
        Assert.Equal((1, request), Assert.Single(_toUnits));
    }

    [Fact]
    public void A_function_for_a_logical_unit_that_is_not_there_has_an_incorrect_number()
    {
        _router.Handle(new TaskManagementRequestReceived(Nexus(7), TaskManagementFunction.AbortTask, 9));
        Assert.Equal(
            new TaskManagementFunctionExecuted(Nexus(7), TaskManagementFunction.AbortTask, 9, ServiceResponse.IncorrectLogicalUnitNumber),
            Assert.Single(_toPort));
    }

    [Theory]
    [InlineData(TaskManagementFunction.TargetReset)]
    [InlineData(TaskManagementFunction.ItNexusReset)]
    public void A_function_that_concerns_all_is_answered_once_when_all_have_answered(TaskManagementFunction function)
    {
        _router.Handle(new TaskManagementRequestReceived(Nexus(5), function, 9));
        Assert.Equal([0, 1, 2, 3], _toUnits.Select(sent => sent.Unit));
        var parts = _toUnits.Select(sent => (TaskManagementRequestReceived)sent.Message).ToList();
        Assert.Equal([0, 5, 300, 5], parts.Select(part => (int)part.Nexus.Lun.Number));
        foreach (var part in parts)
        {
            Assert.Empty(_toPort);
            Assert.Equal(function, part.Function);
            _router.Handle(
                new TaskManagementFunctionExecuted(part.Nexus, part.Function, part.Association, ServiceResponse.FunctionComplete));
        }
        Assert.Equal(new TaskManagementFunctionExecuted(Nexus(5), function, 9, ServiceResponse.FunctionComplete), Assert.Single(_toPort));
    }

    [Fact]
    public void One_failed_part_makes_the_whole_fail()
    {
        _router.Handle(new TaskManagementRequestReceived(Nexus(0), TaskManagementFunction.TargetReset, 9));
        foreach (var (unit, message) in _toUnits)
        {
            var part = (TaskManagementRequestReceived)message;
            var response = unit == 1 ? ServiceResponse.ServiceDeliveryOrTargetFailure : ServiceResponse.FunctionComplete;
            _router.Handle(new TaskManagementFunctionExecuted(part.Nexus, part.Function, part.Association, response));
        }
        Assert.Equal(
            ServiceResponse.ServiceDeliveryOrTargetFailure, Assert.IsType<TaskManagementFunctionExecuted>(Assert.Single(_toPort)).Response);
    }

    [Fact]
    public void An_event_goes_to_all_and_is_handled_once()
    {
        _router.Handle(new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.HardReset, new ItNexus(1, 0), 9));
        _router.Handle(new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.HardReset, new ItNexus(1, 0), 10));
        var parts = _toUnits.Select(sent => (ServiceDeliveryEventOccurred)sent.Message).ToList();
        Assert.Equal(8, parts.Count);
        foreach (var part in parts.AsEnumerable().Reverse())
        {
            _router.Handle(new ServiceDeliveryEventHandled(part.Association));
            _router.Handle(new ServiceDeliveryEventHandled(part.Association));
        }
        Assert.Equal([new ServiceDeliveryEventHandled(10), new ServiceDeliveryEventHandled(9)], _toPort);
    }

    [Fact]
    public void Nothing_waits_for_a_logical_unit_that_is_lost()
    {
        _router.Handle(new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.HardReset, new ItNexus(1, 0), 9));
        var parts = _toUnits.ToList();
        _router.UnitLost(1);
        foreach (var (unit, message) in parts.Where(part => part.Unit != 1))
            _router.Handle(new ServiceDeliveryEventHandled(((ServiceDeliveryEventOccurred)message).Association));
        Assert.Equal(new ServiceDeliveryEventHandled(9), Assert.Single(_toPort));

        _toUnits.Clear();
        _router.Handle(new ScsiCommandReceived(Nexus(5), LogicalUnitBench.Parse("00 00 00 00 00 00"), TaskAttribute.Simple, 0, 0));
        Assert.Equal(_router.StandIn, Assert.Single(_toUnits).Unit);
    }

    [Theory]
    [InlineData("12 00 00 00 24 00", "Good")]
    [InlineData("12 01 00 00 24 00", "Good")]
    [InlineData("12 01 80 00 24 00", "05/24/00")]
    [InlineData("A0 00 00 00 00 00 00 00 10 00 00 00", "Good")]
    [InlineData("03 00 00 00 12 00", "Good")]
    [InlineData("00 00 00 00 00 00", "05/25/00")]
    [InlineData("28 00 00 00 00 00 00 00 01 00", "05/25/00")]
    [InlineData("FF 00 00 00 00 00", "05/25/00")]
    public void The_stand_in_answers_for_logical_units_that_are_not_there(string cdb, string expected)
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { IsPresent = false, Luns = [new Lun(2)] }, open: false);
        bench.Open(AioResult.Unavailable);
        var outcome = bench.Execute(cdb);
        Assert.Equal(expected, outcome.ToString());
        switch (cdb[..2])
        {
            case "12" when expected == "Good":
                Assert.Equal(0x7F, outcome.Data[0]);
                break;
            case "A0":
                Assert.Equal(LogicalUnitBench.Bytes("00000008 00000000 0002000000000000"), outcome.Data);
                break;
            case "03":
                Assert.Equal((0x05, 0x25), (outcome.Data[2], outcome.Data[12]));
                break;
        }
        bench.HoldsNothing();
    }

    private static ItlqNexus Nexus(ushort lun) => new(new ItNexus(1, 0), new Lun(lun), 77);

    void ITaskRouterPorts.Command(int unit, ScsiCommandReceived command) => _toUnits.Add((unit, command));

    void ITaskRouterPorts.TaskManagement(int unit, TaskManagementRequestReceived request) => _toUnits.Add((unit, request));

    void ITaskRouterPorts.PartOfTaskManagement(int unit, TaskManagementRequestReceived request) => _toUnits.Add((unit, request));

    void ITaskRouterPorts.PartOfEvent(int unit, ServiceDeliveryEventOccurred occurred) => _toUnits.Add((unit, occurred));

    void ITaskRouterPorts.TaskManagementFunctionExecuted(TaskManagementFunctionExecuted executed) => _toPort.Add(executed);

    void ITaskRouterPorts.ServiceDeliveryEventHandled(ItNexus it, ServiceDeliveryEventHandled handled) => _toPort.Add(handled);
}

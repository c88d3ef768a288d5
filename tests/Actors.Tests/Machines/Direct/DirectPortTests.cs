using ScsiActors.FrontEnds.Direct;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Direct;

public sealed class DirectPortTests
{
    private static readonly Cdb TestUnitReady = Cdb.Parse(new byte[6]);

    private readonly Recorder _out = new();
    private readonly DataBufferPool _buffers = new(1 << 20, 1 << 20);
    private readonly DirectPort<string> _port;

    public DirectPortTests() => _port = new DirectPort<string>(initiatorPort: 0, maximumOutstanding: 2, _out);

    [Fact]
    public void A_command_becomes_SCSI_Command_Received_with_the_length_of_its_buffer()
    {
        _port.Handle("client", Command(1, DataDirection.In, new byte[512]));

        var sent = Assert.IsType<ScsiCommandReceived>(Assert.Single(_out.Messages));
        Assert.Equal((512, 0, true), (sent.DataInLength, sent.DataOutLength, sent.Autosense));
        Assert.Equal(new ItNexus(0, 3), sent.Nexus.It);
    }

    [Fact]
    public void Data_in_is_copied_to_its_offset_in_the_clients_buffer()
    {
        var data = new byte[8];
        var nexus = Start(Command(1, DataDirection.In, data));

        _port.Handle(new SendDataIn(nexus, default, Filled(4, 0xAB), Offset: 4, Count: 4));

        Assert.True(_out.Last<DataInDelivered>().Delivered);
        Assert.Equal([0, 0, 0, 0, 0xAB, 0xAB, 0xAB, 0xAB], data);
    }

    [Fact]
    public void Data_out_is_copied_from_its_offset_in_the_clients_buffer()
    {
        var nexus = Start(Command(1, DataDirection.Out, new byte[] { 1, 2, 3, 4 }));
        var buffer = Filled(2, 0);

        _port.Handle(new ReceiveDataOut(nexus, default, buffer, Offset: 2, Count: 2));

        Assert.True(_out.Last<DataOutReceived>().Received);
        Assert.Equal([3, 4], buffer.Span.ToArray());
    }

    [Theory]
    [InlineData(6, 4)]
    [InlineData(9, 1)]
    [InlineData(-1, 4)]
    [InlineData(long.MaxValue, 4)]
    public void Data_outside_the_clients_buffer_is_not_delivered(long offset, int count)
    {
        var nexus = Start(Command(1, DataDirection.In, new byte[8]));

        _port.Handle(new SendDataIn(nexus, default, Filled(count, 1), offset, count));

        Assert.False(_out.Last<DataInDelivered>().Delivered);
    }

    [Fact]
    public void Data_for_a_command_of_the_other_direction_is_not_delivered()
    {
        var nexus = Start(Command(1, DataDirection.Out, new byte[8]));

        _port.Handle(new SendDataIn(nexus, default, Filled(4, 1), 0, 4));

        Assert.False(_out.Last<DataInDelivered>().Delivered);
    }

    [Fact]
    public void The_residual_is_what_was_not_transferred()
    {
        var nexus = Start(Command(7, DataDirection.In, new byte[512]));

        _port.Handle(new SendCommandComplete(nexus, ScsiStatus.Good, null, Transferred: 36));

        Assert.Equal(new CommandExecuted(7, CommandOutcome.Complete, ScsiStatus.Good, null, 476), _out.Last<CommandExecuted>());
        Assert.Equal(0, _port.CommandsOutstanding);
    }

    [Fact]
    public void A_second_completion_of_a_command_is_dropped()
    {
        var nexus = Start(Command(7));
        var complete = new SendCommandComplete(nexus, ScsiStatus.Good, null, 0);
        _port.Handle(complete);
        Start(Command(8));
        var before = _out.Messages.Count;

        _port.Handle(complete);

        Assert.Equal(before, _out.Messages.Count);
        Assert.Equal(1, _port.CommandsOutstanding);
    }

    [Fact]
    public void A_buffer_lent_for_an_ended_command_is_given_back_undelivered()
    {
        var nexus = Start(Command(7, DataDirection.In, new byte[8]));
        _port.Handle(new CommandAborted(nexus));
        Assert.Equal(CommandOutcome.Aborted, _out.Last<CommandExecuted>().Outcome);

        _port.Handle(new SendDataIn(nexus, default, Filled(4, 1), 0, 4));

        Assert.False(_out.Last<DataInDelivered>().Delivered);
    }

    [Fact]
    public void A_command_over_the_limit_is_answered_BUSY()
    {
        Start(Command(1));
        Start(Command(2));

        _port.Handle("client", Command(3));

        Assert.Equal((3UL, ScsiStatus.Busy), (_out.Last<CommandExecuted>().Id, _out.Last<CommandExecuted>().Status));
    }

    [Fact]
    public void A_command_to_no_target_is_a_delivery_failure()
    {
        _port.Handle("client", Command(1) with { Target = 9 });

        Assert.Equal(CommandOutcome.DeliveryFailure, _out.Last<CommandExecuted>().Outcome);
    }

    [Fact]
    public void ABORT_TASK_names_the_command_of_its_own_client()
    {
        var nexus = Start(Command(5));

        _port.Handle("client", new ExecuteTaskManagement(1, 3, Lun.Zero, TaskManagementFunction.AbortTask, CommandId: 5));
        Assert.Equal(nexus, _out.Last<TaskManagementRequestReceived>().Nexus);

        _port.Handle("another", new ExecuteTaskManagement(2, 3, Lun.Zero, TaskManagementFunction.AbortTask, CommandId: 5));
        Assert.NotEqual(nexus, _out.Last<TaskManagementRequestReceived>().Nexus);
    }

    [Fact]
    public void A_lost_logical_unit_ends_its_commands_and_functions_and_no_others()
    {
        Start(Command(1));
        _port.Handle("client", new ExecuteTaskManagement(2, 3, Lun.Zero, TaskManagementFunction.LogicalUnitReset));
        Start(Command(3) with { Lun = new Lun(1) });

        _port.Handle(new LogicalUnitLost(3, Lun.Zero));

        Assert.Equal((1UL, CommandOutcome.DeliveryFailure), (_out.Last<CommandExecuted>().Id, _out.Last<CommandExecuted>().Outcome));
        Assert.Equal(ServiceResponse.ServiceDeliveryOrTargetFailure, _out.Last<TaskManagementExecuted>().Response);
        Assert.Equal(1, _port.CommandsOutstanding);
    }

    private static ExecuteCommand Command(ulong id, DataDirection direction = DataDirection.None, byte[]? data = null) =>
        new(id, 3, Lun.Zero, TestUnitReady, direction, data);

    private ItlqNexus Start(ExecuteCommand command)
    {
        _port.Handle("client", command);
        return _out.Last<ScsiCommandReceived>().Nexus;
    }

    private DataBuffer Filled(int length, byte value)
    {
        var buffer = _buffers.TryRent(length)!;
        buffer.Span.Fill(value);
        return buffer;
    }

    private sealed class Recorder : IDirectPortPorts<string>
    {
        public List<object> Messages { get; } = [];

        public T Last<T>() => Messages.OfType<T>().Last();

        public bool HasTarget(int target) => target == 3;

        public void ScsiCommandReceived(int target, ScsiCommandReceived command) => Messages.Add(command);

        public void TaskManagementRequestReceived(int target, TaskManagementRequestReceived request) => Messages.Add(request);

        public void DataInDelivered(DataInDelivered delivered) => Messages.Add(delivered);

        public void DataOutReceived(DataOutReceived received) => Messages.Add(received);

        public void CommandExecuted(string client, CommandExecuted executed) => Messages.Add(executed);

        public void TaskManagementExecuted(string client, TaskManagementExecuted executed) => Messages.Add(executed);
    }
}

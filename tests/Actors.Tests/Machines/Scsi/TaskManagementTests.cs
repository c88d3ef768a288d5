using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class TaskManagementTests
{
    private const string Ready = "00 00 00 00 00 00";
    private const string Tas = "00 10 00 40 00 00 FF FF 00 00";

    [Fact]
    public void A_command_in_storage_is_cancelled_and_answered_before_the_function()
    {
        var bench = new LogicalUnitBench();
        var read = bench.SendRead();
        bench.Said.Clear();
        Assert.Null(bench.Manage(TaskManagementFunction.AbortTask, tag: read.Tag));
        var cancel = Assert.IsType<AioCancel>(Assert.Single(bench.Said));
        Assert.Equal(((AioRead)bench.Unanswered[0]).Id, cancel.Id);
        bench.AnswerAio(result: AioResult.Cancelled);
        Assert.Equal(new CommandAborted(read), bench.Said[1]);
        Assert.Equal(ServiceResponse.FunctionComplete, Assert.IsType<TaskManagementFunctionExecuted>(bench.Said[2]).Response);
        bench.HoldsNothing();
    }

    [Fact]
    public void A_command_that_storage_completes_after_all_is_still_aborted()
    {
        var bench = new LogicalUnitBench();
        var read = bench.SendRead();
        bench.Manage(TaskManagementFunction.AbortTask, tag: read.Tag);
        bench.AnswerAio();
        Assert.Null(bench.OutcomeOf(read)!.Status);
        bench.HoldsNothing();
    }

    [Fact]
    public void A_command_whose_data_is_under_way_waits_for_the_port()
    {
        var bench = new LogicalUnitBench();
        var write = bench.Send("2A 00 00 00 00 00 00 00 01 00", dataOut: new byte[512]);
        Assert.Null(bench.Manage(TaskManagementFunction.AbortTaskSet));
        Assert.Equal(1, bench.Unit.BuffersOutstanding);
        bench.AnswerOne(write);
        Assert.Null(bench.OutcomeOf(write)!.Status);
        Assert.IsType<TaskManagementFunctionExecuted>(bench.Said[^1]);
        Assert.DoesNotContain(bench.Said, message => message is AioWrite);
        bench.HoldsNothing();

        var read = bench.SendRead();
        bench.AnswerAio();
        Assert.Null(bench.Manage(TaskManagementFunction.AbortTask, tag: read.Tag, association: 2));
        bench.AnswerOne(read);
        Assert.Equal(2UL, Assert.IsType<TaskManagementFunctionExecuted>(bench.Said[^1]).Association);
        bench.HoldsNothing();
    }

    [Fact]
    public void A_command_that_has_not_started_ends_at_once()
    {
        var bench = new LogicalUnitBench();
        bench.SendRead();
        var ordered = bench.SendRead(attribute: TaskAttribute.Ordered);
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.AbortTask, tag: ordered.Tag)!.Response);
        Assert.Null(bench.OutcomeOf(ordered)!.Status);
    }

    [Fact]
    public void Abort_task_of_a_command_that_is_not_there_is_complete()
    {
        var bench = new LogicalUnitBench();
        var read = bench.SendRead();
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.AbortTask, tag: 999)!.Response);
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.AbortTask, 1, read.Tag)!.Response);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(read)!.Status);
    }

    [Fact]
    public void Abort_task_set_ends_the_commands_of_its_own_nexus_only()
    {
        var bench = new LogicalUnitBench();
        var mine = bench.SendRead();
        var other = bench.SendRead(1);
        bench.Manage(TaskManagementFunction.AbortTaskSet);
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(mine)!.Status);
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(other)!.Status);
        Assert.Equal("Good", bench.Execute(Ready, 1).ToString());
    }

    [Theory]
    [InlineData(false, null, "06/2f/00")]
    [InlineData(true, ScsiStatus.TaskAborted, "Good")]
    public void Clear_task_set_ends_the_commands_of_all_and_tells_the_others(bool tas, ScsiStatus? status, string next)
    {
        var bench = new LogicalUnitBench();
        if (tas)
            ModePageTests.SelectControl(bench, Tas);
        bench.ClearUnitAttention(0, 1, 2);
        var mine = bench.SendRead();
        var other = bench.SendRead(1);
        Assert.Null(bench.Manage(TaskManagementFunction.ClearTaskSet));
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(mine)!.Status);
        Assert.Equal(status, bench.OutcomeOf(other)!.Status);
        Assert.IsType<TaskManagementFunctionExecuted>(bench.Said[^1]);
        Assert.Equal(next, bench.Execute(Ready, 1).ToString());
        Assert.Equal("Good", bench.Execute(Ready, 1).ToString());
        Assert.Equal("Good", bench.Execute(Ready, 2).ToString());
        Assert.Equal("Good", bench.Execute(Ready).ToString());
    }

    [Fact]
    public void Clear_task_set_with_TST_1_leaves_the_task_sets_of_others_alone()
    {
        var bench = new LogicalUnitBench();
        ModePageTests.SelectControl(bench, "20 10 00 00 00 00 FF FF 00 00");
        bench.ClearUnitAttention(0, 1, 2);
        var other = bench.SendRead(1);
        bench.Manage(TaskManagementFunction.ClearTaskSet);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(other)!.Status);
    }

    [Theory]
    [InlineData(TaskManagementFunction.LogicalUnitReset)]
    [InlineData(TaskManagementFunction.TargetReset)]
    public void A_reset_ends_everything_and_tells_every_nexus(TaskManagementFunction function)
    {
        var bench = new LogicalUnitBench();
        bench.Execute("16 00 00 00 00 00");
        bench.Execute("1E 00 00 00 01 00");
        var mine = bench.SendRead();
        var waiting = bench.SendRead(attribute: TaskAttribute.Ordered);
        Assert.Null(bench.Manage(function, 1));
        Assert.Null(bench.OutcomeOf(waiting)!.Status);
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(mine)!.Status);
        Assert.Equal(ServiceResponse.FunctionComplete, Assert.IsType<TaskManagementFunctionExecuted>(bench.Said[^1]).Response);
        for (var initiator = 0; initiator < 3; initiator++)
        {
            Assert.Equal("06/29/03", bench.Execute(Ready, initiator).ToString());
            Assert.Equal("Good", bench.Execute(Ready, initiator).ToString());
        }
        bench.HoldsNothing();
    }

    [Fact]
    public void With_TAS_a_reset_ends_the_commands_of_others_with_TASK_ABORTED()
    {
        var bench = new LogicalUnitBench();
        ModePageTests.SelectControl(bench, Tas);
        bench.ClearUnitAttention(0, 1, 2);
        var mine = bench.SendRead();
        var other = bench.SendRead(1);
        bench.Manage(TaskManagementFunction.LogicalUnitReset);
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(mine)!.Status);
        Assert.Equal(ScsiStatus.TaskAborted, bench.OutcomeOf(other)!.Status);
    }

    [Fact]
    public void I_T_nexus_reset_concerns_one_nexus()
    {
        var bench = new LogicalUnitBench();
        bench.Execute("16 00 00 00 00 00");
        var mine = bench.SendRead();
        Assert.Equal(ScsiStatus.ReservationConflict, bench.OutcomeOf(bench.SendRead(1))!.Status);
        bench.Manage(TaskManagementFunction.ItNexusReset);
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(mine)!.Status);
        Assert.Equal("Good", bench.Execute(Ready, 1).ToString());
        Assert.Equal("06/29/07", bench.Execute(Ready).ToString());
    }

    [Fact]
    public void Queries_tell_what_is_in_the_task_set()
    {
        var bench = new LogicalUnitBench();
        var read = bench.SendRead();
        Assert.Equal(ServiceResponse.FunctionSucceeded, bench.Manage(TaskManagementFunction.QueryTask, tag: read.Tag)!.Response);
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.QueryTask, tag: read.Tag + 1)!.Response);
        Assert.Equal(ServiceResponse.FunctionSucceeded, bench.Manage(TaskManagementFunction.QueryTaskSet)!.Response);
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.QueryTaskSet, 1)!.Response);
        bench.Manage(TaskManagementFunction.AbortTask, tag: read.Tag);
        Assert.Equal(
            ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.QueryTask, tag: read.Tag, association: 7)!.Response);
    }

    [Fact]
    public void Query_asynchronous_event_tells_the_unit_attention_and_leaves_it()
    {
        var bench = new LogicalUnitBench(clearPowerOn: false);
        var executed = bench.Manage(TaskManagementFunction.QueryAsynchronousEvent)!;
        Assert.Equal(ServiceResponse.FunctionSucceeded, executed.Response);
        Assert.Equal("06/29/01", $"{executed.AdditionalInformation}");
        Assert.Equal("06/29/01", bench.Execute(Ready).ToString());
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.QueryAsynchronousEvent)!.Response);
        Assert.Equal(ServiceResponse.FunctionRejected, bench.Manage((TaskManagementFunction)99)!.Response);
    }

    [Fact]
    public void Functions_that_wait_are_bounded_and_answered_in_order()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { MaximumTaskManagement = 2 });
        bench.SendRead();
        Assert.Null(bench.Manage(TaskManagementFunction.AbortTaskSet, association: 1));
        Assert.Null(bench.Manage(TaskManagementFunction.LogicalUnitReset, association: 2));
        Assert.Equal(
            ServiceResponse.ServiceDeliveryOrTargetFailure, bench.Manage(TaskManagementFunction.ClearTaskSet, association: 3)!.Response);
        bench.AnswerAll();
        Assert.Equal([3UL, 1, 2], bench.Said.OfType<TaskManagementFunctionExecuted>().Select(executed => executed.Association));
    }

    [Fact]
    public void A_function_waits_only_for_the_commands_it_ended()
    {
        var bench = new LogicalUnitBench();
        bench.SendRead();
        bench.SendRead(1);
        Assert.Null(bench.Manage(TaskManagementFunction.AbortTaskSet));
        Assert.Null(bench.Manage(TaskManagementFunction.AbortTaskSet, 1, association: 2));
        bench.AnswerAio(1);
        Assert.Equal([2UL], bench.Said.OfType<TaskManagementFunctionExecuted>().Select(executed => executed.Association));
    }

    [Theory]
    [InlineData(ServiceDeliveryEvent.PowerOn, "06/29/01", "06/29/01")]
    [InlineData(ServiceDeliveryEvent.HardReset, "06/29/02", "06/29/02")]
    [InlineData(ServiceDeliveryEvent.ItNexusLoss, "06/29/07", "Good")]
    public void An_event_ends_commands_silently_and_is_handled_once_they_have_ended(ServiceDeliveryEvent what, string mine, string other)
    {
        var bench = new LogicalUnitBench();
        ModePageTests.SelectControl(bench, Tas);
        bench.ClearUnitAttention(0, 1, 2);
        var read = bench.SendRead();
        Assert.False(bench.Report(what, association: 42));
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(read)!.Status);
        Assert.Equal(new ServiceDeliveryEventHandled(42), bench.Said[^1]);
        Assert.Equal(mine, bench.Execute(Ready).ToString());
        Assert.Equal(other, bench.Execute(Ready, 1).ToString());
        bench.HoldsNothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_at_the_blocks_of_an_aborted_write_waits_until_storage_has_let_go_of_it(bool isReset)
    {
        const string write = "2A 00 00000004 00 0002 00", next = "2A 00 00000005 00 0001 00", read = "28 00 00000003 00 0002 00", beside = "28 00 00000006 00 0001 00";
        var bench = new LogicalUnitBench();
        var aborted = bench.Send(write, dataOut: ReadAndWriteTests.Pattern(2));
        bench.AnswerOne(aborted);
        if (isReset)
            Assert.False(bench.Report(ServiceDeliveryEvent.HardReset));
        else
            Assert.Null(bench.Manage(TaskManagementFunction.ClearTaskSet, 1));
        Assert.Equal(SenseKey.UnitAttention, bench.OutcomeOf(bench.Send(Ready))!.Sense!.Key);

        var newest = new byte[512];
        Array.Fill(newest, (byte)0xA5);
        var second = bench.Send(next, dataOut: newest);
        bench.AnswerOne(second);
        var third = bench.Send(read);
        Assert.IsType<AioWrite>(Assert.Single(bench.Unanswered));
        bench.Send(beside);
        Assert.Equal(2, bench.Unanswered.Count);

        bench.AnswerAio();
        Assert.Null(bench.OutcomeOf(aborted)!.Status);
        bench.AnswerAll();
        Assert.Equal((ScsiStatus.Good, ScsiStatus.Good), (bench.OutcomeOf(second)!.Status, bench.OutcomeOf(third)!.Status));
        Assert.Equal(newest, bench.Disk[(5 * 512)..(6 * 512)]);
        bench.HoldsNothing();
    }

    [Fact]
    public void The_loss_of_a_nexus_nobody_knows_is_handled_at_once()
    {
        var bench = new LogicalUnitBench();
        Assert.True(bench.Report(ServiceDeliveryEvent.ItNexusLoss, 77));
    }

    [Fact]
    public void A_port_that_is_gone_holds_nothing_back()
    {
        var bench = new LogicalUnitBench();
        bench.Send("2A 00 00 00 00 00 00 00 01 00", dataOut: new byte[512]);
        var inStorage = bench.SendRead();
        var reset = bench.Manage(TaskManagementFunction.LogicalUnitReset, 1);
        Assert.Null(reset);
        bench.Unit.PortLost(new ItNexus(0, 0));
        Assert.Equal(1, bench.Unit.TasksOutstanding);
        bench.Unanswered.RemoveAll(message => message is ReceiveDataOut);
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(inStorage)!.Status);
        Assert.IsType<TaskManagementFunctionExecuted>(bench.Said[^1]);
        bench.HoldsNothing();
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class AutoContingentAllegianceTests
{
    private const string Fault = "28 00 FF FF FF FF 00 00 01 04";
    private const string Ready = "00 00 00 00 00 00";
    private const string ReadyNaca = "00 00 00 00 00 04";

    [Fact]
    public void Without_NACA_nothing_is_established()
    {
        var bench = new LogicalUnitBench();
        bench.Execute("28 00 FF FF FF FF 00 00 01 00");
        Assert.Equal("Good", bench.Execute(Ready).ToString());
        Assert.Equal("05/49/00", bench.Execute(Ready, attribute: TaskAttribute.Aca).ToString());
    }

    [Fact]
    public void While_it_is_in_effect_only_ACA_commands_of_the_faulted_nexus_are_accepted()
    {
        var bench = new LogicalUnitBench();
        Assert.Equal("05/21/00", bench.Execute(Fault).ToString());
        Assert.Equal(ScsiStatus.AcaActive, bench.Execute(Ready).Status);
        Assert.Equal(ScsiStatus.Busy, bench.Execute(Ready, 1).Status);
        Assert.Equal(ScsiStatus.AcaActive, bench.Execute(ReadyNaca, 1).Status);
        Assert.Equal(ScsiStatus.AcaActive, bench.Execute(ReadyNaca, 1, TaskAttribute.Aca).Status);
        Assert.Equal("Good", bench.Execute(Ready, attribute: TaskAttribute.Aca).ToString());
        Assert.Equal(ScsiStatus.AcaActive, bench.Execute(Ready).Status);
    }

    [Fact]
    public void Another_nexus_fetches_the_sense_data_that_are_kept_for_it()
    {
        var bench = new LogicalUnitBench();
        var failed = bench.Send("28 00 FF FF FF FF 00 00 01 00", 1, autosense: false);
        bench.Execute(Fault);
        var fetch = bench.Send("03 00 00 00 12 00", 1, TaskAttribute.HeadOfQueue, autosense: false, tag: failed.Tag);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(fetch)!.Status);
        Assert.Equal(ScsiStatus.Busy, bench.Execute("03 00 00 00 12 00", 1).Status);
    }

    [Fact]
    public void ACA_commands_go_one_at_a_time()
    {
        var bench = new LogicalUnitBench();
        bench.Execute(Fault);
        var first = bench.SendRead(attribute: TaskAttribute.Aca);
        Assert.Equal(ScsiStatus.AcaActive, bench.OutcomeOf(bench.SendRead(attribute: TaskAttribute.Aca))!.Status);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(first)!.Status);
    }

    [Fact]
    public void Clear_ACA_lets_everything_go_on_where_it_stood()
    {
        var bench = new LogicalUnitBench();
        var started = bench.SendRead(1);
        bench.Execute(Fault, attribute: TaskAttribute.HeadOfQueue);
        Assert.Null(bench.OutcomeOf(started));
        Assert.Empty(bench.Unanswered);
        Assert.Equal(ServiceResponse.FunctionRejected, bench.Manage(TaskManagementFunction.ClearAca, 1)!.Response);
        Assert.Null(bench.OutcomeOf(started));
        bench.Manage(TaskManagementFunction.ClearAca);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(started)!.Status);
        Assert.Equal("Good", bench.Execute(Ready).ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void Commands_that_had_not_started_wait_for_the_end_of_it()
    {
        var bench = new LogicalUnitBench();
        var first = bench.SendRead();
        var fault = bench.Send(Fault, attribute: TaskAttribute.Ordered);
        var behind = bench.SendRead();
        bench.EndRead(first);
        Assert.Equal("05/21/00", bench.OutcomeOf(fault)!.ToString());
        Assert.Empty(bench.Unanswered);
        bench.Manage(TaskManagementFunction.ClearAca);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(behind)!.Status);
    }

    [Fact]
    public void Clear_ACA_aborts_an_ACA_command()
    {
        var bench = new LogicalUnitBench();
        bench.Execute(Fault);
        var aca = bench.SendRead(attribute: TaskAttribute.Aca);
        Assert.Null(bench.Manage(TaskManagementFunction.ClearAca));
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(aca)!.Status);
        Assert.Equal(ServiceResponse.FunctionComplete, Assert.IsType<TaskManagementFunctionExecuted>(bench.Said[^1]).Response);
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.ClearAca)!.Response);
    }

    [Fact]
    public void A_held_command_can_be_aborted()
    {
        var bench = new LogicalUnitBench();
        var held = bench.SendRead(1);
        bench.Execute(Fault, attribute: TaskAttribute.HeadOfQueue);
        Assert.NotNull(bench.Manage(TaskManagementFunction.AbortTask, 1, held.Tag));
        Assert.Null(bench.OutcomeOf(held)!.Status);
        bench.HoldsNothing();
        bench.Manage(TaskManagementFunction.ClearAca);
        Assert.Equal("Good", bench.Execute(Ready, 1).ToString());
    }

    [Theory]
    [InlineData(TaskManagementFunction.LogicalUnitReset)]
    [InlineData(TaskManagementFunction.ItNexusReset)]
    public void A_reset_ends_it(TaskManagementFunction function)
    {
        var bench = new LogicalUnitBench();
        bench.Execute(Fault);
        bench.Manage(function);
        bench.ClearUnitAttention(0, 1);
        Assert.Equal("Good", bench.Execute(Ready, 1).ToString());
    }

    [Fact]
    public void With_TST_1_it_concerns_the_faulted_nexus_only()
    {
        var bench = new LogicalUnitBench();
        ModePageTests.SelectControl(bench, "20 10 00 00 00 00 FF FF 00 00");
        bench.ClearUnitAttention(0, 1, 2);
        bench.Execute(Fault);
        Assert.Equal("Good", bench.Execute(Ready, 1).ToString());
        Assert.Equal(ScsiStatus.AcaActive, bench.Execute(Ready).Status);
        Assert.Equal(ServiceResponse.FunctionComplete, bench.Manage(TaskManagementFunction.ClearAca, 1)!.Response);
        bench.Execute(Fault, 1);
        bench.Manage(TaskManagementFunction.ClearAca);
        Assert.Equal("Good", bench.Execute(Ready).ToString());
        Assert.Equal(ScsiStatus.AcaActive, bench.Execute(Ready, 1).Status);
    }
}

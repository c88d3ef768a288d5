using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class TaskSetTests
{
    private const string Read = "28 00 00 00 00 00 00 00 01 00";
    private const string TaskSetPerNexus = "20 10 00 00 00 00 FF FF 00 00";

    [Fact]
    public void Simple_commands_start_at_once()
    {
        var bench = new LogicalUnitBench();
        Send(bench, TaskAttribute.Simple, TaskAttribute.Untagged, TaskAttribute.Simple);
        Assert.Equal(3, bench.Unanswered.Count);
    }

    [Fact]
    public void An_ordered_command_starts_after_everything_older_and_before_everything_younger()
    {
        var bench = new LogicalUnitBench();
        var sent = Send(
            bench, TaskAttribute.Simple, TaskAttribute.Simple, TaskAttribute.Ordered, TaskAttribute.Simple, TaskAttribute.Ordered);
        AssertStarted(bench, sent, 0, 1);
        End(bench, sent[0]);
        AssertStarted(bench, sent, 1);
        End(bench, sent[1]);
        AssertStarted(bench, sent, 2);
        End(bench, sent[2]);
        AssertStarted(bench, sent, 3);
        End(bench, sent[3]);
        AssertStarted(bench, sent, 4);
        End(bench, sent[4]);
        bench.HoldsNothing();
    }

    [Fact]
    public void A_head_of_queue_command_starts_at_once_and_holds_back_all_that_has_not_started()
    {
        var bench = new LogicalUnitBench();
        var sent = Send(
            bench, TaskAttribute.Simple, TaskAttribute.Ordered, TaskAttribute.HeadOfQueue, TaskAttribute.HeadOfQueue, TaskAttribute.Simple);
        AssertStarted(bench, sent, 0, 2, 3);
        End(bench, sent[0]);
        AssertStarted(bench, sent, 2, 3);
        End(bench, sent[3]);
        AssertStarted(bench, sent, 2);
        End(bench, sent[2]);
        AssertStarted(bench, sent, 1);
        End(bench, sent[1]);
        AssertStarted(bench, sent, 4);
    }

    [Fact]
    public void An_aborted_command_that_storage_still_has_holds_back_an_ordered_one()
    {
        var bench = new LogicalUnitBench();
        var sent = Send(bench, TaskAttribute.Simple, TaskAttribute.Ordered);
        bench.Manage(TaskManagementFunction.AbortTask, tag: sent[0].Tag);
        AssertStarted(bench, sent, 0);
        bench.AnswerAio(result: AioResult.Cancelled);
        AssertStarted(bench, sent, 1);
    }

    [Fact]
    public void All_nexuses_share_one_order_unless_TST_gives_each_its_own()
    {
        var bench = new LogicalUnitBench();
        var sent = Send(bench, TaskAttribute.Ordered, TaskAttribute.Ordered);
        var other = bench.SendRead(1);
        AssertStarted(bench, [.. sent, other], 0);
        bench.AnswerAll();

        ModePageTests.SelectControl(bench, TaskSetPerNexus);
        bench.ClearUnitAttention(1);
        sent = Send(bench, TaskAttribute.Ordered, TaskAttribute.Ordered);
        other = bench.SendRead(1, TaskAttribute.Ordered);
        AssertStarted(bench, [.. sent, other], 0, 2);
        var head = bench.SendRead(1, TaskAttribute.HeadOfQueue);
        End(bench, sent[0]);
        AssertStarted(bench, [.. sent, other, head], 1, 2, 3);
    }

    [Fact]
    public void A_full_task_set_says_so_to_those_who_are_in_it_and_BUSY_to_others()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { MaximumTasks = 2 });
        Send(bench, TaskAttribute.Simple, TaskAttribute.Simple);
        Assert.Equal(ScsiStatus.TaskSetFull, bench.OutcomeOf(bench.SendRead())!.Status);
        Assert.Equal(ScsiStatus.Busy, bench.OutcomeOf(bench.SendRead(1))!.Status);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.Execute(Read, initiator: 1).Status);
    }

    [Fact]
    public void Too_many_nexuses_get_BUSY_until_one_is_lost()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { MaximumNexuses = 3 });
        Assert.Equal(ScsiStatus.Busy, bench.Execute(Read, initiator: 3).Status);
        bench.Report(ServiceDeliveryEvent.ItNexusLoss, 1);
        Assert.Equal("06/29/01", bench.Execute(Read, initiator: 3).ToString());
        Assert.Equal(ScsiStatus.Busy, bench.Execute(Read, initiator: 1).Status);
    }

    [Fact]
    public void An_overlapped_command_aborts_all_of_its_nexus_and_is_refused()
    {
        var bench = new LogicalUnitBench();
        var first = bench.SendRead(tag: 500);
        var second = bench.SendRead(attribute: TaskAttribute.Ordered);
        var other = bench.SendRead(1);
        bench.Said.Clear();
        bench.SendRead(tag: 500);

        Assert.Null(bench.OutcomeOf(second)!.Status);
        Assert.Equal(["AioCancel", "CommandAborted", "AioRead"], bench.Said.Select(message => message.GetType().Name));
        bench.Said.Clear();
        bench.AnswerAio(result: AioResult.Cancelled);
        Assert.Equal(new CommandAborted(first), bench.Said[0]);
        Assert.Equal("0b/4e/00", $"{Assert.IsType<SendCommandComplete>(bench.Said[1]).Sense}");
        Assert.Null(bench.OutcomeOf(other));
    }

    [Fact]
    public void A_second_untagged_command_overlaps_the_first()
    {
        var bench = new LogicalUnitBench();
        var first = bench.SendRead(attribute: TaskAttribute.Untagged);
        var other = bench.SendRead(1, TaskAttribute.Untagged);
        var second = bench.SendRead(attribute: TaskAttribute.Untagged);
        bench.AnswerAio(result: AioResult.Ok);
        Assert.Null(bench.OutcomeOf(first)!.Status);
        Assert.Equal("0b/4e/00", bench.OutcomeOf(second)!.ToString());
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(other)!.Status);
    }

    [Fact]
    public void The_same_tag_from_two_nexuses_does_not_overlap()
    {
        var bench = new LogicalUnitBench();
        var one = bench.SendRead(tag: 500);
        var two = bench.SendRead(1, tag: 500);
        bench.AnswerAll();
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(one)!.Status);
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(two)!.Status);
    }

    [Theory]
    [InlineData(0, "Good", "Good", "Good")]
    [InlineData(2, "aborted", "aborted", "06/2f/00")]
    [InlineData(6, "aborted", "Good", "Good")]
    public void QERR_says_which_commands_a_CHECK_CONDITION_ends(int qErr, string same, string other, string next)
    {
        var bench = new LogicalUnitBench();
        ModePageTests.SelectControl(bench, $"00 1{qErr} 00 00 00 00 FF FF 00 00");
        bench.ClearUnitAttention(0, 1, 2);
        var ofSame = bench.SendRead();
        var ofOther = bench.SendRead(1);
        bench.Send("28 00 FF FF FF FF 00 00 01 00");
        bench.AnswerAll();
        Assert.Equal(same, bench.OutcomeOf(ofSame)!.ToString());
        Assert.Equal(other, bench.OutcomeOf(ofOther)!.ToString());
        Assert.Equal(next, bench.Execute("00 00 00 00 00 00", 1).ToString());
        Assert.Equal("Good", bench.Execute("00 00 00 00 00 00").ToString());
        bench.HoldsNothing();
    }

    [Fact]
    public void QERR_with_TAS_ends_the_commands_of_others_with_TASK_ABORTED()
    {
        var bench = new LogicalUnitBench();
        ModePageTests.SelectControl(bench, "00 12 00 40 00 00 FF FF 00 00");
        bench.ClearUnitAttention(0, 1, 2);
        var ofSame = bench.SendRead();
        var ofOther = bench.SendRead(1);
        bench.Send("28 00 FF FF FF FF 00 00 01 00");
        bench.AnswerAll();
        Assert.Null(bench.OutcomeOf(ofSame)!.Status);
        Assert.Equal(ScsiStatus.TaskAborted, bench.OutcomeOf(ofOther)!.Status);
        Assert.Equal("Good", bench.Execute("00 00 00 00 00 00", 1).ToString());
    }

    private static List<ItlqNexus> Send(LogicalUnitBench bench, params TaskAttribute[] attributes) =>
        [.. attributes.Select(attribute => bench.SendRead(attribute: attribute))];

    private static void End(LogicalUnitBench bench, ItlqNexus nexus)
    {
        bench.EndRead(nexus);
        Assert.Equal(ScsiStatus.Good, bench.OutcomeOf(nexus)!.Status);
    }

    private static void AssertStarted(LogicalUnitBench bench, List<ItlqNexus> sent, params int[] expected)
    {
        var started = StartedReads(bench);
        Assert.Equal(expected, Enumerable.Range(0, sent.Count).Where(i => started.ContainsKey(sent[i])));
    }

    /// <summary>The reads that storage has, by command.</summary>
    private static Dictionary<ItlqNexus, AioRequest> StartedReads(LogicalUnitBench bench) =>
        bench.Unanswered.OfType<AioRequest>().ToDictionary(bench.CommandOf);
}

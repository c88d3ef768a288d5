using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Scsi;

public sealed class UnitAttentionTests
{
    private const string Ready = "00 00 00 00 00 00";
    private const string RequestSense = "03 00 00 00 FF 00";
    private const string TasksetFault = "28 00 FF FF FF FF 00 00 01 00";
    private const string UnknownCommand = "C1 00 00 00 00 00";

    [Fact]
    public void Every_nexus_learns_of_the_power_on_once()
    {
        var bench = new LogicalUnitBench(clearPowerOn: false);
        Assert.Equal("06/29/01", bench.Execute(Ready).ToString());
        Assert.Equal("Good", bench.Execute(Ready).ToString());
        Assert.Equal("06/29/01", bench.Execute("28 00 00 00 00 00 00 00 01 00", 1).ToString());
        Assert.Equal("06/29/01", bench.Execute("FF 00 00 00 00 00", 2).ToString());
    }

    [Theory]
    [InlineData("12 00 00 00 FF 00")]
    [InlineData("A0 00 00 00 00 00 00 00 10 00 00 00")]
    public void Inquiry_and_report_luns_neither_report_nor_clear_a_unit_attention(string cdb)
    {
        var bench = new LogicalUnitBench(clearPowerOn: false);
        Assert.Equal("Good", bench.Execute(cdb).ToString());
        Assert.Equal("06/29/01", bench.Execute(Ready).ToString());
    }

    [Fact]
    public void Request_sense_returns_the_unit_attention_as_data_and_clears_it()
    {
        var bench = new LogicalUnitBench(clearPowerOn: false);
        var outcome = bench.Execute(RequestSense);
        Assert.Equal(ScsiStatus.Good, outcome.Status);
        Assert.Equal(LogicalUnitBench.Bytes("70 00 06 00 00 00 00 0A 00 00 00 00 29 01 00 00 00 00"), outcome.Data);
        Assert.Equal(LogicalUnitBench.Bytes("70 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00"), bench.Execute(RequestSense).Data);
        Assert.Equal("Good", bench.Execute(Ready).ToString());
    }

    [Fact]
    public void Conditions_are_reported_in_order_of_precedence()
    {
        var attentions = new UnitAttentions();
        attentions.Establish(UnitAttention.CapacityChanged);
        attentions.Establish(UnitAttention.CommandsCleared);
        attentions.Establish(UnitAttention.NexusLoss);
        attentions.Establish(UnitAttention.CommandsCleared);
        Assert.Equal(["29/07", "2f/00", "2a/09"], Drain(ref attentions));
    }

    [Fact]
    public void A_reset_takes_the_place_of_what_came_before_it()
    {
        var attentions = new UnitAttentions();
        attentions.Establish(UnitAttention.ModeParametersChanged);
        attentions.Establish(UnitAttention.NexusLoss);
        attentions.Establish(UnitAttention.LogicalUnitReset);
        attentions.Establish(UnitAttention.ModeParametersChanged);
        Assert.Equal(["29/03", "2a/01"], Drain(ref attentions));
    }

    [Fact]
    public void A_lesser_reset_says_nothing_new_after_a_greater_one()
    {
        var attentions = new UnitAttentions();
        attentions.Establish(UnitAttention.HardReset);
        attentions.Establish(UnitAttention.ModeParametersChanged);
        attentions.Establish(UnitAttention.LogicalUnitReset);
        attentions.Establish(UnitAttention.NexusLoss);
        Assert.Equal(["29/02"], Drain(ref attentions));
        attentions.Establish(UnitAttention.LogicalUnitReset);
        attentions.Establish(UnitAttention.PowerOn);
        Assert.Equal(["29/01"], Drain(ref attentions));
    }

    [Fact]
    public void A_changed_capacity_is_told_to_every_nexus()
    {
        var bench = new LogicalUnitBench();
        bench.Open();
        Assert.Equal("Good", bench.Execute(Ready).ToString());
        bench.Open(length: 1 << 20);
        for (var initiator = 0; initiator < 3; initiator++)
            Assert.Equal("06/2a/09", bench.Execute(Ready, initiator).ToString());
        Assert.Equal("Good", bench.Execute(Ready).ToString());
    }

    [Fact]
    public void Sense_data_is_kept_for_a_port_without_autosense()
    {
        var bench = new LogicalUnitBench();
        var outcome = bench.Execute(TasksetFault, autosense: false);
        Assert.Equal("05/21/00", outcome.ToString());
        Assert.Equal(0x00, bench.Execute(RequestSense, 1).Data[2]);
        var kept = bench.Execute(RequestSense, autosense: false).Data;
        Assert.Equal((0x05, 0x21), (kept[2], kept[12]));
        Assert.Equal(0x00, bench.Execute(RequestSense).Data[2]);
    }

    [Fact]
    public void Commands_that_fail_together_get_their_own_sense_data_when_it_is_asked_for_under_their_tags()
    {
        var bench = new LogicalUnitBench();
        bench.Send(TasksetFault, autosense: false, tag: 11);
        bench.Send(UnknownCommand, autosense: false, tag: 12);
        Assert.Equal(0x21, SenseFor(bench, 11)[12]);
        Assert.Equal(0x20, SenseFor(bench, 12)[12]);
        Assert.Equal(0x00, SenseFor(bench, 12)[12]);
    }

    [Fact]
    public void Neither_a_full_task_set_nor_an_older_ordered_command_nor_the_limit_for_buffers_holds_up_kept_sense_data()
    {
        var bench = new LogicalUnitBench(new LogicalUnitSettings { MaximumTasks = 3, BufferLimit = 4096 });
        bench.Send(TasksetFault, autosense: false, tag: 11);
        bench.SendRead(initiator: 1);
        bench.SendRead(initiator: 1, TaskAttribute.Ordered);
        bench.SendRead(initiator: 1);
        Assert.Equal(0x21, SenseFor(bench, 11)[12]);
        bench.AnswerAll();
        bench.HoldsNothing();
    }

    [Fact]
    public void Sense_data_is_not_kept_for_a_port_with_autosense()
    {
        var bench = new LogicalUnitBench();
        bench.Execute(TasksetFault);
        Assert.Equal(0x00, bench.Execute(RequestSense).Data[2]);
    }

    [Fact]
    public void Kept_sense_data_survives_tagged_commands_but_not_an_untagged_one()
    {
        var bench = new LogicalUnitBench();
        bench.Execute(TasksetFault, autosense: false);
        bench.Execute(Ready, autosense: false);
        Assert.Equal(0x05, bench.Execute(RequestSense, autosense: false).Data[2]);
        bench.Execute(TasksetFault, autosense: false);
        bench.Execute(Ready, attribute: TaskAttribute.Untagged, autosense: false);
        Assert.Equal(0x00, bench.Execute(RequestSense, autosense: false).Data[2]);
    }

    [Fact]
    public void Request_sense_has_both_formats_and_an_allocation_length()
    {
        var bench = new LogicalUnitBench();
        bench.Execute("2A 20 00 00 00 00 00 00 01 00", autosense: false);
        Assert.Equal(
            LogicalUnitBench.Bytes("72 05 24 00 00 00 00 08 02 06 00 00 CD 00 01 00"),
            bench.Execute("03 01 00 00 FF 00", autosense: false).Data);
        bench.Execute("2A 20 00 00 00 00 00 00 01 00", autosense: false);
        Assert.Equal(4, bench.Execute("03 00 00 00 04 00", autosense: false).Data.Length);
    }

    private static List<string> Drain(ref UnitAttentions attentions)
    {
        var reported = new List<string>();
        for (; attentions.Next is { } next; attentions.ClearNext())
            reported.Add($"{next.Additional}");
        return reported;
    }

    private static byte[] SenseFor(LogicalUnitBench bench, ulong tag)
    {
        var nexus = bench.Send(RequestSense, autosense: false, tag: tag);
        bench.AnswerOne(nexus);
        return bench.OutcomeOf(nexus)!.Data;
    }
}

using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>A fault is to blame for what it has hit, when it has hit it, and for nothing else.</summary>
public sealed class FaultExcuseTests
{
    private static readonly ItlqNexus Hit = new(new ItNexus(0, 1), Lun.Zero, 5);
    private static readonly TimeSpan Start = TimeSpan.FromMilliseconds(1);
    private static readonly FindingSubject Subject = FindingSubject.Of(Hit);

    [Theory]
    [InlineData(FaultWhat.Busy, "completion", true)]
    [InlineData(FaultWhat.Busy, "order", false)]
    [InlineData(FaultWhat.PowerCut, "contents", false)]
    [InlineData(FaultWhat.SelectionTimeout, "liveness", false)]
    [InlineData(FaultWhat.Mark, "completion", false)]
    public void A_kind_of_fault_excuses_what_it_shows_in(FaultWhat what, string oracle, bool isExcused) => Assert.Equal(isExcused, Excuses(what, oracle, Subject));

    [Fact]
    public void Another_command_of_the_unit_is_not_excused_by_what_one_was_answered() =>
        Assert.False(Excuses(FaultWhat.Busy, "completion", Subject with { Nexus = Hit with { Tag = 6 } }));

    [Fact]
    public void Another_unit_is_not_excused()
    {
        Assert.True(Excuses(FaultWhat.LogicalUnitReset, "blame", Subject with { Nexus = null }));
        Assert.False(Excuses(FaultWhat.LogicalUnitReset, "blame", Subject with { Nexus = null, Lun = 1 }));
        Assert.False(Excuses(FaultWhat.LogicalUnitReset, "blame", Subject with { Nexus = null, Target = 0 }));
        Assert.True(Excuses(FaultWhat.TargetReset, "blame", Subject with { Nexus = null, Lun = 1 }));
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    [InlineData(23, true)]
    [InlineData(24, false)]
    public void Other_blocks_are_not_excused(long lba, bool isExcused) =>
        Assert.Equal(isExcused, Excuses(FaultWhat.LostWrite, "contents", Subject with { Nexus = null, Lba = lba, Blocks = 1 }));

    [Fact]
    public void What_began_long_after_it_is_not_excused_unless_it_lasts()
    {
        var later = Subject with { Since = Start + TimeSpan.FromMinutes(1) };
        Assert.False(Excuses(FaultWhat.LogicalUnitReset, "blame", later));
        Assert.True(Excuses(FaultWhat.Never, "liveness", later));
        Assert.True(Excuses(FaultWhat.LostWrite, "contents", later with { Lba = 20, Blocks = 4 }));
    }

    [Fact]
    public void A_finding_that_is_excused_is_told_to_the_ledger_and_does_not_count()
    {
        var context = new OracleContext(new Scenario()) { Ledger = LedgerWith(FaultWhat.Busy), LedgerStart = Start };
        context.Add(new Finding("completion", Start, "twice"), Subject);
        context.Add(new Finding("completion", Start, "elsewhere"), Subject with { Target = 0, Nexus = null });
        Assert.Equal("elsewhere", Assert.Single(context.Findings).Sentence);
        Assert.Equal(1, context.Excused);
        Assert.Equal("twice", Assert.Single(context.Ledger.Injections[0].Notices).Text);
    }

    [Theory]
    [InlineData(FaultWhere.Bus, null, false)]
    [InlineData(FaultWhere.Bus, BusPhase.Command, false)]
    [InlineData(FaultWhere.Bus, BusPhase.DataOut, false)]
    [InlineData(FaultWhere.Bus, BusPhase.DataIn, true)]
    [InlineData(FaultWhere.Bus, BusPhase.Status, true)]
    [InlineData(FaultWhere.Bus, BusPhase.MessageIn, true)]
    [InlineData(FaultWhere.Message, null, true)]
    public void Wrong_parity_reaches_other_targets_where_the_initiator_finds_it(FaultWhere where, BusPhase? phase, bool isExcused)
    {
        var rule = new FaultRule("rule", where, FaultCondition.Always with { Phase = phase }, new FaultEffect(FaultWhat.ParityError));
        Assert.Equal(isExcused, Excuses(rule, Hit, "blame", new FindingSubject { Target = 0, Lun = 0 }));
        Assert.True(Excuses(rule, Hit, "blame", Subject));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(256, true)]
    public void A_lost_connection_reaches_other_targets_where_no_tag_says_whose_it_was(ulong tag, bool isExcused)
    {
        var rule = new FaultRule("rule", FaultWhere.Bus, FaultCondition.Always, new FaultEffect(FaultWhat.UnexpectedDisconnect));
        Assert.Equal(isExcused, Excuses(rule, Hit with { Tag = tag }, "blame", new FindingSubject { Target = 0, Lun = 0 }));
    }

    [Theory]
    [InlineData(FaultWhere.Scripts, FaultWhat.BitFlip, true)]
    [InlineData(FaultWhere.Message, FaultWhat.OtherByte, true)]
    [InlineData(FaultWhere.Aio, FaultWhat.BitFlip, false)]
    [InlineData(FaultWhere.Message, FaultWhat.ParityError, false)]
    public void Another_command_than_was_asked_for_is_excused_by_what_changes_the_program_or_its_messages(FaultWhere where, FaultWhat what, bool isExcused) =>
        Assert.Equal(isExcused, Excuses(new FaultRule("rule", where, FaultCondition.Always, new FaultEffect(what)), Hit, "delivery", Subject));

    private static bool Excuses(FaultWhat what, string oracle, FindingSubject subject) =>
        FaultExcuses.For(new Finding(oracle, Start, ""), subject, LedgerWith(what), Start) is not null;

    private static bool Excuses(FaultRule rule, ItlqNexus hit, string oracle, FindingSubject subject) =>
        FaultExcuses.For(new Finding(oracle, Start, ""), subject, LedgerWith(rule, hit), Start) is not null;

    private static FaultLedger LedgerWith(FaultWhat what) =>
        LedgerWith(new FaultRule("rule", FaultWhere.Aio, FaultCondition.Always, new FaultEffect(what)), Hit);

    private static FaultLedger LedgerWith(FaultRule rule, ItlqNexus hit)
    {
        var ledger = new FaultLedger([]);
        ledger.Add(rule, TimeSpan.Zero, new FaultHit(1, 0, hit, null, null, 20, 4));
        return ledger;
    }
}

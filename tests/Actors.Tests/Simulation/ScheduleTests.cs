using ScsiActors.Messages;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Simulation;

/// <summary>A schedule can be written down as its deviations from the order in which actors became ready, run again, and shrunk; so can what dice decide
/// about faults.</summary>
public sealed class ScheduleTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(TurnOrderKind.Random)]
    [InlineData(TurnOrderKind.PriorityChange)]
    [InlineData(TurnOrderKind.DelayBounded)]
    public void A_schedule_that_was_written_down_gives_the_same_run(TurnOrderKind order)
    {
        foreach (var seed in (ulong[])[1, 3, 6, 8, 14])
        {
            var drawn = ScenarioRun.Run(ScenarioGenerator.Draw(seed) with { Order = order });
            var written = ScenarioRun.Run(drawn.Scenario with { Order = TurnOrderKind.Fifo, Deviations = TurnDeviations.Write(drawn.Deviations) });

            Assert.Equal((drawn.Hash, drawn.Turns), (written.Hash, written.Turns));
            Assert.Equal(TurnDeviations.Write(drawn.Deviations), TurnDeviations.Write(written.Deviations));
            output.WriteLine($"seed {seed}, {order}: {drawn.Turns} turns, {drawn.Deviations.Count} out of order");
        }
    }

    [Fact]
    public void A_schedule_in_the_order_of_readiness_has_no_deviations() =>
        Assert.Empty(ScenarioRun.Run(ScenarioGenerator.Draw(3) with { Order = TurnOrderKind.Fifo }).Deviations);

    [Theory]
    [InlineData("12")]
    [InlineData("12:0")]
    [InlineData("0:1")]
    [InlineData("12:1 12:2")]
    [InlineData("a:b")]
    public void What_is_no_schedule_is_refused(string text)
    {
        Assert.Contains("CHOICE:TAKEN", Assert.Throws<FormatException>(() => TurnDeviations.Parse(text)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => ScenarioJson.Read($$"""{ "Deviations": "{{text}}" }"""));
    }

    [Fact]
    public void A_race_shrinks_to_two_commands_and_the_one_turn_out_of_order_that_matters()
    {
        var builder = ScenarioBuilder.WithSeed(4).Disk(new DiskPlan { TakesTime = false }).Turns(TurnOrderKind.Random);
        for (var i = 0; i < 24; i++)
            builder.Via(ScenarioPort.Direct, client: i % 3).Command("00 00 00 00 00 00");
        var race = builder.Build();
        Assert.Empty(WithRace(race with { Order = TurnOrderKind.Fifo }).Findings);
        var found = WithRace(race);
        Assert.NotEmpty(found.Findings);

        var shrinker = new ScenarioShrinker((one, _) => WithRace(one), static () => false);
        var shortest = shrinker.Shrink(race, "race");

        output.WriteLine($"{race.Steps.Count} steps and {found.Deviations.Count} turns out of order shrink to {shortest.Steps.Count} and '{shortest.Deviations}' after {shrinker.Runs} runs");
        Assert.Equal((2, TurnOrderKind.Fifo), (shortest.Steps.Count, shortest.Order));
        Assert.Single(TurnDeviations.Parse(shortest.Deviations));
        Assert.NotEmpty(WithRace(shortest).Findings);
        Assert.Empty(WithRace(shortest with { Deviations = "" }).Findings);

        Assert.Equal(shortest.Deviations, ScenarioJson.Read(ScenarioJson.Write(shortest)).Deviations);
        var test = ScenarioTest.Write(shortest, WithRace(shortest).Findings[0]);
        Assert.Contains($".Deviations(\"{shortest.Deviations}\")", test, StringComparison.Ordinal);
        Assert.Matches(@"// Out of order at choice \d+: .+ \(\w+\) before .+ \(\w+\)\.", test);
    }

    [Fact]
    public void A_fault_that_dice_decide_shrinks_to_the_occasion_on_which_it_matters()
    {
        var builder = ScenarioBuilder.WithSeed(2)
            .Fault("other { where = aio, when = { operation = write, probability = 0.2 }, what = { do = late, by = 3 ms }, times = 2 }")
            .Fault("bad { where = aio, when = { operation = read, probability = 0.2 }, what = medium-error, times = 3 }");
        for (var i = 0; i < 20; i++)
            builder.At(i * 1000).Read(i * 8, 8).Write(i * 8, 8);
        Assert.NotEmpty(WithMediumError(builder.Build()).Findings);

        var shortest = new ScenarioShrinker(static (one, _) => WithMediumError(one), static () => false).Shrink(builder.Build(), "medium error");

        output.WriteLine($"{shortest.Steps.Count} steps, {shortest.Faults}");
        Assert.DoesNotContain("probability", shortest.Faults, StringComparison.Ordinal);
        Assert.DoesNotContain("other", shortest.Faults, StringComparison.Ordinal);
        Assert.Matches("^bad.* nth = 1 ", shortest.Faults);
        Assert.InRange(shortest.Steps.Count, 1, 2);
    }

    // A hand-made bug: whoever relies on the answer of command 1 coming first.
    private static RunResult WithRace(Scenario scenario)
    {
        var answers = new List<ulong>();
        using var run = new ScenarioRun(scenario);
        run.Prepare();
        run.Sent = (_, from, _, message) =>
        {
            if (from == "direct-port" && message is CommandExecuted executed && executed.Id <= (ulong)scenario.Steps.Count)
                answers.Add(executed.Id);
        };
        run.Finish();
        var isBroken = answers.Count > 1 && !answers.SequenceEqual(answers.Order());
        return run.Result() with { Findings = isBroken ? [new Finding("race", TimeSpan.Zero, "An older command was answered after a younger one")] : [] };
    }

    private static RunResult WithMediumError(Scenario scenario)
    {
        var result = ScenarioRun.Run(scenario);
        var isBroken = result.Injections.Any(static injection => injection.Rule.What.What == ScsiActors.Faults.FaultWhat.MediumError);
        return result with { Findings = isBroken ? [new Finding("medium error", TimeSpan.Zero, "A read has failed")] : [] };
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Classic races, held at the point where they are decided.</summary>
public sealed class RaceTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public void An_abort_that_meets_the_completion_ends_the_command_once()
    {
        var holds = new MessageHolds();
        var completion = holds.HoldAt(static passing => passing.Message is AioCompleted { Bytes: 4096 } && passing.To == "target-0-lun-0");
        using var run = Start(holds, ScenarioBuilder.WithSeed(1).Read(0, 1).At(1000).Read(8, 8).At(3000).Function(TaskManagementFunction.AbortTask, of: 2));
        Assert.True(run.World.AdvanceUntil(() => completion.IsReached, Long));
        // The function waits for storage to let go of the buffer.
        run.World.RunTo(run.Start + TimeSpan.FromMilliseconds(50));
        Assert.Contains(run.Outstanding, static request => request.Contains("command 2", StringComparison.Ordinal));
        completion.Release();
        run.Finish();
        Assert.Empty(run.Result().Findings);
        Assert.Equal(1, run.Result().Coverage["AbortTask | FunctionComplete"]);
        Assert.Equal(1, run.Result().Coverage["READ(10) | Aborted"]);
    }

    [Fact]
    public void An_abort_that_comes_after_the_status_finds_nothing_to_abort()
    {
        var holds = new MessageHolds();
        var status = holds.HoldAt(static passing => passing.Message is SendCommandComplete { Transferred: 4096 });
        using var run = Start(holds, ScenarioBuilder.WithSeed(1).Read(0, 1).At(1000).Read(8, 8).At(3000).Function(TaskManagementFunction.AbortTask, of: 2));
        Assert.True(run.World.AdvanceUntil(() => status.IsReached, Long));
        run.World.RunTo(run.Start + TimeSpan.FromMilliseconds(50));
        status.Release();
        run.Finish();
        Assert.Empty(run.Result().Findings);
        Assert.DoesNotContain("READ(10) | Aborted", run.Result().Coverage.Keys);
    }

    [Fact]
    public void A_reset_in_the_middle_of_the_data_of_a_write_leaves_every_block_old_or_new()
    {
        var holds = new MessageHolds();
        var data = holds.HoldAt(static passing => passing.Message is DataOutReceived && passing.From == "bus");
        using var run = Start(holds, ScenarioBuilder.WithSeed(1).Via(ScenarioPort.Adapter).Write(0, 1).At(1000).Write(8, 8)
            .At(3000).Function(TaskManagementFunction.LogicalUnitReset));
        Assert.True(run.World.AdvanceUntil(() => data.IsReached, Long));
        run.World.RunTo(run.Start + TimeSpan.FromMilliseconds(50));
        data.Release();
        run.Finish();
        Assert.Empty(run.Result().Findings);
    }

    [Fact]
    public void A_reselection_that_meets_a_selection_waits_and_then_wins()
    {
        var holds = new MessageHolds();
        var reselection = holds.HoldAt(static passing => passing.Message is ReselectionRequested);
        using var run = Start(holds, ScenarioBuilder.WithSeed(1).Via(ScenarioPort.Adapter).Write(0, 1).At(1000).Read(8, 8).At(3000).Read(16, 8).Read(24, 8));
        Assert.True(run.World.AdvanceUntil(() => reselection.IsReached, Long));
        // Just now the driver starts others: selection and reselection meet.
        run.World.RunTo(run.Start + TimeSpan.FromMilliseconds(3));
        reselection.Release();
        run.Finish();
        Assert.Empty(run.Result().Findings);
    }

    private static ScenarioRun Start(MessageHolds holds, ScenarioBuilder builder)
    {
        var run = new ScenarioRun(builder.Build());
        run.Prepare(holds);
        return run;
    }
}

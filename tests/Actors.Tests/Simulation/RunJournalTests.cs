using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>The journal of a run: its hash, and what stands in it of causes, faults and findings.</summary>
public sealed class RunJournalTests
{
    [Theory]
    [InlineData(6)]
    [InlineData(17)]
    public void The_hash_of_a_run_is_that_of_its_journal_whether_or_not_its_events_are_kept(ulong seed)
    {
        var scenario = ScenarioGenerator.Draw(seed);
        using var file = new MemoryStream();
        using var run = Finished(scenario, new JournalOptions { Keep = int.MaxValue, File = file });
        var hash = run.Result().Hash;
        Assert.Equal(ScenarioRun.Run(scenario).Hash, hash);

        using var again = new Journal.Journal(run.Journal.Header);
        again.Append(run.Journal.Events);
        Assert.Equal(hash, again.Hash);
        Assert.True(run.Journal.Count >= run.World.Turns, "there is an event for every message");
    }

    [Fact]
    public void Every_message_but_those_of_clients_clocks_and_timers_has_the_one_in_whose_handling_it_was_sent()
    {
        using var run = Finished(ScenarioBuilder.WithSeed(1).Via(ScenarioPort.Direct).At(0).Command("00 00 00 00 00 00").At(100).Write(lba: 8, blocks: 4).Build(), Keep);
        var events = run.Journal.Events;
        var asked = events.First(static entry => entry.Kind.Name == nameof(ReceiveDataOut) && entry.Lun == 0);
        Assert.Equal(nameof(ScsiCommandReceived), events[(int)asked.Cause].Kind.Name);
        Assert.Equal(asked.From, events[(int)asked.Cause].To);
        Assert.Equal(events.Count, events.Select(static entry => entry.Sequence).Distinct().Count());
        Assert.All(events, static entry => Assert.InRange(entry.Cause, -1, entry.Sequence - 1));
    }

    [Fact]
    public void A_fault_stands_before_what_it_hits_and_both_have_its_number()
    {
        var scenario = ScenarioBuilder.WithSeed(1).Fault("bad { where = aio, when = { operation = read }, what = medium-error }")
            .Via(ScenarioPort.Direct).At(0).Read(lba: 8, blocks: 4).At(100).Read(lba: 8, blocks: 4).Build();
        using var run = Finished(scenario, Keep);
        var events = run.Journal.Events.ToList();
        var fault = events.FindIndex(static entry => entry.Kind == EventKinds.Fault);
        Assert.Equal(1, events[fault].FaultId);
        Assert.Contains("bad, medium-error at aio", events[fault].Remark, StringComparison.Ordinal);
        Assert.Contains(events, entry => entry.FaultId == 1 && entry.Sequence > fault && entry.Kind.Role == EventRole.Message);
    }

    [Fact]
    public void A_finding_stands_behind_the_message_that_shows_it()
    {
        var scenario = ScenarioGenerator.Draw(1) with { Mutant = "completed-twice" };
        using var run = Finished(scenario, Keep);
        var events = run.Journal.Events;
        var finding = events.First(static entry => entry.Kind == EventKinds.Finding);
        Assert.Equal(finding.Sequence - 1, finding.Cause);
        Assert.Equal($"{run.Result().Findings[0].Oracle}: {run.Result().Findings[0].Sentence}", finding.Remark);
    }

    [Fact]
    public void Each_request_to_a_block_device_is_followed_to_storage_and_back()
    {
        var scenario = ScenarioBuilder.WithSeed(3).Via(ScenarioPort.VirtioBlk).Block(BlockOperation.Write, 0, 4096).Block(BlockOperation.Write, 0, 4096)
            .Block(BlockOperation.Read, 0, 4096).Block(BlockOperation.WriteZeroes, 4096, 4096).Block(BlockOperation.Discard, 8192, 4096).Block(BlockOperation.Flush)
            .Build();
        using var run = Finished(scenario, Keep);
        var events = run.Journal.Events;
        var history = new BlockRequestHistory(events, new CommandHistory(events));

        var requests = Enumerable.Range(0, events.Count).Where(i => history.Of(i) is not null).ToLookup(i => history.Of(i)!, i => events[i].Kind.Name);
        Assert.Equal(scenario.Steps.Count, requests.Count);
        foreach (var request in requests)
        {
            Assert.True(request.Key.IsAnswered);
            Assert.Equal(nameof(ExecuteBlockRequest), request.First());
            Assert.Equal(nameof(BlockRequestExecuted), events[request.Key.Last].Kind.Name);
            // To the queue and to storage, and back.
            Assert.Equal(2, request.Count(static name => name is nameof(AioRead) or nameof(AioWrite) or nameof(AioUnmap) or nameof(AioFlush)));
            Assert.Equal(2, request.Count(static name => name == nameof(AioCompleted)));
        }
    }

    private static JournalOptions Keep => new() { Keep = int.MaxValue };

    private static ScenarioRun Finished(Scenario scenario, JournalOptions options)
    {
        var run = new ScenarioRun(scenario, options);
        run.Prepare();
        run.Finish();
        return run;
    }
}

using System.Text;
using System.Text.Json;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Journal;

/// <summary>What is made of a journal: each a function of its events, and so a golden file.</summary>
public sealed class ProjectionTests
{
    private static readonly string[] Phases = ["X", "i", "b", "e", "s", "t", "f", "C", "M"];

    [Fact]
    public void The_sample_as_a_message_flow() => GoldenText.Check("sample.txt", string.Join('\n', MessageFlow.Lines(SampleRun.Events)) + "\n");

    [Fact]
    public void The_sample_as_a_trace() => GoldenText.Check("sample.trace.json", Trace(SampleRun.Events));

    [Fact]
    public void The_sample_as_a_capture() => GoldenText.Check("sample.pcapng", Written(stream => Capture.Write(stream, SampleRun.Header, SampleRun.Events)));

    [Fact]
    public void Why_a_command_failed()
    {
        var history = new CommandHistory(SampleRun.Events);
        GoldenText.Check("why.txt", Why.Of(SampleRun.Events, history, history.Commands[1]));
    }

    [Fact]
    public void Every_event_of_the_sample_belongs_to_its_command()
    {
        var history = new CommandHistory(SampleRun.Events);
        Assert.Equal(["command 1, READ(10)", "command 2, WRITE(10)", "command 3, READ(16)"], history.Commands.Select(static c => c.Title));
        Assert.All(history.Commands, static command => Assert.True(command.IsAnswered));
        Assert.Equal(CommandOutcome.Aborted, history.Commands[2].Outcome);
        Assert.Equal(262144, history.Commands[0].DataIn);
        for (var i = 0; i < SampleRun.Events.Count; i++)
            Assert.True(history.Of(i) is not null || SampleRun.Events[i].Kind == EventKinds.Timer, SampleRun.Events[i].Text);
    }

    [Fact]
    public void Commands_are_followed_by_what_they_say_where_there_are_no_causes()
    {
        var without = SampleRun.Events.Select(static entry => entry with { Cause = JournalEvent.None }).ToArray();
        var (with, history) = (new CommandHistory(SampleRun.Events), new CommandHistory(without));
        Assert.Equal(with.Commands.Count, history.Commands.Count);
        for (var i = 0; i < without.Length; i++)
        {
            // What is about the adapter, and what goes to storage, does not say for which command.
            if (history.Of(i) is { } command)
                Assert.Equal(with.Of(i)!.Number, command.Number);
            else
                Assert.Contains(without[i].Kind.Name[..3], new[] { "Reg", "Int", "Aio", "Bus", "Fau", "Fin", "Tim", "Tas" });
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_command_that_its_target_answers_for_a_logical_unit_ends_with_that_answer(bool hasStatus)
    {
        using var journal = new ScsiActors.Journal.Journal(SampleRun.Header, new JournalOptions { Keep = int.MaxValue });
        var requestSense = Cdb.Parse([0x03, 0, 0, 0, 96, 0]);
        var last = journal.Record(TimeSpan.FromMicroseconds(1), "adapter", "bus", new CommandMoved(5, 0, SelectionMessage.None, requestSense), JournalEvent.None);
        _ = journal.Record(TimeSpan.FromMicroseconds(3), "bus", "adapter", hasStatus
            ? new TargetPhases(5, [PhaseStep.Status(ScsiStatus.Busy), PhaseStep.MessageIn(0), PhaseStep.BusFree])
            : new ConnectionWithdrawn(5), last);

        var command = Assert.Single(new CommandHistory(journal.Events).Commands);

        Assert.True(command.IsAnswered);
        Assert.Equal(hasStatus ? (CommandOutcome.Complete, ScsiStatus.Busy) : (CommandOutcome.Aborted, ScsiStatus.Good), (command.Outcome, command.Status));
        Assert.Equal(2000, command.Latency);
        var spans = JsonDocument.Parse(Trace(journal.Events)).RootElement.GetProperty("traceEvents").EnumerateArray()
            .Select(static entry => entry.GetProperty("ph").GetString()).Where(static phase => phase is "b" or "e");
        Assert.Equal(["b", "e"], spans);
    }

    [Fact]
    public void Latencies_are_counted_by_command_name()
    {
        var histograms = LatencyHistograms.Of(new CommandHistory(SampleRun.Events));
        Assert.Equal(["READ(10)", "READ(16)", "WRITE(10)"], histograms.Select(static h => h.Operation));
        Assert.All(histograms, static h =>
        {
            Assert.Equal(h.Count, h.Buckets.Sum(static bucket => bucket.Count));
            Assert.InRange(h.Minimum, h.Buckets[0].From, h.Buckets[0].To - 1);
            Assert.InRange(h.Maximum, h.Buckets[^1].From, h.Buckets[^1].To - 1);
            Assert.All(h.Buckets, static bucket => Assert.InRange(bucket.To - bucket.From, 1, Math.Max(1, bucket.From / 8)));
        });
    }

    [Fact]
    public void A_trace_keeps_to_its_format()
    {
        using var trace = JsonDocument.Parse(Trace(SampleRun.Events));
        var open = new Dictionary<string, string>();
        var flows = new Dictionary<int, string>();
        var ends = new Dictionary<(int, int), decimal>();
        foreach (var entry in trace.RootElement.GetProperty("traceEvents").EnumerateArray())
        {
            var phase = entry.GetProperty("ph").GetString()!;
            Assert.Contains(phase, Phases);
            Assert.Equal(JsonValueKind.String, entry.GetProperty("name").ValueKind);
            var track = (entry.GetProperty("pid").GetInt32(), entry.GetProperty("tid").GetInt32());
            if (phase == "M")
                continue;
            var time = entry.GetProperty("ts").GetDecimal();
            switch (phase)
            {
                case "X":
                    // Slices of a track follow each other or lie within each other.
                    Assert.True(time >= ends.GetValueOrDefault(track) || entry.GetProperty("dur").GetDecimal() == 0.001m, $"{entry}");
                    ends[track] = time + entry.GetProperty("dur").GetDecimal();
                    break;
                case "b":
                    Assert.True(open.TryAdd(SpanOf(entry), entry.GetProperty("name").GetString()!));
                    break;
                case "e":
                    Assert.True(open.Remove(SpanOf(entry), out var name));
                    Assert.Equal(name, entry.GetProperty("name").GetString());
                    break;
                case "s":
                    Assert.True(flows.TryAdd(entry.GetProperty("id").GetInt32(), phase));
                    break;
                case "t" or "f":
                    Assert.Contains(flows[entry.GetProperty("id").GetInt32()], new[] { "s", "t" });
                    flows[entry.GetProperty("id").GetInt32()] = phase;
                    break;
                case "C":
                    Assert.True(entry.GetProperty("args").GetProperty("outstanding").GetInt32() >= 0);
                    break;
            }
        }
        Assert.All(flows.Values, static phase => Assert.Equal("f", phase));
        // The read that was cancelled at its queue never came to storage, and ended all the same.
        Assert.Empty(open);
    }

    [Fact]
    public void Nothing_makes_nothing()
    {
        Assert.Empty(MessageFlow.Lines([]));
        Assert.Contains("\"traceEvents\":[]", Trace([]));
        Assert.NotEmpty(Written(static stream => Capture.Write(stream, SampleRun.Header, [])));
        Assert.Empty(LatencyHistograms.Of(new CommandHistory([])));
    }

    private static string SpanOf(JsonElement entry) => entry.GetProperty("cat").GetString() + entry.GetProperty("id").GetString();

    private static string Trace(IReadOnlyList<JournalEvent> events) =>
        Encoding.UTF8.GetString(Written(stream => TraceJson.Write(stream, SampleRun.Header, events)));

    private static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}

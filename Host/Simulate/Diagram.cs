using ScsiActors.Journal;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>A scenario's messages as a sequence diagram.</summary>
internal static class Diagram
{
    private const int MostMessages = 60;
    private const string NoSender = "deadLetters";

    /// <summary>As Mermaid text.</summary>
    public static string Of(Scenario scenario)
    {
        using var journal = new Journal.Journal(new JournalHeader($"seed {scenario.Seed}"), new JournalOptions { Keep = int.MaxValue });
        using var run = new ScenarioRun(scenario);
        run.Prepare();
        run.Sent = (time, from, to, message) =>
        {
            // What nobody sent is the scenario's own clock.
            if (from.Length > 0 && from != NoSender)
                journal.Record(time, from, to, message, JournalEvent.None);
        };
        run.Finish();
        return SequenceDiagram.From(journal.Events, new SequenceOptions { MaximumItems = MostMessages }).ToMermaid();
    }
}

using ScsiActors.Journal;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>A scenario's messages as a sequence diagram.</summary>
internal static class Diagram
{
    private const int MostMessages = 60;

    /// <summary>As Mermaid text.</summary>
    public static string Of(Scenario scenario)
    {
        using var run = new ScenarioRun(scenario, new JournalOptions { Keep = int.MaxValue });
        run.Prepare();
        run.Finish();
        return SequenceDiagram.From(run.Journal.Events, new SequenceOptions { MaximumItems = MostMessages }).ToMermaid();
    }
}

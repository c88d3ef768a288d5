using Akka.Configuration;
using ScsiActors.Host.Report;
using ScsiActors.Journal;

namespace ScsiActors.Host.Experiment;

/// <summary>One write as a sequence diagram, for each stage of the patches and for virtio.</summary>
internal static class WriteDiagrams
{
    private static readonly (Interface Interface, string Description)[] Stages =
    [
        (Interface.NoPatch, "The bus is held from the command to its status: nobody else gets to storage."),
        (Interface.Patches1To3, "Disconnected while it waits; data is asked for by a reselection, the status comes with another. Cut to the buffer."),
        (Interface.Patches1To4, "The same, and whole: the buffer has grown."),
        (Interface.Virtio, "No bus: the request lies in memory, a notification each way."),
    ];

    /// <summary>The diagrams of the built-in model.</summary>
    public static IReadOnlyList<ReportBlock> All() => All(new RowSimulation(
        ExperimentParameters.From(ConfigurationFactory.Empty), ExperimentPlan.Short.Seed, ExperimentPlan.Short.WarmUp, ExperimentPlan.Short.Duration));

    /// <summary>The diagrams, each of one write under kvm that is larger than the buffer before the last patch.</summary>
    /// <param name="simulation">Runs them.</param>
    public static IReadOnlyList<ReportBlock> All(RowSimulation simulation) => [.. Stages.Select(stage => Of(simulation, stage.Interface, stage.Description))];

    private static Diagram Of(RowSimulation simulation, Interface disk, string description)
    {
        var row = new RowKey(Machine.Kvm, disk, IsWrite: true, Kibibytes: 192);
        var diagram = SequenceDiagram.From(simulation.RunOnce(row));
        return new Diagram($"{Names.Of(disk)}: a write of {row.Kibibytes} KiB", description, diagram.ToSvg(isStandalone: false));
    }
}

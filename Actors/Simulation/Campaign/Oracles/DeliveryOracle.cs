using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What a client asks for is what reaches the logical unit: the CDB, the logical unit, the nexus and the task attribute arrive unchanged
/// (SAM-5 5.1), and nothing arrives that nobody has asked for.</summary>
/// <param name="context">Of the run.</param>
internal sealed class DeliveryOracle(OracleContext context) : Oracle("delivery", context)
{
    private const int AdapterId = 7;
    private const byte RequestSense = 0x03;

    /// <inheritdoc/>
    public override void Observe(in Observed seen)
    {
        if (seen.Message is not ScsiCommandReceived command)
            return;
        if (Watch.Task is { } task)
            AtLogicalUnit(seen.Time, task);
        else if (Parties.IsPort(seen.From))
            AtPort(seen, command);
    }

    private void AtPort(in Observed seen, ScsiCommandReceived command)
    {
        if (Watch.Asked is not { } asked)
        {
            // A driver fetches sense data by itself.
            if (command.Cdb.OperationCode != RequestSense)
                Find(seen.Time, $"{seen.From} sent {command.Nexus} ({command.Cdb}), which no client had asked for", FindingSubject.Of(command.Nexus));
            return;
        }
        var wanted = asked.Command;
        var name = $"Command {wanted.Id}";
        var about = FindingSubject.Of(asked);
        if (command.Cdb != wanted.Cdb)
            Find(seen.Time, $"{name} was sent as {command.Cdb}; its client asked for {wanted.Cdb}", about);
        if (command.Nexus.Lun != wanted.Lun || command.Nexus.It.TargetPort != wanted.Target)
            Find(seen.Time, $"{name} was sent to {command.Nexus}; its client asked for target {wanted.Target}, logical unit {wanted.Lun}", about);
        if (command.Nexus.It.InitiatorPort != (seen.From == Parties.Bus ? AdapterId : 0))
            Find(seen.Time, $"{name} was sent as {command.Nexus}, which is not the nexus of {seen.From}", about);
        if (command.Attribute != Watch.AttributeOf(asked))
            Find(seen.Time, $"{name} was sent as {command.Attribute}; its client asked for {Watch.AttributeOf(asked)}", about);
    }

    private void AtLogicalUnit(TimeSpan time, ObservedTask task)
    {
        var (target, lun) = Parties.UnitOf(task.Unit);
        var nexus = task.Command.Nexus;
        if (nexus.It.TargetPort != target || nexus.Lun.Number != lun)
            Find(time, $"{nexus} came to {task.Unit}", FindingSubject.Of(task));
        if (task.Asked is not { } asked)
            return;
        if (task.Command.Cdb != asked.Command.Cdb)
            Find(time, $"Command {asked.Command.Id} came to {task.Unit} as {task.Command.Cdb}; its client asked for {asked.Command.Cdb}", FindingSubject.Of(task));
        if (task.Command.Attribute != task.Attribute)
            Find(time, $"Command {asked.Command.Id} came to {task.Unit} as {task.Command.Attribute}; its client asked for {task.Attribute}", FindingSubject.Of(task));
    }
}

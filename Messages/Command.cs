using ScsiActors.Messages.Scsi;

namespace ScsiActors.Messages;

/// <summary>Names a task inside its logical unit: a slot that is used again, and the generation that tells a late answer from a current one.
/// A port echoes it and reads nothing from it.</summary>
/// <param name="Slot">The slot, from 0.</param>
/// <param name="Generation">Counts the uses of the slot.</param>
public readonly record struct TaskId(int Slot, uint Generation)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Slot}.{Generation}";
}

/// <summary>SCSI Command Received (SAM-5 5.4.2.3): a port hands a command to the task router, which passes it to its logical unit.
/// It is answered, once, by <see cref="SendCommandComplete"/> or <see cref="CommandAborted"/>, to the sender.</summary>
/// <param name="Nexus">The command's name.</param>
/// <param name="Cdb">The command descriptor block.</param>
/// <param name="Attribute">The task attribute.</param>
/// <param name="DataInLength">How many bytes the port can take at the most (Data-In Buffer Size); <see cref="UnknownLength"/> where the port cannot
/// know, as on a parallel bus.</param>
/// <param name="DataOutLength">How many bytes the port can supply at the most (Data-Out Buffer Size); likewise.</param>
/// <param name="Autosense">True when the port delivers sense data with the status; false keeps it for REQUEST SENSE (parallel bus).</param>
public sealed record ScsiCommandReceived(
    ItlqNexus Nexus, Cdb Cdb, TaskAttribute Attribute, int DataInLength, int DataOutLength, bool Autosense = true)
{
    /// <summary>The length of a port that cannot know it.</summary>
    public const int UnknownLength = -1;
}

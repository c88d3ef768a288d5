using ScsiActors.Messages.Scsi;

namespace ScsiActors.Messages;

/// <summary>Send Command Complete (SAM-5 5.4.2.4): the logical unit's one answer to a command that ends with a status.</summary>
/// <param name="Nexus">The command.</param>
/// <param name="Status">The status.</param>
/// <param name="Sense">The sense data of a CHECK CONDITION; null otherwise.</param>
/// <param name="Transferred">Bytes that went in or out; the port computes the residual from it.</param>
public sealed record SendCommandComplete(ItlqNexus Nexus, ScsiStatus Status, SenseData? Sense, long Transferred);

/// <summary>The logical unit's one answer to a command that it has aborted and that ends without a status (SAM-5 5.6, TAS=0): the port frees what it
/// holds for the command and tells the initiator nothing.</summary>
/// <param name="Nexus">The command.</param>
public sealed record CommandAborted(ItlqNexus Nexus);

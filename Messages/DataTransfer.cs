using ScsiActors.Messages.Scsi;

namespace ScsiActors.Messages;

/// <summary>Send Data-In (SAM-5 5.4.3.2.1): a logical unit hands bytes to the port for the initiator. The buffer is lent: the port reads it and
/// answers <see cref="DataInDelivered"/>, always and once, even when the initiator is gone.</summary>
/// <param name="Nexus">The command.</param>
/// <param name="Task">The task, to be echoed.</param>
/// <param name="Buffer">Holds the bytes, from its byte 0.</param>
/// <param name="Offset">Where they belong in the application client's buffer, in bytes.</param>
/// <param name="Count">How many bytes.</param>
public sealed record SendDataIn(ItlqNexus Nexus, TaskId Task, DataBuffer Buffer, long Offset, int Count);

/// <summary>Data-In Delivered (SAM-5 5.4.3.2.2): the port has read the buffer, which is the logical unit's again.</summary>
/// <param name="Nexus">The command.</param>
/// <param name="Task">The task, echoed.</param>
/// <param name="Delivered">False when the transfer failed or was given up: the command is then to be ended or has been aborted.</param>
public sealed record DataInDelivered(ItlqNexus Nexus, TaskId Task, bool Delivered = true);

/// <summary>Receive Data-Out (SAM-5 5.4.3.3.1): a logical unit asks the port for bytes of the initiator. The buffer is lent: the port fills it and
/// answers <see cref="DataOutReceived"/>, always and once, even when the initiator is gone. A write asks for its data before it is submitted to
/// storage, never after.</summary>
/// <param name="Nexus">The command.</param>
/// <param name="Task">The task, to be echoed.</param>
/// <param name="Buffer">Takes the bytes, from its byte 0.</param>
/// <param name="Offset">Where they lie in the application client's buffer, in bytes.</param>
/// <param name="Count">How many bytes.</param>
public sealed record ReceiveDataOut(ItlqNexus Nexus, TaskId Task, DataBuffer Buffer, long Offset, int Count);

/// <summary>Data-Out Received (SAM-5 5.4.3.3.2): the port has filled the buffer, which is the logical unit's again.</summary>
/// <param name="Nexus">The command.</param>
/// <param name="Task">The task, echoed.</param>
/// <param name="Received">False when the transfer failed or was given up: the buffer's contents are then undefined.</param>
public sealed record DataOutReceived(ItlqNexus Nexus, TaskId Task, bool Received = true);

using ScsiActors.Messages.Scsi;

namespace ScsiActors.Messages;

/// <summary>Which way the data of a command goes, seen from the initiator.</summary>
public enum DataDirection : byte
{
    /// <summary>No data.</summary>
    None,

    /// <summary>From the device to the initiator (Data-In).</summary>
    In,

    /// <summary>From the initiator to the device (Data-Out).</summary>
    Out,
}

/// <summary>Execute Command (SAM-5 5.1), the remote procedure call of an application client: what every initiator of ours takes, whatever lies
/// between it and the logical unit. It is answered, once, by <see cref="CommandExecuted"/>, to the sender.</summary>
/// <param name="Id">Chosen by the client, echoed; unique among its outstanding commands.</param>
/// <param name="Target">The target.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="Cdb">The command descriptor block.</param>
/// <param name="Direction">Which way the data goes.</param>
/// <param name="Data">The client's buffer, lent until the answer; empty without data.</param>
/// <param name="Attribute">The task attribute.</param>
public sealed record ExecuteCommand(
    ulong Id, int Target, Lun Lun, Cdb Cdb, DataDirection Direction = DataDirection.None, Memory<byte> Data = default,
    TaskAttribute Attribute = TaskAttribute.Simple);

/// <summary>How a command ended for the application client.</summary>
public enum CommandOutcome : byte
{
    /// <summary>COMMAND COMPLETE: there is a status.</summary>
    Complete,

    /// <summary>It was aborted by a task management function or a reset: no status.</summary>
    Aborted,

    /// <summary>SERVICE DELIVERY OR TARGET FAILURE: no such target, or it went away.</summary>
    DeliveryFailure,
}

/// <summary>The one answer to an <see cref="ExecuteCommand"/>.</summary>
/// <param name="Id">As in the request.</param>
/// <param name="Outcome">Whether there is a status at all.</param>
/// <param name="Status">The status; meaningful when <paramref name="Outcome"/> is Complete.</param>
/// <param name="Sense">Sense data of a CHECK CONDITION; null otherwise.</param>
/// <param name="Residual">Bytes of the client's buffer that were not used.</param>
public sealed record CommandExecuted(ulong Id, CommandOutcome Outcome, ScsiStatus Status, SenseData? Sense, long Residual)
{
    /// <summary>True for GOOD and CONDITION MET.</summary>
    public bool IsGood => Outcome == CommandOutcome.Complete && Status is ScsiStatus.Good or ScsiStatus.ConditionMet;
}

/// <summary>A task management function asked for by an application client; answered, once, by <see cref="TaskManagementExecuted"/>.</summary>
/// <param name="Id">Chosen by the client, echoed.</param>
/// <param name="Target">The target.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="Function">The function.</param>
/// <param name="CommandId">The <see cref="ExecuteCommand.Id"/> it is about, for ABORT TASK and QUERY TASK.</param>
public sealed record ExecuteTaskManagement(ulong Id, int Target, Lun Lun, TaskManagementFunction Function, ulong CommandId = 0);

/// <summary>Asks a host adapter's driver to reset adapter and bus (SPI-3 12.5): every command on the bus ends without a status, and every target is reset. Answered, once,
/// by <see cref="BusResetExecuted"/>, when commands are started again.</summary>
/// <param name="Id">Chosen by the client, echoed.</param>
public sealed record ExecuteBusReset(ulong Id);

/// <summary>The answer to <see cref="ExecuteBusReset"/>.</summary>
/// <param name="Id">As in the request.</param>
public sealed record BusResetExecuted(ulong Id);

/// <summary>The answer to <see cref="ExecuteTaskManagement"/>.</summary>
/// <param name="Id">As in the request.</param>
/// <param name="Response">The outcome.</param>
public sealed record TaskManagementExecuted(ulong Id, ServiceResponse Response);

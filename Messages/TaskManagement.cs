using ScsiActors.Messages.Scsi;

namespace ScsiActors.Messages;

/// <summary>The task management functions (SAM-5 7).</summary>
public enum TaskManagementFunction : byte
{
    /// <summary>ABORT TASK: the one command that the nexus names.</summary>
    AbortTask,

    /// <summary>ABORT TASK SET: every command of this I_T nexus on the logical unit.</summary>
    AbortTaskSet,

    /// <summary>CLEAR ACA: ends an auto contingent allegiance.</summary>
    ClearAca,

    /// <summary>CLEAR TASK SET: every command in the task set.</summary>
    ClearTaskSet,

    /// <summary>LOGICAL UNIT RESET.</summary>
    LogicalUnitReset,

    /// <summary>I_T NEXUS RESET.</summary>
    ItNexusReset,

    /// <summary>QUERY TASK: is the named command in the task set?</summary>
    QueryTask,

    /// <summary>QUERY TASK SET: is there any command of this I_T nexus?</summary>
    QueryTaskSet,

    /// <summary>QUERY ASYNCHRONOUS EVENT: is a unit attention pending for this I_T nexus?</summary>
    QueryAsynchronousEvent,

    /// <summary>TARGET RESET (SAM-2): LOGICAL UNIT RESET of every logical unit; parallel bus and iSCSI still have it.</summary>
    TargetReset,
}

/// <summary>The answer to a task management function (SAM-5 7.1).</summary>
public enum ServiceResponse : byte
{
    /// <summary>FUNCTION COMPLETE.</summary>
    FunctionComplete,

    /// <summary>FUNCTION SUCCEEDED: for the queries, yes.</summary>
    FunctionSucceeded,

    /// <summary>FUNCTION REJECTED: not supported.</summary>
    FunctionRejected,

    /// <summary>INCORRECT LOGICAL UNIT NUMBER.</summary>
    IncorrectLogicalUnitNumber,

    /// <summary>SERVICE DELIVERY OR TARGET FAILURE.</summary>
    ServiceDeliveryOrTargetFailure,
}

/// <summary>Task Management Request Received (SAM-5 7.12.3). It is answered, once, by <see cref="TaskManagementFunctionExecuted"/>, after every
/// command it ended has been answered and can touch neither storage nor initiator memory any more.</summary>
/// <param name="Nexus">The nexus it acts on; the tag matters to ABORT TASK and QUERY TASK only.</param>
/// <param name="Function">The function.</param>
/// <param name="Association">Chosen by the port, echoed in the answer.</param>
public sealed record TaskManagementRequestReceived(ItlqNexus Nexus, TaskManagementFunction Function, ulong Association);

/// <summary>Task Management Function Executed (SAM-5 7.12.4).</summary>
/// <param name="Nexus">As in the request.</param>
/// <param name="Function">As in the request.</param>
/// <param name="Association">As in the request.</param>
/// <param name="Response">The outcome.</param>
/// <param name="AdditionalInformation">For QUERY ASYNCHRONOUS EVENT, the unit attention that waits (SAM-5 7.9).</param>
public sealed record TaskManagementFunctionExecuted(
    ItlqNexus Nexus, TaskManagementFunction Function, ulong Association, ServiceResponse Response, SenseData? AdditionalInformation = null);

/// <summary>What a port saw happen to the delivery subsystem (SAM-5 6.3); it goes to the task router and from there to every logical unit.</summary>
public enum ServiceDeliveryEvent : byte
{
    /// <summary>Power on: unit attention 29/01.</summary>
    PowerOn,

    /// <summary>Hard reset, a bus reset for instance: unit attention 29/02.</summary>
    HardReset,

    /// <summary>The I_T nexus is lost: unit attention 29/07.</summary>
    ItNexusLoss,
}

/// <summary>A service delivery event. Every command it ends is answered by <see cref="CommandAborted"/>; then <see cref="ServiceDeliveryEventHandled"/>
/// goes to the sender.</summary>
/// <param name="Event">What happened.</param>
/// <param name="It">The nexus that is lost; for the other events any nexus of the port, and every nexus is affected.</param>
/// <param name="Association">Chosen by the port, echoed in the answer.</param>
public sealed record ServiceDeliveryEventOccurred(ServiceDeliveryEvent Event, ItNexus It, ulong Association);

/// <summary>The target has dealt with a <see cref="ServiceDeliveryEventOccurred"/>: none of the commands it ended is left.</summary>
/// <param name="Association">As in the event.</param>
public sealed record ServiceDeliveryEventHandled(ulong Association);

/// <summary>A logical unit is gone for good (its actor stopped): ports end what they have outstanding there, without waiting for answers.</summary>
/// <param name="TargetPort">The target.</param>
/// <param name="Lun">The logical unit.</param>
public sealed record LogicalUnitLost(int TargetPort, Lun Lun);

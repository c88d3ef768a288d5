using ScsiActors.Messages;

namespace ScsiActors.Scsi;

/// <summary>All that a <see cref="LogicalUnit"/> says: to the ports (SAM-5 services) and to storage (Aio). A port never calls
/// back.</summary>
public interface ILogicalUnitPorts
{
    /// <summary>To the command's port; answered by <see cref="DataInDelivered"/>.</summary>
    void SendDataIn(SendDataIn message);

    /// <summary>To the command's port; answered by <see cref="DataOutReceived"/>.</summary>
    void ReceiveDataOut(ReceiveDataOut message);

    /// <summary>To the command's port; ends the command.</summary>
    void SendCommandComplete(SendCommandComplete message);

    /// <summary>To the command's port; ends the command without a status.</summary>
    void CommandAborted(CommandAborted message);

    /// <summary>To whoever asked for the function.</summary>
    void TaskManagementFunctionExecuted(TaskManagementFunctionExecuted message);

    /// <summary>To whoever reported the event.</summary>
    void ServiceDeliveryEventHandled(ServiceDeliveryEventHandled message);

    /// <summary>To storage; answered by <see cref="AioCompleted"/>.</summary>
    void Aio(AioRequest request);

    /// <summary>To storage; not answered itself.</summary>
    void Cancel(AioCancel cancel);
}

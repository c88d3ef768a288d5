using ScsiActors.Messages;

namespace ScsiActors.Scsi.Bus;

/// <summary>A target has joined or left the bus.</summary>
/// <param name="Id">Its SCSI ID.</param>
/// <param name="IsPresent">True: it answers selections from now on.</param>
internal sealed record TargetPresence(int Id, bool IsPresent);

/// <summary>The initiator has stopped and will return nothing any more.</summary>
internal sealed record InitiatorLost
{
    public static InitiatorLost Instance { get; } = new();

    /// <summary>What it means for the commands: they end silently.</summary>
    public BusReset AsReset { get; } = new(Epoch: 0, ResetsTargets: false);
}

/// <summary>Everything the bus does to the world. None of the methods may call back.</summary>
internal interface IBusPorts
{
    // ---- to the initiator
    void Send(TargetsPresent message);
    void Send(TargetPhases message);
    void Send(ReselectionRequested message);
    void Send(ConnectionWithdrawn message);

    // ---- to the target that the nexus names
    void Deliver(ScsiCommandReceived message);
    void Deliver(DataInDelivered message);
    void Deliver(DataOutReceived message);
    void Deliver(TaskManagementRequestReceived message);
    void Deliver(ServiceDeliveryEventOccurred message);
}

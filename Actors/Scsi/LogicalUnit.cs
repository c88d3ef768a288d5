using ScsiActors.Messages;

namespace ScsiActors.Scsi;

/// <summary>A logical unit (SAM-5 4.6): task set, task manager and device server behind one set of messages.</summary>
/// <param name="settings">What it is and how much it may hold.</param>
/// <param name="ports">The only way out.</param>
public sealed class LogicalUnit(LogicalUnitSettings settings, ILogicalUnitPorts ports)
{
    private readonly LogicalUnitSettings _settings = settings.Validated();
    private readonly ILogicalUnitPorts _ports = ports;

    /// <summary>Buffers that commands hold now.</summary>
    public int BuffersOutstanding => 0;

    /// <summary>Commands that have not ended, and background work of commands that have.</summary>
    public int TasksOutstanding => 0;

    /// <summary>A command arrives.</summary>
    public void Handle(ScsiCommandReceived command) => _ = (command, _settings, _ports);

    /// <summary>The port has read a buffer.</summary>
    public void Handle(DataInDelivered delivered) => _ = delivered;

    /// <summary>The port has filled a buffer.</summary>
    public void Handle(DataOutReceived received) => _ = received;

    /// <summary>Storage has done a request.</summary>
    public void Handle(AioCompleted completed) => _ = completed;

    /// <summary>Storage says what it is; until then commands are held.</summary>
    public void Handle(AioOpened opened) => _ = opened;

    /// <summary>A task management function arrives.</summary>
    public void Handle(TaskManagementRequestReceived request) => _ = request;

    /// <summary>Something happened to the delivery subsystem.</summary>
    public void Handle(ServiceDeliveryEventOccurred occurred) => _ = occurred;
}

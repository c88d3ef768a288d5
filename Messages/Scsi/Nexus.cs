namespace ScsiActors.Messages.Scsi;

/// <summary>An I_T nexus: one initiator port and one target port that talk (SAM-5 4.8). The numbers are unique within a subsystem.</summary>
/// <param name="InitiatorPort">The initiator port: a SCSI ID on a parallel bus, a session number elsewhere.</param>
/// <param name="TargetPort">The target port: the number of the target in the configuration.</param>
public readonly record struct ItNexus(int InitiatorPort, int TargetPort)
{
    /// <inheritdoc/>
    public override string ToString() => $"I{InitiatorPort}_T{TargetPort}";
}

/// <summary>An I_T_L_Q nexus: the name of one command, from its arrival until its completion (SAM-5 4.8).</summary>
/// <param name="It">The ports.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="Tag">The command identifier, chosen by the port; unique among the outstanding commands of the I_T_L nexus.</param>
public readonly record struct ItlqNexus(ItNexus It, Lun Lun, ulong Tag)
{
    /// <inheritdoc/>
    public override string ToString() => $"{It}_L{Lun}_Q{Tag:x}";
}

namespace ScsiActors.Messages.Scsi;

/// <summary>How a command is ordered among the others of its task set (SAM-5 8.6).</summary>
public enum TaskAttribute : byte
{
    /// <summary>SIMPLE: may run in any order with other SIMPLE commands.</summary>
    Simple,

    /// <summary>ORDERED: after everything older, before everything younger.</summary>
    Ordered,

    /// <summary>HEAD OF QUEUE: before everything that has not started.</summary>
    HeadOfQueue,

    /// <summary>ACA: accepted only from the faulted nexus while an auto contingent allegiance is in effect.</summary>
    Aca,

    /// <summary>No tag: at most one such command per I_T_L nexus; ordered as SIMPLE.</summary>
    Untagged,
}

namespace ScsiActors.Messages.Scsi;

/// <summary>The status byte of a command (SAM-5 5.3.1).</summary>
public enum ScsiStatus : byte
{
    /// <summary>GOOD.</summary>
    Good = 0x00,

    /// <summary>CHECK CONDITION: sense data says why.</summary>
    CheckCondition = 0x02,

    /// <summary>CONDITION MET.</summary>
    ConditionMet = 0x04,

    /// <summary>BUSY: try again later.</summary>
    Busy = 0x08,

    /// <summary>RESERVATION CONFLICT.</summary>
    ReservationConflict = 0x18,

    /// <summary>TASK SET FULL.</summary>
    TaskSetFull = 0x28,

    /// <summary>ACA ACTIVE.</summary>
    AcaActive = 0x30,

    /// <summary>TASK ABORTED (by another nexus, TAS=1).</summary>
    TaskAborted = 0x40,
}

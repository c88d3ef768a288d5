using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>RESERVE(6) and RELEASE(6) (SPC-2 7.21 and 7.17) of the whole logical unit; the third-party fields are ignored.</summary>
internal static class ReserveCommands
{
    public static SenseData? Reserve(LogicalUnitState unit, ScsiTask task)
    {
        unit.Reservations.Reserve(task.Owner);
        return null;
    }

    public static SenseData? Release(LogicalUnitState unit, ScsiTask task)
    {
        unit.Reservations.Release(task.Owner);
        return null;
    }
}

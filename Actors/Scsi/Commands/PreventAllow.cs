using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>PREVENT ALLOW MEDIUM REMOVAL (SPC-4 6.14): per I_T nexus; the medium can be ejected when no nexus prevents it.</summary>
internal static class PreventAllow
{
    private const byte PreventField = 0x03;

    /// <summary>True when the CDB asks for anything but to allow removal.</summary>
    public static bool Prevents(in Cdb cdb) => (cdb[4] & PreventField) != 0;

    public static SenseData? Process(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        if ((cdb[4] & PreventField) > 1)
            return Sense.InvalidFieldInCdb(4, 1);
        task.Owner.PreventsRemoval = Prevents(cdb);
        return null;
    }
}

using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>REQUEST SENSE (SPC-4 6.39): the sense data kept for this I_T nexus, or else the unit attention or deferred error that waits for
/// it.</summary>
internal static class SenseCommands
{
    private const byte Desc = 0x01;

    public static SenseData? RequestSense(LogicalUnitState unit, ScsiTask task)
    {
        var sense = Take(unit, task.Owner, task.Command.Nexus.Tag) with { DescriptorFormat = (task.Command.Cdb[1] & Desc) != 0 };
        task.SetParameterData(sense.Write(task.Buffer!.Span));
        return null;
    }

    private static SenseData Take(LogicalUnitState unit, ItlNexus owner, ulong tag)
    {
        if (!unit.Settings.IsPresent)
            return Sense.LogicalUnitNotSupported;
        return owner.KeptSense.Take(tag) ?? DeviceServer.TakeNews(owner);
    }
}

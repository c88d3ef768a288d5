using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>START STOP UNIT (SBC-3 5.25): stopping brings writes to stable storage; loading and ejecting need a removable medium that no
/// I_T nexus keeps in. Nothing spins, so that a stopped unit stays ready.</summary>
internal static class StartStopUnit
{
    private const byte Immed = 0x01;
    private const byte PowerCondition = 0xF0;
    private const byte NoFlush = 0x04;
    private const byte Loej = 0x02;
    private const byte Start = 0x01;

    public static SenseData? Decode(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        if ((cdb[4] & PowerCondition) != 0)
        {
            task.Plan = Steps.None;
            return null;
        }
        var starts = (cdb[4] & Start) != 0;
        if ((cdb[4] & Loej) == 0)
            task.Plan &= ~Steps.Conclude;
        else if (!unit.Settings.Removable)
            return Sense.InvalidFieldInCdb(4, 1);
        else if (unit.RemovalIsPrevented)
            return Sense.MediumRemovalPrevented;
        if (starts || (cdb[4] & NoFlush) != 0 || unit.Medium.NotReady is not null)
            task.Plan &= ~Steps.Flush;
        if ((cdb[1] & Immed) == 0)
            task.Plan &= ~Steps.AnswerEarly;
        return null;
    }

    public static SenseData? Conclude(LogicalUnitState unit, ScsiTask task)
    {
        var ejects = (task.Command.Cdb[4] & Start) == 0;
        if (unit.Medium.IsEjected == ejects)
            return null;
        unit.Medium.SetEjected(ejects);
        if (!ejects)
            unit.Nexuses.Establish(UnitAttention.MediumChanged, task.Owner);
        return null;
    }
}

using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The auto contingent allegiance (SAM-5 5.9): after a CHECK CONDITION of a command with NACA=1, only commands with the ACA
/// attribute, from the faulted I_T nexus, one at a time, are executed until the condition is cleared. With TST=1 every nexus may have one,
/// for its own commands.</summary>
internal sealed class AutoContingentAllegiance(ModePages modePages)
{
    private const byte Naca = 0x04;

    private readonly List<ItlNexus> _faulted = [];

    /// <summary>True when a condition is in effect for some task set.</summary>
    public bool IsActive => _faulted.Count > 0;

    /// <summary>True when the condition is in effect because of this nexus.</summary>
    public bool IsFaulted(ItlNexus nexus) => _faulted.Contains(nexus);

    /// <summary>A command of <paramref name="nexus"/> ends with CHECK CONDITION: establishes the condition if its NACA bit asks for
    /// it.</summary>
    public void CheckCondition(ItlNexus nexus, in Cdb cdb)
    {
        if ((cdb.Control & Naca) != 0 && !IsFaulted(nexus))
            _faulted.Add(nexus);
    }

    /// <summary>Ends the condition; false when it was not in effect for this nexus.</summary>
    public bool Clear(ItlNexus nexus) => _faulted.Remove(nexus);

    /// <summary>Ends every condition (reset).</summary>
    public void ClearAll() => _faulted.Clear();

    /// <summary>True while the condition keeps a command that is in the task set from being executed or completed (SAM-5 8.5,
    /// blocked).</summary>
    public bool Blocks(ScsiTask task) => IsActive && task.Command.Attribute != TaskAttribute.Aca && !task.IsForSense && Covers(task.Owner);

    /// <summary>The status with which a new command is refused because of the condition; null when it is accepted (SAM-5 5.9.3 and
    /// 5.9.4).</summary>
    public ScsiStatus? Refuses(ItlNexus nexus, TaskAttribute attribute, in Cdb cdb, TaskSet tasks)
    {
        if (!IsActive || !Covers(nexus))
            return null;
        if (!IsFaulted(nexus))
            return (cdb.Control & Naca) != 0 ? ScsiStatus.AcaActive : ScsiStatus.Busy;
        return attribute == TaskAttribute.Aca && !HasAcaTask(tasks, nexus) ? null : ScsiStatus.AcaActive;
    }

    private bool Covers(ItlNexus nexus) => !modePages.TaskSetPerNexus || IsFaulted(nexus);

    private static bool HasAcaTask(TaskSet tasks, ItlNexus nexus)
    {
        for (var task = tasks.Oldest; task is not null; task = task.Younger)
        {
            if (task.Owner == nexus && task.Command.Attribute == TaskAttribute.Aca)
                return true;
        }
        return false;
    }
}

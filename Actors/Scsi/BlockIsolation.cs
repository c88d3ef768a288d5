using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>Gives a COMPARE AND WRITE or WRITE ATOMIC its blocks to itself (SBC-4 4.27, 5.3), from its first storage request for them to its last: it waits
/// for other commands that are at these blocks, and commands that come later wait for it. Likewise they wait for a write that has been aborted and that
/// storage has still in its hands: what the initiator takes for ended must not land on what it writes next (SAM-5 5.6).</summary>
/// <remarks>Nobody who waits is at any block, and of two who wait only the later one waits for the other: so there is always one that gets on. It has its
/// buffer, and waits for storage or, between the pieces of a transfer, for its port. The port may be kept from it by a write that does not leave a bus; so
/// only commands that have their blocks to themselves, which do leave it, ever wait for what waits for a port.</remarks>
internal sealed class BlockIsolation(LogicalUnitState unit)
{
    private readonly List<ScsiTask> _waiting = [];
    private int _exclusive;
    private long _asked;

    /// <summary>True when a command waits for its blocks.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>A command wants storage to work on its blocks: false when it has to wait until <see cref="NextAdmitted"/> names it.</summary>
    public bool TryEnter(ScsiTask task)
    {
        if (task.IsOnMedium)
            return true;
        if (_exclusive == 0 && !task.Row.Has(CommandTraits.Isolated))
        {
            task.IsOnMedium = true;
            return true;
        }
        task.AskedForBlocks = ++_asked;
        if (task.Row.Has(CommandTraits.Isolated))
            _exclusive++;
        task.WaitsFor = FindObstacle(task);
        task.IsOnMedium = task.WaitsFor is null;
        if (task.IsOnMedium)
            return true;
        task.Awaited = Awaited.Blocks;
        _waiting.Add(task);
        return false;
    }

    /// <summary>The next command that waited for its blocks and now has them; null when there is none.</summary>
    public ScsiTask? NextAdmitted()
    {
        foreach (var task in _waiting)
        {
            // Most often the one that was in the way still is.
            if (unit.Aca.Blocks(task) || (task.WaitsFor is { } obstacle && Hinders(obstacle, task)))
                continue;
            task.WaitsFor = FindObstacle(task);
            if (task.WaitsFor is not null)
                continue;
            _waiting.Remove(task);
            task.Awaited = Awaited.Nothing;
            task.IsOnMedium = true;
            return task;
        }
        return null;
    }

    /// <summary>A command whose request storage has in its hands is aborted; its blocks are not free before the answer comes.</summary>
    public void Linger(ScsiTask task)
    {
        if (!task.IsOnMedium || task.Submitted is not (Steps.Write or Steps.WriteCompared or Steps.Unmap))
            return;
        task.IsLingering = true;
        if (!task.Row.Has(CommandTraits.Isolated))
            _exclusive++;
    }

    /// <summary>A command ends, wherever it was.</summary>
    public void Leave(ScsiTask task)
    {
        var isWaiting = task.Awaited == Awaited.Blocks;
        if (!task.IsOnMedium && !isWaiting)
            return;
        if (IsExclusive(task))
            _exclusive--;
        task.IsOnMedium = task.IsLingering = false;
        if (!isWaiting)
            return;
        task.Awaited = Awaited.Nothing;
        _waiting.Remove(task);
    }

    private ScsiTask? FindObstacle(ScsiTask task)
    {
        for (var other = unit.Tasks.Oldest; other is not null; other = other.Younger)
        {
            if (Hinders(other, task))
                return other;
        }
        return null;
    }

    private bool Hinders(ScsiTask other, ScsiTask task)
    {
        if (other == task || !(other.IsOnMedium || other.Awaited == Awaited.Blocks))
            return false;
        if (!(IsExclusive(other) || task.Row.Has(CommandTraits.Isolated)) || !Overlap(other, task))
            return false;
        // What an ACA has stopped stays where it is until the initiator's commands with the ACA attribute have been executed: they do not wait for it.
        if (other.IsOnMedium)
            return NeedsStorage(other)
                && (task.Command.Attribute != TaskAttribute.Aca || other.Awaited == Awaited.Aio || !unit.Aca.Blocks(other));
        return other.AskedForBlocks < task.AskedForBlocks && !unit.Aca.Blocks(other)
            && (task.Row.Has(CommandTraits.Isolated) || WaitsForStorage(other));
    }

    private static bool IsExclusive(ScsiTask task) => task.IsLingering || task.Row.Has(CommandTraits.Isolated);

    private static bool WaitsForStorage(ScsiTask task)
    {
        while (task.Awaited == Awaited.Blocks)
        {
            // The one that was in the way may have ended, and another command have its slot.
            if (task.WaitsFor is not { } obstacle || (obstacle.Awaited == Awaited.Blocks && obstacle.AskedForBlocks >= task.AskedForBlocks))
                return false;
            task = obstacle;
        }
        return task.Awaited == Awaited.Aio;
    }

    private static bool NeedsStorage(ScsiTask task) => task.Awaited == Awaited.Aio
        || (task.HeldFailure is null && ((task.Remaining & Steps.OnBlocks) != 0 || task.Chunk < task.Total - task.Done));

    private bool Overlap(ScsiTask one, ScsiTask other) =>
        one.Lba < other.Lba ? other.Lba - one.Lba < Blocks(one) : one.Lba - other.Lba < Blocks(other);

    private ulong Blocks(ScsiTask task) => (ulong)(task.Total >> unit.Medium.BlockShift);
}

using System.Numerics;
using System.Runtime.CompilerServices;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>What a search through a task set has seen so far, oldest first.</summary>
internal struct OlderTasks
{
    public uint Search;
    public bool Any;
    public bool Ordered;
    public bool HeadOfQueueAnywhere;
}

/// <summary>The task set (SAM-5 8): the commands of all I_T nexuses in their slots, in order of arrival, and which of them may be
/// enabled.</summary>
internal sealed class TaskSet
{
    private readonly int _limit;
    private readonly List<ScsiTask> _slots = [];
    private readonly Stack<ScsiTask> _free = new();
    private readonly Stack<ScsiTask> _freeExtra = new();
    private readonly ScsiTask?[] _byNexus;
    private ScsiTask? _oldest, _youngest;
    private OlderTasks _older;
    private uint _search;
    private int _headOfQueue, _ordered, _dormant;

    public TaskSet(int limit)
    {
        _limit = limit;
        _byNexus = new ScsiTask?[BitOperations.RoundUpToPowerOf2((uint)limit * 2)];
    }

    /// <summary>Commands in the task set.</summary>
    public int Count { get; private set; }

    /// <summary>Slots in use: commands in the task set, and those that work on in the background.</summary>
    public int SlotsInUse => _slots.Count - _free.Count - _freeExtra.Count;

    /// <summary>True when a command waits for its turn.</summary>
    public bool HasDormant => _dormant > 0;

    /// <summary>True when order matters: a SIMPLE command may not be able to start at once.</summary>
    public bool IsConstrained => (_headOfQueue | _ordered | _dormant) != 0;

    /// <summary>The oldest command; <see cref="ScsiTask.Younger"/> leads to the others.</summary>
    public ScsiTask? Oldest => _oldest;

    /// <summary>A slot for a new command, which is now the youngest; null when the task set is full.</summary>
    /// <param name="command">The command.</param>
    /// <param name="owner">Its nexus.</param>
    /// <param name="state">Dormant or enabled.</param>
    /// <param name="mayExceed">True for a command that a full task set may not refuse; it must not need storage, whose names are those of the ordinary
    /// slots.</param>
    public ScsiTask? TryAdd(ScsiCommandReceived command, ItlNexus owner, TaskState state, bool mayExceed = false)
    {
        if (!_free.TryPop(out var task))
        {
            if (_slots.Count < _limit)
                _slots.Add(task = new ScsiTask(_slots.Count));
            else if (!mayExceed)
                return null;
            else if (!_freeExtra.TryPop(out task))
                _slots.Add(task = new ScsiTask(_slots.Count));
        }
        task.Begin(command, owner, state);
        task.Older = _youngest;
        task.Younger = null;
        if (_youngest is null)
            _oldest = task;
        else
            _youngest.Younger = task;
        _youngest = task;
        ref var bucket = ref Bucket(command.Nexus);
        task.NextOfHash = bucket;
        bucket = task;
        Count++;
        CountAttribute(task, +1);
        if (state == TaskState.Dormant)
            _dormant++;
        return task;
    }

    /// <summary>Takes a command out of the task set; its slot stays in use until <see cref="Free"/>.</summary>
    public void Remove(ScsiTask task)
    {
        if (task.Older is null)
            _oldest = task.Younger;
        else
            task.Older.Younger = task.Younger;
        if (task.Younger is null)
            _youngest = task.Older;
        else
            task.Younger.Older = task.Older;
        ref var link = ref Bucket(task.Command.Nexus);
        while (link != task)
            link = ref link!.NextOfHash;
        link = task.NextOfHash;
        Count--;
        CountAttribute(task, -1);
        if (task.State == TaskState.Dormant)
            _dormant--;
        task.Older = task.Younger = task.NextOfHash = null;
    }

    /// <summary>Makes the slot of a removed command available.</summary>
    public void Free(ScsiTask task)
    {
        task.End();
        (task.Slot < _limit ? _free : _freeExtra).Push(task);
    }

    /// <summary>Moves a command from dormant to enabled.</summary>
    public void Enable(ScsiTask task)
    {
        Invariant.Holds(task.State == TaskState.Dormant, "a command is enabled once");
        task.State = TaskState.Enabled;
        _dormant--;
    }

    /// <summary>The command in a slot; null when that command has ended.</summary>
    public ScsiTask? Find(TaskId id) => InSlot(id.Slot) is { } task && task.Id == id ? task : null;

    /// <summary>The command that waits for a storage request; null when none does any more.</summary>
    public ScsiTask? Find(AioId id) => InSlot(id.Slot) is { Awaited: Awaited.Aio } task && task.AioId == id ? task : null;

    /// <summary>The command of a name; null when there is none in the task set.</summary>
    public ScsiTask? Find(in ItlqNexus nexus)
    {
        for (var task = Bucket(nexus); task is not null; task = task.NextOfHash)
        {
            if (task.Command.Nexus == nexus)
                return task;
        }
        return null;
    }

    /// <summary>The oldest command that may be enabled now; null when there is none.</summary>
    /// <param name="perNexus">TST=1: each I_T nexus has a task set of its own.</param>
    /// <param name="aca">The auto contingent allegiance, which holds commands back.</param>
    public ScsiTask? NextToEnable(bool perNexus, AutoContingentAllegiance aca)
    {
        if (_dormant == 0)
            return null;
        if (_headOfQueue > 0)
            MarkHeadOfQueue(perNexus);
        else
            _search++;
        for (var task = _oldest; task is not null; task = task.Younger)
        {
            ref var older = ref Older(task, perNexus);
            if (task.State == TaskState.Dormant && !aca.Blocks(task) && MayBeEnabled(task.Command.Attribute, older))
                return task;
            older.Any |= task.Command.Attribute is not (TaskAttribute.HeadOfQueue or TaskAttribute.Aca);
            older.Ordered |= task.Command.Attribute == TaskAttribute.Ordered;
        }
        return null;
    }

    /// <summary>The rules of SAM-5 8.6: an ACA or HEAD OF QUEUE command at once, the others behind every HEAD OF QUEUE command; SIMPLE
    /// behind older ORDERED ones, ORDERED behind everything older.</summary>
    private static bool MayBeEnabled(TaskAttribute attribute, in OlderTasks older) => attribute switch
    {
        TaskAttribute.HeadOfQueue or TaskAttribute.Aca => true,
        TaskAttribute.Ordered => !older.HeadOfQueueAnywhere && !older.Any,
        _ => !older.HeadOfQueueAnywhere && !older.Ordered,
    };

    private ScsiTask? InSlot(int slot) =>
        (uint)slot < (uint)_slots.Count && _slots[slot] is { State: not TaskState.Free } task ? task : null;

    private void MarkHeadOfQueue(bool perNexus)
    {
        _search++;
        for (var task = _oldest; task is not null; task = task.Younger)
        {
            if (task.Command.Attribute == TaskAttribute.HeadOfQueue)
                Older(task, perNexus).HeadOfQueueAnywhere = true;
        }
    }

    private ref OlderTasks Older(ScsiTask task, bool perNexus)
    {
        ref var older = ref perNexus ? ref task.Owner.Older : ref _older;
        if (older.Search != _search)
            older = new OlderTasks { Search = _search };
        return ref older;
    }

    private void CountAttribute(ScsiTask task, int change)
    {
        task.Owner.Tasks += change;
        switch (task.Command.Attribute)
        {
            case TaskAttribute.HeadOfQueue:
                _headOfQueue += change;
                break;
            case TaskAttribute.Ordered:
                _ordered += change;
                break;
            case TaskAttribute.Untagged:
                task.Owner.UntaggedTasks += change;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ScsiTask? Bucket(in ItlqNexus nexus)
    {
        // Tags are often consecutive or small: the multiplication spreads what the ports add.
        var hash = (uint)nexus.Tag ^ (uint)(nexus.Tag >> 32) ^ ((uint)nexus.It.InitiatorPort << 8 ^ nexus.Lun.Number) * 0x9E3779B1u;
        return ref _byNexus[hash & (uint)(_byNexus.Length - 1)];
    }
}

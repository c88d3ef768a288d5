using ScsiActors.Messages;

namespace ScsiActors.FrontEnds;

/// <summary>The commands that a front end has outstanding, in slots that are used again; the generation of a slot tells its uses apart.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
/// <param name="maximum">How many commands may be outstanding, 1 or more.</param>
internal sealed class CommandSlots<TClient>(int maximum)
    where TClient : class
{
    private const int FirstSize = 64;

    private readonly Stack<int> _free = new();
    private Entry[] _entries = [];

    private struct Entry
    {
        public ExecuteCommand? Command;
        public TClient? Client;
        public uint Generation;
    }

    /// <summary>Commands outstanding.</summary>
    public int Count => _entries.Length - _free.Count;

    /// <summary>Slots there have been so far: every slot in use is below it.</summary>
    public int Bound => _entries.Length;

    /// <summary>The command in a slot; null when the slot is free.</summary>
    public ExecuteCommand? this[int slot] => (uint)slot < (uint)_entries.Length ? _entries[slot].Command : null;

    /// <summary>The client of the command in a slot.</summary>
    public TClient ClientOf(int slot) => _entries[slot].Client!;

    /// <summary>How often the slot has been used.</summary>
    public uint GenerationOf(int slot) => _entries[slot].Generation;

    /// <summary>Puts a command into a free slot; false when the maximum is reached.</summary>
    public bool TryTake(TClient client, ExecuteCommand command, out int slot)
    {
        if (!_free.TryPop(out slot) && !TryGrow(out slot))
            return false;
        ref var entry = ref _entries[slot];
        entry.Command = command;
        entry.Client = client;
        return true;
    }

    /// <summary>Frees a slot; returns the client of the command that was in it.</summary>
    public TClient Release(int slot)
    {
        ref var entry = ref _entries[slot];
        var client = entry.Client!;
        entry.Command = null;
        entry.Client = null;
        entry.Generation++;
        _free.Push(slot);
        return client;
    }

    /// <summary>The slot of the command that a task management function of a client names; -1 when there is none.</summary>
    public int Find(TClient client, ExecuteTaskManagement request)
    {
        for (var slot = 0; slot < _entries.Length; slot++)
        {
            ref readonly var entry = ref _entries[slot];
            if (entry.Command is { } command && command.Id == request.CommandId && command.Target == request.Target
                && command.Lun == request.Lun && entry.Client!.Equals(client))
                return slot;
        }
        return -1;
    }

    private bool TryGrow(out int slot)
    {
        slot = _entries.Length;
        if (slot >= maximum)
            return false;
        Array.Resize(ref _entries, Math.Min(Math.Max(FirstSize, slot * 2), maximum));
        for (var free = _entries.Length - 1; free > slot; free--)
            _free.Push(free);
        return true;
    }
}

using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The ring of commands that the adapter is to start, as code: each entry loads DSA with its task block and SCRATCHA with the entry after it
/// and jumps to <see cref="DriverScripts.Idle"/> while it is empty. Urgent entries are linked in before the ring.</summary>
internal sealed class StartQueue
{
    /// <summary>Where the address of the current entry lies: the adapter moves it on when a selection has succeeded.</summary>
    public const uint CurrentAddress = DriverMemory.StructuresAddress;

    /// <summary>Entries in the ring: more than there can be task blocks in use, so that an entry is empty when its turn comes again.</summary>
    private const int RingEntries = 256;

    private const uint RingAddress = DriverMemory.StructuresAddress + 0x1000;
    private const uint UrgentAddress = DriverMemory.StructuresAddress + 0x4000;
    private const uint EntryLength = 0x20;
    private const uint JumpTarget = 0x14;
    private const uint Job = 0x18;
    private const uint Next = 0x1C;

    private readonly DriverMemory _memory;
    private uint _tail;

    /// <summary>An empty queue.</summary>
    public StartQueue(DriverMemory memory)
    {
        _memory = memory;
        Clear();
    }

    /// <summary>Empties the queue; the adapter must be stopped.</summary>
    public void Clear()
    {
        for (var i = 0; i < RingEntries; i++)
            WriteEntry(RingEntry(i), RingEntry((i + 1) % RingEntries));
        for (var i = 0; i < TaskBlock.Count; i++)
            WriteEntry(UrgentEntry(i), RingEntry(0));
        _tail = RingEntry(0);
        _memory.WriteUInt32(CurrentAddress, _tail);
    }

    /// <summary>Adds a task at the end.</summary>
    /// <param name="block">The task.</param>
    /// <param name="entryPoint"><see cref="DriverScripts.Start"/> or <see cref="DriverScripts.SendMessage"/>.</param>
    public void Add(TaskBlock block, uint entryPoint)
    {
        var next = _memory.ReadUInt32(_tail + Next);
        _memory.WriteUInt32(next + JumpTarget, DriverScripts.Idle);
        _memory.WriteUInt32(_tail + Job, block.Address);
        // Last: from here on the adapter may start it.
        _memory.WriteUInt32(_tail + JumpTarget, entryPoint);
        _tail = next;
    }

    /// <summary>Adds a task before all that are not urgent; the adapter must be stopped.</summary>
    public void AddUrgent(TaskBlock block, int number)
    {
        var entry = UrgentEntry(number);
        var link = CurrentAddress;
        var next = _memory.ReadUInt32(link);
        while (next >= UrgentAddress && next < UrgentAddress + TaskBlock.Count * EntryLength)
        {
            link = next + Next;
            next = _memory.ReadUInt32(link);
        }
        _memory.WriteUInt32(entry + Job, block.Address);
        _memory.WriteUInt32(entry + Next, next);
        _memory.WriteUInt32(entry + JumpTarget, DriverScripts.Start);
        _memory.WriteUInt32(link, entry);
    }

    /// <summary>Goes on to the entry after the current one when the current one is for <paramref name="block"/>, whose selection has failed.</summary>
    public void Skip(TaskBlock block)
    {
        var current = _memory.ReadUInt32(CurrentAddress);
        if (_memory.ReadUInt32(current + JumpTarget) != DriverScripts.Idle && _memory.ReadUInt32(current + Job) == block.Address)
            _memory.WriteUInt32(CurrentAddress, _memory.ReadUInt32(current + Next));
    }

    private static uint RingEntry(int index) => RingAddress + (uint)index * EntryLength;

    private static uint UrgentEntry(int index) => UrgentAddress + (uint)index * EntryLength;

    private void WriteEntry(uint entry, uint next)
    {
        const uint loadDsa = 0xE310_0004;
        const uint loadScratchA = 0xE334_0004;
        const uint jump = 0x8008_0000;
        ReadOnlySpan<uint> code = [loadDsa, entry + Job, loadScratchA, entry + Next, jump, DriverScripts.Idle, 0, next];
        for (var i = 0; i < code.Length; i++)
            _memory.WriteUInt32(entry + (uint)i * sizeof(uint), code[i]);
    }
}

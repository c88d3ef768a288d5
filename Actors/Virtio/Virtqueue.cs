using System.Buffers.Binary;
using ScsiActors.Messages;

namespace ScsiActors.Virtio;

/// <summary>The device's side of a split virtqueue (VIRTIO 1.2, 2.7): takes chains of descriptors from the available ring and gives them back on the used
/// ring. Everything it reads was written by somebody who may be wrong or worse; what no driver may do breaks the queue until it is enabled again.</summary>
/// <param name="memory">Where the driver keeps it.</param>
/// <param name="maximumSize">The most descriptors it may have, and the most that one indirect table may have.</param>
internal sealed class Virtqueue(InitiatorMemory memory, int maximumSize)
{
    private const int DescriptorAlignment = 16;
    private const int AvailableAlignment = 2;
    private const int UsedAlignment = 4;

    private readonly bool[] _taken = new bool[maximumSize];
    private ulong _descriptors;
    private ulong _available;
    private ulong _used;
    private int _size;
    private bool _hasIndirect;
    private bool _hasEventIndex;
    private bool _isQuiet;
    private ushort _availableIndex;
    private ushort _nextAvailable;
    private ushort _usedIndex;
    private ushort _usedNotified;

    /// <summary>True when there is a queue and nothing is wrong with it.</summary>
    public bool IsLive => _size > 0 && Fault is null;

    /// <summary>What the driver did that it may not do; null while nothing is wrong.</summary>
    public string? Fault { get; private set; }

    /// <summary>Takes a queue that the driver has laid out and cleared.</summary>
    public void Enable(EnableVirtqueue queue, VirtioFeatures features)
    {
        Disable();
        if (queue.Size < 1 || queue.Size > maximumSize || (queue.Size & (queue.Size - 1)) != 0)
            Break($"a queue of {queue.Size} descriptors; it is a power of two up to {maximumSize}");
        else if (queue.Descriptors % DescriptorAlignment != 0 || queue.Available % AvailableAlignment != 0 || queue.Used % UsedAlignment != 0)
            Break("a part of the queue is not aligned (2.7)");
        else if (!memory.IsMapped(queue.Descriptors, queue.Size * VirtqueueDescriptor.Size)
            || !memory.IsMapped(queue.Available, VirtqueueLayout.AvailableLength(queue.Size))
            || !memory.IsMapped(queue.Used, VirtqueueLayout.UsedLength(queue.Size)))
            Break("a part of the queue is not in memory");
        if (Fault is not null)
            return;
        (_descriptors, _available, _used, _size) = (queue.Descriptors, queue.Available, queue.Used, queue.Size);
        _hasIndirect = features.HasFlag(VirtioFeatures.IndirectDescriptors);
        _hasEventIndex = features.HasFlag(VirtioFeatures.EventIndex);
    }

    /// <summary>Forgets the queue.</summary>
    public void Disable()
    {
        Array.Clear(_taken);
        _size = 0;
        Fault = null;
        _isQuiet = false;
        _availableIndex = _nextAvailable = _usedIndex = _usedNotified = 0;
    }

    /// <summary>Takes the next available chain. False when there is none, and the driver will notify of the next one; or when the queue is broken.</summary>
    public bool TryTake(DescriptorChain chain)
    {
        if (_nextAvailable == _availableIndex && !HasMore())
            return false;
        var entry = _available + VirtqueueLayout.Ring + (ulong)(_nextAvailable & _size - 1) * VirtqueueLayout.AvailableEntry;
        if (!memory.TryReadUInt16(entry, out var head))
            return Break("the available ring is no longer in memory");
        if (head >= _size)
            return Break($"available descriptor {head} is outside the table");
        if (_taken[head])
            return Break($"descriptor {head} was made available twice");
        chain.Begin(head);
        if (!TryWalk(chain))
            return false;
        _taken[head] = true;
        _nextAvailable++;
        return true;
    }

    /// <summary>Gives a chain back.</summary>
    /// <param name="head">Its head.</param>
    /// <param name="written">Bytes written to it without a gap, from its first writable byte on (2.7.8.2).</param>
    /// <returns>True when the driver is to be notified.</returns>
    public bool Give(ushort head, uint written)
    {
        Invariant.Holds(_taken[head], "a chain is given back once");
        _taken[head] = false;
        Span<byte> element = stackalloc byte[VirtqueueLayout.UsedEntry];
        BinaryPrimitives.WriteUInt32LittleEndian(element, head);
        BinaryPrimitives.WriteUInt32LittleEndian(element[sizeof(uint)..], written);
        var entry = _used + VirtqueueLayout.Ring + (ulong)(_usedIndex & _size - 1) * VirtqueueLayout.UsedEntry;
        if (!memory.TryWrite(entry, element) || !memory.TryWriteUInt16(_used + VirtqueueLayout.Index, ++_usedIndex))
            return Break("the used ring is no longer in memory");
        return IsNotificationDue();
    }

    /// <summary>Breaks the queue; false, for the caller's convenience.</summary>
    public bool Break(string fault)
    {
        Fault ??= fault;
        return false;
    }

    // Used buffer notification suppression (2.7.7.2). The driver may be changing its mind: what it sees first must be the used index.
    private bool IsNotificationDue()
    {
        InitiatorMemory.Fence();
        var where = _available + (_hasEventIndex ? (ulong)VirtqueueLayout.UsedEvent(_size) : VirtqueueLayout.Flags);
        if (!memory.TryReadUInt16(where, out var said))
            return Break("the available ring is no longer in memory");
        var before = _usedNotified;
        _usedNotified = _usedIndex;
        return _hasEventIndex ? VirtqueueLayout.Passes(said, before, _usedIndex) : (said & VirtqueueLayout.NoNotification) == 0;
    }

    private bool HasMore()
    {
        if (TryLook())
            return Quieten(true);
        // Ask to be notified first, look again afterwards: what came in between would otherwise wait for ever (2.7.10).
        if (Fault is not null || !TryAskForNotification())
            return false;
        InitiatorMemory.Fence();
        return TryLook() && Quieten(true);
    }

    private bool TryLook()
    {
        if (!memory.TryReadUInt16(_available + VirtqueueLayout.Index, out _availableIndex))
            return Break("the available ring is no longer in memory");
        var more = (ushort)(_availableIndex - _nextAvailable);
        return more <= _size ? more > 0 : Break($"the available index is {more} ahead in a ring of {_size}");
    }

    // Available buffer notification suppression (2.7.10.1).
    private bool TryAskForNotification() => !_hasEventIndex ? Quieten(false)
        : memory.TryWriteUInt16(_used + (ulong)VirtqueueLayout.AvailableEvent(_size), _nextAvailable) || Break("the used ring is no longer in memory");

    private bool Quieten(bool isQuiet)
    {
        if (_hasEventIndex || _isQuiet == isQuiet)
            return true;
        _isQuiet = isQuiet;
        return memory.TryWriteUInt16(_used + VirtqueueLayout.Flags, isQuiet ? VirtqueueLayout.NoNotification : (ushort)0)
            || Break("the used ring is no longer in memory");
    }

    private bool TryWalk(DescriptorChain chain)
    {
        Span<byte> bytes = stackalloc byte[VirtqueueDescriptor.Size];
        var table = _descriptors;
        var count = (uint)_size;
        var left = count;
        uint index = chain.Head;
        var isIndirect = false;
        while (true)
        {
            if (index >= count)
                return Break($"descriptor {index} is outside a table of {count}");
            if (left-- == 0)
                return Break("a chain of descriptors is longer than its table: it loops");
            if (!memory.TryRead(table + index * VirtqueueDescriptor.Size, bytes))
                return Break("a table of descriptors is not in memory");
            var descriptor = VirtqueueDescriptor.Parse(bytes);
            if ((descriptor.Flags & DescriptorFlags.Indirect) != 0)
            {
                if (!IsIndirectTable(descriptor, isNested: isIndirect))
                    return false;
                isIndirect = true;
                table = descriptor.Address;
                count = left = descriptor.Length / VirtqueueDescriptor.Size;
                index = 0;
                continue;
            }
            if (!chain.TryAdd(descriptor.Address, descriptor.Length, (descriptor.Flags & DescriptorFlags.Write) != 0))
                return Break("a chain has a readable part behind a writable one, or is longer than 2^32 bytes");
            if ((descriptor.Flags & DescriptorFlags.Next) == 0)
                return true;
            index = descriptor.Next;
        }
    }

    // 2.7.5.3: at the end of a chain, never in another such table, and whether it is writable does not matter.
    private bool IsIndirectTable(in VirtqueueDescriptor descriptor, bool isNested)
    {
        if (!_hasIndirect)
            return Break("an indirect table, although VIRTIO_F_INDIRECT_DESC was not negotiated");
        if (isNested)
            return Break("an indirect table inside another");
        if ((descriptor.Flags & DescriptorFlags.Next) != 0)
            return Break("a descriptor that is indirect and goes on");
        var entries = descriptor.Length / VirtqueueDescriptor.Size;
        if (descriptor.Length % VirtqueueDescriptor.Size != 0 || entries == 0 || entries > maximumSize)
            return Break($"an indirect table of {descriptor.Length} bytes");
        return descriptor.Address <= ulong.MaxValue - descriptor.Length || Break("an indirect table that passes the end of the address space");
    }
}

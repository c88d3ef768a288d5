using System.Buffers.Binary;
using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The driver's side of the virtqueue (VIRTIO 1.2, 2.7.13 and 2.7.14). A request is known by the descriptor at its head; free descriptors are a
/// linked list, so that those of a chain follow each other in it.</summary>
public sealed partial class VirtioBlkDriver<TClient>
{
    private const int Sector = VirtioBlkConfiguration.Sector;
    private const int HeaderLength = 16;
    private const int RangeLength = 16;
    private const int IdLength = 20;
    private const uint UnmapFlag = 1;

    private readonly ushort[] _next;
    private int _size;
    private ushort _firstFree;
    private int _free;
    private ushort _availableIndex;
    private ushort _usedIndex;

    private bool HasEventIndex => _features.HasFlag(VirtioFeatures.EventIndex);

    private bool HasIndirect => _features.HasFlag(VirtioFeatures.IndirectDescriptors);

    // A chain has a header and a status too, and without indirect tables no more descriptors than the queue.
    private int MostSegments => Math.Min(Math.Clamp(_configuration.SegMax, 1, _size - 2), VirtioDriverMemory.MostSegments);

    private void ClearQueue()
    {
        _memory.ClearRings();
        for (var i = 0; i < _size; i++)
            _next[i] = (ushort)(i + 1);
        _firstFree = 0;
        _free = _size;
        _availableIndex = 0;
        _usedIndex = 0;
    }

    /// <summary>Puts a request into the virtqueue, or ends it at once; false when there are not enough descriptors for now.</summary>
    private bool TryExecute(TClient client, ExecuteBlockRequest request)
    {
        var segment = SegmentOf(request.Data.Length);
        if (Refusal(request, segment) is { } refusal)
        {
            _ports.Executed(client, new BlockRequestExecuted(request.Id, refusal, 0));
            return true;
        }
        var pieces = IsRange(request.Operation) ? 1 : (request.Data.Length + segment - 1) / segment;
        var descriptors = HasIndirect ? 1 : pieces + 2;
        if (descriptors > _free)
            return false;
        var head = _firstFree;
        FillHeader(head, request);
        if (HasIndirect)
        {
            FillChain(_memory.IndirectTableOf(head), 0, request, head, segment);
            new VirtqueueDescriptor(_memory.IndirectTableOf(head), (uint)((pieces + 2) * VirtqueueDescriptor.Size), DescriptorFlags.Indirect, 0)
                .CopyTo(_memory.At(_memory.Descriptors + head * (ulong)VirtqueueDescriptor.Size, VirtqueueDescriptor.Size));
            Take(head, head, 1);
        }
        else
            Take(head, FillChain(_memory.Descriptors, head, request, head, segment), descriptors);
        _entries[head].Request = request;
        _entries[head].Client = client;
        _memory.Map(head, request.Data);
        MakeAvailable(head);
        return true;
    }

    /// <summary>How a request ends that the device, as it is, cannot even be asked.</summary>
    private BlockStatus? Refusal(ExecuteBlockRequest request, int segment) => request.Operation switch
    {
        BlockOperation.Read or BlockOperation.Write when segment > _configuration.SizeMax => BlockStatus.Unsupported,
        // Without the feature there is no write cache to flush (5.2.6.1).
        BlockOperation.Flush when !_features.HasFlag(VirtioFeatures.Flush) => BlockStatus.Ok,
        BlockOperation.GetId when request.Data.Length != IdLength => BlockStatus.Unsupported,
        BlockOperation.Discard when !_features.HasFlag(VirtioFeatures.Discard) => BlockStatus.Unsupported,
        BlockOperation.WriteZeroes when !_features.HasFlag(VirtioFeatures.WriteZeroes) => BlockStatus.Unsupported,
        BlockOperation.Discard when request.Length / Sector > _configuration.MaxDiscardSectors => BlockStatus.Unsupported,
        BlockOperation.WriteZeroes when request.Length / Sector > _configuration.MaxWriteZeroesSectors => BlockStatus.Unsupported,
        _ => request.Offset < 0 || request.Length < 0 || (request.Offset | request.Length) % Sector != 0 ? BlockStatus.IoError : null,
    };

    private static bool IsRange(BlockOperation operation) => operation is BlockOperation.Discard or BlockOperation.WriteZeroes;

    // As configured, unless that would be more descriptors than a request may have.
    private int SegmentOf(int length)
    {
        const int page = 4096;
        var segment = Math.Min(_settings.SegmentBytes, Math.Max(_configuration.SizeMax, Sector));
        return (long)segment * MostSegments >= length ? segment : (length / MostSegments + page) & -page;
    }

    private void FillHeader(ushort head, ExecuteBlockRequest request)
    {
        var header = _memory.At(_memory.HeaderOf(head), HeaderLength);
        var type = request.Operation switch
        {
            BlockOperation.Read => VirtioBlkRequestType.In,
            BlockOperation.Write => VirtioBlkRequestType.Out,
            BlockOperation.Flush => VirtioBlkRequestType.Flush,
            BlockOperation.Discard => VirtioBlkRequestType.Discard,
            BlockOperation.WriteZeroes => VirtioBlkRequestType.WriteZeroes,
            _ => VirtioBlkRequestType.GetId,
        };
        var isRange = IsRange(request.Operation);
        BinaryPrimitives.WriteUInt64LittleEndian(header, (uint)type);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], isRange ? 0 : request.Offset / Sector);
        if (!isRange)
            return;
        var range = _memory.At(_memory.RangeOf(head), RangeLength);
        BinaryPrimitives.WriteInt64LittleEndian(range, request.Offset / Sector);
        BinaryPrimitives.WriteUInt32LittleEndian(range[8..], (uint)(request.Length / Sector));
        BinaryPrimitives.WriteUInt32LittleEndian(range[12..], request is { Operation: BlockOperation.WriteZeroes, MayUnmap: true } ? UnmapFlag : 0);
    }

    /// <summary>Writes the descriptors of a request, from index <paramref name="first"/> of a table on; answers the last one's.</summary>
    private ushort FillChain(ulong table, ushort first, ExecuteBlockRequest request, ushort head, int segment)
    {
        var index = Put(table, first, _memory.HeaderOf(head), HeaderLength, DescriptorFlags.Next);
        if (IsRange(request.Operation))
            index = Put(table, index, _memory.RangeOf(head), RangeLength, DescriptorFlags.Next);
        else
        {
            var flags = DescriptorFlags.Next | (request.Operation == BlockOperation.Write ? DescriptorFlags.None : DescriptorFlags.Write);
            for (var offset = 0; offset < request.Data.Length; offset += segment)
                index = Put(table, index, VirtioDriverMemory.WindowOf(head) + (uint)offset, Math.Min(segment, request.Data.Length - offset), flags);
        }
        Put(table, index, _memory.StatusOf(head), 1, DescriptorFlags.Write);
        return index;
    }

    private ushort Put(ulong table, ushort index, ulong address, int length, DescriptorFlags flags)
    {
        var next = table == _memory.Descriptors ? _next[index] : (ushort)(index + 1);
        new VirtqueueDescriptor(address, (uint)length, flags, flags.HasFlag(DescriptorFlags.Next) ? next : (ushort)0)
            .CopyTo(_memory.At(table + index * (ulong)VirtqueueDescriptor.Size, VirtqueueDescriptor.Size));
        return next;
    }

    private void Take(ushort head, ushort last, int descriptors)
    {
        _entries[head].Last = last;
        _entries[head].Descriptors = descriptors;
        _firstFree = _next[last];
        _free -= descriptors;
    }

    private void Release(ushort head)
    {
        _next[_entries[head].Last] = _firstFree;
        _firstFree = head;
        _free += _entries[head].Descriptors;
    }

    private void MakeAvailable(ushort head)
    {
        var entry = _memory.Available + VirtqueueLayout.Ring + (ulong)((_availableIndex & _size - 1) * VirtqueueLayout.AvailableEntry);
        BinaryPrimitives.WriteUInt16LittleEndian(_memory.At(entry, VirtqueueLayout.AvailableEntry), head);
        var before = _availableIndex++;
        WriteWord(_memory.Available + VirtqueueLayout.Index, _availableIndex);
        // What the device wants to hear of must be no older than what it can see (2.7.13.4.1).
        InitiatorMemory.Fence();
        var isAwaited = HasEventIndex
            ? VirtqueueLayout.Passes(ReadWord(_memory.Used + (ulong)VirtqueueLayout.AvailableEvent(_size)), before, _availableIndex)
            : (ReadWord(_memory.Used + VirtqueueLayout.Flags) & VirtqueueLayout.NoNotification) == 0;
        if (isAwaited)
            _ports.Notify(AvailableBufferNotification.OfQueue0);
    }

    private bool HasUsed() => ReadWord(_memory.Used + VirtqueueLayout.Index) != _usedIndex;

    private bool TryTakeUsed(out uint head)
    {
        head = 0;
        if (!HasUsed())
            return false;
        var entry = _memory.Used + VirtqueueLayout.Ring + (ulong)((_usedIndex++ & _size - 1) * VirtqueueLayout.UsedEntry);
        head = BinaryPrimitives.ReadUInt32LittleEndian(_memory.At(entry, VirtqueueLayout.UsedEntry));
        return true;
    }

    // With the event index there is nothing to do while used buffers are being taken: the index says when the next notification is due.
    private void SuppressNotifications(bool suppress)
    {
        if (HasEventIndex)
        {
            if (!suppress)
                WriteWord(_memory.Available + (ulong)VirtqueueLayout.UsedEvent(_size), _usedIndex);
        }
        else
            WriteWord(_memory.Available + VirtqueueLayout.Flags, suppress ? VirtqueueLayout.NoNotification : (ushort)0);
        if (!suppress)
            InitiatorMemory.Fence();
    }

    private ushort ReadWord(ulong address)
    {
        Invariant.Holds(_memory.TryReadUInt16(address, out var value), "the driver's rings are in its memory");
        return value;
    }

    private void WriteWord(ulong address, ushort value) =>
        Invariant.Holds(_memory.TryWriteUInt16(address, value), "the driver's rings are in its memory");
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Virtio;

/// <summary>A request while the device has it; one for each descriptor that can be a head, used again.</summary>
/// <param name="slot">The storage slot that belongs to the head.</param>
internal sealed class VirtioBlkRequest(int slot)
{
    // A list of one needs no array; of several, the array is kept for the next request.
    private Memory<byte>[] _segments = [];
    private int _count;
    private uint _generation;

    /// <summary>The name of what storage has of it, or had last.</summary>
    public AioId AioId { get; private set; }

    /// <summary>True while storage, or the request queue, has it.</summary>
    public bool IsOutstanding { get; set; }

    /// <summary>What to submit again as soon as the request queue has room; null unless it was refused.</summary>
    public AioRequest? Submitted { get; set; }

    /// <summary>Where the status byte goes.</summary>
    public ulong StatusAddress { get; private set; }

    /// <summary>Bytes that the device may write, the status byte among them.</summary>
    public uint WritableLength { get; private set; }

    /// <summary>True when the device fills all that it may write, unless the request fails.</summary>
    public bool FillsBuffer { get; set; }

    /// <summary>Begins with the chain of a new request; false when there is no room for a status.</summary>
    public bool TryBegin(DescriptorChain chain, InitiatorMemory memory)
    {
        if (chain.WritableLength == 0)
            return false;
        var last = chain.Writable[^1];
        StatusAddress = last.Address + last.Length - 1;
        WritableLength = (uint)chain.WritableLength;
        FillsBuffer = false;
        _count = 0;
        AioId = new AioId(slot, ++_generation);
        return memory.IsMapped(StatusAddress, 1);
    }

    /// <summary>Collects the memory of <paramref name="length"/> bytes of <paramref name="runs"/> behind <paramref name="skip"/>; false when some of it is
    /// not there. Runs that lie side by side are one segment.</summary>
    public bool TryCollect(InitiatorMemory memory, ReadOnlySpan<BufferRun> runs, long skip, long length)
    {
        ulong start = 0;
        var pending = 0L;
        foreach (var run in runs)
        {
            var used = Math.Min(run.Length - skip, length);
            if (used <= 0)
            {
                skip = Math.Max(skip - run.Length, 0);
                continue;
            }
            var address = run.Address + (ulong)skip;
            skip = 0;
            length -= used;
            if (pending > 0 && address == start + (ulong)pending)
            {
                pending += used;
                continue;
            }
            if (!TryLend(memory, start, pending))
                return false;
            (start, pending) = (address, used);
        }
        return TryLend(memory, start, pending);
    }

    /// <summary>Fills the list with <paramref name="zeroes"/>, again and again, up to <paramref name="length"/> bytes.</summary>
    public void Collect(Memory<byte> zeroes, long length)
    {
        for (; length > 0; length -= zeroes.Length)
            Add(zeroes[..(int)Math.Min(length, zeroes.Length)]);
    }

    /// <summary>What was collected.</summary>
    public ScatterGatherList Data => _count switch
    {
        0 => new ScatterGatherList(Memory<byte>.Empty),
        1 => new ScatterGatherList(_segments[0]),
        _ => new ScatterGatherList(_segments, _count),
    };

    /// <summary>Lets go of the memory.</summary>
    public void End()
    {
        IsOutstanding = false;
        Submitted = null;
        Array.Clear(_segments, 0, _count);
        _count = 0;
    }

    private bool TryLend(InitiatorMemory memory, ulong address, long length)
    {
        while (length > 0)
        {
            var segment = memory.Lend(address, (int)Math.Min(length, int.MaxValue));
            if (segment.IsEmpty)
                return false;
            Add(segment);
            address += (uint)segment.Length;
            length -= segment.Length;
        }
        return true;
    }

    private void Add(Memory<byte> segment)
    {
        if (_count == _segments.Length)
            Array.Resize(ref _segments, Math.Max(_count * 2, 1));
        _segments[_count++] = segment;
    }
}

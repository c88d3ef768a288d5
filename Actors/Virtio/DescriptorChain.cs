using System.Runtime.InteropServices;
using ScsiActors.Messages;

namespace ScsiActors.Virtio;

/// <summary>A run of initiator memory that a descriptor names.</summary>
/// <param name="Address">Where it begins.</param>
/// <param name="Length">Its bytes, 1 or more; it does not pass the end of the address space.</param>
internal readonly record struct BufferRun(ulong Address, uint Length);

/// <summary>The buffer of one request as its descriptors give it: runs that the device reads, then runs that it writes. Where one run ends and the next
/// begins means nothing (VIRTIO 1.2, 2.7.4.1). Filled again for each request.</summary>
internal sealed class DescriptorChain
{
    private readonly List<BufferRun> _runs = [];
    private int _readable;

    /// <summary>The descriptor at its head, by which it is given back.</summary>
    public ushort Head { get; private set; }

    /// <summary>Bytes that the device may read.</summary>
    public long ReadableLength { get; private set; }

    /// <summary>Bytes that the device may write.</summary>
    public long WritableLength { get; private set; }

    /// <summary>What the device may read.</summary>
    public ReadOnlySpan<BufferRun> Readable => CollectionsMarshal.AsSpan(_runs)[.._readable];

    /// <summary>What the device may write.</summary>
    public ReadOnlySpan<BufferRun> Writable => CollectionsMarshal.AsSpan(_runs)[_readable..];

    /// <summary>Empties it for the chain of another head.</summary>
    public void Begin(ushort head)
    {
        _runs.Clear();
        _readable = 0;
        Head = head;
        ReadableLength = 0;
        WritableLength = 0;
    }

    /// <summary>Adds the run of a descriptor; false when it is one that no driver may make.</summary>
    public bool TryAdd(ulong address, uint length, bool isWritable)
    {
        // A driver places what the device writes after what it reads (2.7.4.2), and no more than 2^32 bytes of both (2.7.5.2).
        if (!isWritable && WritableLength > 0 || ReadableLength + WritableLength + length > uint.MaxValue || address > ulong.MaxValue - length)
            return false;
        if (length == 0)
            return true;
        _runs.Add(new BufferRun(address, length));
        if (isWritable)
            WritableLength += length;
        else
        {
            ReadableLength += length;
            _readable++;
        }
        return true;
    }

    /// <summary>Copies the first bytes of <paramref name="runs"/> behind <paramref name="skip"/>, which there must be; false when they are not mapped.</summary>
    public static bool TryRead(InitiatorMemory memory, ReadOnlySpan<BufferRun> runs, long skip, Span<byte> destination)
    {
        foreach (var run in runs)
        {
            if (skip >= run.Length)
            {
                skip -= run.Length;
                continue;
            }
            var count = (int)Math.Min(run.Length - skip, destination.Length);
            if (!memory.TryRead(run.Address + (ulong)skip, destination[..count]))
                return false;
            destination = destination[count..];
            skip = 0;
            if (destination.IsEmpty)
                return true;
        }
        return destination.IsEmpty;
    }

    /// <summary>Copies <paramref name="source"/> to the first bytes of <paramref name="runs"/>, as far as they reach; false when they are not mapped.</summary>
    public static bool TryWrite(InitiatorMemory memory, ReadOnlySpan<BufferRun> runs, ReadOnlySpan<byte> source)
    {
        foreach (var run in runs)
        {
            var count = (int)Math.Min(run.Length, source.Length);
            if (!memory.TryWrite(run.Address, source[..count]))
                return false;
            source = source[count..];
        }
        return true;
    }
}

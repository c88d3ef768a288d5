using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ScsiActors.Messages;

/// <summary>A page-aligned block of pinned memory with one owner, lent to others by the message that carries it: a device server rents it, and it
/// comes back with the message that answers. Its address never changes, so that a kernel may be given it.</summary>
public sealed class DataBuffer
{
    /// <summary>Alignment of every buffer, in bytes: what O_DIRECT may ask for.</summary>
    public const int Alignment = 4096;

    private readonly byte[] _array;
    private readonly int _start;

    internal unsafe DataBuffer(int capacity)
    {
        Capacity = capacity;
        _array = GC.AllocateUninitializedArray<byte>(capacity + Alignment, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        _start = (int)(Alignment - address % Alignment) % Alignment;
    }

    /// <summary>Bytes allocated.</summary>
    public int Capacity { get; }

    /// <summary>Bytes in use, as asked for when the buffer was rented.</summary>
    public int Length { get; internal set; }

    /// <summary>The bytes in use.</summary>
    public Span<byte> Span => _array.AsSpan(_start, Length);

    /// <summary>The bytes in use; pinning them costs nothing.</summary>
    public Memory<byte> Memory => MemoryMarshal.CreateFromPinnedArray(_array, _start, Length);

    internal bool IsRented { get; set; }
}

/// <summary>The buffers of one owner, kept by size class (powers of two from 4 KiB). Not for use by several threads at once; no lock, no clock.</summary>
/// <param name="maximumOutstandingBytes">How much may be rented at a time, in bytes; at least one buffer can always be rented.</param>
/// <param name="maximumIdleBytes">How much is kept for the next renter, in bytes; the rest is left to the garbage collector.</param>
public sealed class DataBufferPool(long maximumOutstandingBytes, long maximumIdleBytes)
{
    private const int SmallestShift = 12;
    private const int LargestShift = 30;

    private readonly Stack<DataBuffer>[] _idle = CreateClasses();
    private long _idleBytes;

    /// <summary>Buffers that are rented now.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Bytes (of capacity) that are rented now.</summary>
    public long OutstandingBytes { get; private set; }

    /// <summary>A buffer of <paramref name="length"/> bytes (1 to 1 GiB), its contents undefined; null while the limit is reached.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="mayExceed">True for one that is given although the limit is reached: its renter must be one of few, and want little.</param>
    public DataBuffer? TryRent(int length, bool mayExceed = false)
    {
        Invariant.Holds(length is > 0 and <= 1 << LargestShift, "a buffer has 1 byte to 1 GiB");
        var sizeClass = Math.Max(BitOperations.Log2((uint)length - 1 | 1) + 1, SmallestShift) - SmallestShift;
        var capacity = 1 << sizeClass + SmallestShift;
        if (Outstanding > 0 && OutstandingBytes + capacity > maximumOutstandingBytes && !mayExceed)
            return null;
        if (_idle[sizeClass].TryPop(out var buffer))
            _idleBytes -= capacity;
        else
            buffer = new DataBuffer(capacity);
        buffer.Length = length;
        buffer.IsRented = true;
        Outstanding++;
        OutstandingBytes += capacity;
        return buffer;
    }

    /// <summary>Takes back a buffer of this pool; nobody else may use it any more.</summary>
    public void Return(DataBuffer buffer)
    {
        Invariant.Holds(buffer.IsRented, "a buffer is returned once");
        buffer.IsRented = false;
        Outstanding--;
        OutstandingBytes -= buffer.Capacity;
        if (_idleBytes + buffer.Capacity > maximumIdleBytes)
        {
            return;
        }
        _idleBytes += buffer.Capacity;
        _idle[BitOperations.Log2((uint)buffer.Capacity) - SmallestShift].Push(buffer);
    }

    private static Stack<DataBuffer>[] CreateClasses()
    {
        var classes = new Stack<DataBuffer>[LargestShift - SmallestShift + 1];
        for (var i = 0; i < classes.Length; i++)
            classes[i] = new Stack<DataBuffer>();
        return classes;
    }
}

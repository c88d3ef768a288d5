using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The memory of a machine whose virtio-blk driver lives in this process: a pinned array for the virtqueue and what belongs to each request, and one
/// window per request onto the client's buffer, as an operating system maps it for DMA.</summary>
public sealed class VirtioDriverMemory : InitiatorMemory
{
    /// <summary>Segments of data that a request may have here, whatever the device would take.</summary>
    public const int MostSegments = 126;

    private const ulong StructuresAddress = 0x10_0000;
    private const ulong WindowsAddress = 1ul << 40;
    private const int WindowShift = 32;
    private const int RequestLength = 64;
    private const int RangeOffset = 16;
    private const int StatusOffset = 32;
    private const int IndirectLength = (MostSegments + 2) * VirtqueueDescriptor.Size;

    private readonly byte[] _structures;
    private readonly Memory<byte>[] _windows;

    /// <summary>Memory for one virtqueue and its requests.</summary>
    /// <param name="size">Descriptors, a power of two up to 1024; every request has one at its head, by which it is known.</param>
    public VirtioDriverMemory(int size)
    {
        Size = size;
        Available = Descriptors + (ulong)(size * VirtqueueDescriptor.Size);
        Used = (Available + (ulong)VirtqueueLayout.AvailableLength(size) + 3) & ~3ul;
        Requests = (Used + (ulong)VirtqueueLayout.UsedLength(size) + RequestLength - 1) & ~(RequestLength - 1ul);
        IndirectTables = Requests + (ulong)(size * RequestLength);
        _structures = GC.AllocateArray<byte>((int)(IndirectTables - StructuresAddress) + size * IndirectLength, pinned: true);
        _windows = new Memory<byte>[size];
    }

    /// <summary>Descriptors there is room for.</summary>
    public int Size { get; }

    /// <summary>The address of the descriptor table.</summary>
    public ulong Descriptors => StructuresAddress;

    /// <summary>The address of the available ring.</summary>
    public ulong Available { get; }

    /// <summary>The address of the used ring.</summary>
    public ulong Used { get; }

    private ulong Requests { get; }

    private ulong IndirectTables { get; }

    /// <summary>The address of a request's header.</summary>
    public ulong HeaderOf(int head) => Requests + (ulong)(head * RequestLength);

    /// <summary>The address of a request's range to discard or to make zero.</summary>
    public ulong RangeOf(int head) => HeaderOf(head) + RangeOffset;

    /// <summary>The address of a request's status byte.</summary>
    public ulong StatusOf(int head) => HeaderOf(head) + StatusOffset;

    /// <summary>The address of a request's indirect table.</summary>
    public ulong IndirectTableOf(int head) => IndirectTables + (ulong)(head * IndirectLength);

    /// <summary>The address of a request's window.</summary>
    public static ulong WindowOf(int head) => WindowsAddress + ((ulong)head << WindowShift);

    /// <summary>Lets the device at a client's buffer.</summary>
    public void Map(int head, Memory<byte> buffer) => _windows[head] = buffer;

    /// <summary>Ends the device's access to a client's buffer.</summary>
    public void Unmap(int head) => _windows[head] = default;

    /// <summary>The driver's own view of its structures.</summary>
    public Span<byte> At(ulong address, int length) => _structures.AsSpan((int)(address - StructuresAddress), length);

    /// <summary>Clears the rings, for a device that begins anew.</summary>
    public void ClearRings() => At(Descriptors, (int)(Requests - Descriptors)).Clear();

    /// <inheritdoc/>
    public override Memory<byte> Lend(ulong address, int wanted)
    {
        var window = (address - WindowsAddress) >> WindowShift;
        if (window >= (ulong)_windows.Length)
            return default;
        var buffer = _windows[window];
        var offset = (uint)address;
        return offset >= buffer.Length ? default : buffer.Slice((int)offset, Math.Min(wanted, buffer.Length - (int)offset));
    }

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ReadWindow(ulong address, int wanted) => Window(address, wanted);

    /// <inheritdoc/>
    protected override Span<byte> Window(ulong address, int wanted)
    {
        var offset = address - StructuresAddress;
        return offset < (ulong)_structures.Length
            ? _structures.AsSpan((int)offset, (int)Math.Min((ulong)wanted, (ulong)_structures.Length - offset))
            : Lend(address, wanted).Span;
    }
}

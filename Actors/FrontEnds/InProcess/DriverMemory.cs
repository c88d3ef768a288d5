using System.Buffers.Binary;
using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The memory of a machine whose driver lives in this process: a small array for the driver's own structures, and above it one window per
/// command onto the client's buffer, as an operating system maps a request for DMA.</summary>
public sealed class DriverMemory : InitiatorMemory
{
    /// <summary>Where the driver's own structures begin.</summary>
    public const uint StructuresAddress = 0x0010_0000;

    /// <summary>Bytes of the driver's own structures.</summary>
    public const int StructuresLength = 0x2_0000;

    /// <summary>Commands that can have a window.</summary>
    public const int Windows = 128;

    /// <summary>Bytes in a window: the longest transfer.</summary>
    public const int WindowLength = 1 << WindowShift;

    private const uint WindowsAddress = 0x4000_0000;
    private const int WindowShift = 24;

    private readonly byte[] _structures = new byte[StructuresLength];
    private readonly Memory<byte>[] _windows = new Memory<byte>[Windows];

    /// <summary>The bus address of a command's window.</summary>
    public static uint AddressOf(int window) => WindowsAddress + ((uint)window << WindowShift);

    /// <summary>Lets the adapter at a client's buffer.</summary>
    public void Map(int window, Memory<byte> buffer) => _windows[window] = buffer;

    /// <summary>Ends the adapter's access to a client's buffer.</summary>
    public void Unmap(int window) => _windows[window] = default;

    /// <summary>The byte at an address of the driver's structures.</summary>
    public ref byte Byte(uint address) => ref _structures[address - StructuresAddress];

    /// <summary>The bytes at an address of the driver's structures.</summary>
    public Span<byte> Bytes(uint address, int length) => _structures.AsSpan((int)(address - StructuresAddress), length);

    /// <summary>Reads a dword of the driver's structures.</summary>
    public uint ReadUInt32(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(address, sizeof(uint)));

    /// <summary>Writes a dword of the driver's structures.</summary>
    public void WriteUInt32(uint address, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes(address, sizeof(uint)), value);

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ReadWindow(ulong address, int wanted) => Window(address, wanted);

    /// <inheritdoc/>
    protected override Span<byte> Window(ulong address, int wanted)
    {
        if (address - StructuresAddress < StructuresLength)
            return Clip(_structures, (int)(address - StructuresAddress), wanted);
        var window = (address - WindowsAddress) >> WindowShift;
        return window < Windows
            ? Clip(_windows[window].Span, (int)(address & (WindowLength - 1)), wanted)
            : default;
    }

    private static Span<byte> Clip(Span<byte> bytes, int offset, int wanted) =>
        offset >= bytes.Length ? default : bytes.Slice(offset, Math.Min(wanted, bytes.Length - offset));
}

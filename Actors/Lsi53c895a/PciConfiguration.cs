using System.Buffers.Binary;

namespace ScsiActors.Lsi53c895a;

/// <summary>The PCI configuration space of the function: identity, command bits and the three base address registers (PCI 2.2, 6.1).</summary>
internal sealed class PciConfiguration
{
    public const int Size = 256;
    public const int RegistersSize = 1024;

    private const int Command = 0x04;
    private const int Bar0 = 0x10;
    private const int Bar1 = 0x14;
    private const int Bar2 = 0x18;
    private const byte CommandMemory = 0x02;
    private const byte CommandMaster = 0x04;

    private static readonly (int Offset, int Width, uint Reset, uint Writable)[] Rows =
    [
        (0x00, 4, 0x0012_1000, 0),
        (Command, 2, 0, 0x0157),
        (0x08, 4, 0x0100_0000, 0),
        (0x0C, 1, 0, 0xFF),
        (0x0D, 1, 0xFF, 0xFF),
        (Bar0, 4, 0x0000_0001, 0xFFFF_FF00),
        (Bar1, 4, 0, ~(RegistersSize - 1u)),
        (Bar2, 4, 0, ~(ScriptsRamSize - 1u)),
        (0x2C, 4, 0x1000_1000, 0),
        (0x3C, 1, 0, 0xFF),
        (0x3D, 1, 1, 0),
        (0x3E, 1, 0x1E, 0),
        (0x3F, 1, 0x40, 0),
    ];

    private static readonly byte[] ResetValues = new byte[Size];
    private static readonly byte[] Writable = new byte[Size];

    private readonly byte[] _bytes = new byte[Size];

    /// <summary>Bytes of SCRIPTS RAM behind BAR2.</summary>
    public const int ScriptsRamSize = 8192;

    static PciConfiguration()
    {
        foreach (var (offset, width, reset, writable) in Rows)
        {
            for (var i = 0; i < width; i++)
            {
                ResetValues[offset + i] = (byte)(reset >> (i * 8));
                Writable[offset + i] = (byte)(writable >> (i * 8));
            }
        }
    }

    public PciConfiguration() => Reset();

    /// <summary>The chip may access initiator memory.</summary>
    public bool IsBusMaster { get; private set; }

    /// <summary>Where BAR0 is, in I/O space; 0 when it is not set.</summary>
    public uint IoBase { get; private set; }

    /// <summary>Where BAR1 is; 0 when it is not set or memory space is disabled.</summary>
    public uint RegistersBase { get; private set; }

    /// <summary>Where BAR2 is; 0 when it is not set or memory space is disabled.</summary>
    public uint RamBase { get; private set; }

    public void Reset()
    {
        ResetValues.CopyTo(_bytes, 0);
        Decode();
    }

    /// <summary>Reads configuration bytes; outside the space they read 0.</summary>
    public void Read(int offset, Span<byte> destination)
    {
        destination.Clear();
        if ((uint)offset < Size)
            _bytes.AsSpan(offset, Math.Min(destination.Length, Size - offset)).CopyTo(destination);
    }

    /// <summary>Writes configuration bytes: read-only bits keep their value.</summary>
    public void Write(int offset, ReadOnlySpan<byte> source)
    {
        for (var i = 0; i < source.Length && (uint)(offset + i) < Size; i++)
        {
            ref var stored = ref _bytes[offset + i];
            stored = (byte)(stored & ~Writable[offset + i] | source[i] & Writable[offset + i]);
        }
        Decode();
    }

    private void Decode()
    {
        var command = _bytes[Command];
        IsBusMaster = (command & CommandMaster) != 0;
        IoBase = Get(Bar0) & ~1u;
        RegistersBase = (command & CommandMemory) != 0 ? Get(Bar1) : 0;
        RamBase = (command & CommandMemory) != 0 ? Get(Bar2) : 0;
    }

    private uint Get(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));
}

using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>What kind of instruction the first dword encodes.</summary>
internal enum ScriptsOperation : byte
{
    BlockMove,
    Select,
    WaitDisconnect,
    WaitReselect,
    Set,
    Clear,
    RegisterWrite,
    Jump,
    Call,
    Return,
    Interrupt,
    MemoryMove,
    LoadStore,
    Illegal,
}

/// <summary>A decoded SCRIPTS instruction: two dwords seen as fields (technical manual, chapter 5).</summary>
internal readonly struct ScriptsInstruction(uint first, uint second)
{
    private static readonly ScriptsOperation[] Operations = CreateOperations();

    /// <summary>DCMD and DBC.</summary>
    public uint First { get; } = first;

    /// <summary>DSPS.</summary>
    public uint Second { get; } = second;

    public ScriptsOperation Operation => Operations[First >> 27];

    /// <summary>DCMD: bits 31:24.</summary>
    public byte Opcode => (byte)(First >> 24);

    /// <summary>Bits 23:0: byte count of a move.</summary>
    public uint Count => First & 0xFF_FFFF;

    /// <summary>The second dword's low 24 bits, sign-extended: a displacement from DSA or DSP.</summary>
    public uint Displacement => (uint)((int)(Second << 8) >> 8);

    // ---- block move
    public bool IsIndirect => Has(29);
    public bool IsTableIndirect => Has(28);
    public bool IsChained => !Has(27);
    public BusPhase Phase => (BusPhase)(First >> 24 & 7);
    public bool IsOutgoing => (First >> 24 & 1) == 0;

    // ---- I/O
    public bool IsRelativeAlternate => Has(26);
    public bool IsTableSelect => Has(25);
    public bool WithAttention => Has(24);
    public int SelectId => (int)(First >> 16 & 0xF);
    public uint TableOffset => (uint)((int)(First << 8) >> 8);
    public bool ActsOnCarry => Has(10);
    public bool ActsOnAcknowledge => Has(6);
    public bool ActsOnAttention => Has(3);

    // ---- register read, modify, write
    public int RegisterAddress => (int)(First >> 16 & 0x7F | First & 0x80);
    public byte Immediate => (byte)(First >> 8);
    public bool OperandIsSfbr => Has(23);
    public int Operator => (int)(First >> 24 & 7);
    public bool SourceIsSfbr => (First >> 27 & 7) == 5;
    public bool DestinationIsSfbr => (First >> 27 & 7) == 6;

    // ---- transfer control
    public bool IsRelative => Has(23);
    public bool IsSixtyFourBit => Has(22);
    public bool TestsCarry => Has(21);
    public bool IsOnTheFly => Has(20);
    public bool WhenTrue => Has(19);
    public bool TestsData => Has(18);
    public bool TestsPhase => Has(17);
    public bool WaitsForPhase => Has(16);
    public byte DataMask => (byte)(First >> 8);
    public byte DataValue => (byte)First;

    // ---- memory
    public bool IsDsaRelative => Has(28);
    public int Register => (int)(First >> 16 & 0xFF);
    public int RegisterCount => (int)(First & 7);
    public bool HasReservedMoveBits => (First >> 25 & 0xF) != 0;
    public bool HasReservedLoadStoreBits => (First >> 26 & 3) != 0;

    /// <summary>Bit 24 of a load/store: 1 is a load.</summary>
    public bool IsLoad => Has(24);

    private bool Has(int bit) => (First >> bit & 1) != 0;

    private static ScriptsOperation[] CreateOperations()
    {
        var operations = new ScriptsOperation[32];
        operations.AsSpan(0, 8).Fill(ScriptsOperation.BlockMove);
        ReadOnlySpan<ScriptsOperation> io =
        [
            ScriptsOperation.Select, ScriptsOperation.WaitDisconnect, ScriptsOperation.WaitReselect, ScriptsOperation.Set,
            ScriptsOperation.Clear, ScriptsOperation.RegisterWrite, ScriptsOperation.RegisterWrite, ScriptsOperation.RegisterWrite,
        ];
        io.CopyTo(operations.AsSpan(8));
        ReadOnlySpan<ScriptsOperation> transfer =
            [ScriptsOperation.Jump, ScriptsOperation.Call, ScriptsOperation.Return, ScriptsOperation.Interrupt];
        operations.AsSpan(16, 8).Fill(ScriptsOperation.Illegal);
        transfer.CopyTo(operations.AsSpan(16));
        operations.AsSpan(24, 4).Fill(ScriptsOperation.MemoryMove);
        operations.AsSpan(28, 4).Fill(ScriptsOperation.LoadStore);
        return operations;
    }
}

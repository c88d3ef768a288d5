using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>Writes SCRIPTS instructions of two dwords, with labels for jumps forward (LSI53C895A Technical Manual, chapter 5).</summary>
/// <param name="origin">The address at which the program will lie.</param>
internal sealed class ScriptAssembler(uint origin)
{
    private readonly List<uint> _dwords = [];
    private readonly List<(int Index, string Label)> _references = [];
    private readonly Dictionary<string, uint> _labels = [];

    /// <summary>When a transfer control instruction acts.</summary>
    internal enum When : uint
    {
        /// <summary>Always.</summary>
        Always = 0x0008_0000,

        /// <summary>IF the phase is the one named; it does not wait.</summary>
        IfPhase = 0x000A_0000,

        /// <summary>WHEN the next phase is the one named.</summary>
        WhenPhase = 0x000B_0000,

        /// <summary>WHEN the next phase is not the one named.</summary>
        WhenNotPhase = 0x0003_0000,

        /// <summary>IF SFBR equals the value.</summary>
        IfData = 0x000C_0000,

        /// <summary>IF SFBR does not equal the value.</summary>
        IfNotData = 0x0004_0000,
    }

    /// <summary>The address of the next instruction.</summary>
    public uint Here => origin + (uint)(_dwords.Count * sizeof(uint));

    /// <summary>Names the next instruction.</summary>
    public ScriptAssembler Label(string name)
    {
        _labels.Add(name, Here);
        return this;
    }

    /// <summary>The address of a label.</summary>
    public uint AddressOf(string label) => _labels[label];

    /// <summary>Fills up with illegal instructions to an offset from the origin.</summary>
    public ScriptAssembler PadTo(int offset)
    {
        Invariant.Holds(_dwords.Count * sizeof(uint) <= offset, "the program fits before the next section");
        while (_dwords.Count * sizeof(uint) < offset)
            _dwords.Add(0);
        return this;
    }

    /// <summary>MOVE count, address, WHEN phase.</summary>
    public ScriptAssembler Move(BusPhase phase, int count, uint address) => Emit(0x0800_0000u | Phase(phase) | (uint)count, address);

    /// <summary>MOVE FROM offset, WHEN phase: count and address from the table at DSA.</summary>
    public ScriptAssembler MoveFrom(BusPhase phase, int offset) => Emit(0x1800_0000u | Phase(phase), (uint)offset);

    /// <summary>CHMOV FROM offset, WHEN phase.</summary>
    public ScriptAssembler ChainedMoveFrom(BusPhase phase, int offset) => Emit(0x1000_0000u | Phase(phase), (uint)offset);

    /// <summary>SELECT ATN FROM offset, alternate.</summary>
    public ScriptAssembler SelectWithAttention(int offset, string alternate) => Emit(0x4300_0000u | (uint)offset, alternate);

    /// <summary>WAIT RESELECT alternate.</summary>
    public ScriptAssembler WaitReselect(string alternate) => Emit(0x5000_0000u, alternate);

    /// <summary>WAIT DISCONNECT.</summary>
    public ScriptAssembler WaitDisconnect() => Emit(0x4800_0000u, 0);

    /// <summary>CLEAR ACK.</summary>
    public ScriptAssembler ClearAck() => Emit(0x6000_0040u, 0);

    /// <summary>CLEAR ACK AND ATN.</summary>
    public ScriptAssembler ClearAckAndAttention() => Emit(0x6000_0048u, 0);

    /// <summary>CLEAR CARRY.</summary>
    public ScriptAssembler ClearCarry() => Emit(0x6000_0400u, 0);

    /// <summary>JUMP label.</summary>
    public ScriptAssembler Jump(string label, When when = When.Always, byte value = 0) => Emit(0x8000_0000u | (uint)when | value, label);

    /// <summary>JUMP label, IF or WHEN phase.</summary>
    public ScriptAssembler Jump(string label, When when, BusPhase phase) => Emit(0x8000_0000u | (uint)when | Phase(phase), label);

    /// <summary>RETURN: to the address in TEMP.</summary>
    public ScriptAssembler Return() => Emit(0x9008_0000u, 0);

    /// <summary>INT code.</summary>
    public ScriptAssembler Interrupt(uint code, When when = When.Always, byte value = 0) => Emit(0x9800_0000u | (uint)when | value, code);

    /// <summary>INT code, IF or WHEN phase.</summary>
    public ScriptAssembler Interrupt(uint code, When when, BusPhase phase) => Emit(0x9800_0000u | (uint)when | Phase(phase), code);

    /// <summary>INTFLY.</summary>
    public ScriptAssembler InterruptOnTheFly() => Emit(0x9818_0000u, 0);

    /// <summary>MOVE register AND mask TO SFBR; a mask of FFh only copies.</summary>
    public ScriptAssembler MoveToSfbr(int register, byte mask = 0xFF) =>
        mask == 0xFF ? ReadWrite(0x7200_0000u, register, 0) : ReadWrite(0x7400_0000u, register, mask);

    /// <summary>MOVE SFBR TO register.</summary>
    public ScriptAssembler MoveFromSfbr(int register) => ReadWrite(0x6A00_0000u, register, 0);

    /// <summary>MOVE value TO register.</summary>
    public ScriptAssembler Set(int register, byte value) => ReadWrite(0x7800_0000u, register, value);

    /// <summary>MOVE register AND mask TO register.</summary>
    public ScriptAssembler And(int register, byte mask) => ReadWrite(0x7C00_0000u, register, mask);

    /// <summary>MOVE register + value TO register, carry out.</summary>
    public ScriptAssembler Add(int register, byte value) => ReadWrite(0x7E00_0000u, register, value);

    /// <summary>MOVE register + value + carry TO register.</summary>
    public ScriptAssembler AddWithCarry(int register, byte value) => ReadWrite(0x7F00_0000u, register, value);

    /// <summary>MOVE register SHL 1 TO register, through carry.</summary>
    public ScriptAssembler ShiftLeft(int register) => ReadWrite(0x7900_0000u, register, 0);

    /// <summary>LOAD register, count, address.</summary>
    public ScriptAssembler Load(int register, int count, uint address) => Emit(0xE300_0000u | (uint)(register << 16 | count), address);

    /// <summary>STORE register, count, address.</summary>
    public ScriptAssembler Store(int register, int count, uint address) => Emit(0xE200_0000u | (uint)(register << 16 | count), address);

    /// <summary>LOAD register, count, DSA + offset.</summary>
    public ScriptAssembler LoadFrom(int register, int count, int offset) => Emit(0xF300_0000u | (uint)(register << 16 | count), (uint)offset);

    /// <summary>STORE register, count, DSA + offset.</summary>
    public ScriptAssembler StoreTo(int register, int count, int offset) => Emit(0xF200_0000u | (uint)(register << 16 | count), (uint)offset);

    /// <summary>The program, its references resolved.</summary>
    public uint[] Assemble()
    {
        foreach (var (index, label) in _references)
            _dwords[index] = _labels[label];
        return [.. _dwords];
    }

    private static uint Phase(BusPhase phase) => (uint)phase << 24;

    // Bit 7 of the register number stands in bit 7 of the instruction, the others in bits 22:16.
    private ScriptAssembler ReadWrite(uint instruction, int register, byte value) =>
        Emit(instruction | (uint)(register & 0x7F) << 16 | (uint)value << 8 | (uint)(register & 0x80), 0);

    private ScriptAssembler Emit(uint first, string label)
    {
        _references.Add((_dwords.Count + 1, label));
        return Emit(first, 0);
    }

    private ScriptAssembler Emit(uint first, uint second)
    {
        _dwords.Add(first);
        _dwords.Add(second);
        return this;
    }
}

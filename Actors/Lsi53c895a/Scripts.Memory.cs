namespace ScsiActors.Lsi53c895a;

/// <summary>Register read/modify/write, memory moves, load and store (technical manual, 5.5, 5.7 and 5.8).</summary>
internal sealed partial class Scripts
{
    private const int Move = 0;
    private const int ShiftLeft = 1;
    private const int Or = 2;
    private const int ExclusiveOr = 3;
    private const int And = 4;
    private const int ShiftRight = 5;
    private const int Add = 6;

    private Outcome ModifyRegister()
    {
        var instruction = _instruction;
        var source = instruction.SourceIsSfbr ? Reg.Sfbr : instruction.RegisterAddress;
        var destination = instruction.DestinationIsSfbr ? Reg.Sfbr : instruction.RegisterAddress;
        var operand = instruction.OperandIsSfbr ? registers[Reg.Sfbr] : instruction.Immediate;
        // A move does not read its register, so that a read with a side effect has none here.
        var value = instruction.Operator == Move ? operand : Operate(instruction.Operator, registers.ReadByte(source), operand);
        registers.WriteByte(destination, value, fromScripts: true);
        Trace?.Modified(_address, instruction, destination, value);
        return Outcome.Done;
    }

    private byte Operate(int operation, byte value, byte operand)
    {
        switch (operation)
        {
            case ShiftLeft:
                var shiftedLeft = (byte)(value << 1 | (_carry ? 1 : 0));
                _carry = (value & 0x80) != 0;
                return shiftedLeft;
            case ShiftRight:
                var shiftedRight = (byte)(value >> 1 | (_carry ? 0x80 : 0));
                _carry = (value & 1) != 0;
                return shiftedRight;
            case Or:
                return (byte)(value | operand);
            case ExclusiveOr:
                return (byte)(value ^ operand);
            case And:
                return (byte)(value & operand);
            default:
                var sum = value + operand + (operation != Add && _carry ? 1 : 0);
                _carry = sum > byte.MaxValue;
                return (byte)sum;
        }
    }

    private Outcome MemoryMove()
    {
        var instruction = _instruction;
        if (!memory.TryReadUInt32(Code(Dsp), out var destination))
            return BusFault();
        Dsp += 4;
        if (instruction.HasReservedMoveBits || instruction.Count == 0 || ((instruction.Second ^ destination) & 3) != 0)
            return Illegal();
        // The manual lets TEMP take the destination; Linux relies on TEMP surviving, and so it does.
        var from = new MoveEnd((ulong)registers.Get(Reg.Mmrs) << 32 | instruction.Second, registers.Has(Reg.Dmode, Bit.DmodeSiom));
        var to = new MoveEnd((ulong)registers.Get(Reg.Mmws) << 32 | destination, registers.Has(Reg.Dmode, Bit.DmodeDiom));
        if (!memory.TryMove(from, to, (int)instruction.Count))
            return BusFault();
        Trace?.MovedMemory(_address, instruction, destination);
        return Outcome.Done;
    }

    private Outcome LoadOrStore()
    {
        var instruction = _instruction;
        var address = instruction.IsDsaRelative ? DataStructure(instruction.Displacement) : instruction.Second;
        var count = instruction.RegisterCount;
        var register = instruction.Register;
        if (instruction.HasReservedLoadStoreBits || count is 0 or > 4 || (register & 3) + count > 4
            || (((uint)register ^ (uint)address) & 3) != 0 || memory.IsRegister(address))
            return Illegal();
        var moved = count == sizeof(uint) && registers.IsPlain(register, instruction.IsLoad)
            ? TryMoveDword(instruction, register, address)
            : TryMoveBytes(instruction, register, address, count);
        if (!moved)
            return BusFault();
        Trace?.Loaded(_address, instruction, register, address, count);
        return Outcome.Done;
    }

    private bool TryMoveDword(in ScriptsInstruction instruction, int register, ulong address)
    {
        if (!instruction.IsLoad)
            return memory.TryWriteUInt32(address, registers.Get(register));
        if (!memory.TryReadUInt32(address, out var value))
            return false;
        registers.Set(register, value);
        return true;
    }

    private bool TryMoveBytes(in ScriptsInstruction instruction, int register, ulong address, int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        bytes = bytes[..count];
        if (!instruction.IsLoad)
        {
            registers.Read(register, bytes);
            return memory.TryWrite(address, bytes);
        }
        if (!memory.TryRead(address, bytes))
            return false;
        registers.Write(register, bytes, fromScripts: true);
        return true;
    }
}

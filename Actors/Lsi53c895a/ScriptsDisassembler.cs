using System.Text;
using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>Writes an instruction in the assembler syntax of the SCRIPTS manual.</summary>
internal static class ScriptsDisassembler
{
    private static readonly string[] Phases =
        ["DATA_OUT", "DATA_IN", "CMD", "STATUS", "RES4", "RES5", "MSG_OUT", "MSG_IN"];

    private static readonly string[] Operators = ["", "SHL", "|", "XOR", "&", "SHR", "+", "+"];

    /// <summary>The instruction at <paramref name="address"/>; <paramref name="third"/> is the destination of a memory move.</summary>
    public static string Disassemble(in ScriptsInstruction instruction, uint address, uint third = 0) => instruction.Operation switch
    {
        ScriptsOperation.BlockMove => BlockMove(instruction),
        ScriptsOperation.Select => $"SELECT {(instruction.WithAttention ? "ATN " : "")}{Destination(instruction)}, {Alternate(instruction, address)}",
        ScriptsOperation.WaitDisconnect => "WAIT DISCONNECT",
        ScriptsOperation.WaitReselect => $"WAIT RESELECT {Alternate(instruction, address)}",
        ScriptsOperation.Set => "SET " + Flags(instruction),
        ScriptsOperation.Clear => "CLEAR " + Flags(instruction),
        ScriptsOperation.RegisterWrite => RegisterWrite(instruction),
        ScriptsOperation.MemoryMove =>
            $"MOVE MEMORY {((instruction.First >> 24 & 1) != 0 ? "NO FLUSH " : "")}{instruction.Count}, {Hex(instruction.Second)}, {Hex(third)}",
        ScriptsOperation.LoadStore => LoadStore(instruction),
        ScriptsOperation.Illegal => $"ILLEGAL {instruction.First:X8}",
        _ => Transfer(instruction, address),
    };

    private static string BlockMove(in ScriptsInstruction instruction)
    {
        var name = instruction.IsChained ? "CHMOV" : "MOVE";
        var what = instruction.IsTableIndirect ? $"FROM {Offset(instruction.Displacement)}"
            : instruction.IsIndirect ? $"{instruction.Count}, PTR {Hex(instruction.Second)}"
            : $"{instruction.Count}, {Hex(instruction.Second)}";
        return $"{name} {what}, WHEN {Phases[(int)instruction.Phase]}";
    }

    private static string Destination(in ScriptsInstruction instruction) => instruction.IsTableSelect
        ? $"FROM {Offset(instruction.TableOffset)}"
        : instruction.SelectId.ToString();

    private static string Alternate(in ScriptsInstruction instruction, uint address) => instruction.IsRelativeAlternate
        ? $"REL({Hex(address + 8 + instruction.Displacement)})"
        : Hex(instruction.Second);

    private static string Flags(in ScriptsInstruction instruction)
    {
        var flags = new List<string>();
        if (instruction.ActsOnCarry)
            flags.Add("CARRY");
        if ((instruction.First >> 9 & 1) != 0)
            flags.Add("TARGET");
        if (instruction.ActsOnAcknowledge)
            flags.Add("ACK");
        if (instruction.ActsOnAttention)
            flags.Add("ATN");
        return string.Join(" AND ", flags);
    }

    private static string RegisterWrite(in ScriptsInstruction instruction)
    {
        var register = Register(instruction.RegisterAddress);
        var source = instruction.SourceIsSfbr ? "SFBR" : register;
        var destination = instruction.DestinationIsSfbr ? "SFBR" : register;
        var operand = instruction.OperandIsSfbr ? "SFBR" : $"0x{instruction.Immediate:X2}";
        return instruction.Operator switch
        {
            0 => $"MOVE {operand} TO {destination}",
            1 or 5 => $"MOVE {source} {Operators[instruction.Operator]} TO {destination}",
            7 => $"MOVE {source} + {operand} TO {destination} WITH CARRY",
            _ => $"MOVE {source} {Operators[instruction.Operator]} {operand} TO {destination}",
        };
    }

    private static string LoadStore(in ScriptsInstruction instruction)
    {
        var name = (instruction.IsLoad ? "LOAD" : "STORE") + ((instruction.First >> 25 & 1) != 0 ? " NOFLUSH" : "");
        var where = instruction.IsDsaRelative ? $"DSAREL({Offset(instruction.Displacement)})" : Hex(instruction.Second);
        return $"{name} {Register(instruction.Register)}, {instruction.RegisterCount}, {where}";
    }

    private static string Transfer(in ScriptsInstruction instruction, uint address)
    {
        var text = new StringBuilder(instruction.Operation switch
        {
            ScriptsOperation.Jump => "JUMP",
            ScriptsOperation.Call => "CALL",
            ScriptsOperation.Return => "RETURN",
            _ => instruction.IsOnTheFly ? "INTFLY" : "INT",
        });
        if (instruction.Operation != ScriptsOperation.Return)
            text.Append(' ').Append(instruction.IsRelative ? $"REL({Hex(address + 8 + instruction.Displacement)})" : Hex(instruction.Second));
        var condition = Condition(instruction);
        if (condition.Length == 0)
            return instruction.WhenTrue ? text.ToString() : "NOP";
        text.Append(instruction.WaitsForPhase ? ", WHEN " : ", IF ").Append(instruction.WhenTrue ? "" : "NOT ").Append(condition);
        return text.ToString();
    }

    private static string Condition(in ScriptsInstruction instruction)
    {
        var tests = new List<string>();
        if (instruction.TestsCarry)
            tests.Add("CARRY");
        if (instruction.TestsPhase)
            tests.Add(Phases[(int)instruction.Phase]);
        if (instruction.TestsData)
            tests.Add($"0x{instruction.DataValue:X2}{(instruction.DataMask == 0 ? "" : $" AND MASK 0x{instruction.DataMask:X2}")}");
        return string.Join(instruction.WhenTrue ? " AND " : " OR ", tests);
    }

    private static string Register(int offset) => RegisterMap.NameOf(offset) ?? $"REG{offset:X2}";

    private static string Hex(uint value) => $"0x{value:X8}";

    private static string Offset(uint displacement) => (int)displacement < 0 ? $"-0x{-(int)displacement:X}" : $"0x{displacement:X}";
}

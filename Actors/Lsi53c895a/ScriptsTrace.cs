using System.Globalization;
using System.Text;
using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>Writes down what SCRIPTS do, one line an instruction: address, the two dwords, and the effect. The golden traces are made of these
/// lines.</summary>
internal sealed class ScriptsTrace(ChipMemory memory, BusInitiator bus, RegisterFile registers, Action<string> line)
{
    private const string Indent = "        ";

    private static readonly string[] PhaseNames = ["DO", "DI", "CMD", "ST", "RO", "RI", "MO", "MI", "FREE", "?"];

    private readonly StringBuilder _bytes = new();
    private bool _phaseIsDue;
    private bool _dataIsComplete;

    /// <summary>An address: S+xxx inside the SCRIPTS RAM.</summary>
    public string Address(ulong address) => memory.IsRam(address, out var offset) ? $"S+{offset:X3}" : $"{address:X8}";

    public static string Name(BusPhase phase) => PhaseNames[(int)phase];

    /// <summary>A line that is no instruction.</summary>
    public void Note(string text) => line(Indent + text);

    /// <summary>The bus has settled after a message from it: says which phase a move has led to, if that was still open.</summary>
    public void Settled()
    {
        if (!_phaseIsDue || bus.Phase == BusPhase.Undecided)
            return;
        _phaseIsDue = false;
        var text = _dataIsComplete ? "target data complete, " : "";
        Note(bus.Phase != BusPhase.BusFree ? $"{text}phase -> {Name(bus.Phase)}"
            : MessageName(bus.LastMessageOut) is { } message ? $"{text}bus free (after {message})"
            : $"{text}bus free");
    }

    private static string? MessageName(byte message) => message switch
    {
        0x06 => "ABORT",
        0x0C => "BUS DEVICE RESET",
        0x0D => "ABORT TAG",
        0x0E => "CLEAR QUEUE",
        0x17 => "LOGICAL UNIT RESET",
        _ => null,
    };

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            _bytes.Append(CultureInfo.InvariantCulture, $" {value:x2}");
    }

    public void Moved(uint address, in ScriptsInstruction instruction, uint moved, uint count, uint start)
    {
        var phase = instruction.Phase;
        var bytes = _bytes.ToString();
        _bytes.Clear();
        if (phase <= BusPhase.DataIn)
        {
            Write(address, instruction,
                $"MOVE {Name(phase)}: {moved} of {count} bytes at {start:X8} (CSBC={registers.Get(Reg.Csbc)})");
            Due(data: bus.Phase != phase);
        }
        else if (phase is BusPhase.MessageOut or BusPhase.Command)
        {
            Write(address, instruction, $"MOVE {Name(phase)}:{bytes}");
            Due(data: false);
        }
        else
        {
            var got = phase == BusPhase.Status
                ? $"MOVE ST:{bytes}"
                : $"MOVE MI {count}: got{bytes} SFBR={registers[Reg.Sfbr]:X2} SIDL={registers[Reg.Sidl]:X2}";
            Write(address, instruction, got + Led(phase));
        }
    }

    public void MismatchJump(uint target) => Note(
        $"phase mismatch jump -> {Address(target)} RBC={registers.Get24(Reg.Rbc)} UA={registers.Get(Reg.Ua):X8} IA={Address(registers.Get(Reg.Ia))}");

    public void Selected(uint address, in ScriptsInstruction instruction, int target, bool isAnswered) => Write(address, instruction,
        $"SELECT t{target} ATN={(instruction.WithAttention ? 1 : 0)}: " + (isAnswered ? $"selected, phase {Name(bus.Phase)}" : "no response"));

    public void SelectLost(uint address, in ScriptsInstruction instruction, int target, uint alternate) =>
        Write(address, instruction, $"SELECT t{target}: already connected/reselected -> jump {Address(alternate)}");

    public void Reselected(BusConnection connection, byte ssid)
    {
        var tag = connection.Tag < 0 ? "-" : connection.Tag.ToString("x2", CultureInfo.InvariantCulture);
        var message = new StringBuilder();
        for (var i = 0; i < connection.Head.Count; i++)
            message.Append(CultureInfo.InvariantCulture, $" {connection.Head[i]:x2}");
        Note($"RESELECTED by t{connection.Target}/L{connection.Lun}/{tag} SSID={ssid:X2} msg={message.ToString().Trim()}");
    }

    public void WaitsForReselection(uint address, in ScriptsInstruction instruction, uint alternate) =>
        Write(address, instruction, $"WAIT RESELECT: idle (alt {Address(alternate)})");

    public void Disconnected(uint address, in ScriptsInstruction instruction) => Write(address, instruction, "WAIT DISCONNECT: bus is free");

    public void SetOrClear(uint address, in ScriptsInstruction instruction, bool set) =>
        Write(address, instruction, $"{(set ? "SET" : "CLEAR")} {instruction.Count & 0xFFF:X3}");

    public void Transferred(
        uint address, in ScriptsInstruction instruction, bool taken, uint target, BusPhase phase, byte sfbr)
    {
        var name = instruction.Operation switch
        {
            ScriptsOperation.Jump => "JUMP",
            ScriptsOperation.Call => "CALL",
            ScriptsOperation.Return => "RETURN",
            _ => instruction.IsOnTheFly ? "INTFLY" : "INT",
        };
        var tested = instruction.TestsPhase ? $" (phase {Name(phase)})" : instruction.TestsData ? $" (SFBR {sfbr:X2})" : "";
        var goesTo = taken && instruction.Operation is ScriptsOperation.Jump or ScriptsOperation.Call ? $" -> {Address(target)}" : "";
        Write(address, instruction, $"{name} {(taken ? "taken" : "not taken")}{tested}{(taken ? goesTo : "")}");
        if (taken && instruction.Operation == ScriptsOperation.Interrupt && !instruction.IsOnTheFly)
            Note($"DSTAT.SIR DSPS={instruction.Second:X8}");
    }

    public void NeedsBus(uint address, in ScriptsInstruction instruction, uint next) =>
        Write(address, instruction, $"needs the bus: SIST1.STO, SCRIPTS stop, DSP={Address(next)}");

    public void Illegal(uint address, in ScriptsInstruction instruction) => Write(address, instruction, "illegal instruction: DSTAT.IID");

    public void Modified(uint address, in ScriptsInstruction instruction, int destination, byte value) => Write(address, instruction,
        $"R/W: {(destination == Reg.Sfbr ? "SFBR" : $"reg{destination:X2}")} = {value:X2}");

    public void Loaded(uint address, in ScriptsInstruction instruction, int register, ulong from, int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        memory.TryRead(from, bytes[..count]);
        var value = Convert.ToHexString(bytes[..count]).ToLowerInvariant();
        Write(address, instruction, instruction.IsLoad
            ? $"LOAD reg{register:X2} <- [{Address(from)}] = {value}"
            : $"STORE [{Address(from)}] <- reg{register:X2} = {value}");
    }

    public void MovedMemory(uint address, in ScriptsInstruction instruction, uint destination) => Write(address, instruction,
        $"MEMORY MOVE {instruction.Count} bytes [{Address(instruction.Second)}] -> [{Address(destination)}]");

    private void Due(bool data)
    {
        _phaseIsDue = bus.Phase == BusPhase.Undecided || data || bus.Phase is BusPhase.Command or BusPhase.MessageOut;
        _dataIsComplete = data;
        Settled();
    }

    private string Led(BusPhase from) => bus.Phase == from || bus.Phase == BusPhase.Undecided ? ""
        : bus.Phase == BusPhase.BusFree ? " ; bus free"
        : $" ; phase -> {Name(bus.Phase)}";

    private void Write(uint address, in ScriptsInstruction instruction, string text) =>
        line($"{Address(address)} {instruction.First:X8} {instruction.Second:X8}  {text}");
}

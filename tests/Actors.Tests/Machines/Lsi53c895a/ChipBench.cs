using System.Buffers.Binary;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Lsi53c895a;

/// <summary>A chip with memory, and a processor and a bus that a test plays: what the chip sends to the bus is kept.</summary>
internal sealed class ChipBench : IControllerPorts
{
    public const uint RamBase = 0xE000_0000;
    public const uint RegistersBase = 0xE100_0000;

    private readonly DataBufferPool _pool = new(long.MaxValue, 1 << 20);

    public ChipBench(
        ControllerOptions? options = null, int memorySize = 1 << 16, bool mapRegisters = false, ushort targets = 0b0000_0111,
        Func<ChipBench, Action<object>>? remote = null)
    {
        Memory = new ArrayInitiatorMemory(new byte[memorySize]);
        Chip = new Controller(Memory, options ?? ControllerOptions.Default, this);
        _deliver = remote?.Invoke(this) ?? Deliver;
        WriteConfiguration(0x18, RamBase);
        if (mapRegisters)
            WriteConfiguration(0x14, RegistersBase);
        WriteConfiguration(0x04, 7, 2);
        Tell(new TargetsPresent(targets));
    }

    /// <summary>The machine itself; not used when the chip is an actor elsewhere.</summary>
    public Controller Chip { get; }

    public ArrayInitiatorMemory Memory { get; }

    /// <summary>What the chip has sent to the bus and nobody has taken yet.</summary>
    public Queue<object> ToBus { get; } = new();

    public List<InterruptLine> Line { get; } = [];

    public List<object> Timers { get; } = [];

    public List<BusPhaseChanged> Phases { get; } = [];

    public int Resumes { get; private set; }

    public int TurnsTaken { get; private set; }

    private readonly Action<object> _deliver;
    private ulong _value;
    private bool _resume;

    /// <summary>How to wait for an interrupt from a chip elsewhere.</summary>
    public Action? Await { get; set; }

    public void AwaitInterrupt() => Await?.Invoke();

    public bool IsInterruptAsserted => Line.Count > 0 && Line[^1].Asserted;

    /// <summary>Hands the chip a message, wherever it is.</summary>
    public void Tell(object message) => _deliver(message);

    /// <summary>What a chip elsewhere has sent.</summary>
    public void Receive(object message)
    {
        switch (message)
        {
            case RegisterValue value:
                _value = value.Value;
                break;
            case InterruptLine line:
                Line.Add(line);
                break;
            case BusPhaseChanged changed:
                Phases.Add(changed);
                break;
            default:
                ToBus.Enqueue(message);
                break;
        }
    }

    private void Deliver(object message)
    {
        switch (message)
        {
            case RegisterRead m:
                Chip.Handle(m);
                break;
            case RegisterWrite m:
                Chip.Handle(m);
                break;
            case TargetPhases m:
                Chip.Handle(m);
                break;
            case ReselectionRequested m:
                Chip.Handle(m);
                break;
            default:
                Chip.Handle(Assert.IsType<TargetsPresent>(message));
                break;
        }
    }

    // ---- the processor

    public uint Read(int offset, int width = 1, RegisterSpace space = RegisterSpace.Bar1)
    {
        Tell(new RegisterRead(space, offset, width));
        return (uint)_value;
    }

    public void Write(int offset, uint value, int width = 1, RegisterSpace space = RegisterSpace.Bar1) =>
        Tell(new RegisterWrite(space, offset, width, value));

    public void WriteConfiguration(int offset, uint value, int width = 4) => Write(offset, value, width, RegisterSpace.Configuration);

    public uint ReadConfiguration(int offset, int width = 4) => Read(offset, width, RegisterSpace.Configuration);

    public void WriteRam(int offset, params ReadOnlySpan<uint> dwords)
    {
        for (var i = 0; i < dwords.Length; i++)
            Write(offset + i * 4, dwords[i], 4, RegisterSpace.Bar2);
    }

    public uint ReadRam(int offset) => Read(offset, 4, RegisterSpace.Bar2);

    public void Poke(uint address, params ReadOnlySpan<uint> dwords)
    {
        for (var i = 0; i < dwords.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(Memory.Bytes[((int)address + i * 4)..], dwords[i]);
    }

    public uint Peek(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Memory.Bytes[(int)address..]);

    public void PokeBytes(uint address, params ReadOnlySpan<byte> bytes) => bytes.CopyTo(Memory.Bytes[(int)address..]);

    /// <summary>Starts SCRIPTS and lets them run until they stop or wait.</summary>
    public void Run(uint dsp)
    {
        Write(Reg.Dsp, dsp, 4);
        Pump();
    }

    /// <summary>Delivers Resume until none is posted; false when the limit was reached first.</summary>
    public bool Pump(int limit = 10_000)
    {
        for (; _resume && limit > 0; limit--)
            TakeTurn();
        return !_resume;
    }

    public void TakeTurn()
    {
        _resume = false;
        TurnsTaken++;
        Chip.Handle(Resume.Instance);
    }

    // ---- the target

    public T NextToBus<T>() => Assert.IsType<T>(ToBus.Dequeue());

    public DataBuffer Buffer(int length, byte seed = 0)
    {
        var buffer = _pool.TryRent(length)!;
        for (var i = 0; i < length; i++)
            buffer.Span[i] = (byte)(i * 7 + seed);
        return buffer;
    }

    public void Present(long connection, params PhaseStep[] steps)
    {
        Tell(new TargetPhases(connection, [.. steps]));
        Pump();
    }

    public void AnswerMessage(long connection, params PhaseStep[] steps)
    {
        Tell(new TargetPhases(connection, [.. steps], AnswersMessage: true));
        Pump();
    }

    public void Reselect(long connection, int target, int lun, int tag, params PhaseStep[] steps)
    {
        Tell(new ReselectionRequested(connection, target, new Lun((ushort)lun), tag, Epoch, [.. steps]));
        Pump();
    }

    public uint Epoch { get; set; }

    // ---- ports

    public bool IsObserved => true;

    void IControllerPorts.Send(CommandMoved message) => ToBus.Enqueue(message);

    void IControllerPorts.Send(MessageOutMoved message) => ToBus.Enqueue(message);

    void IControllerPorts.Send(DataPhaseEnded message) => ToBus.Enqueue(message);

    void IControllerPorts.Send(ConnectionDropped message) => ToBus.Enqueue(message);

    void IControllerPorts.Send(BusReset message)
    {
        Epoch = message.Epoch;
        ToBus.Enqueue(message);
    }

    void IControllerPorts.Answer(RegisterValue message) => _value = message.Value;

    void IControllerPorts.Signal(InterruptLine message) => Line.Add(message);

    void IControllerPorts.Post(Resume message)
    {
        Assert.False(_resume);
        _resume = true;
        Resumes++;
    }

    void IControllerPorts.Start(StartTimer message) => Timers.Add(message);

    void IControllerPorts.Cancel(CancelTimer message) => Timers.Add(message);

    void IControllerPorts.Observe(BusPhaseChanged message) => Phases.Add(message);
}

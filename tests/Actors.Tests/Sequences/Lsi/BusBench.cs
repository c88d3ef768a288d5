using System.Buffers.Binary;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi.Bus;
using ScsiActors.Tests.Machines.Lsi53c895a;
using Xunit;

namespace ScsiActors.Tests.Sequences.Lsi;

/// <summary>A chip, the bus, and a logical unit that does what a test says: all messages between them in one list, in order.</summary>
internal sealed class BusBench : IBusPorts
{
    private readonly Queue<object> _toChip = new();
    private readonly DataBufferPool _pool = new(long.MaxValue, 1 << 24);
    private readonly ParallelBus _bus;

    public BusBench(BusParameters? parameters = null, ControllerOptions? options = null, int memorySize = 1 << 16)
    {
        Chip = new ChipBench(options, memorySize, targets: 0);
        _bus = new ParallelBus(parameters ?? BusParameters.Default, this);
        _bus.Handle(new TargetPresence(0, true));
        _bus.Handle(new TargetPresence(1, true));
        Settle();
    }

    public ChipBench Chip { get; }

    public ParallelBus Bus => _bus;

    /// <summary>Everything that has gone to the logical units and back, in order.</summary>
    public List<object> Services { get; } = [];

    /// <summary>Commands that wait for the test to answer them.</summary>
    public List<ScsiCommandReceived> Commands { get; } = [];

    /// <summary>Buffers lent to the bus and not yet returned.</summary>
    public Dictionary<ItlqNexus, DataBuffer> Lent { get; } = [];

    public Dictionary<ItlqNexus, byte[]> Received { get; } = [];

    public List<TaskManagementRequestReceived> Functions { get; } = [];

    // ---- the logical unit's side

    public void SendDataIn(ScsiCommandReceived command, int count, byte seed = 0, long offset = 0)
    {
        var buffer = _pool.TryRent(count)!;
        for (var i = 0; i < count; i++)
            buffer.Span[i] = Pattern(seed, i);
        Lent[command.Nexus] = buffer;
        Tell(new SendDataIn(command.Nexus, default, buffer, offset, count));
    }

    public static byte Pattern(byte seed, int index) => (byte)(seed + index * 3 + (index >> 8));

    public void AskForData(ScsiCommandReceived command, int count, long offset = 0)
    {
        var buffer = _pool.TryRent(count)!;
        buffer.Span.Fill(0xEE);
        Lent[command.Nexus] = buffer;
        Tell(new ReceiveDataOut(command.Nexus, default, buffer, offset, count));
    }

    public void Complete(ScsiCommandReceived command, ScsiStatus status = ScsiStatus.Good)
    {
        Commands.Remove(command);
        Tell(new SendCommandComplete(command.Nexus, status, null, 0));
    }

    public void Tell(object message)
    {
        Services.Add(message);
        switch (message)
        {
            case SendDataIn m:
                _bus.Handle(m);
                break;
            case ReceiveDataOut m:
                _bus.Handle(m);
                break;
            case SendCommandComplete m:
                _bus.Handle(m);
                break;
            case CommandAborted m:
                _bus.Handle(m);
                break;
            case TaskManagementFunctionExecuted m:
                _bus.Handle(m);
                break;
            default:
                _bus.Handle(Assert.IsType<LogicalUnitLost>(message));
                break;
        }
        Settle();
    }

    public ScsiCommandReceived Command(int tag) => Commands.Single(command => command.Nexus.Tag == (ulong)tag);

    public static int BlocksOf(ScsiCommandReceived command) => command.Cdb.UInt16(7);

    /// <summary>Delivers everything that is under way.</summary>
    public void Settle()
    {
        while (true)
        {
            Assert.True(Chip.Pump(), "SCRIPTS do not come to rest");
            if (Chip.ToBus.TryDequeue(out var toBus))
                ToBus(toBus);
            else if (_toChip.TryDequeue(out var toChip))
                ToChip(toChip);
            else
                return;
        }
    }

    private void ToBus(object message)
    {
        switch (message)
        {
            case CommandMoved m:
                _bus.Handle(m);
                break;
            case MessageOutMoved m:
                _bus.Handle(m);
                break;
            case DataPhaseEnded m:
                _bus.Handle(m);
                break;
            case ConnectionDropped m:
                _bus.Handle(m);
                break;
            default:
                _bus.Handle(Assert.IsType<BusReset>(message));
                break;
        }
    }

    private void ToChip(object message)
    {
        switch (message)
        {
            case TargetsPresent m:
                Chip.Chip.Handle(m);
                break;
            case TargetPhases m:
                Chip.Chip.Handle(m);
                break;
            case ReselectionRequested m:
                Chip.Chip.Handle(m);
                break;
            default:
                Chip.Chip.Handle(Assert.IsType<ConnectionWithdrawn>(message));
                break;
        }
    }

    void IBusPorts.Send(TargetsPresent message) => _toChip.Enqueue(message);

    void IBusPorts.Send(TargetPhases message) => _toChip.Enqueue(message);

    void IBusPorts.Send(ReselectionRequested message) => _toChip.Enqueue(message);

    void IBusPorts.Send(ConnectionWithdrawn message) => _toChip.Enqueue(message);

    void IBusPorts.Deliver(ScsiCommandReceived message)
    {
        Services.Add(message);
        Commands.Add(message);
    }

    void IBusPorts.Deliver(DataInDelivered message)
    {
        Services.Add(message);
        TakeBack(message.Nexus);
    }

    void IBusPorts.Deliver(DataOutReceived message)
    {
        Services.Add(message);
        Received[message.Nexus] = Lent[message.Nexus].Span.ToArray();
        TakeBack(message.Nexus);
    }

    void IBusPorts.Deliver(TaskManagementRequestReceived message)
    {
        Services.Add(message);
        Functions.Add(message);
    }

    public List<ServiceDeliveryEventOccurred> Resets { get; } = [];

    /// <summary>Answers the task management functions and resets that have arrived, aborting their commands first.</summary>
    public void CarryOutFunctions()
    {
        Settle();
        foreach (var reset in Resets)
        {
            foreach (var command in Commands.Where(command => command.Nexus.It.TargetPort == reset.It.TargetPort).ToArray())
            {
                Commands.Remove(command);
                Tell(new CommandAborted(command.Nexus));
            }
        }
        Resets.Clear();
        foreach (var function in Functions.ToArray())
        {
            Functions.Remove(function);
            var all = function.Function != TaskManagementFunction.AbortTask;
            foreach (var command in Commands.Where(command => all || command.Nexus == function.Nexus).ToArray())
            {
                Commands.Remove(command);
                Tell(new CommandAborted(command.Nexus));
            }
            Tell(new TaskManagementFunctionExecuted(function.Nexus, function.Function, function.Association, ServiceResponse.FunctionComplete));
        }
    }

    void IBusPorts.Deliver(ServiceDeliveryEventOccurred message)
    {
        Services.Add(message);
        Resets.Add(message);
    }

    private void TakeBack(ItlqNexus nexus)
    {
        Assert.True(Lent.Remove(nexus, out var buffer), "a buffer comes back once");
        _pool.Return(buffer);
    }

    /// <summary>The host's side of an interrupt: reads the status registers until they are quiet, then lets SCRIPTS go on.</summary>
    public (uint Dstat, uint Sist, uint Dsps) TakeInterrupt()
    {
        var result = (Chip.Read(Reg.Dstat), Chip.Read(Reg.Sist0, 2), Chip.Read(Reg.Dsps, 4));
        return result;
    }

    public void Continue()
    {
        Chip.Write(Reg.Dcntl, 0x05);
        Settle();
    }

    public uint Load(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        Chip.Memory.TryRead(address, bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}

using ScsiActors.FrontEnds.InProcess;
using ScsiActors.Lsi53c895a;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;
using ScsiActors.Scsi.Bus;
using Xunit;

namespace ScsiActors.Tests.Machines.InProcess;

/// <summary>Driver, chip, bus, logical units and a disk on one thread. Messages between two of them keep their order; which pair comes next is drawn
/// from a seed, and so is the order in which the disk completes.</summary>
internal sealed class DriverRig : IResettingLsiDriverPorts<string>, IPolledLsiDriverPorts<string>, IControllerPorts, IBusPorts
{
    public const int BlockLength = 512;

    private const int TurnLimit = 5_000_000;

    private readonly SortedDictionary<string, Queue<Action>> _channels = [];
    private readonly Dictionary<(int Target, Lun Lun), Unit> _units = [];
    private readonly Dictionary<ChipTimer, StartTimer> _timers = [];
    private readonly Random _random;
    private readonly Controller _chip;
    private readonly ParallelBus _bus;

    public DriverRig(int seed, LsiDriverSettings? settings = null, BusParameters? parameters = null, bool polled = false,
        Func<LogicalUnitSettings, LogicalUnitSettings>? configure = null)
    {
        _random = new Random(seed);
        _chip = new Controller(Memory, ControllerOptions.Default, this);
        _bus = new ParallelBus(parameters ?? BusParameters.Default, this);
        Driver = polled ? null : new LsiDriver<string>(Memory, settings ?? new LsiDriverSettings(), this);
        Polled = polled ? new PolledLsiDriver<string>(Memory, this) : null;
        foreach (var (target, lun) in new[] { (0, 0), (0, 1), (3, 0) })
        {
            var unit = new LogicalUnitSettings { TargetPort = target, Lun = new Lun((ushort)lun), ParallelBus = true, Luns = target == 0 ? [Lun.Zero, new Lun(1)] : [Lun.Zero] };
            _units[(target, new Lun((ushort)lun))] = new Unit(this, configure?.Invoke(unit) ?? unit);
        }
        _bus.Handle(new TargetPresence(0, true));
        _bus.Handle(new TargetPresence(3, true));
        Driver?.Start();
        Polled?.Start();
        Run();
    }

    public DriverMemory Memory { get; } = new();

    public LsiDriver<string>? Driver { get; }

    public PolledLsiDriver<string>? Polled { get; }

    public List<CommandExecuted> Executed { get; } = [];

    public List<TaskManagementExecuted> Functions { get; } = [];

    public List<BusResetExecuted> BusResets { get; } = [];

    /// <summary>True: the disk completes nothing until it is false again.</summary>
    public bool HoldDisk { get; set; }

    /// <summary>The most writes and reads that the disk has had at once.</summary>
    public int MostAtDisk { get; private set; }

    public int AtDisk { get; private set; }

    public Unit UnitAt(int target, ushort lun) => _units[(target, new Lun(lun))];

    public void Execute(ExecuteCommand command)
    {
        if (Driver is not null)
            Driver.Handle("client", command);
        else
            Polled!.Handle("client", command);
    }

    public CommandExecuted ExecuteAndWait(ExecuteCommand command)
    {
        Execute(command);
        Run();
        return Executed.Single(executed => executed.Id == command.Id);
    }

    /// <summary>Delivers messages until there are none.</summary>
    public void Run()
    {
        for (var turn = 0; turn < TurnLimit; turn++)
        {
            var ready = _channels.Where(channel => channel.Value.Count > 0 && !(HoldDisk && channel.Key == "disk")).ToArray();
            if (ready.Length == 0)
                return;
            var (name, queue) = ready[_random.Next(ready.Length)];
            if (name == "disk")
                Shuffle(queue);
            queue.Dequeue()();
        }
        Assert.Fail("the subsystem does not come to rest");
    }

    public void AssertAtRest()
    {
        Assert.Equal(0, Driver?.CommandsOutstanding ?? 0);
        Assert.Equal(0, _bus.Outstanding);
        foreach (var unit in _units.Values)
        {
            Assert.Equal(0, unit.Machine.BuffersOutstanding);
            Assert.Equal(0, unit.Machine.TasksOutstanding);
        }
    }

    private void Post(string channel, Action action)
    {
        if (!_channels.TryGetValue(channel, out var queue))
            _channels.Add(channel, queue = new Queue<Action>());
        queue.Enqueue(action);
    }

    private void Shuffle(Queue<Action> queue)
    {
        for (var i = _random.Next(queue.Count); i > 0; i--)
            queue.Enqueue(queue.Dequeue());
    }

    // ---- driver
    void ILsiDriverPorts<string>.Write(RegisterWrite write) => Post("driver-chip", () => _chip.Handle(write));

    void ILsiDriverPorts<string>.Read(RegisterRead read) => Post("driver-chip", () => _chip.Handle(read));

    void ILsiDriverPorts<string>.CommandExecuted(string client, CommandExecuted executed) => Executed.Add(executed);

    void ILsiDriverPorts<string>.TaskManagementExecuted(string client, TaskManagementExecuted executed) => Functions.Add(executed);

    void IResettingLsiDriverPorts<string>.BusResetExecuted(string client, BusResetExecuted executed) => BusResets.Add(executed);

    void IPolledLsiDriverPorts<string>.PollLater() => Post("poll", () => Polled!.Poll());

    // ---- chip
    void IControllerPorts.Send(CommandMoved message) => Post("chip-bus", () => _bus.Handle(message));

    void IControllerPorts.Send(MessageOutMoved message) => Post("chip-bus", () => _bus.Handle(message));

    void IControllerPorts.Send(DataPhaseEnded message) => Post("chip-bus", () => _bus.Handle(message));

    void IControllerPorts.Send(ConnectionDropped message) => Post("chip-bus", () => _bus.Handle(message));

    void IControllerPorts.Send(BusReset message) => Post("chip-bus", () => _bus.Handle(message));

    void IControllerPorts.Answer(RegisterValue message) => Post("chip-driver", () =>
    {
        Driver?.Handle(message);
        Polled?.Handle(message);
    });

    void IControllerPorts.Signal(InterruptLine message) => Post("chip-driver", () => Driver?.Handle(message));

    void IControllerPorts.Post(Resume message) => Post("chip-chip", () => _chip.Handle(message));

    void IControllerPorts.Start(StartTimer message) => _timers[message.Timer] = message;

    void IControllerPorts.Cancel(CancelTimer message) => _timers.Remove(message.Timer);

    bool IControllerPorts.IsObserved => false;

    void IControllerPorts.Observe(BusPhaseChanged message)
    {
    }

    // ---- bus
    void IBusPorts.Send(TargetsPresent message) => Post("bus-chip", () => _chip.Handle(message));

    void IBusPorts.Send(TargetPhases message) => Post("bus-chip", () => _chip.Handle(message));

    void IBusPorts.Send(ReselectionRequested message) => Post("bus-chip", () => _chip.Handle(message));

    void IBusPorts.Send(ConnectionWithdrawn message) => Post("bus-chip", () => _chip.Handle(message));

    void IBusPorts.Deliver(ScsiCommandReceived message) => Post("bus-units", () => UnitOf(message.Nexus).Machine.Handle(message));

    void IBusPorts.Deliver(DataInDelivered message) => Post("bus-units", () => UnitOf(message.Nexus).Machine.Handle(message));

    void IBusPorts.Deliver(DataOutReceived message) => Post("bus-units", () => UnitOf(message.Nexus).Machine.Handle(message));

    void IBusPorts.Deliver(TaskManagementRequestReceived message) => Post("bus-units", () => UnitOf(message.Nexus).Machine.Handle(message));

    void IBusPorts.Deliver(ServiceDeliveryEventOccurred message) => Post("bus-units", () =>
    {
        foreach (var unit in _units.Values)
            unit.Machine.Handle(message);
    });

    private Unit UnitOf(ItlqNexus nexus) => _units[(nexus.It.TargetPort, nexus.Lun)];

    /// <summary>A logical unit and its disk, which is an array.</summary>
    internal sealed class Unit : ILogicalUnitPorts
    {
        private readonly DriverRig _rig;
        private readonly HashSet<AioId> _cancelled = [];

        public Unit(DriverRig rig, LogicalUnitSettings settings)
        {
            _rig = rig;
            Machine = new LogicalUnit(settings, this);
            Machine.Handle(new AioOpened(AioResult.Ok, Disk.Length, false, true, "array"));
        }

        public byte[] Disk { get; } = new byte[8192 * BlockLength];

        public LogicalUnit Machine { get; }

        /// <summary>Storage requests so far, reads and writes.</summary>
        public int Requests { get; private set; }

        void ILogicalUnitPorts.SendDataIn(SendDataIn message) => _rig.Post("units-bus", () => _rig._bus.Handle(message));

        void ILogicalUnitPorts.ReceiveDataOut(ReceiveDataOut message) => _rig.Post("units-bus", () => _rig._bus.Handle(message));

        void ILogicalUnitPorts.SendCommandComplete(SendCommandComplete message) => _rig.Post("units-bus", () => _rig._bus.Handle(message));

        void ILogicalUnitPorts.CommandAborted(CommandAborted message) => _rig.Post("units-bus", () => _rig._bus.Handle(message));

        void ILogicalUnitPorts.TaskManagementFunctionExecuted(TaskManagementFunctionExecuted message) =>
            _rig.Post("units-bus", () => _rig._bus.Handle(message));

        void ILogicalUnitPorts.ServiceDeliveryEventHandled(ServiceDeliveryEventHandled message)
        {
        }

        void ILogicalUnitPorts.Aio(AioRequest request)
        {
            Requests++;
            _rig.MostAtDisk = Math.Max(_rig.MostAtDisk, ++_rig.AtDisk);
            _rig.Post("disk", () => Complete(request));
        }

        void ILogicalUnitPorts.Cancel(AioCancel cancel) => _cancelled.Add(cancel.Id);

        private void Complete(AioRequest request)
        {
            _rig.AtDisk--;
            if (_cancelled.Remove(request.Id) && _rig._random.Next(2) == 0)
            {
                Machine.Handle(new AioCompleted(request.Id, AioResult.Cancelled, 0));
                return;
            }
            var bytes = 0L;
            switch (request)
            {
                case AioRead read:
                    Disk.AsSpan((int)read.Offset, (int)read.Data.Length).CopyTo(read.Data[0].Span);
                    bytes = read.Data.Length;
                    break;
                case AioWrite write:
                    write.Data[0].Span.CopyTo(Disk.AsSpan((int)write.Offset));
                    bytes = write.Data.Length;
                    break;
            }
            Machine.Handle(new AioCompleted(request.Id, AioResult.Ok, bytes));
        }
    }
}

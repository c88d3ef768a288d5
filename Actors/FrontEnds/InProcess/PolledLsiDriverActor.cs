using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The shell of <see cref="PolledLsiDriver{TClient}"/>.</summary>
public sealed class PolledLsiDriverActor : UntypedActor, IPolledLsiDriverPorts<IActorRef>, IWithTimers
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(1);

    private readonly PolledLsiDriver<IActorRef> _driver;
    private readonly IActorRef _adapter;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public PolledLsiDriverActor(IActorRef adapter, DriverMemory memory)
    {
        _adapter = adapter;
        _driver = new PolledLsiDriver<IActorRef>(memory, this);
    }

    /// <summary>Set by the actor system.</summary>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A polled driver for an adapter.</summary>
    /// <param name="adapter">The adapter's actor.</param>
    /// <param name="memory">The memory that the adapter sees.</param>
    public static Props Props(IActorRef adapter, DriverMemory memory) => Akka.Actor.Props.Create(() => new PolledLsiDriverActor(adapter, memory));

    /// <inheritdoc/>
    protected override void PreStart() => _driver.Start();

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ExecuteCommand command:
                _driver.Handle(Sender, command);
                break;
            case RegisterValue value:
                _driver.Handle(value);
                break;
            case ExecuteTaskManagement request:
                _driver.Handle(Sender, request);
                break;
            case PollTimer:
                _driver.Poll();
                break;
            case InterruptLine:
                // Firmware has its interrupts off; the pin may move all the same.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void ILsiDriverPorts<IActorRef>.Write(RegisterWrite write) => _adapter.Tell(write, Self);

    void ILsiDriverPorts<IActorRef>.Read(RegisterRead read) => _adapter.Tell(read, Self);

    void ILsiDriverPorts<IActorRef>.CommandExecuted(IActorRef client, CommandExecuted executed) => client.Tell(executed, Self);

    void ILsiDriverPorts<IActorRef>.TaskManagementExecuted(IActorRef client, TaskManagementExecuted executed) => client.Tell(executed, Self);

    void IPolledLsiDriverPorts<IActorRef>.PollLater() => Timers.StartSingleTimer(PollTimer.Instance, PollTimer.Instance, PollInterval);

    private sealed record PollTimer
    {
        public static PollTimer Instance { get; } = new();
    }
}

using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The shell of <see cref="LsiDriver{TClient}"/>: takes <see cref="ExecuteCommand"/>, <see cref="ExecuteTaskManagement"/> and <see cref="ExecuteBusReset"/> from any actor, and
/// the adapter's interrupt line.</summary>
public sealed class LsiDriverActor : UntypedActor, IResettingLsiDriverPorts<IActorRef>
{
    private readonly LsiDriver<IActorRef> _driver;
    private readonly IActorRef _adapter;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public LsiDriverActor(IActorRef adapter, DriverMemory memory, LsiDriverSettings settings)
    {
        _adapter = adapter;
        _driver = new LsiDriver<IActorRef>(memory, settings, this);
    }

    /// <summary>A driver for an adapter.</summary>
    /// <param name="adapter">The adapter's actor, which sends its interrupt line here.</param>
    /// <param name="memory">The memory that the adapter sees.</param>
    /// <param name="settings">How the driver behaves.</param>
    public static Props Props(IActorRef adapter, DriverMemory memory, LsiDriverSettings settings) =>
        Akka.Actor.Props.Create(() => new LsiDriverActor(adapter, memory, settings));

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
            case InterruptLine line:
                _driver.Handle(line);
                break;
            case RegisterValue value:
                _driver.Handle(value);
                break;
            case ExecuteTaskManagement request:
                _driver.Handle(Sender, request);
                break;
            case ExecuteBusReset reset:
                _driver.Handle(Sender, reset);
                break;
            case DescribeState:
                Sender.Tell(new StateDescribed(_driver.Describe()), Self);
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

    void IResettingLsiDriverPorts<IActorRef>.BusResetExecuted(IActorRef client, BusResetExecuted executed) => client.Tell(executed, Self);
}

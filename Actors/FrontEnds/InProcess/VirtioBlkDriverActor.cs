using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>The shell of <see cref="VirtioBlkDriver{TClient}"/>: takes <see cref="ExecuteBlockRequest"/> from any actor, and the notifications of the device,
/// which it watches.</summary>
public sealed class VirtioBlkDriverActor : UntypedActor, IVirtioBlkDriverPorts<IActorRef>
{
    private readonly VirtioBlkDriver<IActorRef> _driver;
    private readonly IActorRef _device;
    private readonly IActorRef _self;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public VirtioBlkDriverActor(IActorRef device, VirtioDriverMemory memory, VirtioBlkDriverSettings settings)
    {
        _device = device;
        _self = Self;
        _driver = new VirtioBlkDriver<IActorRef>(memory, settings, this);
    }

    /// <summary>A driver for a device.</summary>
    /// <param name="device">The device's actor.</param>
    /// <param name="memory">The memory that the device sees.</param>
    /// <param name="settings">How the driver behaves.</param>
    public static Props Props(IActorRef device, VirtioDriverMemory memory, VirtioBlkDriverSettings settings) =>
        Akka.Actor.Props.Create(() => new VirtioBlkDriverActor(device, memory, settings));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.Watch(_device);
        _driver.Start();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ExecuteBlockRequest request:
                _driver.Handle(Sender, request);
                break;
            case UsedBufferNotification notification:
                _driver.Handle(notification);
                break;
            case VirtioDeviceState state:
                _driver.Handle(state);
                break;
            case ConfigurationChangeNotification notification:
                _driver.Handle(notification);
                break;
            case Terminated:
                _driver.DeviceLost();
                break;
            case DescribeState:
                Sender.Tell(new StateDescribed(_driver.Describe()), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void IVirtioBlkDriverPorts<IActorRef>.Read(ReadVirtioDevice read) => _device.Tell(read, _self);

    void IVirtioBlkDriverPorts<IActorRef>.Write(WriteDriverFeatures write) => _device.Tell(write, _self);

    void IVirtioBlkDriverPorts<IActorRef>.Write(WriteDeviceStatus write) => _device.Tell(write, _self);

    void IVirtioBlkDriverPorts<IActorRef>.Enable(EnableVirtqueue enable) => _device.Tell(enable, _self);

    void IVirtioBlkDriverPorts<IActorRef>.Notify(AvailableBufferNotification notification) => _device.Tell(notification, _self);

    void IVirtioBlkDriverPorts<IActorRef>.Executed(IActorRef client, BlockRequestExecuted executed) => client.Tell(executed, _self);
}

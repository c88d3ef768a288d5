using Akka.Actor;
using Akka.Event;
using ScsiActors.Messages;

namespace ScsiActors.Virtio;

/// <summary>The shell of <see cref="VirtioBlk"/>. Its driver is whoever read its state last; it ends when its request queue ends.</summary>
public sealed class VirtioBlkActor : UntypedActor, IVirtioBlkPorts
{
    private sealed record GoOn
    {
        public static readonly GoOn Instance = new();
    }

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly VirtioBlk _device;
    private readonly IActorRef _requestQueue;
    private readonly IActorRef _self;
    private IActorRef _driver = ActorRefs.Nobody;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public VirtioBlkActor(InitiatorMemory memory, VirtioBlkSettings settings, int firstSlot, IActorRef requestQueue)
    {
        _requestQueue = requestQueue;
        _self = Self;
        _device = new VirtioBlk(memory, settings, firstSlot, this);
    }

    /// <summary>A device in front of a request queue.</summary>
    /// <param name="memory">The driver's memory.</param>
    /// <param name="settings">What it is.</param>
    /// <param name="firstSlot">The first of its slots in the request queue; it has as many as its virtqueue has descriptors.</param>
    /// <param name="requestQueue">The queue of its storage.</param>
    public static Props Props(InitiatorMemory memory, VirtioBlkSettings settings, int firstSlot, IActorRef requestQueue) =>
        Akka.Actor.Props.Create(() => new VirtioBlkActor(memory, settings, firstSlot, requestQueue));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.Watch(_requestQueue);
        _device.Start();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AvailableBufferNotification notification:
                _device.Handle(notification);
                break;
            case AioCompleted completed:
                _device.Handle(completed);
                break;
            case GoOn:
                _device.Continue();
                break;
            case AioDrained drained:
                _device.Handle(drained);
                break;
            case AioOpened opened:
                _device.Handle(opened);
                break;
            case Terminated:
                _log.Error("{0}: the request queue has stopped, and so does this device", _self.Path.Name);
                Context.Stop(_self);
                break;
            case ReadVirtioDevice read:
                _driver = Sender;
                _device.Handle(read);
                break;
            case WriteDriverFeatures write:
                _device.Handle(write);
                break;
            case WriteDeviceStatus write:
                _device.Handle(write);
                break;
            case EnableVirtqueue enable:
                _device.Handle(enable);
                break;
            case WriteVirtioConfiguration write:
                _device.Handle(write);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void IVirtioBlkPorts.Open(AioOpen open) => _requestQueue.Tell(open, _self);

    void IVirtioBlkPorts.Aio(AioRequest request) => _requestQueue.Tell(request, _self);

    void IVirtioBlkPorts.Cancel(AioCancel cancel) => _requestQueue.Tell(cancel, _self);

    void IVirtioBlkPorts.Drain(AioDrain drain) => _requestQueue.Tell(drain, _self);

    void IVirtioBlkPorts.State(VirtioDeviceState state) => _driver.Tell(state, _self);

    void IVirtioBlkPorts.UsedBuffers(UsedBufferNotification notification) => _driver.Tell(notification, _self);

    void IVirtioBlkPorts.ConfigurationChanged(ConfigurationChangeNotification notification) => _driver.Tell(notification, _self);

    void IVirtioBlkPorts.GoOnLater() => _self.Tell(GoOn.Instance, _self);

    void IVirtioBlkPorts.Warn(string fault) => _log.Warning("{0} needs a reset: {1}", _self.Path.Name, fault);
}

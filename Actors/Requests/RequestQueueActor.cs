using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Requests;

/// <summary>Runs a <see cref="RequestQueue{TClient}"/> between the clients and one storage actor, which it watches.</summary>
public sealed class RequestQueueActor : UntypedActor, IRequestQueuePorts<IActorRef>
{
    private readonly IActorRef _backend;
    private readonly IActorRef _self;
    private readonly RequestQueue<IActorRef> _queue;

    /// <summary>Use <see cref="Props"/>.</summary>
    public RequestQueueActor(RequestQueueSettings settings, IActorRef backend)
    {
        _backend = backend;
        _self = Self;
        _queue = new RequestQueue<IActorRef>(settings, this);
    }

    /// <summary>A queue in front of <paramref name="backend"/>.</summary>
    public static Props Props(RequestQueueSettings settings, IActorRef backend) =>
        Akka.Actor.Props.Create(() => new RequestQueueActor(settings, backend));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.Watch(_backend);
        _queue.Start();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AioRequest request: _queue.Handle(request, Sender); break;
            case AioCompleted completed: _queue.Handle(completed); break;
            case AioCancel cancel: _queue.Handle(cancel); break;
            case AioDrain drain: _queue.Handle(drain, Sender); break;
            case AioOpen open: _queue.Handle(open, Sender); break;
            case AioOpened opened: _queue.Handle(opened); break;
            case AioClosed closed: _queue.Handle(closed); break;
            case DescribeState: Sender.Tell(new StateDescribed(_queue.Describe()), Self); break;
            case Terminated: _queue.StorageStopped(); break;
            default: Unhandled(message); break;
        }
    }

    void IRequestQueuePorts<IActorRef>.Open(AioOpen open) => _backend.Tell(open, _self);

    void IRequestQueuePorts<IActorRef>.Submit(AioRequest request) => _backend.Tell(request, _self);

    void IRequestQueuePorts<IActorRef>.Cancel(AioCancel cancel) => _backend.Tell(cancel, _self);

    void IRequestQueuePorts<IActorRef>.Complete(IActorRef client, AioCompleted completed) => client.Tell(completed, _self);

    void IRequestQueuePorts<IActorRef>.Opened(IActorRef client, AioOpened opened) => client.Tell(opened, _self);

    void IRequestQueuePorts<IActorRef>.Drained(IActorRef client, AioDrained drained) => client.Tell(drained, _self);
}

using Akka.Actor;
using ScsiActors.Journal;
using ScsiActors.Messages;

namespace ScsiActors.Host.Trace;

/// <summary>The client of a trace: sends one command or request, and takes down every message in the subsystem until it is answered. It runs on the subsystem's own
/// dispatcher, so that the messages from and to itself are among them.</summary>
internal sealed class TraceClientActor(
    IActorRef port, IActorRef? adapter, object request, TaskCompletionSource<IReadOnlyList<MessagePassed>> answered) : UntypedActor
{
    /// <summary>Its name, and so what it is called in the flow.</summary>
    public const string Name = "client";

    private readonly List<MessagePassed> _flow = [];

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(MessagePassed));
        adapter?.Tell(new ObserveAdapter(Scripts: true), Self);
        port.Tell(request, Self);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessagePassed passed:
                _flow.Add(passed);
                break;
            case CommandExecuted or BlockRequestExecuted:
                Context.System.EventStream.Unsubscribe(Self);
                answered.TrySetResult(_flow);
                Context.Stop(Self);
                break;
            case ScriptsTraced or BusPhaseChanged:
                // Already in the flow, at its place among the messages.
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}

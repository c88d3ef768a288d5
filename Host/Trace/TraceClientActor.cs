using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Host.Trace;

/// <summary>The client of a trace: sends one command or request and waits for its answer. It runs on the subsystem's own dispatcher, so that the messages
/// from and to itself are recorded with the others.</summary>
internal sealed class TraceClientActor(IActorRef port, IActorRef? adapter, object request, TaskCompletionSource answered) : UntypedActor
{
    /// <summary>Its name, and so what it is called in the flow.</summary>
    public const string Name = "client";

    /// <inheritdoc/>
    protected override void PreStart()
    {
        adapter?.Tell(new ObserveAdapter(Scripts: true), Self);
        port.Tell(request, Self);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CommandExecuted or BlockRequestExecuted:
                answered.TrySetResult();
                Context.Stop(Self);
                break;
            case ScriptsTraced or BusPhaseChanged:
                // Recorded when they were sent.
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}

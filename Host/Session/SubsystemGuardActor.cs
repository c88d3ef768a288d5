using Akka.Actor;
using Akka.Configuration;

namespace ScsiActors.Host.Session;

/// <summary>The subsystem's parent: passes it everything, and keeps the exception that ends it for the person at the screen.</summary>
internal sealed class SubsystemGuardActor(Config config, TaskCompletionSource<Exception> failure) : UntypedActor
{
    private IActorRef _subsystem = ActorRefs.Nobody;

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        error =>
        {
            failure.TrySetResult(error);
            return Directive.Stop;
        },
        loggingEnabled: false);

    /// <inheritdoc/>
    protected override void PreStart() => _subsystem = Context.ActorOf(ScsiSubsystem.Props(config), "subsystem");

    /// <inheritdoc/>
    protected override void OnReceive(object message) => _subsystem.Forward(message);
}

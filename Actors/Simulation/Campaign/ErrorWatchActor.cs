using Akka.Actor;
using Akka.Event;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Is told of every error in the actor system: of an actor that failed, of one that says that another has stopped.</summary>
internal sealed class ErrorWatchActor : UntypedActor
{
    /// <summary>The name of the actor.</summary>
    public const string Name = "client-errors";

    /// <inheritdoc/>
    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(Error));

    // The oracles see what is sent here.
    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
    }
}

using Akka.Actor;

namespace Akka.TestKit;

/// <summary>An actor on the thread of the test, whose instance the test may look at.</summary>
public class TestActorRef<TActor> : ICanTell where TActor : ActorBase
{
    public TestActorRef(ActorSystem system, Props actorProps, string? name = null) =>
        Ref = system.ActorOf(actorProps.WithDispatcher(CallingThreadDispatcher.Id), name);

    public IActorRef Ref { get; }

    public ActorPath Path => Ref.Path;

    /// <summary>The instance of the moment: a restart replaces it.</summary>
    public TActor UnderlyingActor => (TActor)(((LocalActorRef)Ref).Cell.Actor
        ?? throw new IllegalActorStateException($"{Ref} has no instance: it has not started, or it has stopped."));

    public static implicit operator LocalActorRef(TestActorRef<TActor> actor) => (LocalActorRef)actor.Ref;

    public void Tell(object message) => Ref.Tell(message);

    public void Tell(object message, IActorRef sender) => Ref.Tell(message, sender);

    public override string ToString() => Ref.ToString() ?? "";
}

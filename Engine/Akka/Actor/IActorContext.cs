using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Handles a message, or says that it does not.</summary>
public delegate bool Receive(object message);

/// <summary>Handles a message.</summary>
public delegate void UntypedReceive(object message);

/// <summary>Someone who has actors made and finds them.</summary>
public interface IActorRefFactory
{
    /// <summary>Makes an actor as a child; without a name it gets one that begins with <c>$</c>.</summary>
    /// <exception cref="InvalidActorNameException">The name is not permitted or taken.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>Actors by path, absolute or relative to this one, with <c>..</c>, <c>*</c> and <c>?</c>.</summary>
    ActorSelection ActorSelection(string actorPath);
}

/// <summary>Someone who can be told of an actor's end.</summary>
public interface ICanWatch
{
    /// <summary>Has a <see cref="Terminated"/> sent when <paramref name="subject"/> has stopped.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>Has <paramref name="message"/> sent when <paramref name="subject"/> has stopped.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes a watch back: nothing arrives, even if it is queued already.</summary>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>What an actor sees of its cell; only valid in the actor's own turn.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    IActorRef Self { get; }

    Props Props { get; }

    /// <summary>Who sent the current message; the dead letters where nobody did.</summary>
    IActorRef Sender { get; }

    ActorSystem System { get; }

    IActorRef Parent { get; }

    MessageDispatcher Dispatcher { get; }

    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Replaces the behaviour on top.</summary>
    void Become(Receive receive);

    /// <summary>Puts a behaviour on top.</summary>
    void BecomeStacked(Receive receive);

    /// <summary>Takes the behaviour on top away; the last that remains is the actor's own.</summary>
    void UnbecomeStacked();

    /// <summary>The child called <paramref name="name"/>, or <see cref="ActorRefs.Nobody"/>.</summary>
    IActorRef Child(string name);

    /// <summary>The children in the order in which they were made.</summary>
    IEnumerable<IActorRef> GetChildren();

    /// <summary>Has a <see cref="Akka.Actor.ReceiveTimeout"/> sent when no message came for so long; null turns it off.</summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Stops an actor after its current message.</summary>
    void Stop(IActorRef child);
}

/// <summary>The context of an <see cref="UntypedActor"/>.</summary>
public interface IUntypedActorContext : IActorContext
{
    void Become(UntypedReceive receive);

    void BecomeStacked(UntypedReceive receive);
}

/// <summary>Short forms.</summary>
public static class ActorRefFactoryExtensions
{
    /// <summary>Makes an actor whose constructor takes nothing.</summary>
    public static IActorRef ActorOf<TActor>(this IActorRefFactory factory, string? name = null) where TActor : ActorBase, new() =>
        factory.ActorOf(Props.Create<TActor>(), name);
}

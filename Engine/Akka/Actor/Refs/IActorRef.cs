using System.Runtime.CompilerServices;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Something that takes messages.</summary>
public interface ICanTell
{
    /// <summary>Sends <paramref name="message"/> without waiting; replies go to <paramref name="sender"/>, which may be
    /// <see cref="ActorRefs.NoSender"/>.</summary>
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    void Tell(object message, IActorRef sender);
}

/// <summary>The only handle on an actor: it can be sent to, compared and passed on, and outlives what it names.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>, IComparable
{
    ActorPath Path { get; }
}

/// <summary>What the engine itself asks of a reference.</summary>
public interface IInternalActorRef : IActorRef
{
    IInternalActorRef Parent { get; }

    /// <summary>The provider of the system that the reference belongs to; null for one that belongs to none.</summary>
    IActorRefProvider Provider { get; }

    bool IsTerminated { get; }

    void Start();

    void Stop();

    void Suspend();

    void Resume(Exception? causedByFailure = null);

    void Restart(Exception cause);

    /// <summary>Sends a message that overtakes all user messages.</summary>
    void SendSystemMessage(ISystemMessage message);
}

/// <summary>The references that are not an actor's.</summary>
public static class ActorRefs
{
    /// <summary>No sender: a reply to it is a dead letter.</summary>
    public static readonly IActorRef NoSender = null!;

    /// <summary>The reference of nobody, for an answer that found no actor.</summary>
    public static readonly Nobody Nobody = Nobody.Instance;
}

/// <summary>The reference that takes every message and does nothing.</summary>
public sealed class Nobody : MinimalActorRef
{
    public static readonly Nobody Instance = new();

    private Nobody() { }

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / "Nobody";

    public override IActorRefProvider Provider => null!;
}

/// <summary>Sending as one says it in an actor.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends with the running actor as the sender, or none outside an actor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Tell(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.Current?.Self!);

    /// <summary>Passes a message on; its sender stays what it was.</summary>
    public static void Forward(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.Current?.Sender!);
}

/// <summary>Questions about references.</summary>
public static class ActorRefExtensions
{
    /// <summary>Whether there is no actor behind the reference, or no reference.</summary>
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Nobody || actorRef.Equals(ActorRefs.Nobody);

    internal static IInternalActorRef AsInternal(this IActorRef actorRef) => actorRef switch
    {
        IInternalActorRef own => own,
        null => throw new ArgumentNullException(nameof(actorRef)),
        _ => throw new ArgumentException($"{actorRef.Path} is not a reference of this engine ({actorRef.GetType()})", nameof(actorRef)),
    };
}

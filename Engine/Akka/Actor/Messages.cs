using Akka.Event;

namespace Akka.Actor;

/// <summary>Marks a message that a cell handles itself, before the actor's behaviour.</summary>
public interface IAutoReceivedMessage;

/// <summary>Marks a message that an actor may not survive.</summary>
public interface IPossiblyHarmful;

/// <summary>Marks a message that is never serialized.</summary>
public interface INoSerializationVerificationNeeded;

/// <summary>Marks a message that does not re-arm the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout;

/// <summary>Stops the actor when it has handled everything that was sent before.</summary>
public sealed class PoisonPill : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    public static PoisonPill Instance { get; } = new();

    private PoisonPill() { }

    public override string ToString() => "<PoisonPill>";
}

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/>; its supervisor decides what follows.</summary>
public sealed class Kill : IAutoReceivedMessage, IPossiblyHarmful
{
    public static Kill Instance { get; } = new();

    private Kill() { }

    public override string ToString() => "<Kill>";
}

/// <summary>Asks a cell who it is; the answer is an <see cref="ActorIdentity"/> with the same id.</summary>
public sealed record Identify(object MessageId) : IAutoReceivedMessage, INotInfluenceReceiveTimeout;

/// <summary>The answer to <see cref="Identify"/>; no subject where there is no actor.</summary>
public sealed record ActorIdentity(object MessageId, IActorRef? Subject);

/// <summary>A watched actor has stopped; nothing from it comes after this.</summary>
public sealed record Terminated(IActorRef ActorRef, bool ExistenceConfirmed, bool AddressTerminated)
    : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}

/// <summary>No message came for as long as the actor set with <c>SetReceiveTimeout</c>.</summary>
public sealed class ReceiveTimeout : IPossiblyHarmful
{
    public static ReceiveTimeout Instance { get; } = new();

    private ReceiveTimeout() { }
}

/// <summary>An outcome as a message, in the form that <c>Ask</c> understands and <c>PipeTo</c> sends.</summary>
public abstract class Status
{
    private Status() { }

    /// <summary>It worked, with this result.</summary>
    public sealed class Success(object status) : Status
    {
        public static readonly Success Instance = new(null!);

        public object Status { get; } = status;
    }

    /// <summary>It failed, for this reason.</summary>
    public sealed class Failure(Exception cause, object? state) : Status
    {
        public Failure(Exception cause) : this(cause, null) { }

        public Exception Cause { get; } = cause;

        public object? State { get; } = state;

        public override string ToString() => $"Failure: {Cause}";
    }
}

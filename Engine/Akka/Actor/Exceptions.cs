namespace Akka.Actor;

/// <summary>The base of the engine's own exceptions.</summary>
public abstract class AkkaException : Exception
{
    protected AkkaException() { }

    protected AkkaException(string message, Exception? cause = null) : base(message, cause) { }
}

/// <summary>An actor's name is empty, not permitted or taken.</summary>
public class InvalidActorNameException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>An actor could not be made or started, or was made outside <see cref="Props"/>.</summary>
public class ActorInitializationException : AkkaException
{
    public ActorInitializationException(string message) : this(null, message) { }

    public ActorInitializationException(IActorRef? actor, string message, Exception? cause = null)
        : base(actor is null ? message : $"{actor}: {message}", cause) => Actor = actor;

    /// <summary>The actor that failed, where there is one.</summary>
    public IActorRef? Actor { get; }
}

/// <summary>An actor's <c>PreRestart</c> failed; the restart goes on nevertheless.</summary>
public class PreRestartException(IActorRef actor, Exception restartException, Exception cause, object? optionalMessage)
    : ActorInitializationException(actor, $"PreRestart failed ({cause.Message}) while restarting after: {restartException.Message}", cause)
{
    public object? OptionalMessage { get; } = optionalMessage;
}

/// <summary>The new incarnation of an actor could not be made, or its <c>PostRestart</c> failed.</summary>
public class PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
    : ActorInitializationException(actor, $"Exception post restart ({originalCause.GetType().Name}: {originalCause.Message})", cause)
{
    public Exception OriginalCause { get; } = originalCause;
}

/// <summary>The actor received <see cref="Kill"/>.</summary>
public class ActorKilledException(string message) : AkkaException(message);

/// <summary>An actor watched another and did not handle its <see cref="Terminated"/>.</summary>
public class DeathPactException(IActorRef deadActor) : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    public IActorRef DeadActor { get; } = deadActor;
}

/// <summary>A selection names no actor.</summary>
public class ActorNotFoundException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>No answer came to an <c>Ask</c> in its time.</summary>
public class AskTimeoutException(string message) : AkkaException(message);

/// <summary>The actor was in no state for what it was asked to do, such as stashing one message twice.</summary>
public class IllegalActorStateException(string message) : AkkaException(message);

/// <summary>A stash with a capacity is full.</summary>
public class StashOverflowException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>A scheduler was given a time that it cannot keep, or is shut down.</summary>
public sealed class SchedulerException(string message) : AkkaException(message);

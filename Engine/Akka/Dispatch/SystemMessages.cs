using Akka.Actor;

namespace Akka.Dispatch.SysMsg;

/// <summary>A message of the engine to a cell; it overtakes user messages.</summary>
public interface ISystemMessage;

/// <summary>A system message as a mailbox queues it: linked in itself, so one object goes to one mailbox once.</summary>
public abstract class SystemMessage : ISystemMessage
{
    internal SystemMessage? Next;
}

/// <summary>Make the actor and start it.</summary>
public sealed class Create : SystemMessage;

/// <summary>Replace the actor after <paramref name="cause"/>.</summary>
public sealed class Recreate(Exception cause) : SystemMessage
{
    public Exception Cause { get; } = cause;
}

/// <summary>Handle no user message until resumed.</summary>
public sealed class Suspend : SystemMessage;

/// <summary>Go on; if <paramref name="causedByFailure"/> is the actor's own failure, that is forgiven.</summary>
public sealed class Resume(Exception? causedByFailure) : SystemMessage
{
    public Exception? CausedByFailure { get; } = causedByFailure;
}

/// <summary>Stop the children, then the actor.</summary>
public sealed class Terminate : SystemMessage;

/// <summary>A child failed and waits, suspended, for its parent's decision.</summary>
public sealed class Failed(IActorRef child, Exception cause, long uid) : SystemMessage
{
    public IActorRef Child { get; } = child;

    public Exception Cause { get; } = cause;

    public long Uid { get; } = uid;
}

/// <summary>Tell <paramref name="watcher"/> when <paramref name="watchee"/> has terminated.</summary>
public sealed class Watch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee { get; } = watchee;

    public IInternalActorRef Watcher { get; } = watcher;
}

/// <summary>Take back a <see cref="Watch"/>.</summary>
public sealed class Unwatch(IInternalActorRef watchee, IInternalActorRef watcher) : SystemMessage
{
    public IInternalActorRef Watchee { get; } = watchee;

    public IInternalActorRef Watcher { get; } = watcher;
}

/// <summary>A watched actor, or a child, has terminated.</summary>
public sealed class DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated) : SystemMessage
{
    public IActorRef Actor { get; } = actor;

    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    public bool AddressTerminated { get; } = addressTerminated;
}

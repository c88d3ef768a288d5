using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>What all references share: equality by path and uid.</summary>
public abstract class ActorRefBase : IActorRef
{
    public abstract ActorPath Path { get; }

    public void Tell(object message, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        TellInternal(message, sender);
    }

    protected abstract void TellInternal(object message, IActorRef sender);

    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && other.Path.Uid == Path.Uid && other.Path.Equals(Path));

    public override bool Equals(object? obj) => obj is IActorRef other && Equals(other);

    public override int GetHashCode() => Path.Uid == ActorPath.UndefinedUid ? Path.GetHashCode() : Path.Uid.GetHashCode();

    public int CompareTo(IActorRef? other)
    {
        if (other is null) return 1;
        int order = Path.CompareTo(other.Path);
        return order != 0 ? order : Path.Uid.CompareTo(other.Path.Uid);
    }

    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        IActorRef other => CompareTo(other),
        _ => throw new ArgumentException("Only references compare with references", nameof(obj)),
    };

    public override string ToString() => Path.Uid == ActorPath.UndefinedUid ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";
}

/// <summary>A reference that the engine can start, stop and supervise.</summary>
public abstract class InternalActorRefBase : ActorRefBase, IInternalActorRef
{
    public abstract IInternalActorRef Parent { get; }

    public abstract IActorRefProvider Provider { get; }

    public abstract bool IsTerminated { get; }

    public abstract void Start();

    public abstract void Stop();

    public abstract void Suspend();

    public abstract void Resume(Exception? causedByFailure = null);

    public abstract void Restart(Exception cause);

    public abstract void SendSystemMessage(ISystemMessage message);
}

/// <summary>A reference with no cell behind it: what it does, it does in <c>Tell</c>, on the sender's thread.</summary>
public abstract class MinimalActorRef : InternalActorRefBase
{
    public override IInternalActorRef Parent => ActorRefs.Nobody;

    public override bool IsTerminated => false;

    public override void Start() { }

    public override void Stop() { }

    public override void Suspend() { }

    public override void Resume(Exception? causedByFailure = null) { }

    public override void Restart(Exception cause) { }

    public override void SendSystemMessage(ISystemMessage message) { }

    protected override void TellInternal(object message, IActorRef sender) { }
}

/// <summary>The reference of an actor in this process: a path in front of a cell.</summary>
public sealed class LocalActorRef : InternalActorRefBase
{
    private readonly ActorCell _cell;
    private readonly ActorPath _path;

    internal LocalActorRef(
        ActorSystemImpl system, Props props, Dispatch.MessageDispatcher dispatcher, IInternalActorRef parent, ActorPath path)
    {
        _path = path;
        Parent = parent;
        _cell = new ActorCell(system, this, props, dispatcher, parent);
    }

    public override ActorPath Path => _path;

    public override IInternalActorRef Parent { get; }

    public override IActorRefProvider Provider => _cell.SystemImpl.Provider;

    public override bool IsTerminated => _cell.IsTerminated;

    /// <summary>The cell; for schedulers, dispatchers and test kits.</summary>
    public ActorCell Cell => _cell;

    protected override void TellInternal(object message, IActorRef sender) => _cell.SendMessage(message, sender);

    public override void Start() => _cell.Start();

    public override void Stop() => SendSystemMessage(new Terminate());

    public override void Suspend() => SendSystemMessage(new Suspend());

    public override void Resume(Exception? causedByFailure = null) => SendSystemMessage(new Resume(causedByFailure));

    public override void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    public override void SendSystemMessage(ISystemMessage message) => _cell.SendSystemMessage((SystemMessage)message);
}

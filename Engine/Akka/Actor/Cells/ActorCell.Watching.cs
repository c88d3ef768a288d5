using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Who is told of whose end.</summary>
public sealed partial class ActorCell
{
    // Whom this actor watches, and the message it wants instead of Terminated.
    private readonly Dictionary<IActorRef, object?> _watching = [];

    // Whose Terminated waits in the mailbox, and the message that it stands for.
    private readonly Dictionary<IActorRef, object?> _terminatedQueued = [];

    private List<IInternalActorRef>? _watchedBy;

    public IActorRef Watch(IActorRef subject) => Watch(subject, insteadOfTerminated: null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Watch(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        IInternalActorRef watchee = subject.AsInternal();
        if (_watching.Remove(watchee)) watchee.SendSystemMessage(new Unwatch(watchee, Self));
        _terminatedQueued.Remove(watchee);
        return subject;
    }

    private IActorRef Watch(IActorRef subject, object? insteadOfTerminated)
    {
        IInternalActorRef watchee = subject.AsInternal();
        if (!watchee.Equals(Self) && _watching.TryAdd(watchee, insteadOfTerminated))
            watchee.SendSystemMessage(new Watch(watchee, Self));
        return subject;
    }

    private void AddWatcher(IInternalActorRef watcher)
    {
        _watchedBy ??= [];
        if (!watcher.Equals(Self) && !_watchedBy.Contains(watcher)) _watchedBy.Add(watcher);
    }

    private void RemoveWatcher(IInternalActorRef watcher) => _watchedBy?.Remove(watcher);

    /// <summary>Someone has died. The news joins the end of the mailbox, so that it comes after all that the dead one sent.</summary>
    private void HandleDeath(DeathWatchNotification death)
    {
        if (_watching.Remove(death.Actor, out object? insteadOfTerminated) && _children.Waiting != Waiting.ToTerminate)
        {
            _terminatedQueued[death.Actor] = insteadOfTerminated;
            Self.Tell(new Terminated(death.Actor, death.ExistenceConfirmed, death.AddressTerminated), death.Actor);
        }

        HandleChildTerminated(death.Actor);
    }

    private void ReceiveTerminated(Terminated terminated)
    {
        if (_terminatedQueued.Remove(terminated.ActorRef, out object? insteadOfTerminated)) Receive(insteadOfTerminated ?? terminated);
    }

    private void TellWatchers()
    {
        if (_watchedBy is null) return;
        foreach (IInternalActorRef watcher in _watchedBy)
        {
            // The parent has been told already.
            if (!watcher.Equals(Parent))
                watcher.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
        }

        _watchedBy = null;
    }

    private void UnwatchAll()
    {
        foreach (IActorRef watchee in _watching.Keys)
        {
            IInternalActorRef target = watchee.AsInternal();
            target.SendSystemMessage(new Unwatch(target, Self));
        }

        _watching.Clear();
        _terminatedQueued.Clear();
    }
}

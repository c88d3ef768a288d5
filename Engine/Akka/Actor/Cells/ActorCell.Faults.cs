using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Failures, of this actor and of its children, and what is decided on them.</summary>
public sealed partial class ActorCell
{
    private bool _isFailed;

    // The child whose escalated failure is this actor's.
    private IActorRef? _perpetrator;
    private Exception? _recreateCause;

    // System messages that cannot be handled in the present state.
    private Queue<SystemMessage>? _deferred;

    /// <summary>Handles a system message, or keeps it until the state permits.</summary>
    internal void InvokeSystem(SystemMessage message)
    {
        if (MustWait(message))
        {
            (_deferred ??= new Queue<SystemMessage>()).Enqueue(message);
            return;
        }

        for (SystemMessage? next = message; next is not null; next = TakeDeferred())
        {
            try
            {
                Handle(next);
            }
            catch (Exception cause)
            {
                HandleFailure(cause, (next as Failed)?.Child);
            }
        }
    }

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case DeathWatchNotification death:
                HandleDeath(death);
                break;
            case Watch watch:
                AddWatcher(watch.Watcher);
                break;
            case Unwatch unwatch:
                RemoveWatcher(unwatch.Watcher);
                break;
            case Terminate:
                HandleTerminate();
                break;
            case Dispatch.SysMsg.Create:
                Create();
                break;
            case Failed failed:
                HandleFailed(failed);
                break;
            case Recreate recreate:
                HandleRecreate(recreate.Cause);
                break;
            case Suspend:
                Mailbox.Suspend();
                SuspendChildren(except: null);
                break;
            case Resume resume:
                HandleResume(resume.CausedByFailure);
                break;
            case ActorTask task:
                task.Run(this);
                break;
        }
    }

    private bool MustWait(SystemMessage message) => message switch
    {
        Failed => _children.Waiting is Waiting.ToCreate or Waiting.ToRecreate || (_isFailed && _children.Waiting != Waiting.ToTerminate),
        Recreate or Suspend or Resume => _children.Waiting is Waiting.ToCreate or Waiting.ToRecreate,
        _ => false,
    };

    private SystemMessage? TakeDeferred() =>
        !IsTerminated && _deferred is { Count: > 0 } && !MustWait(_deferred.Peek()) ? _deferred.Dequeue() : null;

    /// <summary>This actor has failed: it waits, with its children, for its parent's decision.</summary>
    private void HandleFailure(Exception cause, IActorRef? perpetrator)
    {
        if (_isFailed) return;
        _isFailed = true;
        _perpetrator = perpetrator;
        Mailbox.Suspend();
        SuspendChildren(except: perpetrator);
        Parent.SendSystemMessage(new Failed(Self, cause, Self.Path.Uid));
    }

    /// <summary>A child has failed and waits for this actor's decision.</summary>
    private void HandleFailed(Failed failed)
    {
        if (_children.Waiting == Waiting.ToTerminate) return;
        ChildRestartStats? stats = _children.Stats(failed.Child);
        if (stats is null || stats.Uid != failed.Uid) return;
        SupervisorStrategy strategy = _actor?.SupervisorStrategyInternal ?? SupervisorStrategy.DefaultStrategy;
        if (!strategy.HandleFailure(this, failed.Child, failed.Cause, stats, _children.AllStats()))
            HandleFailure(failed.Cause, failed.Child);
    }

    private void HandleRecreate(Exception cause)
    {
        if (_children.Waiting == Waiting.ToTerminate) return;
        if (_actor is null)
        {
            HandleRetryOfCreation();
            return;
        }

        _isFailed = true;
        _timers?.CancelAll();
        try
        {
            _actor.AroundPreRestart(cause, _current.Message);
        }
        catch (Exception e)
        {
            PublishError(new PreRestartException(Self, cause, e, _current.Message), $"PreRestart failed: {e.Message}");
        }

        ForgetActor();
        _current = default;
        _recreateCause = cause;
        if (_children.BeginWaiting(Waiting.ToRecreate, stopAll: false).Count == 0) FinishRecreate(cause);
    }

    private void FinishRecreate(Exception cause)
    {
        IReadOnlyList<IInternalActorRef> survivors = _children.All();
        _recreateCause = null;
        _isFailed = false;
        _perpetrator = null;
        Mailbox.Resume();
        try
        {
            MakeActor();
            _actor!.AroundPostRestart(cause, null!);
            if (_receiveTimeout is not null) ArmReceiveTimeout();
        }
        catch (Exception e)
        {
            ForgetActor();
            HandleFailure(new PostRestartException(Self, e, cause), perpetrator: null);
            return;
        }

        foreach (IInternalActorRef child in survivors) child.Restart(cause);
    }

    /// <summary>The first instance could not be made, and the parent wants another try.</summary>
    private void HandleRetryOfCreation()
    {
        IReadOnlyList<IInternalActorRef> children = _children.BeginWaiting(Waiting.ToCreate, stopAll: true);
        if (children.Count == 0) FinishCreate();
        foreach (IInternalActorRef child in children) child.Stop();
    }

    private void FinishCreate()
    {
        _isFailed = false;
        _perpetrator = null;
        Mailbox.Resume();
        Create();
    }

    private void HandleResume(Exception? causedByFailure)
    {
        if (_children.Waiting == Waiting.ToTerminate) return;
        if (_actor is null)
        {
            HandleRetryOfCreation();
            return;
        }

        IActorRef? perpetrator = _perpetrator;
        if (causedByFailure is not null)
        {
            _isFailed = false;
            _perpetrator = null;
            _current = default;
        }

        Mailbox.Resume();
        foreach (IInternalActorRef child in _children.All())
            child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
        if (_receiveTimeout is not null) ArmReceiveTimeout();
    }

    private void SuspendChildren(IActorRef? except)
    {
        foreach (IInternalActorRef child in _children.All())
        {
            if (!child.Equals(except)) child.Suspend();
        }
    }
}

using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>How an instance comes and goes.</summary>
public sealed partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ICancelable? _receiveTimeoutTask;

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        _receiveTimeout = timeout > TimeSpan.Zero ? timeout : null;
        if (_receiveTimeout is null) DisarmReceiveTimeout();
    }

    /// <summary>Makes the first instance and starts it.</summary>
    private void Create()
    {
        try
        {
            MakeActor();
            _actor!.AroundPreStart();
            if (_receiveTimeout is not null) ArmReceiveTimeout();
        }
        catch (Exception cause)
        {
            ForgetActor();
            throw cause as ActorInitializationException ?? new ActorInitializationException(Self, "Exception during creation", cause);
        }
    }

    private void MakeActor()
    {
        _behavior = null;
        _initialBehavior = null;
        _stackedBehaviors = null;
        ActorBase actor;
        IsCreating = true;
        try
        {
            actor = Props.NewActor();
        }
        finally
        {
            IsCreating = false;
        }

        _actor = actor;
        _initialBehavior = actor.TakeInitialBehavior();
        _behavior ??= _initialBehavior;
        if (Props.SupervisorStrategy is { } strategy) actor.SupervisorStrategyInternal = strategy;
        if (actor is IActorStash stashing) stashing.Stash = _stash = new ActorStash(this, Props.StashCapacity);
        if (actor is IWithTimers withTimers) withTimers.Timers = _timers = new TimerScheduler(this);
    }

    /// <summary>Lets go of the instance; what it had stashed comes first in the mailbox again.</summary>
    private void ForgetActor()
    {
        DisarmReceiveTimeout();
        _timers?.CancelAll();
        _stash?.UnstashAll();
        if (_actor is not null) Props.Release(_actor);
        _actor = null;
        _timers = null;
        _stash = null;
        _behavior = null;
        _initialBehavior = null;
        _stackedBehaviors = null;
    }

    private void HandleTerminate()
    {
        if (_children.Waiting == Waiting.ToTerminate) return;
        DisarmReceiveTimeout();
        _timers?.CancelAll();
        IReadOnlyList<IInternalActorRef> children = _children.BeginWaiting(Waiting.ToTerminate, stopAll: true);
        if (children.Count == 0)
        {
            FinishTerminate();
            return;
        }

        // No user message is handled any more, and a failure is nobody's business.
        Mailbox.Suspend();
        _isFailed = true;
        foreach (IInternalActorRef child in children) child.Stop();
    }

    private void FinishTerminate()
    {
        _isFailed = true;
        try
        {
            _actor?.AroundPostStop();
        }
        catch (Exception cause)
        {
            PublishError(cause, $"PostStop failed: {cause.Message}");
        }

        try
        {
            ForgetActor();
            Dispatcher.Detach(this);
        }
        finally
        {
            // Whatever a subscriber makes of the dead letters: parent and watchers wait for this.
            Parent.SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
            TellWatchers();
            UnwatchAll();
            _deferred = null;
            _current = default;
        }
    }

    private void ArmReceiveTimeout()
    {
        DisarmReceiveTimeout();
        _receiveTimeoutTask = SystemImpl.Scheduler.ScheduleTellOnceCancelable(
            _receiveTimeout!.Value, Self, Akka.Actor.ReceiveTimeout.Instance, Self);
    }

    private void DisarmReceiveTimeout()
    {
        _receiveTimeoutTask?.Cancel();
        _receiveTimeoutTask = null;
    }
}

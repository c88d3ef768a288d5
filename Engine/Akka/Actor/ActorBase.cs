using Akka.Event;

namespace Akka.Actor;

/// <summary>What every actor is: a behaviour for one message at a time, and hooks for its life.</summary>
public abstract class ActorBase
{
    private SupervisorStrategy? _supervisorStrategy;

    protected ActorBase()
    {
        if (ActorCell.Current is not { IsCreating: true })
            throw new ActorInitializationException($"A {GetType()} is made with Props and ActorOf, never with new");
    }

    /// <summary>The cell of the running actor.</summary>
    /// <exception cref="NotSupportedException">No actor runs here, as after an <c>await</c> that left the actor.</exception>
    protected static IActorContext Context => ActorCell.CurrentOrThrow();

    protected IActorRef Self => ActorCell.CurrentOrThrow().Self;

    protected IActorRef Sender => ActorCell.CurrentOrThrow().Sender;

    /// <summary>Handles a message; false where it does not.</summary>
    protected abstract bool Receive(object message);

    /// <summary>Every message goes through here; overriding it puts something around the behaviour.</summary>
    protected internal virtual bool AroundReceive(Receive receive, object message)
    {
        bool handled = receive(message);
        if (!handled) Unhandled(message);
        return handled;
    }

    protected internal virtual void AroundPreStart() => PreStart();

    protected internal virtual void AroundPostStop() => PostStop();

    protected internal virtual void AroundPreRestart(Exception cause, object message) => PreRestart(cause, message);

    protected internal virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);

    /// <summary>Before the first message of the actor.</summary>
    protected virtual void PreStart() { }

    /// <summary>After the last message, when all children have stopped.</summary>
    protected virtual void PostStop() { }

    /// <summary>On the failed instance, before it is replaced; as it stands, it stops the children and calls
    /// <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (IActorRef child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>On the new instance; as it stands, it calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>What becomes of a message that no behaviour took.</summary>
    /// <exception cref="DeathPactException">It is a <see cref="Terminated"/>.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    /// <summary>How this actor decides on failures of its children.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    protected void Become(Receive receive) => Context.Become(receive);

    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    /// <summary>The behaviour to begin with; asked for once, when the constructor has run.</summary>
    internal virtual Receive TakeInitialBehavior() => Receive;

    /// <summary>The strategy in force: that of the props, or the actor's own.</summary>
    internal SupervisorStrategy SupervisorStrategyInternal
    {
        get => _supervisorStrategy ??= SupervisorStrategy();
        set => _supervisorStrategy = value;
    }
}

/// <summary>An actor with one method for all messages.</summary>
public abstract class UntypedActor : ActorBase
{
    protected static new IUntypedActorContext Context => ActorCell.CurrentOrThrow();

    protected sealed override bool Receive(object message)
    {
        OnReceive(message);
        return true;
    }

    protected abstract void OnReceive(object message);

    /// <summary>Runs asynchronous work; no user message is handled until it ends, and its failure is the actor's.</summary>
    protected static void RunTask(Func<Task> action) => ActorCell.CurrentOrThrow().RunTask(action);

    protected void Become(UntypedReceive receive) => Context.Become(receive);

    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);
}

/// <summary>An <see cref="UntypedActor"/> with a stash.</summary>
public abstract class UntypedActorWithStash : UntypedActor, IWithStash
{
    public IStash Stash { get; set; } = null!;
}

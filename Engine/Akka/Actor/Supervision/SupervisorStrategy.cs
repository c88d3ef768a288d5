using Akka.Event;

namespace Akka.Actor;

/// <summary>What a supervisor does with a child that failed.</summary>
public enum Directive
{
    /// <summary>It goes on with the next message, as if nothing had been.</summary>
    Resume,

    /// <summary>It is replaced by a new instance.</summary>
    Restart,

    /// <summary>The failure becomes the supervisor's own.</summary>
    Escalate,

    /// <summary>It is stopped.</summary>
    Stop,
}

/// <summary>How a supervisor decides on failures of its children, and how far the decision goes.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Stops what could not be made, was killed or broke a death pact; restarts what failed in any other way.</summary>
    public static readonly IDecider DefaultDecider = Decider.From(
        Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>());

    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops every child that fails.</summary>
    public static readonly SupervisorStrategy StoppingStrategy = new OneForOneStrategy(static _ => Directive.Stop);

    /// <summary>Whether decisions are logged.</summary>
    protected bool LoggingEnabled { get; init; } = true;

    /// <summary>The decision.</summary>
    protected abstract Directive Handle(IActorRef child, Exception exception);

    /// <summary>Carries out a restart, or, where there were too many, a stop.</summary>
    public abstract void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children);

    /// <summary>Decides and acts; false where the failure is escalated.</summary>
    public bool HandleFailure(
        ActorCell actorCell, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children)
    {
        Directive directive = Handle(child, cause);
        if (directive == Directive.Escalate) return false;
        if (LoggingEnabled) LogFailure(actorCell, child, cause, directive);
        if (directive == Directive.Resume) child.AsInternal().Resume(cause);
        else ProcessFailure(actorCell, directive == Directive.Restart, child, cause, stats, children);
        return true;
    }

    /// <summary>Logs a failure with the child as its source: as a warning when the child resumes, else as an error.</summary>
    protected virtual void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        // What failed to start says more by its reason than by the fact.
        string message = cause is ActorInitializationException { InnerException: { } reason } ? reason.Message : cause.Message;
        string source = child.Path.ToString();
        context.System.EventStream.Publish(directive == Directive.Resume
            ? new Warning(cause, source, GetType(), message)
            : new Error(cause, source, GetType(), message));
    }

    /// <summary>Restarts a child; one that has not failed itself is suspended first.</summary>
    protected static void RestartChild(IActorRef child, Exception cause, bool suspendFirst)
    {
        IInternalActorRef target = child.AsInternal();
        if (suspendFirst) target.Suspend();
        target.Restart(cause);
    }

    /// <summary>A number and a time as <see cref="ChildRestartStats.RequestRestartPermission"/> takes them.</summary>
    internal static (int Retries, TimeSpan Window) Limits(int? maxNrOfRetries, TimeSpan? withinTimeRange) =>
        (maxNrOfRetries ?? -1, withinTimeRange is { } window && window > TimeSpan.Zero ? window : Timeout.InfiniteTimeSpan);
}

/// <summary>Applies a decision to the child that failed.</summary>
public class OneForOneStrategy : SupervisorStrategy
{
    private readonly TimeSpan _window;

    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider, bool loggingEnabled = true)
    {
        (MaxNumberOfRetries, _window) = Limits(maxNrOfRetries, withinTimeRange);
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public OneForOneStrategy(
        int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeRange, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(null, null, localOnlyDecider) { }

    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider, bool loggingEnabled)
        : this(null, null, localOnlyDecider, loggingEnabled) { }

    public OneForOneStrategy(IDecider decider) : this(null, null, decider) { }

    /// <summary>How often the child may be restarted in a window; -1 for any number.</summary>
    public int MaxNumberOfRetries { get; }

    public IDecider Decider { get; }

    protected override Directive Handle(IActorRef child, Exception exception) => Decider.Decide(exception);

    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        if (restart && stats.RequestRestartPermission(MaxNumberOfRetries, _window, context.System.Scheduler.MonotonicClock))
            RestartChild(child, cause, suspendFirst: false);
        else
            context.Stop(child);
    }
}

/// <summary>Applies a restart or a stop to all children when one fails.</summary>
public class AllForOneStrategy : SupervisorStrategy
{
    private readonly TimeSpan _window;

    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider, bool loggingEnabled = true)
    {
        (MaxNumberOfRetries, _window) = Limits(maxNrOfRetries, withinTimeRange);
        Decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public AllForOneStrategy(
        int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeRange, Actor.Decider.From(localOnlyDecider), loggingEnabled) { }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(null, null, localOnlyDecider) { }

    public AllForOneStrategy(IDecider decider) : this(null, null, decider) { }

    /// <summary>How often the children may be restarted in a window; -1 for any number.</summary>
    public int MaxNumberOfRetries { get; }

    public IDecider Decider { get; }

    protected override Directive Handle(IActorRef child, Exception exception) => Decider.Decide(exception);

    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        TimeSpan now = context.System.Scheduler.MonotonicClock;
        bool permitted = restart && children.All(each => each.RequestRestartPermission(MaxNumberOfRetries, _window, now));
        foreach (ChildRestartStats each in children)
        {
            if (permitted) RestartChild(each.Child, cause, suspendFirst: !each.Child.Equals(child));
            else context.Stop(each.Child);
        }
    }
}

/// <summary>Makes the strategy of the /user guardian; a type named as <c>akka.actor.guardian-supervisor-strategy</c> derives from
/// this.</summary>
public abstract class SupervisorStrategyConfigurator
{
    public abstract SupervisorStrategy Create();
}

/// <summary>The default strategy.</summary>
public class DefaultSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.DefaultStrategy;
}

/// <summary>The strategy that stops.</summary>
public class StoppingSupervisorStrategy : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => SupervisorStrategy.StoppingStrategy;
}

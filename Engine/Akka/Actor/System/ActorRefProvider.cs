using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Makes the roots of a system: <c>/</c> with <c>/user</c> and <c>/system</c> below it, and the references that are no
/// actor's.</summary>
internal sealed class ActorRefProvider : IActorRefProvider
{
    private readonly ActorSystemImpl _system;
    private LocalActorRef? _root;
    private IInternalActorRef? _guardian;
    private IInternalActorRef? _systemGuardian;

    public ActorRefProvider(ActorSystemImpl system)
    {
        _system = system;
        RootPath = new RootActorPath(new Address("akka", system.Name));
        DeadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters", system.EventStream);
        IgnoreRef = new IgnoreActorRef(this, RootPath / "ignore");
    }

    public ActorPath RootPath { get; }

    public IActorRef DeadLetters { get; }

    public IActorRef IgnoreRef { get; }

    public IInternalActorRef RootGuardian => _root ?? throw NotStarted();

    public IInternalActorRef Guardian => _guardian ?? throw NotStarted();

    public IInternalActorRef SystemGuardian => _systemGuardian ?? throw NotStarted();

    internal ActorSystemImpl System => _system;

    internal bool IsStarted => _systemGuardian is not null;

    public ActorPath TempPath() => (RootPath / "temp" / $"${_system.NextTempNumber()}").WithUid(_system.NextUid());

    public void StartGuardians()
    {
        SupervisorStrategy userStrategy = TypeNames.Create<SupervisorStrategyConfigurator>(
            _system.Settings.SupervisorStrategyClass, "akka.actor.guardian-supervisor-strategy").Create();
        Props root = On(Props.Create(() => new RootGuardian(_system)));
        _root = new LocalActorRef(_system, root, _system.Dispatchers.InternalDispatcher, new AboveRoot(this), RootPath);
        _guardian = _root.Cell.MakeChild(On(Props.Create(() => new Guardian(userStrategy))), "user");
        _systemGuardian = _root.Cell.MakeChild(On(Props.Create(() => new Guardian(SupervisorStrategy.DefaultStrategy))), "system");
        _root.Start();
    }

    private static Props On(Props props) => props.WithDispatcher(Dispatch.Dispatchers.InternalDispatcherId);

    private static InvalidOperationException NotStarted() => new("The actor system has not been started");

    /// <summary>What the root calls its parent: the end of the system, and of what is escalated.</summary>
    private sealed class AboveRoot(ActorRefProvider provider) : MinimalActorRef
    {
        public override ActorPath Path { get; } = provider.RootPath / "above-root";

        public override IActorRefProvider Provider => provider;

        public override void SendSystemMessage(ISystemMessage message)
        {
            switch (message)
            {
                case Failed failed:
                    provider.System.Log.Error(failed.Cause, "A failure was escalated past the root: the system stops");
                    provider.System.Abort();
                    failed.Child.AsInternal().Resume(failed.Cause);
                    break;
                case DeathWatchNotification:
                    provider.System.Finish();
                    break;
            }
        }
    }

    /// <summary>Takes what nobody wants.</summary>
    private sealed class IgnoreActorRef(ActorRefProvider provider, ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path { get; } = path;

        public override IActorRefProvider Provider => provider;
    }
}

/// <summary>The parent of <c>/user</c> or <c>/system</c> actors; what they escalate it escalates.</summary>
internal sealed class Guardian(SupervisorStrategy strategy) : UntypedActor
{
    protected override SupervisorStrategy SupervisorStrategy() => strategy;

    protected override void OnReceive(object message) =>
        Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
}

/// <summary>The root: when <c>/user</c> has stopped it lets the loggers finish, stops <c>/system</c>, and then itself.</summary>
internal sealed class RootGuardian(ActorSystemImpl system) : UntypedActor
{
    private static readonly SupervisorStrategy EscalateAll = new OneForOneStrategy(static _ => Directive.Escalate);

    private int _loggersLeft;

    protected override SupervisorStrategy SupervisorStrategy() => EscalateAll;

    protected override void PreStart()
    {
        Context.Watch(system.Guardian);
        Context.Watch(system.SystemGuardian);
    }

    protected override void OnReceive(object message)
    {
        if (message is not Terminated terminated) return;
        if (terminated.ActorRef.Equals(system.SystemGuardian)) Context.Stop(Self);
        else if (terminated.ActorRef.Equals(system.Guardian)) StopLoggers();
        else if (--_loggersLeft == 0) Context.Stop(system.SystemGuardian);
    }

    private void StopLoggers()
    {
        system.DeadLettersAtShutdown();
        IReadOnlyList<IActorRef> loggers = system.TakeLeaveOfLoggers();
        _loggersLeft = loggers.Count;
        if (_loggersLeft == 0) Context.Stop(system.SystemGuardian);
        foreach (IActorRef logger in loggers)
        {
            Context.Watch(logger);
            logger.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        }
    }
}

using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>The one kind of system that this engine has. <see cref="Start"/> builds it from the bottom: event stream, scheduler,
/// dispatchers, guardians, and then loggers, the first of its actors that it waits for.</summary>
internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly TaskCompletionSource _whenTerminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<Action> _onTermination = new();
    private readonly ExtensionRegistry _extensions;
    private readonly ActorRefProvider _provider;
    private readonly LoggerRegistry _loggers;
    private long _lastUid;
    private long _lastTempName;

    public ActorSystemImpl(string name, Config config, Setup.ActorSystemSetup setup)
    {
        Name = name;
        Settings = new Settings(this, config, setup);
        EventStream = new EventStream();
        _loggers = new LoggerRegistry(this);
        _loggers.StartStdoutLogger();
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), Settings.LogFormatter);
        Scheduler = TypeNames.Create<IScheduler>(
            Settings.SchedulerClass, "akka.scheduler.implementation", Settings.Config.GetConfig("akka.scheduler")!, Log);
        StartTime = Scheduler.MonotonicClock;
        _provider = new ActorRefProvider(this);
        Mailboxes = new Mailboxes(Settings);
        Dispatchers = new Dispatchers(Settings, new DispatcherPrerequisites(EventStream, Scheduler, Settings, Mailboxes));
        _extensions = new ExtensionRegistry(this);
    }

    public override string Name { get; }

    public override Settings Settings { get; }

    public override IScheduler Scheduler { get; }

    public override EventStream EventStream { get; }

    public override Dispatchers Dispatchers { get; }

    public override Mailboxes Mailboxes { get; }

    public override ILoggingAdapter Log { get; }

    public override TimeSpan StartTime { get; }

    public override IActorRef DeadLetters => _provider.DeadLetters;

    public override IActorRef IgnoreRef => _provider.IgnoreRef;

    public override IActorRefProvider Provider => _provider;

    public override IInternalActorRef Guardian => _provider.Guardian;

    public override IInternalActorRef SystemGuardian => _provider.SystemGuardian;

    public override IInternalActorRef LookupRoot => _provider.RootGuardian;

    public override Task WhenTerminated => _whenTerminated.Task;

    public void Start()
    {
        try
        {
            _provider.StartGuardians();
            EventStream.StartUnsubscriber(this);
            _loggers.StartLoggers();
            if (Settings.LogDeadLetters > 0) SystemActorOf(
                Props.Create(() => new DeadLetterListener()).WithDispatcher(Dispatchers.InternalDispatcherId), "deadLetterListener");
            _extensions.LoadConfigured();
            if (Settings.LogConfigOnStart) Log.Info(Settings.ToString());
        }
        catch
        {
            Abort();
            throw;
        }
    }

    public override IActorRef ActorOf(Props props, string? name = null) => ((LocalActorRef)Guardian).Cell.ActorOf(props, name);

    public override IActorRef SystemActorOf(Props props, string? name = null) => ((LocalActorRef)SystemGuardian).Cell.ActorOf(props, name);

    public override ActorSelection ActorSelection(ActorPath actorPath) =>
        Actor.ActorSelection.Of(this, LookupRoot, actorPath.ToStringWithAddress());

    public override ActorSelection ActorSelection(string actorPath) => Actor.ActorSelection.Of(this, LookupRoot, actorPath);

    public override void Stop(IActorRef actor)
    {
        if (actor is LocalActorRef { Parent: LocalActorRef parent } child) parent.Cell.Children.MarkStopping(child);
        actor.AsInternal().Stop();
    }

    public override Task Terminate()
    {
        if (Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate"))
            CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        else
            Abort();
        return WhenTerminated;
    }

    public override void Abort()
    {
        if (_provider.IsStarted) _provider.Guardian.Stop();
        else Finish();
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (_onTermination) _onTermination.Push(code);
    }

    public override object RegisterExtension(IExtensionId extension) => _extensions.Register(extension);

    public override T GetExtension<T>() =>
        _extensions.Find(typeof(T)) as T ?? throw new InvalidOperationException($"There is no extension {typeof(T)}");

    public override bool HasExtension<T>() => _extensions.Find(typeof(T)) is not null;

    public override bool TryGetExtension<T>(out T extension)
    {
        extension = (_extensions.Find(typeof(T)) as T)!;
        return extension is not null;
    }

    internal long NextUid() => Interlocked.Increment(ref _lastUid);

    internal long NextTempNumber() => Interlocked.Increment(ref _lastTempName);

    /// <summary>The loggers take leave when all else has stopped; from here on the console has to do.</summary>
    internal IReadOnlyList<IActorRef> TakeLeaveOfLoggers() => _loggers.TakeLeave();

    internal void DeadLettersAtShutdown()
    {
        if (!Settings.LogDeadLettersDuringShutdown
            && ((LocalActorRef)SystemGuardian).Cell.Children.Find("deadLetterListener") is { } listener)
            listener.Stop();
    }

    /// <summary>The last actor has stopped.</summary>
    internal void Finish()
    {
        RunTerminationCode();
        Dispatchers.ShutDown();
        (Scheduler as IDisposable)?.Dispose();
        _whenTerminated.TrySetResult();
    }

    private void RunTerminationCode()
    {
        while (true)
        {
            Action code;
            lock (_onTermination)
            {
                if (!_onTermination.TryPop(out code!)) return;
            }

            try
            {
                code();
            }
            catch (Exception e)
            {
                Log.Error(e, "What was registered on termination failed");
            }
        }
    }
}

using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Engine.Tests.Scheduling;

/// <summary>A scheduler plug-in that owns the time and the order of a system: its owner's thread runs one ready mailbox after the other,
/// chosen by a seed, and when none is ready time jumps to the next timer.</summary>
public sealed class VirtualScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log)
{
    private readonly List<IRunnable> _ready = [];
    private readonly PriorityQueue<(Action Action, ICancelable? Cancelable), (TimeSpan Due, long Number)> _timers = new();
    private readonly int _owner = Environment.CurrentManagedThreadId;
    private Random? _random;
    private long _scheduled;

    public override TimeSpan MonotonicClock => Elapsed;

    public override TimeSpan HighResMonotonicClock => Elapsed;

    /// <summary>How much virtual time has passed.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>How often a mailbox became ready on another thread than the owner's: then nothing is certain.</summary>
    public int Foreign { get; private set; }

    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch + Elapsed;

    /// <summary>From now on a seed chooses; before, the first that became ready is the first to run.</summary>
    public void Choose(int seed) => _random = new Random(seed);

    /// <summary>Runs until nothing is ready and no timer is due until <paramref name="until"/>.</summary>
    public void Run(TimeSpan until)
    {
        while (true)
        {
            if (_ready.Count > 0)
            {
                // No draw where there is no choice: a turn more that an engine takes for itself then shifts nothing.
                int chosen = _ready.Count > 1 && _random is not null ? _random.Next(_ready.Count) : 0;
                IRunnable run = _ready[chosen];
                _ready.RemoveAt(chosen);
                run.Run();
            }
            else if (_timers.TryPeek(out _, out (TimeSpan Due, long) next) && next.Due <= until)
            {
                Elapsed = next.Due;
                FireAllDueNow();
            }
            else
            {
                return;
            }
        }
    }

    public void Ready(IRunnable run)
    {
        if (Environment.CurrentManagedThreadId != _owner) Foreign++;
        _ready.Add(run);
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        At(Elapsed + delay, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Repeat(Elapsed + initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        At(Elapsed + delay, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        At(Elapsed + delay, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeat(Elapsed + initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeat(Elapsed + initialDelay, interval, action.Run, cancelable);

    // All of one instant before anybody gets a turn: two messages due together wait together in the mailbox.
    private void FireAllDueNow()
    {
        while (_timers.TryPeek(out _, out (TimeSpan Due, long) next) && next.Due == Elapsed)
        {
            (Action action, ICancelable? cancelable) = _timers.Dequeue();
            if (cancelable is not { IsCancellationRequested: true }) action();
        }
    }

    private void Repeat(TimeSpan due, TimeSpan interval, Action action, ICancelable cancelable) => At(due, () =>
    {
        action();
        Repeat(due + interval, interval, action, cancelable);
    }, cancelable);

    private void At(TimeSpan due, Action action, ICancelable? cancelable) => _timers.Enqueue((action, cancelable), (due, _scheduled++));
}

/// <summary>A dispatcher plug-in that runs nothing itself but hands every ready mailbox to the <see cref="VirtualScheduler"/>.</summary>
public sealed class VirtualDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly VirtualDispatcher _dispatcher;

    public VirtualDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new VirtualDispatcher(this, (VirtualScheduler)prerequisites.Scheduler);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <inheritdoc cref="VirtualDispatcherConfigurator"/>
public sealed class VirtualDispatcher : MessageDispatcher
{
    private readonly VirtualScheduler _scheduler;

    public VirtualDispatcher(MessageDispatcherConfigurator configurator, VirtualScheduler scheduler) : base(configurator)
    {
        _scheduler = scheduler;
        // One user message a turn, so that the seed decides about each.
        Throughput = 1;
        ThroughputDeadlineTime = 0;
    }

    protected override void ExecuteTask(IRunnable run) => _scheduler.Ready(run);

    protected override void Shutdown() { }
}

/// <summary>A logger plug-in that keeps nothing; unlike an actor it needs nobody to run it at start.</summary>
public sealed class NoLogger : MinimalLogger
{
    protected override void Log(object message) { }
}

/// <summary>A system all of whose turns and clocks are one <see cref="VirtualScheduler"/>'s. What must not happen is shown here, where
/// waiting costs nothing and a loaded machine changes nothing.</summary>
public sealed class VirtualWorld : IDisposable
{
    private static readonly string Assembly = typeof(VirtualWorld).Assembly.GetName().Name!;

    public VirtualWorld(int seed)
    {
        System = ActorSystem.Create("virtual", ConfigurationFactory.ParseString($$"""
            akka {
              stdout-loglevel = OFF
              loglevel = OFF
              log-dead-letters = off
              loggers = ["Engine.Tests.Scheduling.NoLogger, {{Assembly}}"]
              stdout-logger-class = "Engine.Tests.Scheduling.NoLogger, {{Assembly}}"
              scheduler.implementation = "Engine.Tests.Scheduling.VirtualScheduler, {{Assembly}}"
              actor.default-dispatcher.type = "Engine.Tests.Scheduling.VirtualDispatcherConfigurator, {{Assembly}}"
              actor.internal-dispatcher.type = "Engine.Tests.Scheduling.VirtualDispatcherConfigurator, {{Assembly}}"
              coordinated-shutdown.run-by-actor-system-terminate = off
              coordinated-shutdown.run-by-clr-shutdown-hook = off
            }
            """));
        Scheduler = (VirtualScheduler)System.Scheduler;
        // The start of a system is an engine's own business; what comes after is everybody's.
        Scheduler.Run(TimeSpan.Zero);
        Scheduler.Choose(seed);
    }

    public ActorSystem System { get; }

    public VirtualScheduler Scheduler { get; }

    /// <summary>What actors noted, each with its time in milliseconds.</summary>
    public List<string> Notes { get; } = [];

    public void Note(object what) => Notes.Add($"{what} at {Scheduler.Elapsed.TotalMilliseconds}");

    public IActorRef Actor(Action<IActorContext, object> onMessage) => System.ActorOf(FunctionActor.Props(onMessage));

    /// <summary>Has <paramref name="actor"/> told at a time from the start.</summary>
    public void TellAt(int milliseconds, IActorRef actor, object message) =>
        System.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(milliseconds), actor, message, ActorRefs.NoSender);

    /// <summary>Runs to a time from the start.</summary>
    public void RunTo(int milliseconds) => Scheduler.Run(TimeSpan.FromMilliseconds(milliseconds));

    public void Dispose()
    {
        _ = System.Terminate();
        Scheduler.Run(Scheduler.Elapsed);
    }
}

using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Makes the <see cref="CoordinatedShutdown"/> of a system.</summary>
public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>Brings a system down in phases: what is added to a phase runs at the same time, and the next phase begins when all of it
/// has ended or the phase's time is over.</summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private static readonly string[] Phases =
    [
        PhaseBeforeServiceUnbind, PhaseServiceUnbind, PhaseServiceRequestsDone, PhaseServiceStop, PhaseBeforeClusterShutdown,
        PhaseClusterShardingShutdownRegion, PhaseClusterLeave, PhaseClusterExiting, PhaseClusterExitingDone, PhaseClusterShutdown,
        PhaseBeforeActorSystemTerminate, PhaseActorSystemTerminate,
    ];

    private readonly Dictionary<string, List<(string Name, Func<Task<Done>> Run)>> _tasks = [];
    private readonly Config _config;
    private readonly ILoggingAdapter _log;
    private Task<Done>? _run;

    internal CoordinatedShutdown(ExtendedActorSystem system)
    {
        System = system;
        _config = system.Settings.Config.GetConfig("akka.coordinated-shutdown")!;
        _log = Logging.GetLogger(system, this);
        if (_config.GetBoolean("run-by-clr-shutdown-hook")) RunAtProcessExit();
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why the system came down; null while it has not.</summary>
    public Reason? ShutdownReason { get; private set; }

    public static CoordinatedShutdown Get(ActorSystem sys) => sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    /// <summary>Has <paramref name="task"/> run in a phase.</summary>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!Phases.Contains(phase))
            throw new ArgumentException($"Unknown phase [{phase}], known phases [{string.Join(", ", Phases)}]", nameof(phase));
        lock (_tasks)
        {
            if (!_tasks.TryGetValue(phase, out var list)) _tasks[phase] = list = [];
            list.Add((taskName, task));
        }
    }

    /// <summary>Runs the phases, once; later calls get the same task.</summary>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        TaskCompletionSource<Done> done;
        lock (_tasks)
        {
            if (_run is not null) return _run;
            done = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
            _run = done.Task;
            ShutdownReason = reason;
        }

        _ = RunPhases(fromPhase is null ? 0 : Math.Max(0, Array.IndexOf(Phases, fromPhase)), done);
        return _run;
    }

    /// <summary>How long a phase may take.</summary>
    public TimeSpan Timeout(string phase) =>
        _config.GetTimeSpan($"phases.{phase}.timeout", _config.GetTimeSpan("default-phase-timeout"));

    private async Task RunPhases(int first, TaskCompletionSource<Done> done)
    {
        foreach (string phase in Phases.AsMemory(first).ToArray())
        {
            List<(string Name, Func<Task<Done>> Run)> tasks;
            lock (_tasks) tasks = _tasks.TryGetValue(phase, out var list) ? [.. list] : [];

            // A phase without tasks takes no time and leaves no thread.
            if (tasks.Count > 0) await RunPhase(phase, tasks).ConfigureAwait(false);
        }

        if (ShutdownReason is ActorSystemTerminateReason || _config.GetBoolean("terminate-actor-system"))
        {
            System.Abort();
            await WithinPhase(PhaseActorSystemTerminate, System.WhenTerminated).ConfigureAwait(false);
        }

        done.SetResult(Done.Instance);
        if (_config.GetBoolean("exit-clr")) Environment.Exit(0);
    }

    private async Task RunPhase(string phase, List<(string Name, Func<Task<Done>> Run)> tasks) =>
        await WithinPhase(phase, Task.WhenAll(tasks.Select(task => RunTask(phase, task.Name, task.Run)))).ConfigureAwait(false);

    private async Task RunTask(string phase, string name, Func<Task<Done>> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _log.Warning(e, "Task [{0}] failed in phase [{1}]", name, phase);
        }
    }

    private async Task WithinPhase(string phase, Task work)
    {
        if (work.IsCompleted) return;
        var timeIsUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ICancelable timer = System.Scheduler.Advanced.ScheduleOnceCancelable(Timeout(phase), () => timeIsUp.TrySetResult());
        if (await Task.WhenAny(work, timeIsUp.Task).ConfigureAwait(false) != work)
            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, Timeout(phase));
        timer.Cancel();
    }

    private void RunAtProcessExit()
    {
        void AtExit(object? sender, EventArgs e) =>
            Run(ClrExitReason.Instance).Wait(Phases.Aggregate(TimeSpan.Zero, (sum, phase) => sum + Timeout(phase)));
        AppDomain.CurrentDomain.ProcessExit += AtExit;
        System.RegisterOnTermination(() => AppDomain.CurrentDomain.ProcessExit -= AtExit);
    }

    /// <summary>Why a system is brought down.</summary>
    public class Reason
    {
        protected Reason() { }

        public override string ToString() => GetType().Name;
    }

    /// <summary>For no reason that anyone gave.</summary>
    public sealed class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason() { }
    }

    /// <summary>The system's <c>Terminate</c> was called.</summary>
    public sealed class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason() { }
    }

    /// <summary>The process ends.</summary>
    public sealed class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason() { }
    }
}

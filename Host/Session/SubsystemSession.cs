using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Messages.Scsi;
using Serilog;

namespace ScsiActors.Host.Session;

/// <summary>An actor system with one SCSI subsystem in it, for as long as a verb runs.</summary>
internal sealed class SubsystemSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IActorRef _root;

    private SubsystemSession(
        ActorSystem system, IActorRef root, IActorRef port, ScsiSubsystem.HostAdapter hostAdapter, IReadOnlyList<ScsiSubsystem.DeviceDescription> devices)
    {
        System = system;
        _root = root;
        Port = port;
        HostAdapter = hostAdapter;
        Devices = devices;
        Initiator = new Initiator(port);
    }

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>The direct port.</summary>
    public IActorRef Port { get; }

    /// <summary>The host adapter and its driver; empty where the configuration has none.</summary>
    public ScsiSubsystem.HostAdapter HostAdapter { get; }

    /// <summary>The logical units and their storage, as opened.</summary>
    public IReadOnlyList<ScsiSubsystem.DeviceDescription> Devices { get; }

    /// <summary>Commands one at a time, for all that need not be fast.</summary>
    public Initiator Initiator { get; }

    /// <summary>Starts the system and waits until all storage is open, or has failed to.</summary>
    /// <exception cref="UsageException">The configuration is refused.</exception>
    /// <exception cref="RunFailedException">The subsystem does not answer.</exception>
    public static async Task<SubsystemSession> StartAsync(
        GlobalOptions options, IEnumerable<Device> devices, CancellationToken cancellation, string settings = "")
    {
        var config = HostConfiguration.Load(options, devices, settings);
        StartLogging(options);
        var system = ActorSystem.Create("scsi-actors", config);
        try
        {
            var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
            var root = system.ActorOf(Props.Create(() => new SubsystemGuardActor(config, failure)), "host");
            var ready = await Answer<ScsiSubsystem.SubsystemReady>(root, ScsiSubsystem.GetReady.Instance, failure.Task, cancellation);
            var port = await Answer<ScsiSubsystem.DirectPort>(root, ScsiSubsystem.GetDirectPort.Instance, failure.Task, cancellation);
            var adapter = await Answer<ScsiSubsystem.HostAdapter>(root, ScsiSubsystem.GetHostAdapter.Instance, failure.Task, cancellation);
            return new SubsystemSession(system, root, port.Port, adapter, ready.Devices);
        }
        catch
        {
            await EndAsync(system);
            throw;
        }
    }

    /// <summary>The driver of the virtio-blk device beside logical unit 0 of a target.</summary>
    /// <exception cref="RunFailedException">The configuration has none there.</exception>
    public async Task<IActorRef> VirtioBlkDriverAsync(int target, CancellationToken cancellation)
    {
        var device = await _root.Ask<ScsiSubsystem.VirtioBlk>(new ScsiSubsystem.GetVirtioBlk(target, Lun.Zero), Patience, cancellation);
        return device.Driver ?? throw new RunFailedException($"Target {target} has no virtio-blk device.");
    }

    /// <summary>What has become of the fault rules; null without rules.</summary>
    public async Task<string?> FaultReportAsync(CancellationToken cancellation) =>
        (await _root.Ask<ScsiSubsystem.FaultReport>(ScsiSubsystem.GetFaultReport.Instance, Patience, cancellation)).Text;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => EndAsync(System);

    private static void StartLogging(GlobalOptions options)
    {
        Log.Logger = new LoggerConfiguration()
            .MinimumLevel.Is(options.LogLevel.Serilog)
            .WriteTo.Console(standardErrorFromLevel: Serilog.Events.LogEventLevel.Verbose)
            .CreateLogger();
        Log.Information("{Line:l}", EngineInfo.Line);
    }

    private static async Task<T> Answer<T>(IActorRef subsystem, object question, Task<Exception> failure, CancellationToken cancellation)
    {
        var answer = subsystem.Ask<T>(question, Patience, cancellation);
        if (await Task.WhenAny(answer, failure) == failure)
            throw Explain(await failure);
        try
        {
            return await answer;
        }
        catch (AskTimeoutException)
        {
            throw new RunFailedException($"The subsystem did not answer {typeof(T).Name} within {Patience.TotalSeconds:0} s; "
                + "--log-level debug shows what its actors do.");
        }
    }

    private static Exception Explain(Exception failure)
    {
        var cause = failure;
        // Akka.NET makes dispatchers by reflection, which wraps what they say of their settings.
        var isDispatchers = false;
        while (cause is ActorInitializationException or TargetInvocationException && cause.InnerException is { } inner)
        {
            isDispatchers |= cause is TargetInvocationException;
            cause = inner;
        }
        if (isDispatchers)
            return new UsageException($"Configuration: {ScsiSubsystem.DispatcherId}: {cause.Message}");
        return cause is ConfigurationException or Faults.FaultPlanException
            ? new UsageException($"Configuration: {cause.Message}")
            : new RunFailedException($"The subsystem has failed: {cause.Message}");
    }

    private static async ValueTask EndAsync(ActorSystem system)
    {
        await system.Terminate();
        await Log.CloseAndFlushAsync();
    }
}

using Akka.Actor;
using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>One way to storage, built and open: where requests go, in what messages, and what is at the end.</summary>
internal sealed class Station : IAsyncDisposable
{
    private const string StorageOfTarget0 = "/user/host/subsystem/target-0-lun-0-aio";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system;
    private readonly IActorRef _root;
    private readonly StorageWatch _watch;
    private readonly Func<ValueTask> _end;
    private SubsystemSession? _session;

    private Station(ActorSystem system, IActorRef root, IActorRef storage, StorageWatch watch, IActorRef port, IWayIn way, Func<ValueTask> end)
    {
        _system = system;
        _root = root;
        _watch = watch;
        _end = end;
        Storage = storage;
        Port = port;
        Way = way;
    }

    /// <summary>Takes the requests.</summary>
    public IActorRef Port { get; }

    /// <summary>The messages that it takes.</summary>
    public IWayIn Way { get; }

    /// <summary>The storage at the end of the way.</summary>
    public IActorRef Storage { get; }

    /// <summary>What the storage is.</summary>
    public AioOpened Opened => _watch.Opened.Task.Result;

    /// <summary>A station whose way ends in a subsystem.</summary>
    /// <param name="session">The subsystem; it ends with the station.</param>
    /// <param name="port">Takes the requests.</param>
    /// <param name="way">The messages that it takes.</param>
    public static async Task<Station> InSessionAsync(SubsystemSession session, IActorRef port, IWayIn way)
    {
        var root = await session.System.ActorSelection("/user/host").ResolveOne(Patience);
        var storage = await session.System.ActorSelection(StorageOfTarget0).ResolveOne(Patience);
        var station = await OpenedAsync(session.System, root, storage, port, way, session.DisposeAsync);
        station._session = session;
        return station;
    }

    /// <summary>What has become of the fault rules; null without rules, and where there is no subsystem for them to stand in.</summary>
    public async Task<string?> FaultReportAsync(CancellationToken cancellation) => _session is null ? null : await _session.FaultReportAsync(cancellation);

    /// <summary>A station that is storage and nothing else.</summary>
    /// <param name="system">Its actor system; it ends with the station.</param>
    /// <param name="storage">The storage.</param>
    /// <param name="way">The messages that it takes.</param>
    public static Task<Station> OfStorageAsync(ActorSystem system, IActorRef storage, IWayIn way) =>
        OpenedAsync(system, storage, storage, storage, way, async () => await system.Terminate());

    /// <summary>A load generator for it.</summary>
    public LoadGenerator StartGenerator(IBenchProgress progress)
    {
        var workload = Props.Create(() => new WorkloadActor(Port)).WithDispatcher(ScsiSubsystem.DispatcherId);
        return new LoadGenerator(_system.ActorOf(workload, "workload"), progress);
    }

    /// <summary>Takes it down; returns when the storage is closed, so that the next one may open it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _root.GracefulStop(Patience);
        await _watch.Closed.Task.WaitAsync(Patience);
        await _end();
    }

    private static async Task<Station> OpenedAsync(
        ActorSystem system, IActorRef root, IActorRef storage, IActorRef port, IWayIn way, Func<ValueTask> end)
    {
        var watch = new StorageWatch();
        system.ActorOf(Props.Create(() => new StorageWatchActor(storage, watch)), "storage-watch");
        await watch.Opened.Task.WaitAsync(Patience);
        return new Station(system, root, storage, watch, port, way, end);
    }

    private sealed record StorageWatch
    {
        public TaskCompletionSource<AioOpened> Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Waits for the beginning and the end of storage.</summary>
    private sealed class StorageWatchActor(IActorRef storage, StorageWatch watch) : UntypedActor
    {
        protected override void PreStart() => storage.Tell(AioOpen.Instance, Self);

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case AioOpened opened:
                    watch.Opened.TrySetResult(opened);
                    break;
                case AioClosed:
                    watch.Closed.TrySetResult();
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
    }
}

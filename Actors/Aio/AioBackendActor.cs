using Akka.Actor;
using Akka.Event;
using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>Runs one storage. Requests that wait in the mailbox together are submitted together: the first of them makes the actor send itself a
/// <see cref="SubmitBatch"/>, which comes up behind the others. When the actor stops, the storage closes behind it and still answers all it was
/// given; when it is restarted after a failure, the storage stays unavailable, because nobody knows what it still holds.</summary>
public sealed class AioBackendActor : UntypedActor
{
    private sealed record SubmitBatch
    {
        public static readonly SubmitBatch Instance = new();
    }

    private readonly AioBackendPorts _ports;
    private readonly IAioBackend _backend;
    private bool _batchIsOpen;
    private string? _failure;

    /// <summary>Use <see cref="Props(AioSettings)"/>.</summary>
    public AioBackendActor(Func<IAioBackendPorts, IAioBackend> create)
    {
        _ports = new AioBackendPorts(Self, Context.System.Scheduler, Context.GetLogger());
        _backend = create(_ports);
    }

    /// <summary>Storage as configured.</summary>
    public static Props Props(AioSettings settings) => Props(ports => AioBackends.Create(settings, ports));

    /// <summary>Storage of any kind.</summary>
    /// <param name="create">Makes it, given its ports; nothing is opened yet.</param>
    public static Props Props(Func<IAioBackendPorts, IAioBackend> create) => Akka.Actor.Props.Create(() => new AioBackendActor(create));

    /// <inheritdoc/>
    protected override void PreStart() => _backend.Open();

    /// <inheritdoc/>
    protected override void PostStop() => _backend.Close();

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        _failure = $"failed: {reason.Message}";
        _ports.Opened(new AioOpened(AioResult.Unavailable, 0, IsReadOnly: false, CanUnmap: false, _failure));
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AioRequest request: Submit(request); break;
            case SubmitBatch: EndBatch(); break;
            case AioBackendPorts.CompletionsReady: _backend.Reap(); break;
            case AioCancel cancel: Cancel(cancel); break;
            case DiskControl control: Control(control); break;
            case AioOpen: _ports.Asked(Sender); break;
            case DescribeState: Sender.Tell(new StateDescribed(Describe()), Self); break;
            case AioInspect: Sender.Tell(_ports.Inspect(), Self); break;
            default: Unhandled(message); break;
        }
    }

    private void Submit(AioRequest request)
    {
        if (_failure is not null)
        {
            Sender.Tell(new AioCompleted(request.Id, AioResult.Unavailable, 0), Self);
            return;
        }
        _ports.Expect(request.Id, Sender);
        _backend.Submit(request);
        OpenBatch();
    }

    private void Cancel(AioCancel cancel)
    {
        if (!_ports.IsExpected(cancel.Id))
            return;
        _backend.Cancel(cancel.Id);
        OpenBatch();
    }

    private void Control(DiskControl control) => _ports.Controlled(
        _failure is not null ? new DiskControlled(control, _failure)
            : _backend is ISimulatedStorage storage ? storage.Handle(control)
            : new DiskControlled(control, "only a simulated disk can be given faults"), Sender);

    private IReadOnlyList<StateTable> Describe() => _backend is ISimulatedStorage storage ? storage.Describe()
        : [new StateTable("storage", ["requests under way"], [[$"{_ports.InFlight}"]])];

    private void OpenBatch()
    {
        if (_batchIsOpen || !_backend.IsBatched)
            return;
        _batchIsOpen = true;
        Self.Tell(SubmitBatch.Instance, Self);
    }

    private void EndBatch()
    {
        _batchIsOpen = false;
        _backend.EndOfBatch();
    }
}

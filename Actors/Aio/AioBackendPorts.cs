using Akka.Actor;
using Akka.Event;
using ScsiActors.Dispatch;
using ScsiActors.Messages;

namespace ScsiActors.Aio;

/// <summary>Knows who is to be answered. It outlives its actor by as long as the storage takes to close, and then belongs to the thread that
/// closes.</summary>
internal sealed class AioBackendPorts(IActorRef self, IScheduler scheduler, ILoggingAdapter log) : IAioBackendPorts
{
    /// <summary>Tells the actor that there is something to reap. It may come when the actor has stopped.</summary>
    internal sealed record CompletionsReady : IDeadLetterSuppression
    {
        public static readonly CompletionsReady Instance = new();
    }

    private struct Expected
    {
        public IActorRef? Client;
        public uint Generation;
    }

    private const int MaxSlots = 1 << 20;

    private readonly List<IActorRef> _asked = [];
    private Expected[] _expected = new Expected[64];
    private readonly Dictionary<string, IActorRef> _overlayOwners = [];
    private AioOpened? _opened;
    private int _inFlight;
    private int _most;
    private PreciseClock? _clock;

    /// <summary>Notes who is to have the completion of a request.</summary>
    public void Expect(AioId id, IActorRef client)
    {
        if ((uint)id.Slot >= (uint)_expected.Length)
        {
            Invariant.Holds((uint)id.Slot < MaxSlots, "slots are numbered from 0 and used again");
            Array.Resize(ref _expected, Math.Max(_expected.Length * 2, id.Slot + 1));
        }
        ref var expected = ref _expected[id.Slot];
        Invariant.Holds(expected.Client is null, "a slot is used again only after its completion");
        expected = new Expected { Client = client, Generation = id.Generation };
        _most = Math.Max(_most, ++_inFlight);
    }

    /// <summary>How many requests are due.</summary>
    public int InFlight => _inFlight;

    /// <summary>How many requests are due, and the most that were since the last call.</summary>
    public AioInspected Inspect()
    {
        var inspected = new AioInspected(_inFlight, _most);
        _most = _inFlight;
        return inspected;
    }

    /// <summary>True while the completion of the request is due.</summary>
    public bool IsExpected(AioId id) => (uint)id.Slot < (uint)_expected.Length
        && _expected[id.Slot].Client is not null && _expected[id.Slot].Generation == id.Generation;

    /// <summary>Tells the client what the storage is, as soon as that is known.</summary>
    public void Asked(IActorRef client)
    {
        if (!_asked.Contains(client))
            _asked.Add(client);
        if (_opened is not null)
            client.Tell(_opened, self);
    }

    /// <summary>Tells who asked how it went, and notes that it wants to know of the hits of an overlay it has laid.</summary>
    public void Controlled(DiskControlled controlled, IActorRef client)
    {
        if (controlled is { Control: InjectOverlay inject, Refusal: null })
            _overlayOwners[inject.Overlay.Id] = client;
        client.Tell(controlled, self);
    }

    /// <inheritdoc/>
    public void OverlayHit(OverlayHit hit) => _overlayOwners[hit.Id].Tell(hit, self);

    /// <inheritdoc/>
    public void Opened(AioOpened opened)
    {
        _opened = opened;
        foreach (var client in _asked)
            client.Tell(opened, self);
    }

    /// <inheritdoc/>
    public void Completed(AioCompleted completed)
    {
        Invariant.Holds(IsExpected(completed.Id), "a request is completed once");
        ref var expected = ref _expected[completed.Id.Slot];
        var client = expected.Client!;
        expected.Client = null;
        _inFlight--;
        client.Tell(completed, self);
    }

    /// <inheritdoc/>
    public void Closed()
    {
        for (var i = 0; i < _expected.Length; i++)
        {
            if (_expected[i].Client is not null)
                Completed(new AioCompleted(new AioId(i, _expected[i].Generation), AioResult.Unavailable, 0));
        }
        if (_clock is null)
            TellClosed();
        else
            _clock.Stop(TellClosed);
    }

    /// <inheritdoc/>
    public void Wake() => self.Tell(CompletionsReady.Instance, ActorRefs.NoSender);

    /// <inheritdoc/>
    public TimeSpan Now => scheduler is IVirtualTime ? scheduler.MonotonicClock : Clock.Now;

    /// <inheritdoc/>
    public string Name => self.Path.ToStringWithoutAddress();

    private PreciseClock Clock => _clock ??= new PreciseClock(Wake);

    /// <inheritdoc/>
    public void WakeAt(TimeSpan time)
    {
        if (scheduler is not IVirtualTime)
        {
            // The timers of an actor system come in ticks of 10 ms.
            Clock.WakeAt(time);
            return;
        }
        var delay = time - scheduler.MonotonicClock;
        scheduler.ScheduleTellOnce(delay < TimeSpan.Zero ? TimeSpan.Zero : delay, self, CompletionsReady.Instance, ActorRefs.NoSender);
    }

    /// <inheritdoc/>
    public void Warn(string text) => log.Warning("{0}", text);

    private void TellClosed()
    {
        foreach (var client in _asked)
            client.Tell(AioClosed.Instance, self);
    }
}

using Akka.Actor;

namespace ScsiActors.Simulation.Guest;

/// <summary>The timer interrupt of a guest, whatever else it does: its cost is the load of an idle guest.</summary>
public sealed class GuestTickActor : UntypedActor, IWithTimers
{
    private readonly TimeSpan _interval;

    /// <summary>Use <see cref="Props"/>.</summary>
    public GuestTickActor(TimeSpan interval) => _interval = interval;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A timer interrupt every <paramref name="interval"/>.</summary>
    public static Props Props(TimeSpan interval) => Akka.Actor.Props.Create(() => new GuestTickActor(interval));

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer(GuestTick.Instance, GuestTick.Instance, _interval);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is not GuestTick)
            Unhandled(message);
    }
}

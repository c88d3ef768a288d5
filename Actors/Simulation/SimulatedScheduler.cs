using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using ScsiActors.Dispatch;

namespace ScsiActors.Simulation;

/// <summary>A scheduler on an event heap, for <c>akka.scheduler.implementation</c>: timers fire one instant after the other, in virtual time, in the order
/// in which they were set.</summary>
public sealed class SimulatedScheduler : SchedulerBase, IVirtualTime
{
    /// <summary>Called by the actor system, which finds this type by its name in HOCON.</summary>
    public SimulatedScheduler(Config config, ILoggingAdapter log)
        : base(config, log)
    {
    }

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => new(Kernel.Now);

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => MonotonicClock;

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch + MonotonicClock;

    internal SimulationKernel Kernel { get; } = new();

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Kernel.At(MonotonicClock + delay, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Repeat(MonotonicClock + initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Kernel.At(MonotonicClock + delay, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Kernel.At(MonotonicClock + delay, action.Run, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeat(MonotonicClock + initialDelay, interval, action, cancelable);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeat(MonotonicClock + initialDelay, interval, action.Run, cancelable);

    private void Repeat(TimeSpan due, TimeSpan interval, Action action, ICancelable cancelable) => Kernel.At(due, () =>
    {
        action();
        Repeat(due + interval, interval, action, cancelable);
    }, cancelable);
}

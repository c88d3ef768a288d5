using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>A scheduler whose clock the test advances. What is due runs on the test's thread, what repeats once per advance.</summary>
public class TestScheduler(Config schedulerConfig, ILoggingAdapter log) : SchedulerBase(schedulerConfig, log)
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private DateTimeOffset _now = DateTimeOffset.UtcNow;
    private long _order;

    /// <summary>The time; the monotonic clocks stay real.</summary>
    public DateTimeOffset Now => TimeNow;

    public override TimeSpan MonotonicClock => TestKitBase.Now;

    public override TimeSpan HighResMonotonicClock => TestKitBase.Now;

    protected override DateTimeOffset TimeNow => _now;

    /// <summary>Moves the clock on and runs what has become due, in the order of its times.</summary>
    public void Advance(TimeSpan offset) => AdvanceTo(_now + offset);

    public void AdvanceTo(DateTimeOffset when)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(when, _now);
        List<Entry> due;
        lock (_gate)
        {
            _now = when;
            due = [.. _entries.Where(e => e.Due <= when).OrderBy(static e => e.Due).ThenBy(static e => e.Order)];
            _entries.RemoveAll(due.Contains);
            _entries.AddRange(due.Where(static e => e.Interval is not null).Select(static e => e with { Due = e.Due + e.Interval!.Value }));
        }

        foreach (Entry entry in due)
        {
            if (entry.Cancelable is not { IsCancellationRequested: true }) entry.Action();
        }
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, interval, action.Run, cancelable);

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable)
    {
        lock (_gate) _entries.Add(new Entry(_now + delay, _order++, interval, action, cancelable));
    }

    private sealed record Entry(DateTimeOffset Due, long Order, TimeSpan? Interval, Action Action, ICancelable? Cancelable);
}

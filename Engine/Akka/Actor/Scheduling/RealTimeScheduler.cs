using System.Diagnostics;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The scheduler by the wall: one thread that sleeps until the next entry is due. It is never early, and late by no more than
/// the operating system's timer and the entries before it; a repeated entry is due again an interval after it was carried out.</summary>
public sealed class RealTimeScheduler : SchedulerBase, IDisposable
{
    // Cancelled entries stay queued until due; beyond this many, and more than half of all, they are swept out.
    private const int SweepThreshold = 4096;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly PriorityQueue<Entry, (long Due, long Sequence)> _entries = new();
    private readonly object _gate = new();
    private long _sequence;
    private int _sizeAtNextSweep = SweepThreshold;
    private long _wakeUp = long.MaxValue;
    private bool _isStopped;

    public RealTimeScheduler(Config scheduler, ILoggingAdapter log) : base(scheduler, log) =>
        new Thread(RunAll) { IsBackground = true, Name = "akka.scheduler" }.Start();

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(_start);

    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(_start);

    public void Dispose()
    {
        lock (_gate)
        {
            _isStopped = true;
            _entries.Clear();
            Monitor.Pulse(_gate);
        }
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, new TellEntry(receiver, message, sender, cancelable, TimeSpan.Zero));

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, new TellEntry(receiver, message, sender, cancelable, interval));

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, new ActionEntry(action, cancelable, TimeSpan.Zero));

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, new ActionEntry(action.Run, cancelable, TimeSpan.Zero));

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, new ActionEntry(action, cancelable, interval));

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, new ActionEntry(action.Run, cancelable, interval));

    private void Add(TimeSpan delay, Entry entry)
    {
        if (entry.IsCancelled) return;
        long due = Stopwatch.GetTimestamp() + (long)Math.Ceiling(delay.TotalSeconds * Stopwatch.Frequency);
        lock (_gate)
        {
            if (_isStopped) throw new SchedulerException("The scheduler has been shut down");
            _entries.Enqueue(entry, (due, _sequence++));
            if (_entries.Count >= _sizeAtNextSweep) Sweep();
            if (due < _wakeUp) Monitor.Pulse(_gate);
        }
    }

    private void Sweep()
    {
        (Entry Element, (long, long) Priority)[] alive = [.. _entries.UnorderedItems.Where(static item => !item.Element.IsCancelled)];
        _entries.Clear();
        _entries.EnqueueRange(alive);
        _sizeAtNextSweep = Math.Max(SweepThreshold, alive.Length * 2);
    }

    private void RunAll()
    {
        while (NextDue() is { } entry)
        {
            try
            {
                if (!entry.IsCancelled) entry.Fire();
            }
            catch (Exception e)
            {
                Log.Error(e, "A scheduled action failed");
            }

            if (entry.Interval > TimeSpan.Zero && !entry.IsCancelled) AddAgain(entry);
        }
    }

    private void AddAgain(Entry entry)
    {
        try
        {
            Add(entry.Interval, entry);
        }
        catch (SchedulerException)
        {
            // The system ended while the entry was carried out.
        }
    }

    /// <summary>Waits for the next entry that is due; null when the scheduler has been stopped.</summary>
    private Entry? NextDue()
    {
        lock (_gate)
        {
            while (!_isStopped)
            {
                if (!_entries.TryPeek(out Entry? next, out (long Due, long Sequence) priority))
                {
                    _wakeUp = long.MaxValue;
                    Monitor.Wait(_gate);
                    continue;
                }

                long left = priority.Due - Stopwatch.GetTimestamp();
                if (left <= 0)
                {
                    _entries.Dequeue();
                    return next;
                }

                _wakeUp = priority.Due;
                double milliseconds = Math.Ceiling(left * 1000.0 / Stopwatch.Frequency);
                Monitor.Wait(_gate, (int)Math.Min(milliseconds, 60_000));
            }

            return null;
        }
    }

    private abstract class Entry(ICancelable? cancelable, TimeSpan interval)
    {
        public TimeSpan Interval { get; } = interval;

        public bool IsCancelled => cancelable is { IsCancellationRequested: true };

        public abstract void Fire();
    }

    private sealed class TellEntry(ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable, TimeSpan interval)
        : Entry(cancelable, interval)
    {
        public override void Fire() => receiver.Tell(message, sender);
    }

    private sealed class ActionEntry(Action action, ICancelable? cancelable, TimeSpan interval) : Entry(cancelable, interval)
    {
        public override void Fire() => action();
    }
}

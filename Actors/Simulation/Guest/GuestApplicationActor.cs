using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Simulation.Guest;

/// <summary>The load of an application.</summary>
/// <param name="Outstanding">Requests that it keeps going: whenever one ends it submits the next.</param>
/// <param name="Length">Bytes of each.</param>
/// <param name="DiskLength">Bytes of the disk; behind its end the next request is at its beginning.</param>
public sealed record ApplicationLoad(int Outstanding, int Length, long DiskLength);

/// <summary>A process that reads or writes a disk from its beginning to its end with asynchronous I/O, in a closed loop. It submits one request after the
/// other, each when the call for the one before has returned; a request's time begins when there is room for it, so that Little's law counts it from then
/// on.</summary>
public sealed class GuestApplicationActor : UntypedActor
{
    private readonly ApplicationLoad _load;
    private readonly IActorRef _blockLayer;
    private readonly TimeSpan[] _due;
    private readonly Queue<int> _free = new();
    private readonly IScheduler _scheduler = Context.System.Scheduler;
    private List<TimeSpan> _latencies = [];
    private bool _isInCall;
    private long _next;
    private TimeSpan _since;
    private TimeSpan _called;
    private long _submitted;
    private TimeSpan _submitTime;

    /// <summary>Use <see cref="Props"/>.</summary>
    public GuestApplicationActor(ApplicationLoad load, IActorRef blockLayer)
    {
        _load = load;
        _blockLayer = blockLayer;
        _due = new TimeSpan[load.Outstanding];
        for (var slot = 0; slot < load.Outstanding; slot++)
            _free.Enqueue(slot);
    }

    /// <summary>An application that waits for <see cref="StartLoad"/>.</summary>
    public static Props Props(ApplicationLoad load, IActorRef blockLayer) =>
        Akka.Actor.Props.Create(() => new GuestApplicationActor(load, blockLayer));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartLoad:
                Array.Fill(_due, _scheduler.MonotonicClock);
                SubmitNext();
                break;
            case GuestIoSubmitted submitted:
                _submitted++;
                _submitTime += _scheduler.MonotonicClock - _called;
                _isInCall = false;
                SubmitNext();
                break;
            case GuestIoCompleted completed:
                _latencies.Add(_scheduler.MonotonicClock - _due[completed.Slot]);
                _due[completed.Slot] = _scheduler.MonotonicClock;
                _free.Enqueue(completed.Slot);
                SubmitNext();
                break;
            case StartMeasuring:
                _since = _scheduler.MonotonicClock;
                (_latencies, _submitted, _submitTime) = ([], 0, TimeSpan.Zero);
                break;
            case ReportLoad:
                Sender.Tell(new LoadMeasured(_scheduler.MonotonicClock - _since, _latencies.Count, _submitted, _submitTime, _latencies));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void SubmitNext()
    {
        if (_isInCall || !_free.TryDequeue(out var slot))
            return;
        _isInCall = true;
        _called = _scheduler.MonotonicClock;
        if (_next + _load.Length > _load.DiskLength)
            _next = 0;
        _blockLayer.Tell(new SubmitGuestIo(new GuestIo(slot, _next, _load.Length)), Self);
        _next += _load.Length;
    }
}

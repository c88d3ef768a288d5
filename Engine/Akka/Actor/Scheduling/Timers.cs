using Akka.Event;

namespace Akka.Actor;

/// <summary>Timers of one actor by key: a message of a timer that was cancelled or replaced is never handled.</summary>
public interface ITimerScheduler
{
    /// <summary>Sends <paramref name="msg"/> to the actor after <paramref name="timeout"/>; replaces the timer of the same key.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);

    /// <summary>Sends <paramref name="msg"/> to the actor every <paramref name="interval"/>; replaces the timer of the same key.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);

    bool IsTimerActive(object key);

    void Cancel(object key);

    void CancelAll();

    /// <summary>The keys of the timers that run.</summary>
    IReadOnlyCollection<object> ActiveTimers { get; }
}

/// <summary>An actor with timers; the engine sets them after the constructor, and cancels them on restart and stop.</summary>
public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}

/// <summary>The timers of one incarnation.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Timer> _timers = [];
    private long _generation;

    public IReadOnlyCollection<object> ActiveTimers => [.. _timers.Keys];

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => StartSingleTimer(key, msg, timeout, ActorRefs.NoSender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender)
    {
        Timer timer = Replace(key, msg, isPeriodic: false);
        cell.System.Scheduler.ScheduleTellOnce(timeout, cell.Self, timer.Message, sender, timer.Task);
    }

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        StartPeriodicTimer(key, msg, interval, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) =>
        StartPeriodicTimer(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        StartPeriodicTimer(key, msg, initialDelay, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender)
    {
        Timer timer = Replace(key, msg, isPeriodic: true);
        cell.System.Scheduler.ScheduleTellRepeatedly(initialDelay, interval, cell.Self, timer.Message, sender, timer.Task);
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out Timer? timer)) timer.Task.Cancel();
    }

    public void CancelAll()
    {
        foreach (Timer timer in _timers.Values) timer.Task.Cancel();
        _timers.Clear();
    }

    /// <summary>Whether a message in the mailbox is of a timer that still runs.</summary>
    internal bool Accept(TimerMessage message)
    {
        if (!_timers.TryGetValue(message.Key, out Timer? timer) || !ReferenceEquals(timer.Message, message)) return false;
        if (!timer.IsPeriodic) _timers.Remove(message.Key);
        return true;
    }

    private Timer Replace(object key, object message, bool isPeriodic)
    {
        Cancel(key);
        var timer = new Timer(new TimerMessage(key, ++_generation, message), isPeriodic, new Cancelable(cell.System.Scheduler));
        _timers.Add(key, timer);
        return timer;
    }

    private sealed record Timer(TimerMessage Message, bool IsPeriodic, ICancelable Task);
}

/// <summary>What a timer puts into the mailbox: the actor's message and which timer it is of; another timer of the key is another
/// object.</summary>
internal sealed class TimerMessage(object key, long generation, object message)
    : IAutoReceivedMessage, IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    public object Key { get; } = key;

    public object Message { get; } = message;

    public override string ToString() => $"TimerMessage(key={Key}, generation={generation}, message={Message})";
}

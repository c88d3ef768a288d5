using System.Diagnostics;
using ScsiActors.Aio.IoUring;
using ScsiActors.Dispatch;

namespace ScsiActors.Aio;

/// <summary>Real time, and a thread that wakes at a moment of it. On Linux it is late by what the kernel needs to run a thread, some ten microseconds;
/// elsewhere by the runtime's timed waits, a millisecond or more. It never spins.</summary>
/// <param name="wake">Called on the thread, once for each moment.</param>
internal sealed class PreciseClock(Action wake)
{
    private readonly object _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private Thread? _thread;
    private int _event = -1;
    private TimeSpan _due = TimeSpan.MaxValue;
    private TimeSpan _sleepsUntil = TimeSpan.MinValue;
    private Action? _stopped;

    /// <summary>Time since this clock was made.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    /// <summary>Wakes at <paramref name="time"/>, or at once when that has passed; unless an earlier moment is asked for already, which is enough.</summary>
    public void WakeAt(TimeSpan time)
    {
        lock (_lock)
        {
            if (_stopped is not null || time >= _due)
                return;
            _due = time;
            if (_thread is null)
                Start();
            else if (time < _sleepsUntil)
                Interrupt();
        }
    }

    /// <summary>Ends the thread; the last call.</summary>
    /// <param name="stopped">Called when it wakes nobody any more and everything is freed, on the thread if there is one.</param>
    public void Stop(Action stopped)
    {
        lock (_lock)
        {
            _stopped = stopped;
            if (_thread is not null)
            {
                Interrupt();
                return;
            }
        }
        stopped();
    }

    private void Start()
    {
        _event = LinuxIo.IsSupported ? LinuxIo.CreateEvent() : -1;
        _thread = new Thread(Run) { IsBackground = true, Name = "simulated disk" };
        _thread.Start();
    }

    private void Interrupt()
    {
        if (_event >= 0)
            LinuxIo.SignalEvent(_event);
        else
            Monitor.Pulse(_lock);
    }

    private void Run()
    {
        ChainDispatcher.LendThisThread();
        if (_event >= 0)
            LinuxIo.SharpenTimers();
        while (TryNext(out var sleep))
        {
            if (sleep <= TimeSpan.Zero)
                wake();
            else if (_event >= 0)
                LinuxIo.WaitEvent(_event, sleep);
        }
        // Nobody signals it any more after it has been told to stop.
        if (_event >= 0)
            LinuxIo.Close(_event);
        _stopped!();
    }

    /// <summary>How long to sleep, not above 0 when it is time; false when stopped. Without an event it sleeps here.</summary>
    private bool TryNext(out TimeSpan sleep)
    {
        lock (_lock)
        {
            _sleepsUntil = TimeSpan.MinValue;
            sleep = _due == TimeSpan.MaxValue ? TimeSpan.MaxValue : _due - Now;
            if (_stopped is not null)
                return false;
            if (sleep <= TimeSpan.Zero)
            {
                _due = TimeSpan.MaxValue;
                return true;
            }
            _sleepsUntil = _due;
            if (_event < 0)
                Monitor.Wait(_lock, sleep == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Ceiling(sleep.TotalMilliseconds)));
            return true;
        }
    }
}

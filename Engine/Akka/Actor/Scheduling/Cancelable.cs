namespace Akka.Actor;

/// <summary>Something that can be called off.</summary>
public interface ICancelable
{
    bool IsCancellationRequested { get; }

    CancellationToken Token { get; }

    void Cancel();

    void Cancel(bool throwOnFirstException);

    void CancelAfter(TimeSpan delay);

    void CancelAfter(int millisecondsDelay);
}

/// <summary>An <see cref="ICancelable"/> whose delays run by a scheduler's clock; a token is only made when it is asked for.</summary>
public class Cancelable(IActionScheduler scheduler) : ICancelable, IDisposable
{
    private CancellationTokenSource? _source;
    private volatile bool _isCancelled;

    public Cancelable(IActionScheduler scheduler, TimeSpan delay) : this(scheduler) => CancelAfter(delay);

    public Cancelable(IScheduler scheduler) : this(scheduler.Advanced) { }

    public Cancelable(IScheduler scheduler, TimeSpan delay) : this(scheduler.Advanced, delay) { }

    public bool IsCancellationRequested => _isCancelled;

    public CancellationToken Token
    {
        get
        {
            if (Volatile.Read(ref _source) is not { } source)
            {
                source = new CancellationTokenSource();
                source = Interlocked.CompareExchange(ref _source, source, null) ?? source;
                if (_isCancelled) source.Cancel();
            }

            return source.Token;
        }
    }

    /// <summary>An <see cref="ICancelable"/> that is cancelled already.</summary>
    public static ICancelable CreateCanceled()
    {
        var cancelable = new Cancelable((IActionScheduler)null!);
        cancelable.Cancel();
        return cancelable;
    }

    public void Cancel() => Cancel(throwOnFirstException: false);

    public void Cancel(bool throwOnFirstException)
    {
        _isCancelled = true;
        Interlocked.MemoryBarrier();
        Volatile.Read(ref _source)?.Cancel(throwOnFirstException);
    }

    public void CancelAfter(TimeSpan delay) => scheduler.ScheduleOnce(delay, Cancel, this);

    public void CancelAfter(int millisecondsDelay) => CancelAfter(TimeSpan.FromMilliseconds(millisecondsDelay));

    public void Dispose()
    {
        _source?.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Short forms.</summary>
public static class CancelableExtensions
{
    /// <summary>Cancels, if there is something to cancel.</summary>
    public static void CancelIfNotNull(this ICancelable? cancelable) => cancelable?.Cancel();
}

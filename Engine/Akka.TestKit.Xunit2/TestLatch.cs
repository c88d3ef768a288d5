namespace Akka.TestKit;

/// <summary>A gate that opens when it has been counted down.</summary>
public class TestLatch
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly CountdownEvent _count;
    private readonly Func<TimeSpan, TimeSpan> _dilate;
    private readonly TimeSpan _timeout;

    public TestLatch(int count = 1) : this(static t => t, DefaultTimeout, count) { }

    public TestLatch(int count, TimeSpan defaultTimeout) : this(static t => t, defaultTimeout, count) { }

    protected internal TestLatch(Func<TimeSpan, TimeSpan> dilate, TimeSpan defaultTimeout, int count)
    {
        _count = new CountdownEvent(count);
        _dilate = dilate;
        _timeout = defaultTimeout;
    }

    public bool IsOpen => _count.IsSet;

    public void CountDown()
    {
        if (!_count.IsSet) _count.Signal();
    }

    /// <summary>Opens the gate whatever is left to count.</summary>
    public void Open()
    {
        if (!_count.IsSet) _count.Signal(_count.CurrentCount);
    }

    public void Reset() => _count.Reset();

    /// <summary>Waits until the gate is open.</summary>
    /// <exception cref="TimeoutException">It did not open in time.</exception>
    public void Ready() => Ready(_timeout);

    /// <inheritdoc cref="Ready()"/>
    public void Ready(TimeSpan timeout)
    {
        TimeSpan max = _dilate(timeout);
        if (!_count.Wait(max)) throw new TimeoutException($"The latch did not open within {max}; {_count.CurrentCount} left to count.");
    }
}

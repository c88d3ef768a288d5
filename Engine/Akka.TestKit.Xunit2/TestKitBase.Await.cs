namespace Akka.TestKit;

// Blocks of bounded time, and conditions that come true sooner or later. All of this is wall-clock time.
public abstract partial class TestKitBase
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The action ends within <paramref name="max"/>; expectations inside it wait for what is left of that, if they name no
    /// time.</summary>
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <summary>The action takes at least <paramref name="min"/> and at most <paramref name="max"/>.</summary>
    public void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Within(min, max, () => { action(); return true; }, hint, epsilonValue, cancellationToken);

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public T Within<T>(
        TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Block block = Enter(min, max, epsilonValue, hint);
        T result;
        try
        {
            result = function();
        }
        finally
        {
            _end = block.OuterEnd;
        }

        Leave(block);
        return result;
    }

    public Task WithinAsync(
        TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    public async Task WithinAsync(
        TimeSpan min, TimeSpan max, Func<Task> actionAsync, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Block block = Enter(min, max, epsilonValue, hint);
        try
        {
            await actionAsync();
        }
        finally
        {
            _end = block.OuterEnd;
        }

        Leave(block);
    }

    /// <summary>The assertion passes sooner or later; it is tried every <paramref name="interval"/> (none: 100 ms).</summary>
    public void AwaitAssert(
        Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        TimeSpan stop = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                assertion();
                return;
            }
            catch (Exception) when (Now < stop)
            {
                Pause(stop, interval, cancellationToken);
            }
        }
    }

    public Task AwaitAssertAsync(
        Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default) =>
        AwaitAssertAsync(() => { assertion(); return Task.CompletedTask; }, duration, interval, cancellationToken);

    public async Task AwaitAssertAsync(
        Func<Task> assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        TimeSpan stop = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (Now < stop)
            {
                await Task.Delay(Interval(stop, interval), cancellationToken);
            }
        }
    }

    /// <summary>The condition comes true sooner or later.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, null, null, null, cancellationToken);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, null, cancellationToken);

    public void AwaitCondition(
        Func<bool> conditionIsFulfilled, TimeSpan? max, string message, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, message, cancellationToken);

    public void AwaitCondition(
        Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default)
    {
        TimeSpan time = RemainingOrDilated(max);
        bool became = Becomes(conditionIsFulfilled, time, interval, cancellationToken);
        Require(became, $"The condition did not come true within {time}.{Hint(message)}");
    }

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, null, cancellationToken);

    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled, TimeSpan? max, string message, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, message, cancellationToken);

    public async Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default)
    {
        TimeSpan time = RemainingOrDilated(max), stop = Now + time;
        while (!conditionIsFulfilled())
        {
            if (Now >= stop) throw Failure($"The condition did not come true within {time}.{Hint(message)}");
            await Task.Delay(Interval(stop, interval), cancellationToken);
        }
    }

    /// <summary>Whether the condition came true within <paramref name="max"/>.</summary>
    public bool AwaitConditionNoThrow(
        Func<bool> conditionIsFulfilled, TimeSpan max, TimeSpan? interval = null, CancellationToken cancellationToken = default) =>
        Becomes(conditionIsFulfilled, Dilated(max), interval, cancellationToken);

    private static bool Becomes(Func<bool> condition, TimeSpan time, TimeSpan? interval, CancellationToken cancellationToken)
    {
        for (TimeSpan stop = Now + time; !condition(); Pause(stop, interval, cancellationToken))
        {
            if (Now >= stop) return false;
        }

        return true;
    }

    private static void Pause(TimeSpan stop, TimeSpan? interval, CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne(Interval(stop, interval));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TimeSpan Interval(TimeSpan stop, TimeSpan? interval)
    {
        TimeSpan wanted = interval ?? DefaultInterval, left = Left(stop);
        return wanted < left ? wanted : left;
    }

    private Block Enter(TimeSpan min, TimeSpan max, TimeSpan? epsilon, string? hint)
    {
        TimeSpan start = Now, time = Dilated(max);
        if (_end is { } outer && outer - start < time) time = outer - start;
        Require(time >= min, $"The block is to take at least {min}, but only {time} are left.{Hint(hint)}");
        var block = new Block(start, min, time, epsilon ?? TimeSpan.Zero, hint, _end);
        _lastWasNoMessage = false;
        _end = start + time;
        return block;
    }

    private void Leave(Block block)
    {
        TimeSpan taken = Now - block.Start;
        // Waiting for silence takes all the time there is, so being late then is no failure.
        Require(taken <= block.Max + block.Epsilon || _lastWasNoMessage,
            $"The block took {taken}, which is longer than {block.Max}.{Hint(block.Hint)}");
        Require(taken >= block.Min - block.Epsilon, $"The block took {taken}, which is shorter than {block.Min}.{Hint(block.Hint)}");
    }

    private readonly record struct Block(TimeSpan Start, TimeSpan Min, TimeSpan Max, TimeSpan Epsilon, string? Hint, TimeSpan? OuterEnd);
}

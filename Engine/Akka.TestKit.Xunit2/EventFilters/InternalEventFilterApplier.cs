using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Counts the events that a filter matches while an action runs and for the leeway after it.</summary>
internal sealed class InternalEventFilterApplier(
    TestKitBase kit, ActorSystem system, IReadOnlyList<EventFilter> filters) : IEventFilterApplier
{
    public EventFilterFactory And => new(kit, system, filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Expect(1, timeout, action, cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) => Expect(1, func, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, actionAsync, cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, timeout, action, cancellationToken);

    public Task ExpectOneAsync(Action action, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, () => { action(); return Task.CompletedTask; }, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Expect(expectedCount, kit.TestKitSettings.TestEventFilterLeeway, action, cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Expect(expectedCount, timeout, () => { action(); return true; }, cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
        Expect(expectedCount, kit.TestKitSettings.TestEventFilterLeeway, func, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        ExpectAsync(expectedCount, kit.TestKitSettings.TestEventFilterLeeway, actionAsync, cancellationToken);

    public async Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default)
    {
        using var counting = new Counting(this);
        await action();
        TimeSpan max = kit.Dilated(timeout);
        await Task.WhenAny(counting.Reached(expectedCount), Task.Delay(max, cancellationToken));
        await counting.StopAsync(max);
        counting.Check(expectedCount, max);
    }

    public void Mute(Action action, CancellationToken cancellationToken = default)
    {
        using IUnmutableFilter muted = Mute();
        action();
    }

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default)
    {
        using IUnmutableFilter muted = Mute();
        return func();
    }

    public async Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default)
    {
        using IUnmutableFilter muted = Mute();
        await action();
    }

    public IUnmutableFilter Mute() => new Counting(this);

    private T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken)
    {
        using var counting = new Counting(this);
        T result = func();
        TimeSpan max = kit.Dilated(timeout);
        ((IAsyncResult)counting.Reached(expectedCount)).AsyncWaitHandle.WaitOne(max);
        cancellationToken.ThrowIfCancellationRequested();
        ((IAsyncResult)counting.StopAsync(max)).AsyncWaitHandle.WaitOne(max);
        counting.Check(expectedCount, max);
        return result;
    }

    /// <summary>The filters at work.</summary>
    private sealed class Counting : IUnmutableFilter
    {
        private readonly InternalEventFilterApplier _applier;
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _matched;
        private int _wanted = int.MaxValue;
        private Task? _stopped;

        public Counting(InternalEventFilterApplier applier)
        {
            _applier = applier;
            foreach (EventFilter filter in applier.Filters) filter.Matched += Count;
            applier.System.EventStream.Publish(new MuteEvents(applier.Filters));
        }

        /// <summary>Ends when so many events have been matched.</summary>
        public Task Reached(int count)
        {
            Volatile.Write(ref _wanted, count);
            if (Volatile.Read(ref _matched) >= count) _reached.TrySetResult();
            return _reached.Task;
        }

        /// <summary>Ends the filters; when the result ends, all that was logged before has been counted.</summary>
        public Task StopAsync(TimeSpan max)
        {
            if (_stopped is not null) return _stopped;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _applier.System.EventStream.Publish(new UnmuteEvents(_applier.Filters, done));
            return _stopped = Task.WhenAny(done.Task, Task.Delay(max));
        }

        public void Check(int expected, TimeSpan waited)
        {
            int matched = Volatile.Read(ref _matched);
            if (matched == expected) return;
            string what = string.Join(" or ", _applier.Filters.Select(static f => f.What));
            throw _applier.Kit.Failure(
                $"Expected {expected} events, got {matched} within {waited}: {what}. " +
                "Is TestEventListener among akka.loggers, and akka.loglevel low enough?");
        }

        public void Unmute() => StopAsync(TimeSpan.Zero);

        public void Dispose()
        {
            Unmute();
            foreach (EventFilter filter in _applier.Filters) filter.Matched -= Count;
        }

        private void Count()
        {
            if (Interlocked.Increment(ref _matched) >= Volatile.Read(ref _wanted)) _reached.TrySetResult();
        }
    }

    private TestKitBase Kit => kit;

    private ActorSystem System => system;

    private IReadOnlyList<EventFilter> Filters => filters;
}

namespace Akka.TestKit;

/// <summary>Applies a filter: expects the events that it matches, or keeps them out of the log.</summary>
public interface IEventFilterApplier
{
    /// <summary>Another filter besides this one: an event counts that one of them matches.</summary>
    EventFilterFactory And { get; }

    /// <summary>While and shortly after the action, exactly one matching event is logged.</summary>
    void ExpectOne(Action action, CancellationToken cancellationToken = default);

    void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default);

    Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);

    Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);

    Task ExpectOneAsync(Action action, CancellationToken cancellationToken = default);

    /// <summary>While and shortly after the action, exactly so many matching events are logged.</summary>
    void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);

    void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);

    T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default);

    Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default);

    Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);

    /// <summary>Matching events are not shown during the action.</summary>
    void Mute(Action action, CancellationToken cancellationToken = default);

    T Mute<T>(Func<T> func, CancellationToken cancellationToken = default);

    Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default);

    /// <summary>Matching events are not shown until the result is disposed of.</summary>
    IUnmutableFilter Mute();
}

/// <summary>A filter that keeps events out of the log until it is ended.</summary>
public interface IUnmutableFilter : IDisposable
{
    void Unmute();
}

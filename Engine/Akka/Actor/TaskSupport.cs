using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Sends the outcome of a task to an actor.</summary>
public static class PipeToSupport
{
    /// <summary>Sends the result, or what <paramref name="success"/> makes of it; of a failure, a <see cref="Status.Failure"/> or what
    /// <paramref name="failure"/> makes of it.</summary>
    public static Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, IActorRef? sender = null,
        Func<T, object>? success = null, Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe, recipient, useConfigureAwait: false, sender, success, failure);

    /// <inheritdoc cref="PipeTo{T}(Task{T}, ICanTell, IActorRef, Func{T, object}, Func{Exception, object})"/>
    public static async Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef? sender = null,
        Func<T, object>? success = null, Func<Exception, object>? failure = null)
    {
        object message;
        try
        {
            T result = await taskToPipe.ConfigureAwait(useConfigureAwait);
            message = success is null ? result! : success(result);
        }
        catch (Exception e)
        {
            message = failure is null ? new Status.Failure(e) : failure(e);
        }

        recipient.Tell(message, sender!);
    }

    /// <summary>Sends what <paramref name="success"/> makes, if it is given; of a failure, as for a task with a result.</summary>
    public static Task PipeTo(
        this Task taskToPipe, ICanTell recipient, IActorRef? sender = null,
        Func<object>? success = null, Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe, recipient, useConfigureAwait: false, sender, success, failure);

    /// <inheritdoc cref="PipeTo(Task, ICanTell, IActorRef, Func{object}, Func{Exception, object})"/>
    public static async Task PipeTo(
        this Task taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef? sender = null,
        Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        object? message;
        try
        {
            await taskToPipe.ConfigureAwait(useConfigureAwait);
            message = success?.Invoke();
        }
        catch (Exception e)
        {
            message = failure is null ? new Status.Failure(e) : failure(e);
        }

        if (message is not null) recipient.Tell(message, sender!);
    }
}

/// <summary>Stops an actor and waits for its end.</summary>
public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => GracefulStop(target, timeout, PoisonPill.Instance);

    /// <summary>Sends <paramref name="stopMessage"/>; the task is true when the actor has stopped.</summary>
    /// <exception cref="TaskCanceledException">It has not within <paramref name="timeout"/>.</exception>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        FutureActorRef<Terminated> watcher = WatchAsyncSupport.WatchFromOutside(target);
        watcher.FailAfter(timeout);
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            await watcher.Result.ConfigureAwait(false);
            return true;
        }
        catch (AskTimeoutException)
        {
            WatchAsyncSupport.UnwatchFromOutside(target, watcher);
            throw new TaskCanceledException($"{target.Path} has not stopped within {timeout}");
        }
    }
}

/// <summary>Waits for an actor's end.</summary>
public static class WatchAsyncSupport
{
    /// <summary>The task is true when the actor has terminated, and false when <paramref name="token"/> was cancelled before.</summary>
    public static async Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default)
    {
        FutureActorRef<Terminated> watcher = WatchFromOutside(target);
        if (token.CanBeCanceled) watcher.CancelWith(token);
        try
        {
            await watcher.Result.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            UnwatchFromOutside(target, watcher);
            return false;
        }
    }

    internal static FutureActorRef<Terminated> WatchFromOutside(IActorRef target)
    {
        IInternalActorRef watchee = target.AsInternal();
        ActorSystemImpl system = Futures.SystemOf(watchee)
            ?? throw new InvalidOperationException($"{target.Path} belongs to no actor system");
        var watcher = new FutureActorRef<Terminated>(system);
        watchee.SendSystemMessage(new Watch(watchee, watcher));
        return watcher;
    }

    internal static void UnwatchFromOutside(IActorRef target, IInternalActorRef watcher)
    {
        IInternalActorRef watchee = target.AsInternal();
        watchee.SendSystemMessage(new Unwatch(watchee, watcher));
    }
}

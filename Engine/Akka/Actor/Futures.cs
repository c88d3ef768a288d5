using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Asking: a message whose answer is a task.</summary>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <summary>
    /// Sends what <paramref name="messageFactory"/> makes for the address of the answer. The task fails with
    /// <see cref="AskTimeoutException"/> after <paramref name="timeout"/> by the system's scheduler, with the cause of a
    /// <see cref="Status.Failure"/>, and with <see cref="ArgumentException"/> for an answer of another type.
    /// </summary>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ActorSystemImpl system = SystemOf(self) ?? throw new ArgumentException("The receiver belongs to no actor system", nameof(self));
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        var answer = new FutureActorRef<T>(system);
        TimeSpan limit = timeout ?? system.Settings.AskTimeout;
        if (limit > TimeSpan.Zero) answer.FailAfter(limit);
        if (cancellationToken.CanBeCanceled) answer.CancelWith(cancellationToken);
        self.Tell(messageFactory(answer), answer);
        return answer.Result;
    }

    internal static ActorSystemImpl? SystemOf(ICanTell target) => target switch
    {
        ActorSelection selection => SystemOf(selection.Anchor),
        MinimalLogger => null,
        IInternalActorRef { Provider: ActorRefProvider provider } => provider.System,
        _ => ActorCell.Current?.SystemImpl,
    };
}

/// <summary>An address for one answer. What comes later is a dead letter.</summary>
internal sealed class FutureActorRef<T>(ActorSystemImpl system) : MinimalActorRef
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IInternalActorRef> _watchers = [];
    private ICancelable? _timeout;
    private CancellationTokenRegistration _cancellation;

    public Task<T> Result => _result.Task;

    public override ActorPath Path { get; } = system.Provider.TempPath();

    public override IActorRefProvider Provider => system.Provider;

    public override bool IsTerminated => _result.Task.IsCompleted;

    public void FailAfter(TimeSpan limit)
    {
        if (IsTerminated) return;
        var timeout = new Cancelable(system.Scheduler);
        _timeout = timeout;
        system.Scheduler.Advanced.ScheduleOnce(limit, () => Complete(
            source => source.TrySetException(new AskTimeoutException($"Timeout after {limit.TotalSeconds} seconds"))), timeout);
    }

    public void CancelWith(CancellationToken token) =>
        _cancellation = token.Register(() => Complete(source => source.TrySetCanceled(token)));

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case DeathWatchNotification death:
                Tell(new Terminated(death.Actor, death.ExistenceConfirmed, death.AddressTerminated), ActorRefs.NoSender);
                break;
            case Watch watch when !AddWatcher(watch.Watcher):
                TellOfEnd(watch.Watcher);
                break;
            case Unwatch unwatch:
                lock (_watchers) _watchers.Remove(unwatch.Watcher);
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        bool isAnswer = Complete(source => message switch
        {
            Status.Failure failure when typeof(T) != typeof(Status.Failure) => source.TrySetException(failure.Cause),
            T answer => source.TrySetResult(answer),
            _ => source.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        });
        if (!isAnswer) system.DeadLetters.Tell(new DeadLetter(message, sender ?? system.DeadLetters, this), sender!);
    }

    private bool Complete(Func<TaskCompletionSource<T>, bool> how)
    {
        if (!how(_result)) return false;
        _timeout?.Cancel();
        _cancellation.Unregister();
        IInternalActorRef[] watchers;
        lock (_watchers) watchers = [.. _watchers];
        foreach (IInternalActorRef watcher in watchers) TellOfEnd(watcher);
        return true;
    }

    private bool AddWatcher(IInternalActorRef watcher)
    {
        lock (_watchers)
        {
            if (IsTerminated) return false;
            _watchers.Add(watcher);
            return true;
        }
    }

    private void TellOfEnd(IInternalActorRef watcher) =>
        watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
}

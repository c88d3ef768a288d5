namespace Akka.Actor;

/// <summary>An actor whose handlers are declared by message type, in the constructor or inside <see cref="Become(Action)"/>.</summary>
public abstract class ReceiveActor : ActorBase
{
    private readonly Stack<List<Handler>> _building = new();

    protected ReceiveActor() => _building.Push([]);

    // The behaviour is made of the handlers; this is never asked.
    protected sealed override bool Receive(object message) => false;

    /// <summary>Handles every <typeparamref name="T"/> that <paramref name="shouldHandle"/> accepts.</summary>
    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Add(new TypedHandler<T>(handler, shouldHandle));

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Add(new TypedHandler<T>(handler, shouldHandle));

    /// <summary>Tries every <typeparamref name="T"/>; false passes it to the handlers that follow.</summary>
    protected void Receive<T>(Func<T, bool> handler) => Add(new DecidingHandler<T>(handler));

    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Add(new RuntimeTypeHandler(messageType, handler, shouldHandle));

    /// <summary>Handles every message that the handlers before it did not; no more may be declared after it.</summary>
    protected void ReceiveAny(Action<object> handler) => Add(new AnyHandler(handler));

    /// <summary>Handles every <typeparamref name="T"/> asynchronously; no other user message is handled until the task ends.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive(message => ActorCell.CurrentOrThrow().RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) =>
        ReceiveAny(message => ActorCell.CurrentOrThrow().RunTask(() => handler(message)));

    /// <summary>Replaces the behaviour by the handlers that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure) => Context.Become(Build(configure));

    /// <summary>Puts the handlers that <paramref name="configure"/> declares on top of the behaviour.</summary>
    protected void BecomeStacked(Action configure) => Context.BecomeStacked(Build(configure));

    internal override Receive TakeInitialBehavior() => new Behavior([.. _building.Pop()]).Handle;

    private Receive Build(Action configure)
    {
        _building.Push([]);
        try
        {
            configure();
            return new Behavior([.. _building.Peek()]).Handle;
        }
        finally
        {
            _building.Pop();
        }
    }

    private void Add(Handler handler)
    {
        if (!_building.TryPeek(out List<Handler>? handlers))
            throw new InvalidOperationException("Handlers are declared in the constructor or inside Become");
        if (handlers is [.., AnyHandler]) throw new InvalidOperationException("No handler can be declared after ReceiveAny");
        handlers.Add(handler);
    }

    /// <summary>The handlers of one behaviour, in the order of declaration.</summary>
    private sealed class Behavior(Handler[] handlers)
    {
        public bool Handle(object message)
        {
            foreach (Handler handler in handlers)
            {
                if (handler.TryHandle(message)) return true;
            }

            return false;
        }
    }

    private abstract class Handler
    {
        public abstract bool TryHandle(object message);
    }

    private sealed class TypedHandler<T>(Action<T> handler, Predicate<T>? shouldHandle) : Handler
    {
        public override bool TryHandle(object message)
        {
            if (message is not T typed || (shouldHandle is not null && !shouldHandle(typed))) return false;
            handler(typed);
            return true;
        }
    }

    private sealed class DecidingHandler<T>(Func<T, bool> handler) : Handler
    {
        public override bool TryHandle(object message) => message is T typed && handler(typed);
    }

    private sealed class RuntimeTypeHandler(Type type, Action<object> handler, Predicate<object>? shouldHandle) : Handler
    {
        public override bool TryHandle(object message)
        {
            if (!type.IsInstanceOfType(message) || (shouldHandle is not null && !shouldHandle(message))) return false;
            handler(message);
            return true;
        }
    }

    private sealed class AnyHandler(Action<object> handler) : Handler
    {
        public override bool TryHandle(object message)
        {
            handler(message);
            return true;
        }
    }
}

using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Event;

/// <summary>Passes what is published to those who subscribed to its type, on the publisher's thread.</summary>
public class LoggingBus
{
    private readonly object _gate = new();
    private readonly List<(IActorRef Subscriber, Type Channel)> _subscriptions = [];

    // Who gets an event of a type; forgotten at every change of the subscriptions.
    private volatile ConcurrentDictionary<Type, IActorRef[]> _receivers = new();

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; private set; } = Logging.Off;

    /// <summary>Has <paramref name="subscriber"/> told every event that is a <paramref name="classifier"/>; false where that is so
    /// already.</summary>
    public virtual bool Subscribe(IActorRef subscriber, Type classifier)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        lock (_gate)
        {
            if (_subscriptions.Contains((subscriber, classifier))) return false;
            _subscriptions.Add((subscriber, classifier));
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }

    /// <summary>Takes back a subscription; false where there is none.</summary>
    public virtual bool Unsubscribe(IActorRef subscriber, Type classifier) =>
        Remove(subscription => subscription.Channel == classifier && subscription.Subscriber.Equals(subscriber));

    /// <summary>Takes back all subscriptions of a subscriber.</summary>
    public virtual bool Unsubscribe(IActorRef subscriber) => Remove(subscription => subscription.Subscriber.Equals(subscriber));

    /// <summary>Tells <paramref name="event"/> to each of its subscribers, once.</summary>
    public void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ConcurrentDictionary<Type, IActorRef[]> receivers = _receivers;
        if (!receivers.TryGetValue(@event.GetType(), out IActorRef[]? subscribers))
            receivers[@event.GetType()] = subscribers = ReceiversOf(@event.GetType());
        foreach (IActorRef subscriber in subscribers) subscriber.Tell(@event, ActorRefs.NoSender);
    }

    /// <summary>Sets the level, and subscribes the loggers accordingly.</summary>
    public void SetLogLevel(LogLevel logLevel)
    {
        lock (_gate)
        {
            LogLevel = logLevel;
            foreach (IActorRef logger in Loggers) SubscribeLogger(logger, logLevel);
        }
    }

    internal List<IActorRef> Loggers { get; } = [];

    internal void AddLogger(IActorRef logger, LogLevel level)
    {
        lock (_gate)
        {
            Loggers.Add(logger);
            SubscribeLogger(logger, level);
        }
    }

    internal void RemoveLogger(IActorRef logger)
    {
        lock (_gate)
        {
            Loggers.Remove(logger);
            Unsubscribe(logger);
        }
    }

    private void SubscribeLogger(IActorRef logger, LogLevel lowest)
    {
        foreach (LogLevel level in Enum.GetValues<LogLevel>())
        {
            if (level >= lowest) Subscribe(logger, level.ClassFor());
            else Unsubscribe(logger, level.ClassFor());
        }
    }

    private IActorRef[] ReceiversOf(Type type)
    {
        lock (_gate)
        {
            return [.. _subscriptions.Where(subscription => subscription.Channel.IsAssignableFrom(type))
                .Select(static subscription => subscription.Subscriber).Distinct()];
        }
    }

    private bool Remove(Predicate<(IActorRef Subscriber, Type Channel)> which)
    {
        lock (_gate)
        {
            if (_subscriptions.RemoveAll(which) == 0) return false;
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
            return true;
        }
    }
}

/// <summary>The bus of a system: for log events, dead letters, and whatever its actors publish.</summary>
public sealed class EventStream : LoggingBus
{
    private IActorRef? _unsubscriber;

    /// <summary>Has <paramref name="subscriber"/> told every event that is a <paramref name="classifier"/>, until it stops.</summary>
    public override bool Subscribe(IActorRef subscriber, Type classifier)
    {
        bool isNew = base.Subscribe(subscriber, classifier);
        if (isNew) WatchSubscriber(subscriber);
        return isNew;
    }

    public bool Subscribe<TChannel>(IActorRef subscriber) => Subscribe(subscriber, typeof(TChannel));

    public bool Unsubscribe<TChannel>(IActorRef subscriber) => Unsubscribe(subscriber, typeof(TChannel));

    internal void StartUnsubscriber(ActorSystemImpl system)
    {
        Props props = Props.Create(() => new EventStreamUnsubscriber(this)).WithDispatcher(Dispatch.Dispatchers.InternalDispatcherId);
        _unsubscriber = system.SystemActorOf(props, "eventStreamUnsubscriber");
    }

    private void WatchSubscriber(IActorRef subscriber)
    {
        if (subscriber is IInternalActorRef and not MinimalActorRef) _unsubscriber?.Tell(subscriber, ActorRefs.NoSender);
    }
}

/// <summary>Watches those who subscribed, and forgets them when they have stopped.</summary>
internal sealed class EventStreamUnsubscriber(EventStream bus) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IActorRef subscriber:
                Context.Watch(subscriber);
                break;
            case Terminated terminated:
                bus.Unsubscribe(terminated.ActorRef);
                break;
        }
    }
}

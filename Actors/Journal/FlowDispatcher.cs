using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using ScsiActors.Dispatch;

namespace ScsiActors.Journal;

/// <summary>A message between two actors, as it was sent; published on the event stream by a <see cref="FlowDispatcher"/>.</summary>
/// <param name="From">The name of the sender's actor; empty without one.</param>
/// <param name="To">The name of the receiver's actor.</param>
/// <param name="Message">The message.</param>
public sealed record MessagePassed(string From, string To, object Message);

/// <summary>Makes a <see cref="FlowDispatcher"/>: the <c>type</c> of a dispatcher section in HOCON.</summary>
public sealed class FlowDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly FlowDispatcher _dispatcher;

    /// <summary>Called by the actor system, which finds this type by its name in HOCON.</summary>
    public FlowDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new FlowDispatcher(this, prerequisites.EventStream);

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _dispatcher;
}

/// <summary>A <see cref="ChainDispatcher"/> that tells the event stream of every message to one of its actors, in the order in which they were sent. The
/// actors themselves know nothing of it.</summary>
public sealed class FlowDispatcher : ChainDispatcher
{
    private readonly EventStream _eventStream;

    internal FlowDispatcher(MessageDispatcherConfigurator configurator, EventStream eventStream)
        : base(configurator, throughput: 1) => _eventStream = eventStream;

    /// <inheritdoc/>
    protected override void Deliver(ActorCell cell, Envelope envelope)
    {
        if (envelope.Message is not MessagePassed)
        {
            var from = envelope.Sender.IsNobody() ? "" : envelope.Sender.Path.Name;
            _eventStream.Publish(new MessagePassed(from, cell.Self.Path.Name, envelope.Message));
        }
        base.Deliver(cell, envelope);
    }
}

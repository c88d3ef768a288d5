using Akka.Actor;

namespace ScsiActors.Simulation;

/// <summary>An actor of a simulated world that keeps what it is told, for whoever runs the world: the other end of every question asked from outside.</summary>
public sealed class WorldProbe
{
    internal const string NamePrefix = "probe-";

    private sealed class ProbeActor(Queue<object> received) : UntypedActor
    {
        protected override void OnReceive(object message) => received.Enqueue(message);
    }

    private readonly SimulatedWorld _world;
    private readonly Queue<object> _received = new();

    internal WorldProbe(SimulatedWorld world, int number)
    {
        _world = world;
        var received = _received;
        Ref = world.System.ActorOf(Props.Create(() => new ProbeActor(received)), $"{NamePrefix}{number}");
        world.RunUntilIdle();
    }

    /// <summary>The actor.</summary>
    public IActorRef Ref { get; }

    /// <summary>Messages that nobody has taken yet.</summary>
    public int Count => _received.Count;

    /// <summary>Tells an actor something; answers come here.</summary>
    public void Tell(IActorRef actor, object message) => actor.Tell(message, Ref);

    /// <summary>Runs the world until a message is here, and takes it.</summary>
    /// <param name="limit">The longest that may take, in virtual time.</param>
    /// <exception cref="SimulationException">Nothing came, or something of another type.</exception>
    public T Expect<T>(TimeSpan limit)
    {
        if (!_world.AdvanceUntil(() => _received.Count > 0, limit))
            throw new SimulationException($"No {typeof(T).Name} came within {limit} of virtual time (it is {_world.Now} now).");
        return _received.Dequeue() is T expected ? expected
            : throw new SimulationException($"A {typeof(T).Name} was expected, and something else came.");
    }

    /// <summary>Asks an actor something and runs the world until it answers.</summary>
    /// <inheritdoc cref="Expect{T}"/>
    public T Ask<T>(IActorRef actor, object question, TimeSpan limit)
    {
        Tell(actor, question);
        return Expect<T>(limit);
    }
}

/// <summary>What was expected of a simulated world did not happen.</summary>
public sealed class SimulationException(string message) : Exception(message);

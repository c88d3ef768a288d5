namespace ScsiActors.Simulation;

/// <summary>A processor that does one turn at a time: a message whose handling costs time waits until it is free, and is handled when that time has
/// passed. Urgent actors go first, all others in the order in which their messages came.</summary>
/// <param name="name">For people.</param>
public sealed class SimulatedProcessor(string name)
{
    internal readonly record struct Turn(Inbox Inbox, Mail Mail, long Cost);

    private readonly Queue<Turn> _urgent = new();
    private readonly Queue<Turn> _others = new();

    /// <summary>For people.</summary>
    public string Name => name;

    /// <summary>The time it has worked.</summary>
    public TimeSpan Busy => new(BusyTicks);

    internal long BusyTicks { get; set; }

    internal bool IsBusy { get; set; }

    internal void Enqueue(Turn turn) => (turn.Inbox.IsUrgent ? _urgent : _others).Enqueue(turn);

    internal bool TryDequeue(out Turn turn) => _urgent.TryDequeue(out turn) || _others.TryDequeue(out turn);
}

/// <summary>What the handling of a message costs.</summary>
/// <param name="Processor">Time of the receiver's processor.</param>
/// <param name="Delay">Time on the way, before that, which costs no processor; messages of the same sender may overtake.</param>
public readonly record struct TurnCost(TimeSpan Processor, TimeSpan Delay);

/// <summary>Says where actors run and what their turns cost; without one, turns take no time.</summary>
public interface ITurnCosts
{
    /// <summary>Asked once an actor.</summary>
    /// <param name="name">The last part of its path.</param>
    /// <returns>Its processor, or null when its turns take no time; any number that tells its costs from others'; whether it goes before others.</returns>
    (SimulatedProcessor? Processor, int Role, bool IsUrgent) Place(string name);

    /// <summary>The cost of one message to an actor that has a processor.</summary>
    /// <param name="role">The receiver's, as placed.</param>
    /// <param name="message">The message.</param>
    TurnCost CostOf(int role, object message);
}

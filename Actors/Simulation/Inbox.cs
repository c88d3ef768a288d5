using Akka.Actor;
using Akka.Dispatch;

namespace ScsiActors.Simulation;

/// <summary>A message on its way.</summary>
/// <param name="Envelope">The message and its sender.</param>
/// <param name="Number">What an observer calls it; -1 without one.</param>
internal readonly record struct Mail(Envelope Envelope, long Number)
{
    public const long NoNumber = -1;
}

/// <summary>What waits for one actor: its messages in the order in which they were sent. The engine's own mailbox never holds more than the one whose turn
/// it is.</summary>
internal sealed class Inbox(int number, ActorCell cell, SimulatedDispatcher dispatcher)
{
    /// <summary>In the order in which actors were first sent something.</summary>
    public int Number => number;

    public ActorCell Cell => cell;

    public SimulatedDispatcher Dispatcher => dispatcher;

    /// <summary>True for the actors that the user of the system made; an engine's own differ between engines.</summary>
    public bool IsUsers { get; } = cell.Self.Path.Elements is ["user", _, ..];

    public Queue<Mail> Messages { get; } = new();

    /// <summary>For <see cref="TurnOrderKind.PriorityChange"/>; 0 until it is chosen.</summary>
    public long Priority { get; set; }

    /// <summary>Where its turns cost time; null for a turn without cost.</summary>
    public SimulatedProcessor? Processor { get; set; }

    /// <summary>The role that the cost model gave it.</summary>
    public int Role { get; set; }

    /// <summary>True when its turns go before those of others on its processor.</summary>
    public bool IsUrgent { get; set; }
}

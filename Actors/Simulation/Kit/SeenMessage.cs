namespace ScsiActors.Simulation.Kit;

/// <summary>A message that was sent, as a kit remembers it.</summary>
/// <param name="Number">From 0, in the order of sending.</param>
/// <param name="Time">When, since the start of the world.</param>
/// <param name="From">The sender's name; empty without one.</param>
/// <param name="To">The receiver's name.</param>
/// <param name="Message">What it says; a <see cref="Faults.FaultInjection"/> where a fault has acted.</param>
/// <param name="Request">The request it is about; null when it is about none, or about one that the kit has not sent.</param>
public sealed record SeenMessage(int Number, TimeSpan Time, string From, string To, object Message, KitRequest? Request);

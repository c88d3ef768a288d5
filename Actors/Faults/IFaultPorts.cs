namespace ScsiActors.Faults;

/// <summary>What a <see cref="FaultMachine{TActor}"/> does to the world.</summary>
/// <typeparam name="TActor">Whatever names an actor.</typeparam>
internal interface IFaultPorts<TActor>
{
    /// <summary>The name of an actor.</summary>
    string NameOf(TActor actor);

    /// <summary>Sends a message of the fault's own, at once or later; it comes past the machine as an <see cref="Injected"/>.</summary>
    void Tell(TActor to, Injected message, TActor from, TimeSpan delay);
}

/// <summary>A message that no actor has sent: the filter unwraps it at the receiver's door, and no rule acts on it.</summary>
/// <param name="Message">The message.</param>
internal sealed record Injected(object Message);

/// <summary>Tells the machine itself that time is over for what it withholds, or has taken away; no actor gets it.</summary>
/// <param name="Number">Which.</param>
internal sealed record FaultTimeOver(long Number);

using ScsiActors.Messages;

namespace ScsiActors.Faults;

/// <summary>What a <see cref="FaultMachine{TActor}"/> does to the world.</summary>
/// <typeparam name="TActor">Whatever names an actor.</typeparam>
internal interface IFaultPorts<TActor>
{
    /// <summary>The name of an actor.</summary>
    string NameOf(TActor actor);

    /// <summary>Sends a message of the fault's own, at once or later; it comes past the machine as an <see cref="Injected"/>.</summary>
    void Tell(TActor to, Injected message, TActor from, TimeSpan delay);

    /// <summary>Memory that asks the machine about every fetch from <paramref name="memory"/>.</summary>
    InitiatorMemory Watch(InitiatorMemory memory);
}

/// <summary>A message that no actor has sent: the filter unwraps it at the receiver's door, and no rule acts on it.</summary>
/// <param name="Message">The message.</param>
/// <param name="Owner">The machine that has sent it, and unwraps it; others let it pass as it is.</param>
internal sealed record Injected(object Message, object Owner);

/// <summary>Tells the machine itself that time is over for what it withholds, or has taken away; no actor gets it.</summary>
/// <param name="Number">Which.</param>
internal sealed record FaultTimeOver(long Number);

/// <summary>A message that an actor has sent and that comes later: rules act on it as if it came now.</summary>
/// <param name="Message">The message.</param>
internal sealed record Delayed(object Message);

/// <summary>What becomes of a fetch.</summary>
/// <param name="IsAnswered">False: nobody answers, a bus fault.</param>
/// <param name="FlippedBit">The bit that is read inverted, from the lowest of the first byte; -1 for none.</param>
internal readonly record struct FaultFetch(bool IsAnswered, int FlippedBit)
{
    /// <summary>A fetch that nothing happens to.</summary>
    public static FaultFetch Good => new(true, -1);
}

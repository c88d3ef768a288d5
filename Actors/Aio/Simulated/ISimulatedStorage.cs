using ScsiActors.Messages;

namespace ScsiActors.Aio.Simulated;

/// <summary>Storage to which things can be done that no client could do.</summary>
public interface ISimulatedStorage
{
    /// <summary>Does it, or says why not; called on the actor's turn like everything else.</summary>
    DiskControlled Handle(DiskControl control);

    /// <summary>What it holds, for people; reads only.</summary>
    IReadOnlyList<StateTable> Describe();
}

namespace ScsiActors.Simulation.Campaign;

/// <summary>Turns of a random time: every actor of the subsystem works through its mailbox at its own pace, so that what others do falls between
/// any two of its turns.</summary>
/// <param name="random">Where the times come from.</param>
/// <param name="most">The longest turn.</param>
internal sealed class JitterCosts(RandomStream random, TimeSpan most) : ITurnCosts
{
    /// <inheritdoc/>
    public (SimulatedProcessor? Processor, int Role, bool IsUrgent) Place(string name) =>
        name.StartsWith(CampaignClientActor.NamePrefix, StringComparison.Ordinal) || name.StartsWith(WorldProbe.NamePrefix, StringComparison.Ordinal)
            ? (null, 0, false)
            : (new SimulatedProcessor(name), 0, false);

    /// <inheritdoc/>
    public TurnCost CostOf(int role, object message) => new(new TimeSpan(random.Between(0, most.Ticks)), TimeSpan.Zero);
}

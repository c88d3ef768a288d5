namespace ScsiActors.Messages;

/// <summary>Asks a host adapter to show the sender what it does: every <see cref="BusPhaseChanged"/>, and if wanted every SCRIPTS instruction. It costs
/// time; the adapter stops when the sender stops.</summary>
/// <param name="Scripts">True: <see cref="ScriptsTraced"/> too.</param>
public sealed record ObserveAdapter(bool Scripts);

/// <summary>A SCRIPTS instruction that was executed, or its effect on the bus, as a line for people.</summary>
/// <param name="Line">Address, two dwords, and what it did.</param>
public sealed record ScriptsTraced(string Line);

/// <summary>An initiator has joined a parallel bus; answered by <see cref="TargetsPresent"/>, to the sender.</summary>
public sealed record InitiatorAttached
{
    /// <summary>The only instance.</summary>
    public static InitiatorAttached Instance { get; } = new();
}

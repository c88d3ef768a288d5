namespace ScsiActors.Messages;

/// <summary>Asks a host adapter to show the sender what it does: every <see cref="BusPhaseChanged"/>, and if wanted every SCRIPTS instruction. It costs
/// time; the adapter stops when the sender stops.</summary>
/// <param name="Scripts">True: <see cref="ScriptsTraced"/> too.</param>
public sealed record ObserveAdapter(bool Scripts);

/// <summary>A SCRIPTS instruction that was executed, or its effect on the bus, as a line for people.</summary>
/// <param name="Line">Address, two dwords, and what it did.</param>
public sealed record ScriptsTraced(string Line);

/// <summary>Has a host adapter see the initiator's memory through something that stands before it from now on, and sees its accesses first.</summary>
/// <param name="Before">Gives, for the memory that the adapter has seen so far, what it is to see instead.</param>
public sealed record InterposeMemory(Func<InitiatorMemory, InitiatorMemory> Before);

/// <summary>An initiator has joined a parallel bus; answered by <see cref="TargetsPresent"/>, to the sender.</summary>
public sealed record InitiatorAttached
{
    /// <summary>The only instance.</summary>
    public static InitiatorAttached Instance { get; } = new();
}

/// <summary>Asks a part of a subsystem what it holds just now; answered, once, by <see cref="StateDescribed"/>, to the sender. Nothing changes by it. The
/// subsystem itself answers with its parts, and passes the question on to each of them.</summary>
public sealed record DescribeState
{
    /// <summary>The only instance.</summary>
    public static DescribeState Instance { get; } = new();
}

/// <summary>What a part holds, for people.</summary>
/// <param name="Tables">One or more tables; a part at rest has them too, without rows.</param>
public sealed record StateDescribed(IReadOnlyList<StateTable> Tables);

/// <summary>Some of what a part holds.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">As many texts in each as there are columns.</param>
public readonly record struct StateTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

namespace ScsiActors.Simulation.Campaign;

/// <summary>What there is besides ordinary commands in a scenario, and how much of it; most of it does not occur in most scenarios (swarm).</summary>
internal sealed record WorkloadShares
{
    /// <summary>Steps that are task management functions.</summary>
    public double Functions { get; private init; }

    /// <summary>Steps that are resets of the bus.</summary>
    public double BusResets { get; private init; }

    /// <summary>Steps that cut the power of a disk.</summary>
    public double PowerCuts { get; private init; }

    /// <summary>Commands to a target or a logical unit that is not there.</summary>
    public double Nowhere { get; private init; }

    /// <summary>Writes with FUA, and reads.</summary>
    public double Fua { get; private init; }

    /// <summary>Commands at the direct port whose NACA bit asks for an auto contingent allegiance.</summary>
    public double Naca { get; private init; }

    /// <summary>True when MODE SELECT changes the control page.</summary>
    public bool HasControlPage { get; private init; }

    /// <summary>True when there is a unit whose medium is taken out and put in.</summary>
    public bool HasRemovable { get; private init; }

    /// <summary>True when a unit refuses every write.</summary>
    public bool HasReadOnly { get; private init; }

    /// <summary>True when clients contend for a few blocks by COMPARE AND WRITE.</summary>
    public bool HasCompareAndWrite { get; private init; }

    /// <summary>True when there are commands that nobody sees a part of: the logical unit keeps its own commands apart, and not what goes by virtio-blk to its storage.</summary>
    public bool HasAtomic { get; private init; }

    /// <summary>True when there are WRITE SAME and UNMAP.</summary>
    public bool HasSame { get; private init; }

    /// <summary>Draws them.</summary>
    /// <param name="random">A stream of their own.</param>
    /// <param name="hasAdapter">There is a bus.</param>
    /// <param name="hasDirect">There are clients at the direct port.</param>
    /// <param name="hasVirtio">There are clients of virtio-blk.</param>
    public static WorkloadShares Draw(RandomStream random, bool hasAdapter, bool hasDirect, bool hasVirtio) => new()
    {
        Functions = random.Pick<double>([0, 0, 0.03, 0.1]),
        BusResets = Of(random.Pick<double>([0, 0, 0, 0.01, 0.03]), hasAdapter),
        PowerCuts = random.Pick<double>([0, 0, 0, 0.01, 0.03]),
        Nowhere = random.Pick<double>([0, 0, 0, 0.02, 0.1]),
        Fua = random.Pick<double>([0.1, 0.25, 0.7]),
        Naca = Of(random.Pick<double>([0, 0, 0, 0.05, 0.3]), hasDirect),
        HasControlPage = random.Below(5) == 0,
        HasRemovable = random.Below(6) == 0,
        HasReadOnly = random.Below(8) == 0,
        HasCompareAndWrite = random.Below(4) == 0 && !hasVirtio,
        HasAtomic = !hasVirtio,
        HasSame = random.Below(4) == 0,
    };

    private static double Of(double share, bool isPossible) => isPossible ? share : 0;
}

namespace ScsiActors.Faults;

/// <summary>A logical unit as far as rules have to know it.</summary>
/// <param name="Target">Its target.</param>
/// <param name="Lun">Its number.</param>
/// <param name="BlockSize">Bytes in a block.</param>
/// <param name="Blocks">How many it has; <see cref="long.MaxValue"/> when its storage alone knows.</param>
/// <param name="IsSimulatedDisk">True when its storage is a simulated disk.</param>
/// <param name="HasVolatileCache">True when that disk has a volatile cache.</param>
/// <param name="KeepsContents">True when that disk keeps what is written.</param>
public sealed record FaultUnit(
    int Target, int Lun, int BlockSize, long Blocks, bool IsSimulatedDisk = false, bool HasVolatileCache = false, bool KeepsContents = true);

/// <summary>What there is in a subsystem that rules can stand at.</summary>
/// <param name="Units">The logical units.</param>
/// <param name="HasHostAdapter">True when there is an adapter with its bus.</param>
public sealed record FaultFacts(IReadOnlyList<FaultUnit> Units, bool HasHostAdapter)
{
    /// <summary>The targets, as a set of bits.</summary>
    public ushort Targets => (ushort)Units.Select(static unit => 1 << unit.Target).Distinct().Sum();

    /// <summary>The logical unit; null when there is none with that name.</summary>
    public FaultUnit? Find(int target, int lun) => Units.FirstOrDefault(unit => unit.Target == target && unit.Lun == lun);
}

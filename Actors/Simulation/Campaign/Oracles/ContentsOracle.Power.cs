namespace ScsiActors.Simulation.Campaign;

/// <summary>What a power cut leaves.</summary>
internal sealed partial class ContentsOracle
{
    private readonly Dictionary<(int Target, int Lun), Power> _power = [];

    private sealed class Power
    {
        /// <summary>The event of the last cut; -1 for none.</summary>
        public long Off = -1;

        /// <summary>The event with which the power came back for the last time.</summary>
        public long On = -1;
    }

    private Power PowerOf((int Target, int Lun) unit)
    {
        if (!_power.TryGetValue(unit, out var power))
            _power.Add(unit, power = new Power());
        return power;
    }

    /// <summary>A write that ends now is on the medium: because it asked for that, or because there is no write cache.</summary>
    private bool IsDurable(BlockAccess access)
    {
        if (access.IsThrough)
            return true;
        var modes = Watch.ModesOf($"target-{access.Unit.Target}-lun-{access.Unit.Lun}");
        return access.Asked is not null && !modes.WriteCache && modes.AreCertainSince(access.Begin);
    }

    /// <summary>What had ended before this began is on the medium now.</summary>
    private void Flush(BlockAccess access)
    {
        if (access.Begin <= PowerOf(access.Unit).Off)
            return;
        foreach (var (block, versions) in _blocks)
        {
            if (block.Target != access.Unit.Target || block.Lun != access.Unit.Lun || block.Lba < access.Lba || block.Lba - access.Lba >= access.Count)
                continue;
            foreach (var version in versions)
                version.IsDurable |= version.End < access.Begin && (version.IsCertain || version.IsSeen);
        }
    }

    private void Cut(string storage)
    {
        var unit = Parties.UnitOf(storage);
        PowerOf(unit).Off = Now;
        foreach (var (block, versions) in _blocks)
        {
            if (block.Target == unit.Target && block.Lun == unit.Lun)
                Cut(versions);
        }
    }

    // Everything may come back but what something durable has replaced, and everything may go but what is durable.
    private static void Cut(List<BlockVersion> versions)
    {
        foreach (var version in versions)
        {
            version.ReplacedBy = null;
            version.IsCertain &= version.IsDurable;
            version.IsSeen &= version.IsDurable;
            if (!versions.Exists(other => other.IsDurable && version.IsBefore(other)))
                version.Superseded = long.MaxValue;
        }
    }
}

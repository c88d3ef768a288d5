using ScsiActors.Faults;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Which faults may be to blame for what an oracle sees. A finding without such a fault before it stands; nothing excuses an actor that fails.</summary>
internal static class FaultExcuses
{
    private static readonly string[] Everywhere = ["completion", "buffers", "blame", "order", "residual", "liveness", "sense"];

    // A program that is read otherwise than it was written can do anything, and so can a tag that is another's; but no actor may fail of it.
    private static readonly string[] OfProgram = [.. Everywhere, "contents", "bus", "unit-attention", "reservation"];

    private static readonly Dictionary<FaultWhat, string[]> Table = new()
    {
        [FaultWhat.Mark] = [],
        [FaultWhat.Status] = ["blame", "sense", "completion", "order", "unit-attention", "reservation"],
        [FaultWhat.Busy] = ["completion", "blame", "sense", "residual"],
        [FaultWhat.TaskSetFull] = ["completion", "blame", "sense", "residual"],
        [FaultWhat.DeliveryFailure] = ["completion", "blame"],
        [FaultWhat.MediumError] = ["blame", "completion"],
        [FaultWhat.Never] = ["liveness", "buffers", "completion", "order", "blame"],
        [FaultWhat.Late] = ["order", "unit-attention", "reservation", "completion", "blame"],
        [FaultWhat.Reordered] = ["order", "unit-attention", "reservation"],
        [FaultWhat.Duplicate] = ["completion", "buffers", "residual"],
        [FaultWhat.WrongTag] = Everywhere,
        [FaultWhat.ShortTransfer] = ["residual", "bus"],
        [FaultWhat.BitFlip] = ["contents"],
        [FaultWhat.TornWrite] = ["contents", "completion"],
        [FaultWhat.LostWrite] = ["contents", "completion"],
        [FaultWhat.MisdirectedWrite] = ["contents", "completion"],
        [FaultWhat.StaleRead] = ["contents"],
        [FaultWhat.FlushLie] = ["contents", "completion"],
        [FaultWhat.SelectionTimeout] = Everywhere,
        [FaultWhat.UnexpectedDisconnect] = Everywhere,
        [FaultWhat.ParityError] = Everywhere,
        [FaultWhat.MessageError] = Everywhere,
        [FaultWhat.BusReset] = Everywhere,
        [FaultWhat.LogicalUnitReset] = ["blame", "liveness", "completion", "order", "sense"],
        [FaultWhat.TargetReset] = ["blame", "liveness", "completion", "order", "sense"],
        [FaultWhat.AbortFails] = ["completion", "liveness", "buffers", "order", "blame"],
        [FaultWhat.Unplug] = Everywhere,
        [FaultWhat.SlowDown] = ["liveness"],
        [FaultWhat.PowerCut] = ["contents", "blame"],
        [FaultWhat.BusFault] = Everywhere,
        [FaultWhat.OtherByte] = OfProgram,
        [FaultWhat.ReorderedWrite] = ["contents"],
        [FaultWhat.CacheSize] = [],
        [FaultWhat.LinkLoss] = Everywhere,
        [FaultWhat.NodeLoss] = Everywhere,
        [FaultWhat.Partition] = Everywhere,
    };

    private static string[] Of(FaultRule rule) => rule is { Where: FaultWhere.Scripts, What.What: FaultWhat.BitFlip } ? OfProgram : Table[rule.What.What];

    /// <summary>The latest injection that may have caused what an oracle sees; null when there is none.</summary>
    public static FaultInjection? For(string oracle, FaultLedger? ledger)
    {
        for (var i = (ledger?.Injections.Count ?? 0) - 1; i >= 0; i--)
        {
            if (Of(ledger!.Injections[i].Rule).Contains(oracle))
                return ledger.Injections[i];
        }
        return null;
    }
}

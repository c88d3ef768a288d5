using ScsiActors.Messages;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Commands that make many blocks the same: WRITE SAME and UNMAP.</summary>
internal sealed partial class ContentsOracle
{
    private const byte ServiceActionIn = 0x9E;
    private const byte ReadCapacity16 = 0x10;

    // Logical units whose READ CAPACITY(16) has said LBPME=1 and LBPRZ=0.
    private readonly HashSet<(int Target, int Lun)> _leaveAny = [];

    /// <summary>A unit says what unmapped blocks read as: zeroes with LBPRZ=1, else anything (SBC-3 5.16).</summary>
    private void Learn(ExecuteCommand command, long residual)
    {
        const int provisioning = 14;
        if ((command.Cdb[1] & 0x1F) != ReadCapacity16 || command.Data.Length - residual <= provisioning)
            return;
        var unit = (command.Target, (int)command.Lun.Number);
        if ((command.Data.Span[provisioning] & 0xC0) == 0x80)
            _leaveAny.Add(unit);
        else
            _leaveAny.Remove(unit);
    }

    /// <summary>What a WRITE SAME or an UNMAP does; null when it will be refused.</summary>
    private BlockAccess? BeginSame(TimeSpan time, ExecuteCommand command, in BlockCommand blocks, (int, int) unit)
    {
        if (blocks.Use == BlockUse.WriteSame)
        {
            return new BlockAccess(blocks.Use, unit, blocks.Lba, blocks.CountOn(Scenario.Blocks), command.Data, WriterOf(command.Data), Now)
            {
                Time = time, Asked = Watch.Asked,
            };
        }
        var ranges = BlockCommand.RangesOf(command.Data.Span);
        if (ranges.Any(range => !new BlockCommand(BlockUse.Unmap, range.Lba, range.Count, 0).IsInside(Scenario.Blocks)))
            return null;
        // Ranges may overlap.
        var lbas = new SortedSet<long>();
        foreach (var (lba, count) in ranges)
        {
            for (var i = 0L; i < count; i++)
                lbas.Add(lba + i);
        }
        return new BlockAccess(blocks.Use, unit, lbas.Min, lbas.Count, default, 0, Now)
        {
            Scattered = [.. lbas], LeavesAny = _leaveAny.Contains(unit), Time = time, Asked = Watch.Asked,
        };
    }
}

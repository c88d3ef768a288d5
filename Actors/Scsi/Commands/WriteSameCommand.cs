using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>WRITE SAME(10) and (16) (SBC-3 5.43): one block of data for many, written in pieces from one buffer. Zeroes with UNMAP=1 are given back to
/// storage instead.</summary>
internal static class WriteSameCommand
{
    private const byte Unmap = 0x08;
    private const byte NoDataOutBuffer = 0x01;

    public static SenseData? Decode(LogicalUnitState unit, ScsiTask task)
    {
        MediumCommands.ReadFields(task, out var lba, out var count);
        // No number of blocks stands for all to the end of the medium; an address behind it is refused below.
        var blocks = count == 0 && lba <= unit.Medium.Blocks ? unit.Medium.Blocks - lba : count;
        if (MediumCommands.IsOutOfRange(unit, lba, blocks))
            return Sense.LbaOutOfRange;
        if (unit.WriteProtection is { } protection)
            return protection;
        if (blocks > unit.MaximumWriteSameBlocks)
            return Sense.InvalidFieldInCdb(MediumCommands.LengthFieldOf(task.Row.BlockFields));
        var unmaps = Unmaps(task);
        if (unmaps && !unit.Medium.CanUnmap)
            return Sense.InvalidFieldInCdb(1, 3);
        // Initiators that give blocks back leave the data out, with or without saying so.
        var hasData = (task.Command.Cdb[1] & NoDataOutBuffer) == 0 && !(unmaps && task.Command.DataOutLength == 0);
        if (hasData && task.Command.DataOutLength >= 0 && task.Command.DataOutLength != unit.Settings.BlockSize)
            return Sense.InvalidFieldInCdb(MediumCommands.LengthFieldOf(task.Row.BlockFields));
        LayOut(unit, task, lba, (long)blocks << unit.Medium.BlockShift, hasData);
        return null;
    }

    /// <summary>Fills the buffer with the block, or finds that the blocks can be given back.</summary>
    public static SenseData? Fill(LogicalUnitState unit, ScsiTask task)
    {
        var piece = task.Buffer!.Span[..task.Chunk];
        var blockSize = unit.Settings.BlockSize;
        task.Plan = Steps.Write;
        if (task.Transfer == 0)
            piece.Clear();
        else if (Unmaps(task) && !piece[..blockSize].ContainsAnyExcept((byte)0))
            UnmapCommand.Begin(task, task.Lba, task.Total);
        else
        {
            for (var filled = blockSize; filled < piece.Length; filled *= 2)
                piece[..Math.Min(filled, piece.Length - filled)].CopyTo(piece[filled..]);
        }
        return null;
    }

    private static void LayOut(LogicalUnitState unit, ScsiTask task, ulong lba, long total, bool hasData)
    {
        task.WriteThrough = !unit.ModePages.WriteCacheEnabled;
        if (total == 0)
        {
            task.Plan = Steps.None;
            return;
        }
        if (!hasData && Unmaps(task))
        {
            UnmapCommand.Begin(task, lba, total);
            return;
        }
        task.Lba = lba;
        task.Total = total;
        task.Transfer = hasData ? unit.Settings.BlockSize : 0;
        task.Piece = unit.Settings.TransferBuffer & -unit.Settings.BlockSize;
        task.BufferLength = (int)Math.Min(total, task.Piece);
        if (!hasData)
            task.Plan &= ~Steps.DataOut;
    }

    private static bool Unmaps(ScsiTask task) => (task.Command.Cdb[1] & Unmap) != 0;
}

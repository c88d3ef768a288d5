using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>READ, WRITE, WRITE AND VERIFY, WRITE ATOMIC, COMPARE AND WRITE, VERIFY and SYNCHRONIZE CACHE in all their lengths (SBC-3 5): checks the range and lays out the
/// transfer.</summary>
internal static class MediumCommands
{
    private const byte Fua = 0x08;
    private const byte WriteByteCheck = 0x02;
    private const byte Immed = 0x02;

    public static SenseData? DecodeRead(LogicalUnitState unit, ScsiTask task)
    {
        if (Locate(unit, task, out var length) is { } fault)
            return fault;
        // FUA: what is still in the write cache reaches the medium first, so that the medium is what is read.
        if (ForcesUnitAccess(task) && unit.ModePages.WriteCacheEnabled)
            task.Plan |= Steps.Flush;
        task.Transfer = Least(length, task.Command.DataInLength);
        SetTotal(unit, task, RoundUp(task.Transfer, unit.Settings.BlockSize), readBackAt: 0);
        return null;
    }

    public static SenseData? DecodeWrite(LogicalUnitState unit, ScsiTask task)
    {
        if (Locate(unit, task, out var length) is { } fault)
            return fault;
        task.WriteThrough = ForcesUnitAccess(task) || !unit.ModePages.WriteCacheEnabled;
        task.Transfer = WholeBlocks(unit, task, length);
        SetTotal(unit, task, task.Transfer, readBackAt: 0);
        return null;
    }

    public static SenseData? DecodeWriteAndVerify(LogicalUnitState unit, ScsiTask task)
    {
        if (Locate(unit, task, out var length) is { } fault)
            return fault;
        // Only what has reached the medium can be verified there.
        task.WriteThrough = true;
        task.Transfer = WholeBlocks(unit, task, length);
        if ((task.Command.Cdb[1] & WriteByteCheck) != 0)
        {
            SetTotal(unit, task, task.Transfer, readBackAt: task.Transfer);
            return null;
        }
        task.Plan &= ~Steps.Compare;
        SetTotal(unit, task, task.Transfer, readBackAt: 0);
        return null;
    }

    public static SenseData? DecodeWriteAtomic(LogicalUnitState unit, ScsiTask task)
    {
        if (Locate(unit, task, unit.MaximumAtomicBlocks, out var length) is { } fault)
            return fault;
        // Part of it is not to be had: what the initiator has not got cannot be left out.
        if (task.Command.DataOutLength >= 0 && task.Command.DataOutLength < length)
            return Sense.InvalidFieldInCdb(LengthFieldOf(task.Row.BlockFields));
        task.WriteThrough = ForcesUnitAccess(task) || !unit.ModePages.WriteCacheEnabled;
        task.Transfer = length;
        SetTotal(unit, task, length, readBackAt: 0);
        return null;
    }

    public static SenseData? DecodeCompareAndWrite(LogicalUnitState unit, ScsiTask task)
    {
        if (Locate(unit, task, unit.MaximumCompareAndWriteBlocks, out var length) is { } fault)
            return fault;
        // The blocks to compare, then as many to write (SBC-3 5.2).
        task.Transfer = 2 * length;
        if (task.Command.DataOutLength >= 0 && task.Command.DataOutLength != task.Transfer)
            return Sense.InvalidFieldInCdb(LengthFieldOf(task.Row.BlockFields));
        task.WriteThrough = ForcesUnitAccess(task) || !unit.ModePages.WriteCacheEnabled;
        SetTotal(unit, task, length, readBackAt: 0);
        task.ReadBackAt = (int)RoundUp(task.Transfer, DataBuffer.Alignment);
        task.BufferLength = task.ReadBackAt + (int)length;
        return null;
    }

    public static SenseData? DecodeVerify(LogicalUnitState unit, ScsiTask task)
    {
        if (Locate(unit, task, out var length) is { } fault)
            return fault;
        switch (task.Command.Cdb[1] >> 1 & 3)
        {
            case 0:
                task.Plan = Steps.Read;
                SetTotal(unit, task, length, readBackAt: 0);
                return null;
            case 1:
                task.Transfer = WholeBlocks(unit, task, length);
                SetTotal(unit, task, task.Transfer, readBackAt: task.Transfer);
                return null;
            case 3:
                task.Transfer = WholeBlocks(unit, task, Math.Min(length, unit.Settings.BlockSize));
                SetTotal(unit, task, task.Transfer == 0 ? 0 : length, readBackAt: task.Transfer);
                return null;
            default:
                return Sense.InvalidFieldInCdb(1, 2);
        }
    }

    public static SenseData? DecodeSynchronize(LogicalUnitState unit, ScsiTask task)
    {
        ReadFields(task, out var lba, out var blocks);
        if (IsOutOfRange(unit, lba, blocks))
            return Sense.LbaOutOfRange;
        if ((task.Command.Cdb[1] & Immed) == 0)
            task.Plan &= ~Steps.AnswerEarly;
        return null;
    }

    private static SenseData? Locate(LogicalUnitState unit, ScsiTask task, out long length) =>
        Locate(unit, task, unit.MaximumTransferBlocks, out length);

    /// <summary>Checks range, write protection and transfer length, in this order; the length comes out in bytes.</summary>
    private static SenseData? Locate(LogicalUnitState unit, ScsiTask task, uint maximum, out long length)
    {
        ReadFields(task, out var lba, out var blocks);
        length = (long)blocks << unit.Medium.BlockShift;
        task.Lba = lba;
        if (IsOutOfRange(unit, lba, blocks))
            return Sense.LbaOutOfRange;
        if (task.Row.Has(CommandTraits.Writes) && unit.WriteProtection is { } protection)
            return protection;
        return blocks > maximum ? Sense.InvalidFieldInCdb(LengthFieldOf(task.Row.BlockFields)) : null;
    }

    public static void ReadFields(ScsiTask task, out ulong lba, out uint blocks)
    {
        var cdb = task.Command.Cdb;
        switch (task.Row.BlockFields)
        {
            case BlockFields.Ten:
                lba = cdb.UInt32(2);
                blocks = cdb.UInt16(7);
                break;
            case BlockFields.Sixteen:
                lba = cdb.UInt64(2);
                blocks = cdb.UInt32(10);
                break;
            case BlockFields.SixteenShort:
                lba = cdb.UInt64(2);
                blocks = cdb[13];
                break;
            case BlockFields.SixteenMedium:
                lba = cdb.UInt64(2);
                blocks = cdb.UInt16(12);
                break;
            case BlockFields.Twelve:
                lba = cdb.UInt32(2);
                blocks = cdb.UInt32(6);
                break;
            default:
                lba = cdb.UInt24(1) & 0x1FFFFF;
                blocks = cdb[4] == 0 ? 256u : cdb[4];
                break;
        }
    }

    public static int LengthFieldOf(BlockFields fields) => fields switch
    {
        BlockFields.Sixteen => 10,
        BlockFields.SixteenShort => 13,
        BlockFields.SixteenMedium => 12,
        BlockFields.Twelve => 6,
        BlockFields.Ten => 7,
        _ => 4,
    };

    /// <summary>True when some of the blocks are none of the medium's.</summary>
    // By subtraction: the sum of the two may wrap around.
    public static bool IsOutOfRange(LogicalUnitState unit, ulong lba, ulong blocks) =>
        lba > unit.Medium.Blocks || blocks > unit.Medium.Blocks - lba;

    private static bool ForcesUnitAccess(ScsiTask task) =>
        task.Row.BlockFields != BlockFields.Six && (task.Command.Cdb[1] & Fua) != 0;

    private static long WholeBlocks(LogicalUnitState unit, ScsiTask task, long length) =>
        Least(length, task.Command.DataOutLength) & -(long)unit.Settings.BlockSize;

    private static long Least(long length, int limitOfPort) => limitOfPort < 0 ? length : Math.Min(length, limitOfPort);

    private static long RoundUp(long length, int unit) => length + unit - 1 & -(long)unit;

    /// <summary>Sets how much is done on the medium, and the buffer for one piece of it, with the initiator's data for comparison before
    /// it.</summary>
    private static void SetTotal(LogicalUnitState unit, ScsiTask task, long total, long readBackAt)
    {
        task.Total = total;
        if (total == 0)
            task.Plan = Steps.None;
        task.Piece = unit.PieceLimit;
        var piece = (int)Math.Min(total, unit.PieceLimit);
        task.ReadBackAt = (int)RoundUp(Math.Min(readBackAt, piece), DataBuffer.Alignment);
        task.BufferLength = task.ReadBackAt + piece;
    }
}

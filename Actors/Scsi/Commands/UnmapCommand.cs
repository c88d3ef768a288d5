using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>UNMAP (SBC-3 5.28): every range of the parameter list is checked first, then one after the other is given back.</summary>
internal static class UnmapCommand
{
    /// <summary>Bytes that one request gives back at most: a round of a command counts its bytes in 31 bits.</summary>
    public const int Piece = 1 << 30;

    private const int HeaderLength = 8;
    private const int DescriptorLength = 16;

    /// <summary>Bytes of a parameter list with so many ranges.</summary>
    public static int ListLength(int ranges) => HeaderLength + DescriptorLength * ranges;

    public static SenseData? Decode(LogicalUnitState unit, ScsiTask task)
    {
        if (unit.WriteProtection is { } protection)
            return protection;
        var length = (int)task.Row.LengthOf(task.Command.Cdb);
        if (length == 0)
        {
            task.Plan = Steps.None;
            return null;
        }
        // Of a list that is too long the header is enough, which says so.
        var fits = task.SetParameterList(Math.Min(length, ListLength(unit.Settings.MaximumUnmapDescriptors)));
        return fits && length >= HeaderLength ? null : Sense.ParameterListLengthError;
    }

    public static SenseData? Accept(LogicalUnitState unit, ScsiTask task)
    {
        var list = task.Buffer!.Span[..task.Chunk];
        var ranges = BinaryPrimitives.ReadUInt16BigEndian(list[2..]) / DescriptorLength;
        if (ranges > unit.Settings.MaximumUnmapDescriptors)
            return Sense.InvalidFieldInParameterList(2);
        ranges = Math.Min(ranges, (list.Length - HeaderLength) / DescriptorLength);
        for (var i = 0; i < ranges; i++)
        {
            var (lba, blocks) = RangeOf(list, i);
            if (MediumCommands.IsOutOfRange(unit, lba, blocks))
                return Sense.LbaOutOfRange;
        }
        task.Ranges = ranges;
        task.WriteThrough = !unit.ModePages.WriteCacheEnabled;
        Begin(task, 0, 0);
        return null;
    }

    /// <summary>Lays out the next range of the list; false when there is none.</summary>
    public static bool NextRange(LogicalUnitState unit, ScsiTask task)
    {
        while (task.RangesBegun < task.Ranges)
        {
            var (lba, blocks) = RangeOf(task.Buffer!.Span, task.RangesBegun++);
            if (blocks == 0)
                continue;
            Begin(task, lba, (long)blocks << unit.Medium.BlockShift);
            return true;
        }
        return false;
    }

    /// <summary>Lays out that blocks are given back, from the next round on.</summary>
    public static void Begin(ScsiTask task, ulong lba, long total)
    {
        task.Lba = lba;
        task.Total = total;
        task.Done = task.Chunk = 0;
        task.Piece = Piece;
        task.Plan = Steps.Unmap;
        task.Remaining = Steps.None;
        task.IsOnMedium = false;
    }

    private static (ulong Lba, uint Blocks) RangeOf(ReadOnlySpan<byte> list, int index)
    {
        var descriptor = list[ListLength(index)..];
        return (BinaryPrimitives.ReadUInt64BigEndian(descriptor), BinaryPrimitives.ReadUInt32BigEndian(descriptor[8..]));
    }
}

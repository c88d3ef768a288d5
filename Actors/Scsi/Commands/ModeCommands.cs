using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>MODE SENSE and MODE SELECT, (6) and (10) (SPC-4 6.9 to 6.12): the parameter header and block descriptor here, the pages in
/// <see cref="ModePages"/>.</summary>
internal static class ModeCommands
{
    private const byte ModeSense6 = 0x1A;
    private const byte ModeSelect6 = 0x15;
    private const byte Dbd = 0x08;
    private const byte LongLbaAccepted = 0x10;
    private const byte LongLba = 0x01;
    private const byte PageFormat = 0x10;
    private const byte SavePages = 0x01;
    private const byte WriteProtected = 0x80;
    private const byte DpoFua = 0x10;
    private const int Saved = 3;
    private const byte AllSubpages = 0xFF;
    private const int ShortDescriptor = 8;
    private const int LongDescriptor = 16;

    public static SenseData? Sense(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        var page = (byte)(cdb[2] & ModePages.AllPages);
        var control = cdb[2] >> 6;
        if (control == Saved)
            return Scsi.Sense.SavingParametersNotSupported;
        if (cdb[3] is not 0 and not AllSubpages)
            return Scsi.Sense.InvalidFieldInCdb(3);
        var isShort = cdb.OperationCode == ModeSense6;
        var headerLength = isShort ? 4 : 8;
        var isLong = !isShort && (cdb[1] & LongLbaAccepted) != 0;
        var descriptorLength = (cdb[1] & Dbd) != 0 ? 0 : isLong ? LongDescriptor : ShortDescriptor;
        var data = task.Buffer!.Span;
        data[..(headerLength + descriptorLength)].Clear();
        WriteDescriptor(unit, data.Slice(headerLength, descriptorLength));
        var pagesAt = headerLength + descriptorLength;
        var pagesLength = unit.ModePages.Write(page, control, data[pagesAt..]);
        if (pagesLength == 0)
            return Scsi.Sense.InvalidFieldInCdb(2, 5);
        var length = pagesAt + pagesLength;
        var deviceSpecific = (byte)(DpoFua | (unit.WriteProtection is null ? 0 : WriteProtected));
        if (isShort)
        {
            data[0] = (byte)(length - 1);
            data[2] = deviceSpecific;
            data[3] = (byte)descriptorLength;
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)(length - 2));
            data[3] = deviceSpecific;
            data[4] = isLong ? LongLba : (byte)0;
            BinaryPrimitives.WriteUInt16BigEndian(data[6..], (ushort)descriptorLength);
        }
        task.SetParameterData(length);
        return null;
    }

    public static SenseData? DecodeSelect(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        var length = (int)task.Row.LengthOf(cdb);
        if ((cdb[1] & SavePages) != 0)
            return Scsi.Sense.InvalidFieldInCdb(1, 0);
        if (length == 0)
        {
            task.Plan = Steps.None;
            return null;
        }
        if ((cdb[1] & PageFormat) == 0)
            return Scsi.Sense.InvalidFieldInCdb(1, 4);
        var fits = length >= HeaderLengthOf(cdb) && length <= unit.ParameterDataLimit;
        return task.SetParameterList(length) && fits ? null : Scsi.Sense.ParameterListLengthError;
    }

    public static SenseData? Select(LogicalUnitState unit, ScsiTask task)
    {
        var list = task.Buffer!.Span[..task.Chunk];
        var headerLength = HeaderLengthOf(task.Command.Cdb);
        var isShort = headerLength == 4;
        var isLong = !isShort && (list[4] & LongLba) != 0;
        var descriptorLength = isShort ? list[3] : BinaryPrimitives.ReadUInt16BigEndian(list[6..]);
        if (descriptorLength != 0 && descriptorLength != (isLong ? LongDescriptor : ShortDescriptor))
            return Scsi.Sense.InvalidFieldInParameterList(isShort ? 3 : 6);
        var pagesAt = headerLength + descriptorLength;
        if (pagesAt > list.Length)
            return Scsi.Sense.ParameterListLengthError;
        if (FaultOfDescriptor(unit, list[headerLength..pagesAt]) is { } fault)
            return Scsi.Sense.InvalidFieldInParameterList(headerLength + fault);
        var hadWriteCache = unit.ModePages.WriteCacheEnabled;
        if (unit.ModePages.Select(list[pagesAt..], pagesAt, out var changed) is { } refused)
            return refused;
        if (changed)
            unit.Nexuses.Establish(UnitAttention.ModeParametersChanged, task.Owner);
        // Turning the write cache off promises that nothing is left in it (SBC-3 4.15).
        if (hadWriteCache && !unit.ModePages.WriteCacheEnabled && unit.Medium.NotReady is null)
            task.Remaining |= Steps.Flush;
        return null;
    }

    private static int HeaderLengthOf(in Cdb cdb) => cdb.OperationCode == ModeSelect6 ? 4 : 8;

    private static void WriteDescriptor(LogicalUnitState unit, Span<byte> descriptor)
    {
        if (descriptor.IsEmpty)
            return;
        if (descriptor.Length == LongDescriptor)
            BinaryPrimitives.WriteUInt64BigEndian(descriptor, unit.Medium.Blocks);
        else
            BinaryPrimitives.WriteUInt32BigEndian(descriptor, (uint)Math.Min(unit.Medium.Blocks, uint.MaxValue));
        // The high byte of the short form's last word is reserved, and a block is shorter than 16 MiB.
        BinaryPrimitives.WriteUInt32BigEndian(descriptor[^4..], (uint)unit.Settings.BlockSize);
    }

    /// <summary>A block descriptor may repeat the block length, and the capacity or 0 or all ones; returns the byte of what else it asks
    /// for.</summary>
    private static int? FaultOfDescriptor(LogicalUnitState unit, ReadOnlySpan<byte> descriptor)
    {
        if (descriptor.IsEmpty)
            return null;
        var isLong = descriptor.Length == LongDescriptor;
        var maximum = isLong ? ulong.MaxValue : uint.MaxValue;
        var blocks = isLong ? BinaryPrimitives.ReadUInt64BigEndian(descriptor) : BinaryPrimitives.ReadUInt32BigEndian(descriptor);
        if (blocks != 0 && blocks != maximum && blocks != unit.Medium.Blocks)
            return 0;
        var blockLength = BinaryPrimitives.ReadUInt32BigEndian(descriptor[^4..]) & (isLong ? uint.MaxValue : 0xFFFFFF);
        return blockLength == unit.Settings.BlockSize ? null : descriptor.Length - (isLong ? 4 : 3);
    }
}

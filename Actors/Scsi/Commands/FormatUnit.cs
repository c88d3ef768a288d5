using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>FORMAT UNIT (SBC-3 5.3): the medium is always formatted, so the command is checked and accepted, and the data stays.</summary>
internal static class FormatUnit
{
    private const byte LongList = 0x20;
    private const byte FormatData = 0x10;
    private const byte FormatOptionsValid = 0x80;
    private const byte InitializationPattern = 0x08;
    private const byte ProtectionFieldUsage = 0x07;

    public static SenseData? Decode(LogicalUnitState unit, ScsiTask task)
    {
        var flags = task.Command.Cdb[1];
        if ((flags & (LongList | FormatData)) == LongList)
            return Sense.InvalidFieldInCdb(1, 5);
        if (unit.WriteProtection is { } protection)
            return protection;
        if ((flags & FormatData) == 0)
        {
            task.Plan = Steps.None;
            return null;
        }
        return task.SetParameterList((flags & LongList) != 0 ? 8 : 4) ? null : Sense.ParameterListLengthError;
    }

    public static SenseData? Accept(LogicalUnitState unit, ScsiTask task)
    {
        var header = task.Buffer!.Span[..task.Chunk];
        if ((header[0] & ProtectionFieldUsage) != 0)
            return Sense.InvalidFieldInParameterList(0, 2);
        if ((header[1] & FormatOptionsValid) != 0 && (header[1] & InitializationPattern) != 0)
            return Sense.InvalidFieldInParameterList(1, 3);
        var isLong = header.Length == 8;
        var defects = isLong ? BinaryPrimitives.ReadUInt32BigEndian(header[4..]) : BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        return defects == 0 ? null : Sense.InvalidFieldInParameterList(isLong ? 4 : 2);
    }
}

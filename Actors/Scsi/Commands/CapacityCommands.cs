using System.Buffers.Binary;
using System.Numerics;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>READ CAPACITY(10) and (16) (SBC-3 5.15 and 5.16).</summary>
internal static class CapacityCommands
{
    private const byte Pmi = 0x01;
    private const byte Lbpme = 0x80;
    private const byte Lbprz = 0x40;

    public static SenseData? ReadCapacity10(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        if ((cdb[8] & Pmi) == 0 && cdb.UInt32(2) != 0)
            return Sense.InvalidFieldInCdb(2);
        var data = task.Buffer!.Span;
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)Math.Min(LastLba(unit), uint.MaxValue));
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], (uint)unit.Settings.BlockSize);
        task.SetParameterData(8);
        return null;
    }

    public static SenseData? ReadCapacity16(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        if ((cdb[14] & Pmi) == 0 && cdb.UInt64(2) != 0)
            return Sense.InvalidFieldInCdb(2);
        var data = task.Buffer!.Span[..32];
        data.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(data, LastLba(unit));
        BinaryPrimitives.WriteUInt32BigEndian(data[8..], (uint)unit.Settings.BlockSize);
        // LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT.
        data[13] = (byte)BitOperations.Log2((uint)(unit.Settings.PhysicalBlockSize / unit.Settings.BlockSize));
        data[14] = unit.Medium.CanUnmap ? (byte)(Lbpme | Lbprz) : (byte)0;
        task.SetParameterData(data.Length);
        return null;
    }

    private static ulong LastLba(LogicalUnitState unit) => unit.Medium.Blocks - 1;
}

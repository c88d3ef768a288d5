using System.Buffers.Binary;
using System.Text;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>INQUIRY (SPC-4 6.6): the standard data here, the vital product data in <see cref="VpdPages"/>.</summary>
internal static class InquiryCommand
{
    /// <summary>PERIPHERAL QUALIFIER 3, DEVICE TYPE 1Fh: there is no such logical unit.</summary>
    public const byte NoLogicalUnit = 0x7F;

    private const int StandardLength = 96;
    private const byte Evpd = 0x01;
    private const byte Removable = 0x80;
    private const byte Spc4 = 0x06;
    private const byte NormAca = 0x20;
    private const byte ResponseDataFormat = 0x02;
    private const byte CommandQueuing = 0x02;
    private const byte WideAndSynchronous = 0x30;

    /// <summary>VERSION DESCRIPTORs: SAM-5, SPC-4, SBC-3.</summary>
    private static readonly ushort[] Versions = [0x00A0, 0x0460, 0x04C0];

    public static SenseData? Process(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        var isVpd = (cdb[1] & Evpd) != 0;
        if (!isVpd && cdb[2] != 0)
            return Sense.InvalidFieldInCdb(2);
        var data = task.Buffer!.Span;
        data.Clear();
        var length = isVpd ? VpdPages.Write(cdb[2], unit, data) : WriteStandard(unit.Settings, data);
        if (length == 0)
            return Sense.InvalidFieldInCdb(2);
        task.SetParameterData(length);
        return null;
    }

    /// <summary>Byte 0 of every answer: PERIPHERAL QUALIFIER and PERIPHERAL DEVICE TYPE.</summary>
    public static byte Peripheral(LogicalUnitSettings settings) => settings.IsPresent ? (byte)0 : NoLogicalUnit;

    /// <summary>Writes an ASCII field, padded with blanks.</summary>
    public static void WriteText(Span<byte> field, string text)
    {
        field.Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, field);
    }

    private static int WriteStandard(LogicalUnitSettings settings, Span<byte> data)
    {
        data[0] = Peripheral(settings);
        data[1] = settings.Removable ? Removable : (byte)0;
        data[2] = Spc4;
        data[3] = NormAca | ResponseDataFormat;
        data[4] = StandardLength - 5;
        data[7] = (byte)(CommandQueuing | (settings.ParallelBus ? WideAndSynchronous : 0));
        WriteText(data[8..16], settings.Vendor);
        WriteText(data[16..32], settings.Product);
        WriteText(data[32..36], settings.Revision);
        for (var i = 0; i < Versions.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(data[(58 + 2 * i)..], Versions[i]);
        return StandardLength;
    }
}

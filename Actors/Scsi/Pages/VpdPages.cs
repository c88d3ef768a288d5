using System.Buffers.Binary;
using System.Text;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The vital product data pages of INQUIRY (SPC-4 7.8, SBC-3 6.6), a table of rows.</summary>
internal static class VpdPages
{
    private const int HeaderLength = 4;
    private const int SbcPageLength = 0x3C;
    private const byte Ascii = 0x02;
    private const byte Binary = 0x01;
    private const byte OfTargetPort = 0x10;
    private const byte Lbpu = 0x80;
    private const byte Lbpws = 0x40;
    private const byte Lbpws10 = 0x20;
    private const byte Lbprz = 0x04;
    private const byte ThinProvisioned = 2;

    /// <summary>Writes the bytes of a page after its header, into cleared memory; returns how many.</summary>
    private delegate int PageWriter(LogicalUnitState unit, Span<byte> body);

    private static readonly (byte Code, PageWriter Write)[] Rows =
    [
        (0x00, WriteSupportedPages),
        (0x80, WriteSerialNumber),
        (0x83, WriteIdentification),
        (0xB0, WriteBlockLimits),
        (0xB1, WriteCharacteristics),
        (0xB2, WriteProvisioning),
    ];

    /// <summary>Writes a page into cleared memory; returns its length, 0 when there is no such page.</summary>
    public static int Write(byte code, LogicalUnitState unit, Span<byte> data)
    {
        var index = Array.FindIndex(Rows, row => row.Code == code);
        if (index < 0 || (!unit.Settings.IsPresent && code != 0x00))
            return 0;
        data[0] = InquiryCommand.Peripheral(unit.Settings);
        data[1] = code;
        var length = Rows[index].Write(unit, data[HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], (ushort)length);
        return HeaderLength + length;
    }

    private static int WriteSupportedPages(LogicalUnitState unit, Span<byte> body)
    {
        if (!unit.Settings.IsPresent)
            return 1;
        for (var i = 0; i < Rows.Length; i++)
            body[i] = Rows[i].Code;
        return Rows.Length;
    }

    private static int WriteSerialNumber(LogicalUnitState unit, Span<byte> body) => Encoding.ASCII.GetBytes(SerialOf(unit.Settings), body);

    private static int WriteIdentification(LogicalUnitState unit, Span<byte> body)
    {
        var settings = unit.Settings;
        var at = 0;
        // T10 vendor identification: vendor, product and serial number.
        var serial = SerialOf(settings);
        var text = BeginDesignator(body, ref at, Ascii, 0x01, 8 + 16 + serial.Length);
        InquiryCommand.WriteText(text[..8], settings.Vendor);
        InquiryCommand.WriteText(text[8..24], settings.Product);
        InquiryCommand.WriteText(text[24..], serial);
        // NAA 3h, locally assigned: this is no device of a registered vendor.
        var naa = BeginDesignator(body, ref at, Binary, 0x03, 8);
        BinaryPrimitives.WriteUInt64BigEndian(naa, 0x3UL << 60 | Hash(settings) >> 4);
        // Relative target port identifier, from 1.
        var port = BeginDesignator(body, ref at, Binary, OfTargetPort | 0x04, 4);
        BinaryPrimitives.WriteUInt16BigEndian(port[2..], (ushort)(settings.TargetPort + 1));
        return at;
    }

    private static int WriteBlockLimits(LogicalUnitState unit, Span<byte> body)
    {
        var settings = unit.Settings;
        var physical = settings.PhysicalBlockSize / settings.BlockSize;
        body[1] = (byte)unit.MaximumCompareAndWriteBlocks;
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)physical);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], unit.MaximumTransferBlocks);
        if (unit.Medium.CanUnmap)
        {
            // As many blocks as there may be; OPTIMAL UNMAP GRANULARITY.
            BinaryPrimitives.WriteUInt32BigEndian(body[16..], uint.MaxValue);
            BinaryPrimitives.WriteUInt32BigEndian(body[20..], (uint)settings.MaximumUnmapDescriptors);
            BinaryPrimitives.WriteUInt32BigEndian(body[24..], (uint)physical);
        }
        BinaryPrimitives.WriteUInt64BigEndian(body[32..], unit.MaximumWriteSameBlocks);
        // Neither alignment nor granularity is asked for, and no boundary inside an atomic write is taken: the other atomic fields are 0.
        BinaryPrimitives.WriteUInt32BigEndian(body[40..], unit.MaximumAtomicBlocks);
        return SbcPageLength;
    }

    private static int WriteCharacteristics(LogicalUnitState unit, Span<byte> body)
    {
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)unit.Settings.RotationRate);
        return SbcPageLength;
    }

    // Otherwise PROVISIONING TYPE 0 and no LBPU: fully provisioned, nothing to unmap.
    private static int WriteProvisioning(LogicalUnitState unit, Span<byte> body)
    {
        if (unit.Medium.CanUnmap)
        {
            body[1] = Lbpu | Lbpws | Lbpws10 | Lbprz;
            body[2] = ThinProvisioned;
        }
        return 4;
    }

    private static string SerialOf(LogicalUnitSettings settings) => settings.SerialNumber.Length > 0
        ? settings.SerialNumber
        : $"T{settings.TargetPort:D3}L{settings.Lun.Number:D5}";

    private static Span<byte> BeginDesignator(Span<byte> body, ref int at, byte codeSet, byte associationAndType, int length)
    {
        body[at] = codeSet;
        body[at + 1] = associationAndType;
        body[at + 3] = (byte)length;
        at += HeaderLength + length;
        return body.Slice(at - length, length);
    }

    /// <summary>FNV-1a of what tells this logical unit from others; equal over all paths and runs.</summary>
    private static ulong Hash(LogicalUnitSettings settings)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in $"{settings.Vendor}|{settings.Product}|{SerialOf(settings)}")
            hash = (hash ^ c) * 0x100000001B3;
        return hash;
    }
}

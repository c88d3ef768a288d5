using System.Buffers.Binary;

namespace ScsiActors.Messages.Scsi;

/// <summary>The sense key: the class of what happened (SPC-4 4.5.6).</summary>
public enum SenseKey : byte
{
    /// <summary>NO SENSE.</summary>
    NoSense = 0x0,

    /// <summary>RECOVERED ERROR.</summary>
    RecoveredError = 0x1,

    /// <summary>NOT READY.</summary>
    NotReady = 0x2,

    /// <summary>MEDIUM ERROR.</summary>
    MediumError = 0x3,

    /// <summary>HARDWARE ERROR.</summary>
    HardwareError = 0x4,

    /// <summary>ILLEGAL REQUEST.</summary>
    IllegalRequest = 0x5,

    /// <summary>UNIT ATTENTION.</summary>
    UnitAttention = 0x6,

    /// <summary>DATA PROTECT.</summary>
    DataProtect = 0x7,

    /// <summary>BLANK CHECK.</summary>
    BlankCheck = 0x8,

    /// <summary>COPY ABORTED.</summary>
    CopyAborted = 0xA,

    /// <summary>ABORTED COMMAND.</summary>
    AbortedCommand = 0xB,

    /// <summary>VOLUME OVERFLOW.</summary>
    VolumeOverflow = 0xD,

    /// <summary>MISCOMPARE.</summary>
    Miscompare = 0xE,

    /// <summary>COMPLETED.</summary>
    Completed = 0xF,
}

/// <summary>An additional sense code and its qualifier (SPC-4 annex E).</summary>
/// <param name="Code">ADDITIONAL SENSE CODE.</param>
/// <param name="Qualifier">ADDITIONAL SENSE CODE QUALIFIER.</param>
public readonly record struct AdditionalSense(byte Code, byte Qualifier)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code:x2}/{Qualifier:x2}";
}

/// <summary>Where in a CDB or parameter list the fault lies (SPC-4 4.5.2.4.2).</summary>
/// <param name="InCdb">C/D: true for the CDB, false for the parameter list.</param>
/// <param name="Byte">FIELD POINTER: the byte, from 0.</param>
/// <param name="Bit">BIT POINTER: the leftmost bit of the field, 7 to 0; null when not given.</param>
public readonly record struct FieldPointer(bool InCdb, ushort Byte, byte? Bit = null);

/// <summary>Sense data: the reason of a CHECK CONDITION or the answer to REQUEST SENSE, independent of its wire format (SPC-4 4.5).</summary>
/// <param name="Key">The sense key.</param>
/// <param name="Additional">The additional sense code and qualifier.</param>
public sealed record SenseData(SenseKey Key, AdditionalSense Additional)
{
    /// <summary>Bytes in the fixed format.</summary>
    public const int FixedLength = 18;

    /// <summary>The longest answer of <see cref="Write"/>, in bytes.</summary>
    public const int MaximumLength = 40;

    private const byte FixedCurrent = 0x70;
    private const byte DescriptorCurrent = 0x72;
    private const byte InformationDescriptor = 0x00;
    private const byte CommandSpecificDescriptor = 0x01;
    private const byte SenseKeySpecificDescriptor = 0x02;

    /// <summary>NO SENSE, 00/00.</summary>
    public static SenseData None { get; } = new(SenseKey.NoSense, default);

    /// <summary>INFORMATION: a failing LBA, or the byte offset of a miscompare; null when not valid.</summary>
    public ulong? Information { get; init; }

    /// <summary>COMMAND-SPECIFIC INFORMATION.</summary>
    public ulong CommandSpecificInformation { get; init; }

    /// <summary>The field at fault, for ILLEGAL REQUEST.</summary>
    public FieldPointer? Field { get; init; }

    /// <summary>PROGRESS INDICATION in 65536ths, for NOT READY and NO SENSE.</summary>
    public ushort? Progress { get; init; }

    /// <summary>True for a deferred error (response codes 71h and 73h).</summary>
    public bool IsDeferred { get; init; }

    /// <summary>True when the logical unit reports in descriptor format (control mode page, D_SENSE).</summary>
    public bool DescriptorFormat { get; init; }

    /// <summary>Writes the sense data in the format it asks for; returns the bytes written, at most <see cref="MaximumLength"/>,
    /// which <paramref name="destination"/> must have room for.</summary>
    public int Write(Span<byte> destination) => DescriptorFormat ? WriteDescriptors(destination) : WriteFixed(destination);

    private int WriteFixed(Span<byte> destination)
    {
        var sense = destination[..FixedLength];
        sense.Clear();
        sense[0] = (byte)(FixedCurrent | (IsDeferred ? 1 : 0));
        // INFORMATION has four bytes here: a larger value is left out rather than cut (SPC-4 4.5.3).
        if (Information is { } information && information <= uint.MaxValue)
        {
            sense[0] |= 0x80;
            BinaryPrimitives.WriteUInt32BigEndian(sense[3..], (uint)information);
        }
        sense[2] = (byte)Key;
        sense[7] = FixedLength - 8;
        if (CommandSpecificInformation <= uint.MaxValue)
            BinaryPrimitives.WriteUInt32BigEndian(sense[8..], (uint)CommandSpecificInformation);
        sense[12] = Additional.Code;
        sense[13] = Additional.Qualifier;
        WriteSenseKeySpecific(sense[15..18]);
        return FixedLength;
    }

    private int WriteDescriptors(Span<byte> destination)
    {
        destination[..MaximumLength].Clear();
        destination[0] = (byte)(DescriptorCurrent | (IsDeferred ? 1 : 0));
        destination[1] = (byte)Key;
        destination[2] = Additional.Code;
        destination[3] = Additional.Qualifier;
        var at = 8;
        if (Information is { } information)
        {
            destination[at] = InformationDescriptor;
            destination[at + 1] = 0x0A;
            destination[at + 2] = 0x80;
            BinaryPrimitives.WriteUInt64BigEndian(destination[(at + 4)..], information);
            at += 12;
        }
        if (CommandSpecificInformation != 0)
        {
            destination[at] = CommandSpecificDescriptor;
            destination[at + 1] = 0x0A;
            BinaryPrimitives.WriteUInt64BigEndian(destination[(at + 4)..], CommandSpecificInformation);
            at += 12;
        }
        if (Field is not null || Progress is not null)
        {
            destination[at] = SenseKeySpecificDescriptor;
            destination[at + 1] = 0x06;
            WriteSenseKeySpecific(destination[(at + 4)..(at + 7)]);
            at += 8;
        }
        destination[7] = (byte)(at - 8);
        return at;
    }

    private void WriteSenseKeySpecific(Span<byte> three)
    {
        if (Field is { } field)
        {
            three[0] = (byte)(0x80 | (field.InCdb ? 0x40 : 0) | (field.Bit is { } bit ? 0x08 | bit & 7 : 0));
            BinaryPrimitives.WriteUInt16BigEndian(three[1..], field.Byte);
        }
        else if (Progress is { } progress)
        {
            three[0] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(three[1..], progress);
        }
    }

    /// <summary>Reads sense data in either format; false when the bytes are neither.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SenseData sense)
    {
        sense = None;
        if (bytes.IsEmpty)
            return false;
        switch (bytes[0] & 0x7F)
        {
            case 0x70 or 0x71 when bytes.Length >= 14:
                sense = new SenseData((SenseKey)(bytes[2] & 0xF), new AdditionalSense(bytes[12], bytes[13]))
                {
                    IsDeferred = (bytes[0] & 1) != 0,
                    Information = (bytes[0] & 0x80) != 0 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[3..]) : null,
                };
                return true;
            case 0x72 or 0x73 when bytes.Length >= 8:
                sense = new SenseData((SenseKey)(bytes[1] & 0xF), new AdditionalSense(bytes[2], bytes[3]))
                {
                    IsDeferred = (bytes[0] & 1) != 0,
                    DescriptorFormat = true,
                    Information = bytes.Length >= 20 && bytes[8] == InformationDescriptor && (bytes[10] & 0x80) != 0
                        ? BinaryPrimitives.ReadUInt64BigEndian(bytes[12..])
                        : null,
                };
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(byte)Key:x2}/{Additional}";
}

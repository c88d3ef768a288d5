using System.Buffers.Binary;

namespace ScsiActors.Messages.Scsi;

/// <summary>A logical unit number: 0 to 16383 (SAM-5 4.7.3, single-level addressing).</summary>
public readonly record struct Lun(ushort Number) : IComparable<Lun>
{
    /// <summary>The highest number that single-level flat addressing can express.</summary>
    public const ushort Maximum = 16383;

    private const int FlatAddressing = 0x4000;

    /// <summary>LUN 0, which every target has.</summary>
    public static Lun Zero => default;

    /// <summary>Reads the eight-byte form; false for a form other than peripheral (bus 0) or flat addressing on the first level.</summary>
    public static bool TryRead(ReadOnlySpan<byte> wire, out Lun lun)
    {
        lun = default;
        if (wire.Length < 8 || wire[2..8].ContainsAnyExcept((byte)0))
            return false;
        var first = BinaryPrimitives.ReadUInt16BigEndian(wire);
        if (first >= FlatAddressing * 2 || (first < FlatAddressing && first > byte.MaxValue))
            return false;
        lun = new Lun((ushort)(first & Maximum));
        return true;
    }

    /// <summary>Writes the eight-byte form: peripheral addressing below 256, flat addressing above (SAM-5 4.7.7).</summary>
    public void Write(Span<byte> wire)
    {
        wire[..8].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(wire, (ushort)(Number < 256 ? Number : FlatAddressing | Number));
    }

    /// <inheritdoc/>
    public int CompareTo(Lun other) => Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => Number.ToString();
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ScsiActors.Messages.Scsi;

/// <summary>A command descriptor block of 6 to 32 bytes: an immutable value, its length fixed by the operation code's group (SPC-4 4.2.5.1).</summary>
public readonly struct Cdb : IEquatable<Cdb>
{
    /// <summary>The longest CDB that is carried, in bytes.</summary>
    public const int MaximumLength = 32;

    private readonly Storage _bytes;
    private readonly byte _length;

    private Cdb(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes);
        _length = (byte)bytes.Length;
    }

    [InlineArray(MaximumLength)]
    private struct Storage
    {
        private byte _first;
    }

    /// <summary>Takes the CDB from the start of <paramref name="bytes"/> and ignores what follows it; false when the bytes are too few for the
    /// operation code's group, or a variable-length CDB (7Fh) is longer than <see cref="MaximumLength"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Cdb cdb)
    {
        cdb = default;
        var length = LengthOf(bytes);
        if (length == 0 || length > bytes.Length || length > MaximumLength)
            return false;
        cdb = new Cdb(bytes[..length]);
        return true;
    }

    /// <summary>The CDB in <paramref name="bytes"/>; throws <see cref="ArgumentException"/> where <see cref="TryParse"/> says false.</summary>
    public static Cdb Parse(ReadOnlySpan<byte> bytes) => TryParse(bytes, out var cdb)
        ? cdb
        : throw new ArgumentException($"{bytes.Length} bytes are no complete CDB; the group of the first byte decides how many are needed.");

    /// <summary>The length in bytes which the first bytes of a CDB announce; 0 when <paramref name="bytes"/> is too short to tell.
    /// The vendor-specific groups 6 and 7 and the reserved group 3 are taken as 16 bytes or what there is, so that they can be refused.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return 0;
        return (bytes[0] >> 5) switch
        {
            0 => 6,
            1 or 2 => 10,
            4 => 16,
            5 => 12,
            3 when bytes[0] == 0x7F => bytes.Length < 8 ? 0 : 8 + bytes[7],
            _ => Math.Min(16, bytes.Length),
        };
    }

    /// <summary>Bytes in this CDB; 0 only for the default value.</summary>
    public int Length => _length;

    /// <summary>Byte <paramref name="index"/>; bytes behind the end read 0.</summary>
    public byte this[int index] => _bytes[index];

    /// <summary>Byte 0.</summary>
    public byte OperationCode => _bytes[0];

    /// <summary>The CONTROL byte, the last one (byte 1 of a variable-length CDB; SAM-5 5.2).</summary>
    public byte Control => OperationCode == 0x7F ? _bytes[1] : _length == 0 ? (byte)0 : _bytes[_length - 1];

    /// <summary>The bytes of this CDB.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_bytes)[.._length];

    /// <summary>The big-endian 16-bit field at byte <paramref name="index"/>.</summary>
    public ushort UInt16(int index) => BinaryPrimitives.ReadUInt16BigEndian(((ReadOnlySpan<byte>)_bytes)[index..]);

    /// <summary>The big-endian 24-bit field at byte <paramref name="index"/>.</summary>
    public uint UInt24(int index) => (uint)(_bytes[index] << 16 | UInt16(index + 1));

    /// <summary>The big-endian 32-bit field at byte <paramref name="index"/>.</summary>
    public uint UInt32(int index) => BinaryPrimitives.ReadUInt32BigEndian(((ReadOnlySpan<byte>)_bytes)[index..]);

    /// <summary>The big-endian 64-bit field at byte <paramref name="index"/>.</summary>
    public ulong UInt64(int index) => BinaryPrimitives.ReadUInt64BigEndian(((ReadOnlySpan<byte>)_bytes)[index..]);

    /// <inheritdoc/>
    public bool Equals(Cdb other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Cdb other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Equality of the bytes.</summary>
    public static bool operator ==(Cdb left, Cdb right) => left.Equals(right);

    /// <summary>Inequality of the bytes.</summary>
    public static bool operator !=(Cdb left, Cdb right) => !left.Equals(right);

    /// <summary>The bytes in hexadecimal, as a datasheet prints them.</summary>
    public override string ToString()
    {
        var text = Convert.ToHexString(Bytes);
        return string.Create(_length == 0 ? 0 : _length * 3 - 1, text, static (span, hex) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = i % 3 == 2 ? ' ' : hex[i / 3 * 2 + i % 3];
        });
    }
}

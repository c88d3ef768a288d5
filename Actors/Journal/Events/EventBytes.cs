using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ScsiActors.Journal;

/// <summary>Up to 64 bytes inside an event: a CDB, sense data, a message, the steps of a connection.</summary>
public struct EventBytes
{
    /// <summary>The most bytes an event holds.</summary>
    public const int Capacity = 64;

    private Storage _bytes;
    private byte _length;

    [InlineArray(Capacity)]
    private struct Storage
    {
        private byte _first;
    }

    /// <summary>Bytes held.</summary>
    public readonly int Length => _length;

    /// <summary>The bytes.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Span => ((ReadOnlySpan<byte>)_bytes)[.._length];

    /// <summary>Replaces the bytes; what is behind <see cref="Capacity"/> is left out.</summary>
    internal void Set(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, Capacity)];
        bytes.CopyTo(_bytes);
        _length = (byte)bytes.Length;
    }

    /// <summary>Room for <paramref name="count"/> more bytes; empty where there is not that much.</summary>
    [UnscopedRef]
    internal Span<byte> Append(int count)
    {
        if (_length + count > Capacity)
            return default;
        _length += (byte)count;
        return ((Span<byte>)_bytes).Slice(_length - count, count);
    }

    /// <summary>Appends one byte where there is room.</summary>
    internal void Append(byte value)
    {
        if (_length < Capacity)
            _bytes[_length++] = value;
    }
}

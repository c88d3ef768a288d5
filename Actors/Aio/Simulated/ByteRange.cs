using ScsiActors.Messages.Scsi;

namespace ScsiActors.Aio.Simulated;

/// <summary>Bytes from an offset on.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>The first byte behind.</summary>
    public long End => Offset + Length;

    /// <summary>True when there are bytes in both.</summary>
    public bool Overlaps(ByteRange other) => Offset < other.End && other.Offset < End && Length > 0 && other.Length > 0;

    /// <summary>The bytes in both; of length 0 or below when there are none.</summary>
    public ByteRange Intersect(ByteRange other)
    {
        var start = Math.Max(Offset, other.Offset);
        return new ByteRange(start, Math.Min(End, other.End) - start);
    }

    /// <summary>Takes the bytes of <paramref name="other"/>, which overlaps, out: two ranges, of length 0 or below where nothing is left.</summary>
    public (ByteRange Before, ByteRange After) Without(ByteRange other) =>
        (new ByteRange(Offset, Math.Min(End, other.Offset) - Offset),
            new ByteRange(Math.Max(Offset, other.End), End - Math.Max(Offset, other.End)));
}

/// <summary>Copies between a client's memory, in whatever pieces, and one run of bytes.</summary>
internal static class Segments
{
    /// <summary>Copies <paramref name="source"/> to byte <paramref name="at"/> of the client's memory.</summary>
    public static void CopyTo(ReadOnlySpan<byte> source, ScatterGatherList target, long at)
    {
        for (var i = 0; i < target.Count && source.Length > 0; i++)
        {
            var segment = target[i].Span;
            if (at < segment.Length)
            {
                var count = Math.Min(source.Length, segment.Length - (int)at);
                source[..count].CopyTo(segment[(int)at..]);
                source = source[count..];
            }
            at = Math.Max(at - segment.Length, 0);
        }
    }

    /// <summary>Copies from byte <paramref name="at"/> of the client's memory on.</summary>
    public static void CopyFrom(ScatterGatherList source, long at, Span<byte> target)
    {
        for (var i = 0; i < source.Count && target.Length > 0; i++)
        {
            var segment = source[i].Span;
            if (at < segment.Length)
            {
                var count = Math.Min(target.Length, segment.Length - (int)at);
                segment.Slice((int)at, count).CopyTo(target);
                target = target[count..];
            }
            at = Math.Max(at - segment.Length, 0);
        }
    }
}

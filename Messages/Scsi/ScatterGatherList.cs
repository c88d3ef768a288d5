namespace ScsiActors.Messages.Scsi;

/// <summary>Memory that one transfer reads or writes, in order: most often a single run, which costs no allocation.</summary>
public readonly struct ScatterGatherList
{
    private readonly Memory<byte> _single;
    private readonly Memory<byte>[]? _many;
    private readonly int _count;

    /// <summary>One run of memory.</summary>
    public ScatterGatherList(Memory<byte> single)
    {
        _single = single;
        Length = single.Length;
    }

    /// <summary>Several runs, used in order; the array belongs to the list from now on.</summary>
    public ScatterGatherList(Memory<byte>[] segments)
        : this(segments, segments.Length)
    {
    }

    /// <summary>The first <paramref name="count"/> runs of an array, used in order; the array is lent as the memory is: until the completion.</summary>
    public ScatterGatherList(Memory<byte>[] segments, int count)
    {
        _many = segments;
        _count = count;
        foreach (var segment in segments.AsSpan(0, count))
            Length += segment.Length;
    }

    /// <summary>Bytes in all segments.</summary>
    public long Length { get; }

    /// <summary>Number of segments.</summary>
    public int Count => _many is null ? 1 : _count;

    /// <summary>Segment <paramref name="index"/>.</summary>
    public Memory<byte> this[int index] => (uint)index >= (uint)Count ? throw new ArgumentOutOfRangeException(nameof(index))
        : _many is null ? _single : _many[index];

    /// <inheritdoc/>
    public override string ToString() => Count == 1 ? $"{Length} bytes" : $"{Length} bytes in {Count} segments";
}

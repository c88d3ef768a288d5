namespace ScsiActors.Messages.Scsi;

/// <summary>Memory that one transfer reads or writes, in order: most often a single run, which costs no allocation.</summary>
public readonly struct ScatterGatherList
{
    private readonly Memory<byte> _single;
    private readonly Memory<byte>[]? _many;

    /// <summary>One run of memory.</summary>
    public ScatterGatherList(Memory<byte> single)
    {
        _single = single;
        Length = single.Length;
    }

    /// <summary>Several runs, used in order; the array belongs to the list from now on.</summary>
    public ScatterGatherList(Memory<byte>[] segments)
    {
        _many = segments;
        foreach (var segment in segments)
            Length += segment.Length;
    }

    /// <summary>Bytes in all segments.</summary>
    public long Length { get; }

    /// <summary>Number of segments.</summary>
    public int Count => _many?.Length ?? 1;

    /// <summary>Segment <paramref name="index"/>.</summary>
    public Memory<byte> this[int index] => _many is null
        ? index == 0 ? _single : throw new ArgumentOutOfRangeException(nameof(index))
        : _many[index];

    /// <inheritdoc/>
    public override string ToString() => Count == 1 ? $"{Length} bytes" : $"{Length} bytes in {Count} segments";
}

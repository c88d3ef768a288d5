using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Parts of the memory that a request names.</summary>
internal static class FaultData
{
    /// <summary>The first bytes, in the same memory.</summary>
    public static ScatterGatherList First(ScatterGatherList data, long count)
    {
        var segments = new Memory<byte>[data.Count];
        var used = 0;
        for (var i = 0; i < data.Count && count > 0; i++)
        {
            var segment = data[i];
            segments[used++] = segment.Length > count ? segment[..(int)count] : segment;
            count -= segment.Length;
        }
        return new ScatterGatherList(segments, used);
    }

    /// <summary>Inverts a bit, counted from the lowest of the first byte.</summary>
    public static void Flip(ScatterGatherList data, long bit)
    {
        var at = bit / 8;
        for (var i = 0; i < data.Count; i++)
        {
            if (at < data[i].Length)
            {
                data[i].Span[(int)at] ^= (byte)(1 << (int)(bit % 8));
                return;
            }
            at -= data[i].Length;
        }
    }
}

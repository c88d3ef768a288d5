namespace ScsiActors.Aio.Simulated;

/// <summary>What takes how long, in nanoseconds; the only part of the disk's timing that draws.</summary>
internal sealed class LatencySource
{
    private const int Uniforms = 12;

    private readonly LatencyDistribution _distribution;
    private readonly double _spread;
    private readonly double _size;
    private readonly long _readLatency;
    private readonly long _writeLatency;
    private readonly long _seekLatency;
    private readonly long _depthLatency;
    private readonly long _readOverhead;
    private readonly long _writeOverhead;
    private readonly long _isolatedWriteOverhead;
    private readonly long _reposition;
    private readonly long _unmapOverhead;
    private readonly long _cacheLatency;
    private readonly long _cacheRate;
    private readonly long _rate;
    private readonly long _isolatedReadRate;
    private readonly long _isolatedWriteRate;
    private SeededStream _stream;

    public LatencySource(DiskTiming timing, long size, SeededStream stream)
    {
        _distribution = timing.Distribution;
        _spread = timing.Spread;
        _size = Math.Max(size, 1);
        _readLatency = Nanoseconds.From(timing.ReadLatency);
        _writeLatency = Nanoseconds.From(timing.WriteLatency);
        _seekLatency = Nanoseconds.From(timing.SeekLatency);
        _depthLatency = Nanoseconds.From(timing.DepthLatency);
        _readOverhead = Nanoseconds.From(timing.ReadOverhead);
        _writeOverhead = Nanoseconds.From(timing.WriteOverhead);
        _isolatedWriteOverhead = Nanoseconds.From(timing.IsolatedWriteOverhead ?? timing.WriteOverhead);
        _reposition = Nanoseconds.From(timing.Reposition);
        _unmapOverhead = Nanoseconds.From(timing.UnmapOverhead);
        _cacheLatency = Nanoseconds.From(timing.CacheLatency);
        Flush = Nanoseconds.From(timing.FlushLatency);
        _cacheRate = timing.CacheRate;
        _rate = timing.Rate;
        _isolatedReadRate = timing.IsolatedReadRate == 0 ? timing.Rate : timing.IsolatedReadRate;
        _isolatedWriteRate = timing.IsolatedWriteRate == 0 ? timing.Rate : timing.IsolatedWriteRate;
        _stream = stream;
    }

    /// <summary>The latency of a flush.</summary>
    public long Flush { get; }

    /// <summary>The latency of what has just been taken.</summary>
    /// <param name="isWrite">A write; one that is not isolated has none of its own.</param>
    /// <param name="isIsolated">It does not continue the one before.</param>
    /// <param name="previousEnd">Where the one before ended; below 0 when there was none.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="others">Other requests that the disk has.</param>
    public long Next(bool isWrite, bool isIsolated, long previousEnd, long offset, int others)
    {
        var latency = _depthLatency * Math.Max(others, 0);
        if (isWrite && !isIsolated)
            return latency;
        if (_seekLatency > 0 && previousEnd >= 0 && previousEnd != offset)
            latency += (long)(_seekLatency * Math.Sqrt(Math.Min(Math.Abs(offset - previousEnd) / _size, 1)));
        return latency + Draw(isWrite ? _writeLatency : _readLatency);
    }

    /// <summary>The time of the medium.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="isIsolated">It does not continue the one before.</param>
    /// <param name="isElsewhere">It does not begin where the one before ended.</param>
    /// <param name="length">Bytes.</param>
    public long Service(DiskOperation operation, bool isIsolated, bool isElsewhere, long length) => operation switch
    {
        DiskOperation.Unmap => _unmapOverhead,
        DiskOperation.Read => Way(isElsewhere) + _readOverhead + Nanoseconds.At(isIsolated ? _isolatedReadRate : _rate, length),
        _ when isIsolated => Way(isElsewhere) + _isolatedWriteOverhead + Nanoseconds.At(_isolatedWriteRate, length),
        _ => _writeOverhead + Nanoseconds.At(_rate, length),
    };

    /// <summary>The time until a write is in the cache.</summary>
    public long IntoCache(long length) => _cacheLatency + (_cacheRate == 0 ? 0 : Nanoseconds.At(_cacheRate, length));

    private long Way(bool isElsewhere) => isElsewhere ? _reposition : 0;

    private long Draw(long mean)
    {
        if (mean == 0 || _distribution == LatencyDistribution.Fixed)
            return mean;
        var factor = _distribution switch
        {
            LatencyDistribution.Uniform => 1 + Math.Min(_spread, 1) * (2 * _stream.Fraction() - 1),
            LatencyDistribution.Exponential => -PortableMath.Log(1 - _stream.Fraction()),
            // A normal draw has the mean of its exponential at the half of its variance.
            _ => PortableMath.Exp(_spread * Normal() - _spread * _spread / 2),
        };
        return (long)Math.Round(mean * factor);
    }

    // The sum of twelve uniform draws has the variance 1, and additions round alike on every machine.
    private double Normal()
    {
        var sum = -Uniforms / 2.0;
        for (var i = 0; i < Uniforms; i++)
            sum += _stream.Fraction();
        return sum;
    }
}

/// <summary>Conversions to the disk's unit of time: TimeSpan's, 100 ns, would round each small request.</summary>
internal static class Nanoseconds
{
    private const long PerSecond = 1_000_000_000;
    private const long PerTick = 100;

    /// <summary>Nanoseconds of a duration; saturates.</summary>
    public static long From(TimeSpan duration) => duration.Ticks >= long.MaxValue / PerTick ? long.MaxValue : duration.Ticks * PerTick;

    /// <summary>The earliest TimeSpan that is not before it; TimeSpan.MaxValue of long.MaxValue.</summary>
    public static TimeSpan ToTimeSpan(long nanoseconds) => nanoseconds == long.MaxValue ? TimeSpan.MaxValue
        : new TimeSpan(nanoseconds / PerTick + (nanoseconds % PerTick == 0 ? 0 : 1));

    /// <summary>The time of <paramref name="length"/> bytes at a rate of 1 to 16 × 10⁹ bytes a second, to the nearest nanosecond.</summary>
    public static long At(long rate, long length)
    {
        var (seconds, rest) = Math.DivRem(length, rate);
        return seconds * PerSecond + (long)(((ulong)rest * PerSecond + (ulong)rate / 2) / (ulong)rate);
    }
}

namespace ScsiActors.Host.Bench;

/// <summary>What one run of a workload came to.</summary>
/// <param name="TransferLength">Bytes of each request.</param>
/// <param name="Elapsed">How long was measured.</param>
/// <param name="Latencies">How long each request took, from sending it to its answer.</param>
/// <param name="Submissions">How long the submissions took that were followed, from sending until handed on.</param>
/// <param name="Depths">How busy storage was, in the order of time.</param>
/// <param name="ProcessorTime">Of the whole process while it was measured.</param>
/// <param name="AllocatedBytes">By the whole process while it was measured.</param>
/// <param name="Error">The error that ended it, in words; null for none.</param>
internal sealed record Measurement(
    int TransferLength, TimeSpan Elapsed, LatencyHistogram Latencies, LatencyHistogram Submissions, IReadOnlyList<DepthSample> Depths,
    TimeSpan ProcessorTime, long AllocatedBytes, string? Error)
{
    /// <summary>Requests measured.</summary>
    public long Requests => Latencies.Count;

    /// <summary>Requests a second.</summary>
    public double Iops => Elapsed > TimeSpan.Zero ? Requests / Elapsed.TotalSeconds : 0;

    /// <summary>Millions of bytes a second.</summary>
    public double MegabytesPerSecond => Iops * TransferLength / 1e6;

    /// <summary>Processor time by wall time, in percent of one processor.</summary>
    public double ProcessorPercent => Elapsed > TimeSpan.Zero ? 100 * (ProcessorTime / Elapsed) : 0;

    /// <summary>The average request, in milliseconds.</summary>
    public double CompletionMilliseconds => Latencies.Mean / 1e6;

    /// <summary>Requests that storage had, on average over the samples.</summary>
    public double AverageInFlight => Depths.Count == 0 ? 0 : Depths.Average(static sample => sample.InFlight);

    /// <summary>The most requests that storage had at any moment.</summary>
    public int MostInFlight => Depths.Count == 0 ? 0 : Depths.Max(static sample => sample.Most);

    /// <summary>Processor seconds of the process for a million requests.</summary>
    public double ProcessorSecondsPerMillion => Requests == 0 ? 0 : ProcessorTime.TotalSeconds / Requests * 1e6;

    /// <summary>Bytes the process allocated for each request.</summary>
    public double AllocatedBytesPerRequest => Requests == 0 ? 0 : (double)AllocatedBytes / Requests;

    /// <summary>A percentile of the latency, in microseconds.</summary>
    public double Latency(double fraction) => Latencies.Percentile(fraction) / 1e3;
}

namespace ScsiActors.Host.Experiment;

/// <summary>What the simulation of one row came to.</summary>
/// <param name="Key">The row.</param>
/// <param name="Figures">The letter's four figures.</param>
/// <param name="MostInFlight">The most requests that storage had at once while it was measured.</param>
/// <param name="DeviceKibibytes">Mean size of a request of the driver, after merging, in KiB.</param>
/// <param name="StorageKibibytes">Mean size of a request to storage, after chunking, in KiB.</param>
/// <param name="Requests">Requests of the application that were measured.</param>
/// <param name="Depth">Samples of the number of requests that storage has.</param>
/// <param name="Latencies">Time from submission to end of each request, sorted.</param>
/// <param name="Hash">Of the whole run: who handled what kind of message when.</param>
internal sealed record RowResult(
    RowKey Key, Figures Figures, int MostInFlight, double DeviceKibibytes, double StorageKibibytes, long Requests,
    IReadOnlyList<DepthSample> Depth, IReadOnlyList<TimeSpan> Latencies, ulong Hash)
{
    /// <summary>A percentile of the latencies.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan Percentile(double share) =>
        Latencies.Count == 0 ? TimeSpan.Zero : Latencies[Math.Min((int)(share * Latencies.Count), Latencies.Count - 1)];
}

/// <summary>How many requests storage had from a time on.</summary>
/// <param name="Time">Since measuring began.</param>
/// <param name="InFlight">Requests.</param>
internal readonly record struct DepthSample(TimeSpan Time, int InFlight);

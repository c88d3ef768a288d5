using System.Globalization;

namespace ScsiActors.Host.Bench;

/// <summary>Storage that takes a chosen time for each request, read or written, wherever it lies.</summary>
/// <param name="ServiceTime">How long each takes.</param>
/// <param name="Lanes">How many it serves at once; the others wait.</param>
internal sealed record ServiceTimeDisk(TimeSpan ServiceTime, int Lanes)
{
    /// <summary>The simulated disk that does so, as lines of the section <c>aio</c> of config.hocon.</summary>
    /// <param name="keep">True when it keeps what is written; otherwise no byte is copied, and the time is all there is.</param>
    public IReadOnlyList<string> ToHocon(bool keep)
    {
        var time = ServiceTime.TotalMilliseconds.ToString("0.######", CultureInfo.InvariantCulture);
        // A write into a cache takes the same time wherever it lies; on the medium itself one that continues another would take none. What is behind the
        // cache, and beside the latency, is as good as infinitely fast.
        return
        [
            "simulated {",
            $"contents = {(keep ? "keep" : "forget")}, lanes = {Lanes}, coalesce-limit = 0, latency-distribution = fixed",
            $"read-latency = {time} ms, cache-latency = {time} ms, cache-rate = 0, write-cache = 1 GiB",
            "write-latency = 0 ms, read-overhead = 0 ms, write-overhead = 0 ms, rate = 16000000000",
            "}",
        ];
    }

    /// <inheritdoc/>
    public override string ToString() => $"a simulated disk that takes {ServiceTime.TotalMilliseconds:0.###} ms for each request and serves {Lanes} at once";
}

using System.Diagnostics;

namespace ScsiActors.Host.Simulate;

/// <summary>What a campaign has come to so far.</summary>
internal sealed class CampaignTotals
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Seeds that have been run.</summary>
    public int Seeds { get; private set; }

    /// <summary>Requests that clients have sent.</summary>
    public long Requests { get; private set; }

    /// <summary>Virtual time in seconds.</summary>
    public double SimulatedSeconds { get; private set; }

    /// <summary>Messages handled.</summary>
    public long Turns { get; private set; }

    /// <summary>How often what ended how.</summary>
    public SortedDictionary<string, long> Coverage { get; } = new(StringComparer.Ordinal);

    /// <summary>The seeds that found something.</summary>
    public List<SeedResult> Failures { get; } = [];

    /// <summary>Wall time.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Adds a seed.</summary>
    public void Add(SeedResult result)
    {
        Seeds++;
        Requests += result.Requests;
        SimulatedSeconds += result.Seconds;
        Turns += result.Turns;
        foreach (var (key, count) in result.Coverage)
            Coverage[key] = Coverage.GetValueOrDefault(key) + count;
        if (!result.IsGood)
            Failures.Add(result);
    }

    /// <summary>The figures in one line.</summary>
    public string Line()
    {
        var seconds = Math.Max(Elapsed.TotalSeconds, 0.001);
        return FormattableString.Invariant($"{Seeds:N0} seeds, {Seeds / seconds:N1} seeds/s, {SimulatedSeconds / seconds:N0} simulated s/s, ")
            + FormattableString.Invariant($"{Requests / seconds:N0} simulated I/Os/s, {Coverage.Count} endings covered, {Failures.Count} failed");
    }
}

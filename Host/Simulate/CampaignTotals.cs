using System.Diagnostics;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>What a campaign has come to so far.</summary>
internal sealed class CampaignTotals
{
    /// <summary>Seeds over which new cells are counted.</summary>
    private const int Window = 1000;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Queue<int> _found = new();

    /// <summary>Seeds that have been run.</summary>
    public int Seeds { get; private set; }

    /// <summary>Requests that clients have sent.</summary>
    public long Requests { get; private set; }

    /// <summary>Virtual time in seconds.</summary>
    public double SimulatedSeconds { get; private set; }

    /// <summary>Messages handled.</summary>
    public long Turns { get; private set; }

    /// <summary>The cells of coverage, and how many requests ended in each.</summary>
    public Dictionary<ulong, long> Cells { get; } = [];

    /// <summary>What has become of the rules of all seeds, by the kind of fault and its place.</summary>
    public SortedDictionary<string, FaultTally> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Cells that the last 1,000 seeds were the first to find.</summary>
    public int NewCells { get; private set; }

    /// <summary>The seeds in a row, as they ended, that have found no new cell.</summary>
    public int DrySeeds { get; private set; }

    /// <summary>How many cells there were after how many seeds: a point a seed that found one.</summary>
    public List<(int Seeds, int Cells)> Growth { get; } = [];

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
        AddCells(result.Cells);
        foreach (var fault in result.Faults)
        {
            var before = Faults.GetValueOrDefault(fault.Fault, new FaultTally(fault.Fault, 0, 0, 0));
            Faults[fault.Fault] = before with
            {
                Acted = before.Acted + fault.Acted, Noticed = before.Noticed + fault.Noticed, Idle = before.Idle + fault.Idle,
            };
        }
        if (!result.IsGood)
            Failures.Add(result);
    }

    /// <summary>The figures in one line.</summary>
    public string Line()
    {
        var seconds = Math.Max(Elapsed.TotalSeconds, 0.001);
        return FormattableString.Invariant($"{Seeds:N0} seeds, {Seeds / seconds:N1} seeds/s, {SimulatedSeconds / seconds:N0} simulated s/s, ")
            + FormattableString.Invariant($"{Requests / seconds:N0} simulated I/Os/s, {Cells.Count:N0} cells covered ({NewCells} new in the last {_found.Count:N0} seeds), {Failures.Count} failed");
    }

    private void AddCells(IReadOnlyList<ulong> cells)
    {
        var before = Cells.Count;
        for (var i = 0; i < cells.Count; i += 2)
            Cells[cells[i]] = Cells.GetValueOrDefault(cells[i]) + (long)cells[i + 1];
        var found = Cells.Count - before;
        DrySeeds = found == 0 ? DrySeeds + 1 : 0;
        if (found > 0)
            Growth.Add((Seeds, Cells.Count));
        _found.Enqueue(found);
        NewCells += found;
        if (_found.Count > Window)
            NewCells -= _found.Dequeue();
    }
}

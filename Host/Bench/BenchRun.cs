namespace ScsiActors.Host.Bench;

/// <summary>One row of the table: a case, done one way, in every round.</summary>
/// <param name="way">The way.</param>
/// <param name="benchCase">What is done.</param>
internal sealed class BenchRow(BenchWay way, BenchCase benchCase)
{
    private readonly List<Measurement> _rounds = [];

    /// <summary>The way to storage.</summary>
    public BenchWay Way => way;

    /// <summary>What is done.</summary>
    public BenchCase Case => benchCase;

    /// <summary>The measurements, one a round; the last one may have failed, and then there are no more.</summary>
    public IReadOnlyList<Measurement> Rounds => _rounds;

    /// <summary>The rounds that came to a good end.</summary>
    public IEnumerable<Measurement> Good => _rounds.Where(static round => round.Error is null);

    /// <summary>The error that ended it, in words; null while there was none.</summary>
    public string? Error => _rounds.Count == 0 ? null : _rounds[^1].Error;

    /// <summary>The row as the letter's table names it.</summary>
    public string Name => $"{Case}, {Way.Label}";

    /// <summary>The round whose throughput is the median, or next below it: the one to draw; null while there is none.</summary>
    public Measurement? Typical
    {
        get
        {
            var sorted = Good.OrderBy(static round => round.Iops).ToArray();
            return sorted.Length == 0 ? null : sorted[(sorted.Length - 1) / 2];
        }
    }

    /// <summary>A figure over the good rounds; null when there is none.</summary>
    public Statistic? Of(Func<Measurement, double> figure) => Statistic.Of(Good.Select(figure));

    /// <summary>The average submission in microseconds, over the good rounds in which one was followed; null when there is none.</summary>
    public Statistic? Submit => Statistic.Of(Good.Where(static round => round.Submissions.Count > 0).Select(static round => round.Submissions.Mean / 1e3));

    /// <summary>The latencies of all good rounds together.</summary>
    public LatencyHistogram Latencies()
    {
        var all = new LatencyHistogram();
        foreach (var round in Good)
            all.Add(round.Latencies);
        return all;
    }

    /// <summary>Adds the measurement of the next round.</summary>
    internal void Add(Measurement round) => _rounds.Add(round);
}

/// <summary>A run of <c>bench</c>: what was asked for, and what has been measured so far.</summary>
internal sealed class BenchRun
{
    private readonly Dictionary<(string Way, BenchCase Case), BenchRow> _rows = [];

    /// <summary>A run in which nothing has been measured yet.</summary>
    public BenchRun(BenchPlan plan)
    {
        Plan = plan;
        Rows = [.. from benchCase in plan.Cases from way in plan.Ways select new BenchRow(way, benchCase)];
        foreach (var row in Rows)
            _rows.Add((row.Way.Name, row.Case), row);
    }

    /// <summary>What was asked for.</summary>
    public BenchPlan Plan { get; }

    /// <summary>The rows in the order of the table: case by case, and in each way by way.</summary>
    public IReadOnlyList<BenchRow> Rows { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>True when it came to its own end: every row was measured in every round, or failed.</summary>
    public bool IsComplete { get; set; }

    /// <summary>What is measured, in words; null until it is open.</summary>
    public string? Storage { get; set; }

    /// <summary>The temporary file; null without one.</summary>
    public string? TemporaryFile { get; set; }

    /// <summary>What has become of the fault rules in each measurement; empty without rules.</summary>
    public List<(string Measurement, string Text)> FaultReports { get; } = [];

    /// <summary>Bytes that were compared with what was written; null when that was not asked for.</summary>
    public long? BytesVerified { get; set; }

    /// <summary>Measurements so far.</summary>
    public int MeasurementCount => Rows.Sum(static row => row.Rounds.Count);

    /// <summary>True when no row has failed.</summary>
    public bool IsGood => Rows.All(static row => row.Error is null);

    /// <summary>How far the rounds of a row differ, in the middle of all rows: see <see cref="Statistic.Spread"/>; 0 while there is nothing to compare.</summary>
    public double Spread =>
        Statistic.Of(Rows.Select(static row => row.Of(static round => round.Iops)).Where(static iops => iops is not null).Select(static iops => iops!.Value.Spread))
            ?.Median ?? 0;

    /// <summary>The row of a case on a way; null when the run has none.</summary>
    public BenchRow? Row(string way, BenchCase benchCase) => _rows.GetValueOrDefault((way, benchCase));

    /// <summary>Throughput of <paramref name="row"/> by that of the same case on another way; null where there is none.</summary>
    public Statistic? RatioTo(string way, BenchRow row) => way == row.Way.Name ? null : Ratio(row, Row(way, row.Case));

    /// <summary>Throughput of <paramref name="row"/>, a write, by that of the same reads; null for a read, or without one.</summary>
    public Statistic? WriteToRead(BenchRow row) => row.Case.IsWrite ? Ratio(row, Row(row.Way.Name, row.Case with { IsWrite = false })) : null;

    // Round by round: what slows a whole round down does not move it.
    private static Statistic? Ratio(BenchRow row, BenchRow? other) => other is null
        ? null
        : Statistic.Of(row.Good.Zip(other.Good).Where(static pair => pair.Second.Iops > 0).Select(static pair => pair.First.Iops / pair.Second.Iops));
}

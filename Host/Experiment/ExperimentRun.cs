namespace ScsiActors.Host.Experiment;

/// <summary>What an experiment is to do.</summary>
/// <param name="Seed">Decides every choice.</param>
/// <param name="WarmUp">Virtual time of each row before it is measured.</param>
/// <param name="Duration">Virtual time in which it is measured.</param>
/// <param name="Jobs">Rows that run at once; what they come to does not depend on it.</param>
internal sealed record ExperimentPlan(ulong Seed, TimeSpan WarmUp, TimeSpan Duration, int Jobs)
{
    /// <summary>What plain <c>dotnet run</c> does.</summary>
    public static ExperimentPlan Short { get; } =
        new(1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), Math.Clamp(Environment.ProcessorCount, 1, 8));
}

/// <summary>All rows of an experiment and what they say together.</summary>
/// <param name="Plan">What was asked for.</param>
/// <param name="Rows">The rows in the table's order.</param>
internal sealed record ExperimentRun(ExperimentPlan Plan, IReadOnlyList<RowResult> Rows)
{
    /// <summary>How far from <see cref="Little"/> the outstanding requests of a row may be.</summary>
    public const double LittleTolerance = 8;

    /// <summary>The requests outstanding that Little's law should find in every row.</summary>
    public const double Little = 76;

    /// <summary>What the letter asks of a model.</summary>
    public IReadOnlyList<Band> Bands { get; } = Experiment.Bands.Of(Rows);

    /// <summary>Rows of ours whose figures contradict each other; there should be none.</summary>
    public IReadOnlyList<RowResult> Inconsistent { get; } = [.. Rows.Where(static row => !IsConsistent(row.Key, row.Figures))];

    /// <summary>True when every band holds and every row of ours is consistent.</summary>
    public bool IsGood => Inconsistent.Count == 0 && Bands.All(static band => band.Holds);

    /// <summary>True when bandwidth and latency together come to the requests that are outstanding (Little's law).</summary>
    public static bool IsConsistent(RowKey row, Figures figures) =>
        Math.Abs(figures.Outstanding(row.Kibibytes) - Little) <= LittleTolerance;

    /// <summary>Runs every row, several at once.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="parameters">The model.</param>
    /// <param name="done">Told of each row when it is done, from any thread, one call at a time.</param>
    /// <param name="cancellation">Ends it between two rows.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static ExperimentRun Execute(ExperimentPlan plan, ExperimentParameters parameters, Action<RowResult> done, CancellationToken cancellation)
    {
        var keys = LetterTable.Rows;
        var rows = new RowResult[keys.Count];
        var simulation = new RowSimulation(parameters, plan.Seed, plan.WarmUp, plan.Duration);
        Parallel.For(0, keys.Count, new ParallelOptions { MaxDegreeOfParallelism = plan.Jobs, CancellationToken = cancellation }, index =>
        {
            rows[index] = simulation.Run(keys[index].Key);
            lock (rows)
                done(rows[index]);
        });
        return new ExperimentRun(plan, rows);
    }
}

using ScsiActors.Faults;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What has become of the rules of one kind of fault at one place.</summary>
/// <param name="Fault">The kind and the place.</param>
/// <param name="Acted">Injections.</param>
/// <param name="Noticed">Those that somebody noticed.</param>
/// <param name="Idle">Rules that never acted.</param>
public sealed record FaultTally(string Fault, int Acted, int Noticed, int Idle)
{
    internal static IReadOnlyList<FaultTally> Of(FaultLedger? ledger) => ledger is null ? [] :
    [
        .. ledger.Rules.GroupBy(static rule => (rule.Rule.What.What, rule.Rule.Where)).Select(kind => new FaultTally(
            $"{FaultNames.Of(kind.Key.What)} at {FaultNames.Of(kind.Key.Where)}",
            ledger.Injections.Count(injection => IsOf(injection, kind.Key)), ledger.Injections.Count(injection => IsOf(injection, kind.Key) && injection.IsNoticed),
            kind.Count(static rule => rule.Fired == 0))),
    ];

    private static bool IsOf(FaultInjection injection, (FaultWhat, FaultWhere) kind) => (injection.Rule.What.What, injection.Rule.Where) == kind;
}

/// <summary>How a run ended.</summary>
/// <param name="Scenario">What was run.</param>
/// <param name="Hash">That of the run's journal, 64 hexadecimal digits; the same scenario gives the same hash everywhere.</param>
/// <param name="Findings">What was wrong, in the order in which it was seen; none is as it should be.</param>
public sealed record RunResult(Scenario Scenario, string Hash, IReadOnlyList<Finding> Findings)
{
    /// <summary>Commands, functions and block requests that were sent.</summary>
    public int Requests { get; init; }

    /// <summary>Messages that actors handled.</summary>
    public long Turns { get; init; }

    /// <summary>Virtual time.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Findings for which a fault is to blame, and which do not count.</summary>
    public int Excused { get; init; }

    /// <summary>How often the historical bug has acted that was put in; 0 for one that is a setting.</summary>
    public int MutantActed { get; init; }

    /// <summary>The turns that deviated from the order in which actors became ready: run in their place, they give the same run.</summary>
    public IReadOnlyList<TurnDeviation> Deviations { get; init; } = [];

    /// <summary>The faults that have acted.</summary>
    public IReadOnlyList<Faults.FaultInjection> Injections { get; init; } = [];

    /// <summary>What each fault hit and who noticed, and the rules that never acted; empty without faults.</summary>
    public string FaultReport { get; init; } = "";

    /// <summary>The combinations of operation, ending, state, bus phase and fault that requests ended in, and how many in each.</summary>
    public IReadOnlyList<(CoverageCell Cell, int Count)> Cells { get; init; } = [];

    /// <summary>What has become of the rules, by the kind of fault and its place.</summary>
    public IReadOnlyList<FaultTally> Faults { get; init; } = [];

    /// <summary>How often what ended how: operation and ending, the other axes of the cells added up.</summary>
    public IReadOnlyDictionary<string, int> Coverage => Cells.GroupBy(static one => $"{one.Cell.Operation} | {one.Cell.Ending}")
        .ToDictionary(static group => group.Key, static group => group.Sum(static one => one.Count));

    /// <summary>True when nothing was wrong.</summary>
    public bool IsGood => Findings.Count == 0;

    /// <summary>One word: <c>good</c>, or the oracle that saw the first thing wrong.</summary>
    public string Verdict => IsGood ? "good" : Findings[0].Oracle;
}

namespace ScsiActors.Simulation.Campaign;

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

    /// <summary>What each fault hit and who noticed, and the rules that never acted; empty without faults.</summary>
    public string FaultReport { get; init; } = "";

    /// <summary>How often what ended how: operation code or function, and its ending.</summary>
    public IReadOnlyDictionary<string, int> Coverage { get; init; } = new Dictionary<string, int>();

    /// <summary>True when nothing was wrong.</summary>
    public bool IsGood => Findings.Count == 0;

    /// <summary>One word: <c>good</c>, or the oracle that saw the first thing wrong.</summary>
    public string Verdict => IsGood ? "good" : Findings[0].Oracle;
}

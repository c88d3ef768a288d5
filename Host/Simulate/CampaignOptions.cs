using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>What a campaign is to run.</summary>
/// <param name="First">The first seed.</param>
/// <param name="Last">The last seed, included; the campaign may end before it.</param>
/// <param name="Time">The wall time after which no further seed is begun; null for no limit.</param>
/// <param name="Jobs">Processes.</param>
/// <param name="ScenarioFile">The file with a scenario that is run under each seed, in place of those drawn from the seeds; null for none.</param>
/// <param name="Mutant">The historical bug that is put in; empty for none.</param>
/// <param name="UntilDry">The campaign ends when so many seeds one after the other have found no new cell; null for no such end.</param>
internal sealed record CampaignOptions(ulong First, ulong Last, TimeSpan? Time, int Jobs, string? ScenarioFile, string Mutant = "", int? UntilDry = null)
{
    /// <summary>The scenario in <see cref="ScenarioFile"/>.</summary>
    public Scenario? Scenario { get; } = ScenarioFile is null ? null : ScenarioSource.Read(ScenarioFile);

    /// <summary>Seeds there are at the most.</summary>
    public ulong Count => Last - First + 1;

    /// <summary>The arguments of the verb that repeat a seed of it.</summary>
    public string Repeat(ulong seed) => Mutant.Length > 0 ? $"simulate --mutant {Mutant} --seed {seed}"
        : ScenarioFile is { } file ? $"simulate --scenario {file} --seed {seed}" : $"replay {seed}";

    /// <summary>The scenario that is run under a seed.</summary>
    public Scenario ScenarioOf(ulong seed) => With(Scenario is { } given ? given with { Seed = seed } : ScenarioGenerator.Draw(seed));

    private Scenario With(Scenario scenario) => Mutant.Length == 0 ? scenario : scenario with { Mutant = Mutant };
}

/// <summary>What is said of one seed: also the line that a worker process writes.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Hash">Of the run.</param>
/// <param name="Verdict"><c>good</c>, or the oracle that found something.</param>
/// <param name="Sentences">The findings.</param>
/// <param name="Requests">Requests that clients sent.</param>
/// <param name="Turns">Messages handled.</param>
/// <param name="Seconds">Virtual time.</param>
/// <param name="Cells">Cells of coverage, each followed by how many requests ended in it.</param>
/// <param name="Faults">What has become of the rules.</param>
internal sealed record SeedResult(
    ulong Seed, string Hash, string Verdict, IReadOnlyList<string> Sentences, int Requests, long Turns, double Seconds,
    IReadOnlyList<ulong> Cells, IReadOnlyList<FaultTally> Faults)
{
    /// <summary>True when nothing was wrong.</summary>
    public bool IsGood => Sentences.Count == 0;

    /// <summary>The result of a run.</summary>
    public static SeedResult Of(RunResult result) => new(
        result.Scenario.Seed, result.Hash, result.Verdict, [.. result.Findings.Select(static finding => finding.ToString())], result.Requests,
        result.Turns, result.Elapsed.TotalSeconds, [.. result.Cells.SelectMany(static one => (ulong[])[one.Cell.Key, (ulong)one.Count])], result.Faults);
}

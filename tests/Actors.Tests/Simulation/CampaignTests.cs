using System.Globalization;
using System.Runtime.CompilerServices;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using ScsiActors.Simulation.Campaign;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Simulation;

/// <summary>Random scenarios on the actors of the product, by seed. SCSIACTORS_SEEDS=a..b runs more; failing-seeds.txt keeps those that once found
/// something.</summary>
public sealed class CampaignTests(ITestOutputHelper output)
{
    private const int UsualSeeds = 25;

    /// <summary>Some fixed seeds, those that once failed, and those that the environment asks for.</summary>
    public static TheoryData<ulong> Seeds()
    {
        var seeds = new SortedSet<ulong>(Enumerable.Range(1, UsualSeeds).Select(static seed => (ulong)seed));
        foreach (var line in File.ReadLines(Path.Combine(Folder(), "failing-seeds.txt")))
        {
            if (line.Split('#')[0].Trim() is { Length: > 0 } text)
                seeds.Add(ulong.Parse(text, CultureInfo.InvariantCulture));
        }
        if (Environment.GetEnvironmentVariable("SCSIACTORS_SEEDS")?.Split("..") is [var first, var last])
        {
            for (var seed = ulong.Parse(first, CultureInfo.InvariantCulture); seed <= ulong.Parse(last, CultureInfo.InvariantCulture); seed++)
                seeds.Add(seed);
        }
        return new TheoryData<ulong>(seeds);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_oracles_find_nothing(ulong seed)
    {
        var result = ScenarioRun.Run(ScenarioGenerator.Draw(seed));
        output.WriteLine($"seed {seed}: {result.Requests} requests, {result.Excused} findings with a fault to blame, hash {result.Hash}");
        Assert.True(result.IsGood, $"Seed {seed}:\n{string.Join('\n', result.Findings)}\n{result.FaultReport}");
    }

    [Theory]
    [InlineData(3ul)]
    [InlineData(8ul)]
    [InlineData(14ul)]
    public void A_seed_gives_the_same_hash_every_time(ulong seed) =>
        Assert.Equal(ScenarioRun.Run(ScenarioGenerator.Draw(seed)).Hash, ScenarioRun.Run(ScenarioGenerator.Draw(seed)).Hash);

    [Fact]
    public void Different_seeds_give_different_hashes() =>
        Assert.Equal(5, Enumerable.Range(1, 5).Select(static seed => ScenarioRun.Run(ScenarioGenerator.Draw((ulong)seed)).Hash).Distinct().Count());

    [Fact]
    public void A_scenario_survives_being_written_and_read()
    {
        for (var seed = 1ul; seed <= 20; seed++)
        {
            var scenario = ScenarioGenerator.Draw(seed);
            var read = ScenarioJson.Read(ScenarioJson.Write(scenario));
            Assert.Equal(scenario.Steps, read.Steps);
            Assert.Equal(scenario, read with { Steps = scenario.Steps });
        }
    }

    [Fact]
    public void Bus_resets_and_power_cuts_are_steps_of_a_scenario_in_every_form()
    {
        var scenario = ScenarioBuilder.WithSeed(1).Via(ScenarioPort.Adapter, client: 1).Write(8, 8).At(20).ResetBus().CutPower(50).At(1000).Read(8, 8).Build();
        Assert.Equal(scenario.Steps, ScenarioJson.Read(ScenarioJson.Write(scenario)).Steps);
        var test = ScenarioTest.Write(scenario, new Finding("contents", default, "A sentence."));
        Assert.Contains(".At(20).ResetBus()", test, StringComparison.Ordinal);
        Assert.Contains(".CutPower(50)", test, StringComparison.Ordinal);
        var result = ScenarioRun.Run(scenario);
        Assert.Empty(result.Findings);
        Assert.Equal(1, result.Coverage["bus reset | done"]);
    }

    [Theory]
    [InlineData("host-adapter.bugs.submit-before-data = on", "default", "contents")]
    public void The_letters_bug_is_found_and_shrinks_to_a_few_steps(string bug, string preset, string oracle)
    {
        var (seed, failing) = FirstFailing(bug, preset, oracle);
        // The bug itself is not to be left out.
        var shrinker = new ScenarioShrinker((scenario, _) => ScenarioRun.Run(With(scenario, bug)), static () => false);
        var shortest = shrinker.Shrink(failing, oracle);
        output.WriteLine($"seed {seed}: {failing.Steps.Count} steps, {shortest.Steps.Count} after shrinking ({shrinker.Runs} runs)");
        output.WriteLine(ScenarioTest.Write(With(shortest, bug), ScenarioRun.Run(With(shortest, bug)).Findings[0]));
        Assert.InRange(shortest.Steps.Count, 1, 4);
        Assert.Contains(ScenarioRun.Run(With(shortest, bug)).Findings, finding => finding.Oracle == oracle);
        Assert.Empty(ScenarioRun.Run(shortest).Findings);
    }

    [Fact]
    public void A_write_and_a_read_by_every_way_find_nothing()
    {
        foreach (var port in Enum.GetValues<ScenarioPort>())
        {
            var builder = ScenarioBuilder.WithSeed(1).Via(port);
            var result = (port == ScenarioPort.VirtioBlk
                ? builder.Block(BlockOperation.Write, 4096, 4096).At(1000).Block(BlockOperation.Read, 4096, 4096)
                : builder.Write(8, 8).Write(8, 8).At(1000).Read(8, 8).Read(8, 8)).Run();
            Assert.Empty(result.Findings);
            Assert.Contains(result.Coverage.Keys, static key => key.Contains("Good", StringComparison.Ordinal) || key.Contains("Ok", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_fault_that_acts_is_to_blame_and_one_that_is_not_there_is_not()
    {
        var builder = ScenarioBuilder.WithSeed(1).Read(0, 1).At(1000).Read(8, 8);
        Assert.Empty(builder.Run().Findings);
        var result = builder.Fault("bad { where = aio, when = { operation = read, lba = \"8\" }, what = medium-error, times = 1 }").Run();
        Assert.Empty(result.Findings);
        Assert.InRange(result.Excused, 1, 2);
        Assert.Contains("noticed by oracle blame", result.FaultReport, StringComparison.Ordinal);
    }

    private static Scenario With(Scenario scenario, string bug) => scenario with { Settings = $"{scenario.Settings}\n{bug}" };

    private static (ulong Seed, Scenario Scenario) FirstFailing(string bug, string preset, string oracle)
    {
        for (var seed = 1ul; seed <= 100; seed++)
        {
            var scenario = ScenarioGenerator.Draw(seed) with { Preset = preset, Faults = "" };
            if (scenario.Uses(ScenarioPort.Adapter) && ScenarioRun.Run(With(scenario, bug)).Findings.Any(finding => finding.Oracle == oracle))
                return (seed, scenario);
        }
        throw new Xunit.Sdk.XunitException($"{bug} was not found within 100 seeds");
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

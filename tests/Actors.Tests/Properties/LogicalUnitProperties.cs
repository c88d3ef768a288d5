using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Properties;

/// <summary>Random commands, aborts, resets and failures against the model, by seed. SCSIACTORS_SEEDS=a..b runs more seeds;
/// failing-seeds.txt keeps those that once found something.</summary>
public sealed class LogicalUnitProperties(ITestOutputHelper output)
{
    private const int Runs = 40;
    private const int CommandsPerRun = 3000;

    /// <summary>The seeds: some fixed ones, those that once failed, and those that the environment asks for.</summary>
    public static TheoryData<ulong> Seeds()
    {
        var seeds = new SortedSet<ulong>(Enumerable.Range(1, Runs).Select(static seed => (ulong)seed));
        foreach (var line in File.ReadLines(Path.Combine(Folder(), "failing-seeds.txt")))
        {
            var text = line.Split('#')[0].Trim();
            if (text.Length > 0)
                seeds.Add(ulong.Parse(text, CultureInfo.InvariantCulture));
        }
        if (Environment.GetEnvironmentVariable("SCSIACTORS_SEEDS")?.Split("..") is [var first, var last])
        {
            for (var seed = ulong.Parse(first, CultureInfo.InvariantCulture); seed <= ulong.Parse(last,
                CultureInfo.InvariantCulture); seed++)
                seeds.Add(seed);
        }
        return new TheoryData<ulong>(seeds);
    }

    /// <summary>40 runs of 3000 commands, each with settings, weights, failures and an order of completions of its own.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_logical_unit_answers_any_commands_as_the_model_does(ulong seed)
    {
        var swarm = new Swarm(seed);
        var steps = swarm.Steps(seed, CommandsPerRun);
        try
        {
            var run = new LogicalUnitRun(swarm);
            run.Execute(steps);
            output.WriteLine($"seed {seed}: {run.Commands} commands");
        }
        catch (DivergenceException divergence)
        {
            if (divergence.Data["step"] is int step)
                steps = Shrinker.Shrink(swarm, steps.Take(step + 1).ToList(), divergence.Rule);
            Assert.Fail($"""
                Seed {seed}, {divergence.Message}
                Settings: {swarm.Settings}, {swarm.Blocks} blocks
                Shortest list of steps found ({steps.Count}):
                {Shrinker.Tell(swarm, steps)}
                """);
        }
    }

    /// <summary>A logical unit that goes wrong is found in nearly every run: not by a single lucky seed.</summary>
    [Theory]
    [InlineData(Spoiled.CompletesTwice, "completion-twice")]
    [InlineData(Spoiled.LosesACompletion, "completion-missing")]
    [InlineData(Spoiled.FlipsABitOfDataIn, "data")]
    [InlineData(Spoiled.WritesElsewhere, "aio-owner")]
    [InlineData(Spoiled.ForgetsWriteThrough, "data")]
    [InlineData(Spoiled.ForgetsAtomicity, "aio-atomic")]
    [InlineData(Spoiled.HidesUnitAttentions, "unit-attention-missed")]
    [InlineData(Spoiled.HidesRefusals, "outcome")]
    [InlineData(Spoiled.Miscounts, "transferred")]
    [InlineData(Spoiled.AnswersFunctionsTwice, "interruption-twice")]
    [InlineData(Spoiled.WritesBeforeItsDataHasCome, "aio-owner")]
    public void A_logical_unit_that_goes_wrong_is_found(Spoiled kind, string rule)
    {
        var rules = new List<string>();
        for (var seed = 1ul; seed <= 10; seed++)
        {
            var swarm = new Swarm(seed);
            try
            {
                new LogicalUnitRun(swarm, sabotage: new Sabotage(kind)).Execute(swarm.Steps(seed, 600));
                rules.Add("nothing");
            }
            catch (DivergenceException divergence)
            {
                rules.Add(divergence.Rule);
            }
        }
        output.WriteLine(string.Join(", ", rules));
        Assert.Contains(rule, rules);
        Assert.True(rules.Count(static found => found == "nothing") <= 4, $"found only as {string.Join(", ", rules)}");
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

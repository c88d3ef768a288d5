using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ScsiActors.Host.Output;
using ScsiActors.Host.Simulate;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Commands;

/// <summary><c>simulate</c>: random scenarios in virtual time, one a seed, under the eyes of the oracles.</summary>
internal static class SimulateCommand
{
    private static readonly Option<(ulong First, ulong Last)?> Seeds = new("--seeds")
    {
        Description = "The seeds to run, both ends included.",
        HelpName = "A..B",
        CustomParser = static result => TryRange(result.Tokens[0].Value) ?? Parsers.Refuse<(ulong, ulong)?>(result, "wants two numbers, such as 1..100"),
    };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("simulate", "Run random scenarios in virtual time and have every message judged.") { Seeds };
        command.SetAction(Run);
        return command;
    }

    private static (ulong, ulong)? TryRange(string text) => text.Split("..") is [var first, var last]
        && ulong.TryParse(first, CultureInfo.InvariantCulture, out var from) && ulong.TryParse(last, CultureInfo.InvariantCulture, out var to) && from <= to
        ? (from, to) : null;

    private static int Run(ParseResult line)
    {
        var (first, last) = line.GetValue(Seeds) ?? (1, 100);
        var totals = new CampaignTotals();
        for (var seed = first; seed <= last; seed++)
        {
            var result = SeedResult.Of(ScenarioRun.Run(ScenarioGenerator.Draw(seed)));
            totals.Add(result);
            foreach (var sentence in result.Sentences.Take(3))
                Screen.Line($"seed {seed}: {sentence}");
        }
        foreach (var (key, count) in totals.Coverage)
            Screen.Line($"{count,8} {key}");
        Screen.Line(totals.Line());
        return totals.Failures.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScsiActors.Faults;
using ScsiActors.Host.Output;
using ScsiActors.Host.Simulate;
using ScsiActors.Host.Simulate.Html;
using Spectre.Console;

namespace ScsiActors.Host.Commands;

/// <summary><c>simulate</c>: random scenarios in virtual time, one a seed, under the eyes of the oracles.</summary>
internal static class SimulateCommand
{
    private const ulong UsualSeeds = 100;
    private const ulong SeedsForMutants = 1000;
    private const int MostJobs = 64;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainRefresh = TimeSpan.FromSeconds(10);

    private static readonly Option<(ulong First, ulong Last)?> Seeds = new("--seeds")
    {
        Description = "The seeds to run, both ends included; 1..100 without it, all there are with --time.",
        HelpName = "A..B",
        CustomParser = static result => TryRange(result.Tokens[0].Value) ?? Parsers.Refuse<(ulong, ulong)?>(result, "wants two numbers, such as 1..100"),
    };

    private static readonly Option<ulong?> Seed = new("--seed") { Description = "One seed.", HelpName = "N" };

    private static readonly Option<double?> Time = new("--time") { Description = "Begin no further seed after this many seconds.", HelpName = "SECONDS" };

    private static readonly Option<int> Jobs = Parsers.CountOption("--jobs", "Processes that share the seeds.", 1, MostJobs);

    private static readonly Option<FileInfo?> ScenarioFile =
        new("--scenario") { Description = "Run this scenario under each seed, in place of those drawn from the seeds.", HelpName = "FILE" };

    private static readonly Option<FileInfo?> Hashes =
        new("--hashes") { Description = "Write one line per seed: seed, hash, verdict.", HelpName = "FILE" };

    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Write figures, coverage and findings.", HelpName = "FILE" };

    private static readonly Option<DirectoryInfo> Found = new("--found")
    {
        Description = "Where the shortest failing cases go, as scenarios and as tests.",
        HelpName = "FOLDER",
        DefaultValueFactory = static _ => new DirectoryInfo("found"),
    };

    private static readonly Option<bool> NoShrink = new("--no-shrink") { Description = "Do not look for the shortest failing cases." };

    private static readonly Option<bool> Coverage = new("--coverage") { Description = "Show which operations ended where and how, and what is rare." };

    private static readonly Option<FileInfo?> Html = new("--html") { Description = "Also write a report for a browser: failures, coverage maps, faults.", HelpName = "FILE" };

    private static readonly Option<int?> UntilDry =
        new("--until-dry") { Description = "End when this many seeds, one after the other, have found no new cell of coverage.", HelpName = "N" };

    private static readonly Option<bool> Speed = new("--speed") { Description = "Measure how fast a simulated logical unit is: 16 KiB at depth 16." };

    private static readonly Option<string> MutantName = new("--mutant")
    {
        Description = "Put a historical bug in: one of those that --mutants names.", HelpName = "NAME", DefaultValueFactory = static _ => "",
    };

    private static readonly Option<bool> AllMutants = new("--mutants") { Description = "Show how many seeds it takes to find each historical bug; 1..1000 without --seeds; on all processors without --jobs." };

    private static readonly Option<string?> Worker = new("--worker") { Hidden = true };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("simulate", "Run random scenarios in virtual time, and judge every message.")
        {
            Seeds, Seed, Time, Jobs, ScenarioFile, Hashes, Json, Found, NoShrink, Coverage, Html, UntilDry, Speed, MutantName, AllMutants, Worker,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static (ulong, ulong)? TryRange(string text) => text.Split("..") is [var first, var last]
        && ulong.TryParse(first, CultureInfo.InvariantCulture, out var from) && ulong.TryParse(last, CultureInfo.InvariantCulture, out var to) && from <= to
        ? (from, to) : null;

    private static async Task<int> RunAsync(ParseResult line, CancellationToken cancellation)
    {
        if (line.GetValue(Speed))
            return SpeedRun.Tell();
        if (line.GetValue(AllMutants))
        {
            var (from, to) = line.GetValue(Seeds) ?? (1, SeedsForMutants);
            return new MutantTable(from, to, line.GetResult(Jobs) is { Implicit: false } ? line.GetValue(Jobs) : Environment.ProcessorCount).Tell(cancellation);
        }
        OutputFiles.Require(("--hashes", line.GetValue(Hashes)), ("--json", line.GetValue(Json)), ("--html", line.GetValue(Html)));
        var options = OptionsFrom(line);
        if (line.GetValue(Worker) is { } share)
            return Work(options, share, cancellation);
        var totals = new CampaignTotals();
        var results = new SortedDictionary<ulong, SeedResult>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await ShowAsync(totals, report => new CampaignRunner(options, end.Token).RunAsync(result =>
        {
            if (end.IsCancellationRequested)
                return;
            totals.Add(result);
            results[result.Seed] = result with { Cells = [], Faults = [] };
            report(totals.Line());
            if (totals.DrySeeds >= options.UntilDry)
                end.Cancel();
        }));
        if (line.GetValue(Coverage))
            new CoverageTable(totals).Tell();
        Screen.Line(totals.Line());
        WriteHashes(line.GetValue(Hashes), results.Values);
        WriteJson(line.GetValue(Json), totals);
        if (line.GetValue(Html) is { } page)
            OutputFiles.Save(Html.Name, page, new CampaignReport(options, totals).Build(RepeatOf(line)).ToHtml());
        new FailureReport(options, line.GetRequiredValue(Found)).Tell(totals.Failures, !line.GetValue(NoShrink), cancellation);
        cancellation.ThrowIfCancellationRequested();
        return totals.Failures.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static CampaignOptions OptionsFrom(ParseResult line)
    {
        var time = line.GetValue(Time) is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var (first, last) = line.GetValue(Seed) is { } seed ? (seed, seed)
            : line.GetValue(Seeds) ?? (1, time is null && line.GetValue(UntilDry) is null ? UsualSeeds : int.MaxValue);
        var mutant = line.GetRequiredValue(MutantName);
        if (mutant.Length > 0 && Mutants.Find(mutant) is null)
            throw new UsageException($"--mutant {mutant}: there is none; there are {string.Join(", ", Mutants.All.Select(static one => one.Name))}.");
        return new CampaignOptions(first, last, time, line.GetValue(Jobs), line.GetValue(ScenarioFile)?.FullName, mutant, line.GetValue(UntilDry));
    }

    private static int Work(CampaignOptions options, string share, CancellationToken cancellation)
    {
        var parts = share.Split('/');
        var output = Console.Out;
        new CampaignRunner(options, cancellation).RunHere(
            new WorkerShare(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)),
            result => output.WriteLine(JsonSerializer.Serialize(result)));
        return ExitCode.Ok;
    }

    private static async Task ShowAsync(CampaignTotals totals, Func<Action<string>, Task> run)
    {
        var shown = TimeSpan.Zero;
        if (Screen.IsInteractive)
        {
            await Screen.Out.Status().StartAsync("simulating", context => Task.Run(() => run(text =>
            {
                if (totals.Elapsed - shown < Refresh)
                    return;
                shown = totals.Elapsed;
                context.Status(Markup.Escape(text));
            })));
            return;
        }
        await run(text =>
        {
            if (totals.Elapsed - shown < PlainRefresh)
                return;
            shown = totals.Elapsed;
            Screen.Line(text);
        });
    }

    private static string RepeatOf(ParseResult line) => $"simulate {string.Join(' ', line.Tokens.Skip(1).Select(static token => token.Value))}";

    private static void WriteHashes(FileInfo? file, IEnumerable<SeedResult> results)
    {
        if (file is not null)
            OutputFiles.Save("--hashes", file, string.Concat(results.Select(static result => FormattableString.Invariant($"{result.Seed} {result.Hash} {result.Verdict}\n"))));
    }

    private static void WriteJson(FileInfo? file, CampaignTotals totals)
    {
        if (file is null)
            return;
        var seconds = totals.Elapsed.TotalSeconds;
        OutputFiles.SaveJson(new
        {
            engine = EngineInfo.Line,
            seeds = totals.Seeds,
            seconds,
            simulatedSeconds = totals.SimulatedSeconds,
            requests = totals.Requests,
            messages = totals.Turns,
            failures = totals.Failures.Select(static failure => new { failure.Seed, failure.Hash, failure.Verdict, failure.Sentences }),
            cells = totals.Cells.Count,
            newCells = totals.NewCells,
            faults = totals.Faults.Values,
            coverage = new CoverageTable(totals).Rows(),
        }, file);
    }
}

using System.CommandLine;
using System.Globalization;
using ScsiActors.Host.Output;
using ScsiActors.Host.Simulate;
using ScsiActors.Host.Simulate.Html;
using ScsiActors.Host.Trace;
using ScsiActors.Journal;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Commands;

/// <summary><c>replay</c>: one seed or scenario again, message by message.</summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> What = new("what")
    {
        Description = "The seed, or a file with a scenario.",
        HelpName = "SEED|FILE",
    };

    private static readonly Option<double?> Until = new("--until")
    {
        Description = "The virtual time, in milliseconds, at which it ends.",
        HelpName = "MS",
    };

    private static readonly Option<string?> Break = new("--break")
    {
        Description = "End at the first message that has this text in its line.",
        HelpName = "TEXT",
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Show only lines that have this text in them.",
        HelpName = "TEXT",
    };

    private static readonly IReadOnlyList<(JournalForm Form, Option<FileInfo?> File)> Files = JournalForm.FileOptions();

    private static readonly Option<FileInfo?> Html = new("--html") { Description = "Also write a report with a timeline, for a browser.", HelpName = "FILE" };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("replay", "Run one seed or scenario again and show its messages.") { What, Until, Break, Only, Html };
        foreach (var (_, file) in Files)
            command.Options.Add(file);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult line)
    {
        var scenario = ScenarioSource.Read(line.GetRequiredValue(What));
        var until = line.GetValue(Until) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.MaxValue;
        var (text, only) = (line.GetValue(Break), line.GetValue(Only));
        OutputFiles.Require([(Html.Name, line.GetValue(Html)), .. Files.Select(one => (one.File.Name, line.GetValue(one.File)))]);
        var isKept = line.GetValue(Html) is not null || Files.Any(one => line.GetValue(one.File) is not null);
        using var run = new ScenarioRun(scenario, new JournalOptions { Keep = isKept ? int.MaxValue : 0 });
        var stop = false;
        run.Sent = (time, from, to, message) =>
        {
            var said = string.Create(CultureInfo.InvariantCulture, $"{(time - run.Start).TotalMilliseconds,12:F4}  ")
                + MessageText.Line(from, to, message, 16);
            if (!stop && (only is null || said.Contains(only, StringComparison.OrdinalIgnoreCase)))
                Screen.Line(said);
            stop |= text is not null && said.Contains(text, StringComparison.OrdinalIgnoreCase);
        };
        run.Prepare();
        if (until < TimeSpan.MaxValue || text is not null)
            run.World.AdvanceUntil(() => stop || run.World.Now - run.Start >= until, until < TimeSpan.MaxValue ? until : TimeSpan.FromHours(1));
        else
            run.Finish();
        run.Sent = null;
        foreach (var (form, option) in Files)
        {
            if (line.GetValue(option) is { } file)
                form.WriteTo(file, run.Journal.Header, run.Journal.Events);
        }
        if (line.GetValue(Html) is { } page)
            OutputFiles.Save(Html.Name, page, RunReport.Of(run, $"replay {line.GetRequiredValue(What)}").ToHtml());
        return Tell(run);
    }

    private static int Tell(ScenarioRun run)
    {
        var result = run.Result();
        Screen.Line();
        Screen.Line(FormattableString.Invariant($"{result.Elapsed.TotalMilliseconds:F4} ms, {result.Requests} requests, {result.Turns} turns, hash {result.Hash}"));
        foreach (var request in run.Outstanding)
            Screen.Line($"outstanding: {request}");
        if (result.FaultReport.Length > 0)
            Screen.Line(result.FaultReport.TrimEnd());
        foreach (var finding in result.Findings)
            Screen.Line(finding.ToString());
        return result.IsGood ? ExitCode.Ok : ExitCode.Failed;
    }
}

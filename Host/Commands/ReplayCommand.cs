using System.CommandLine;
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

    private static readonly Option<string[]> Break = new("--break")
    {
        Description = "End, or with --step ask, at a message that has this text in its line; may be given several times.",
        HelpName = "TEXT",
        DefaultValueFactory = static _ => [],
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Show only lines that have this text in them.",
        HelpName = "TEXT",
    };

    private static readonly Option<bool> Step = new("--step")
    {
        Description = "Ask after each message what to do: Enter goes on, help names the rest. Commands may come from a file or a pipe.",
    };

    private static readonly Option<bool> State = new("--state")
    {
        Description = "Show at the break, or at the end, what each part holds: task sets, adapter, driver, queues, disks, faults.",
    };

    private static readonly IReadOnlyList<(JournalForm Form, Option<FileInfo?> File)> Files = JournalForm.FileOptions();

    private static readonly Option<FileInfo?> Html = new("--html") { Description = "Also write a report with a timeline, for a browser.", HelpName = "FILE" };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("replay", "Run one seed or scenario again and show its messages, or step through them.")
        {
            What, Until, Break, Only, Step, State, Html,
        };
        foreach (var (_, file) in Files)
            command.Options.Add(file);
        command.SetAction(static (line, cancellation) => Task.FromResult(Run(line, cancellation)));
        return command;
    }

    private static int Run(ParseResult line, CancellationToken cancellation)
    {
        var scenario = ScenarioSource.Read(line.GetRequiredValue(What));
        var until = line.GetValue(Until) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : (TimeSpan?)null;
        OutputFiles.Require([(Html.Name, line.GetValue(Html)), .. Files.Select(one => (one.File.Name, line.GetValue(one.File)))]);
        var isKept = line.GetValue(Html) is not null || Files.Any(one => line.GetValue(one.File) is not null);
        using var run = new ScenarioRun(scenario, new JournalOptions { Keep = isKept ? int.MaxValue : 0 });
        var session = new ReplaySession(run, line.GetRequiredValue(Break), line.GetValue(Only), cancellation)
        {
            Shell = line.GetValue(Step) ? new ReplayShell(run, cancellation) : null,
        };
        session.Go(until);
        if (line.GetValue(State))
            StateText.Tell(run, static _ => true);
        Write(line, run);
        var code = Tell(run);
        cancellation.ThrowIfCancellationRequested();
        return code;
    }

    private static void Write(ParseResult line, ScenarioRun run)
    {
        foreach (var (form, option) in Files)
        {
            if (line.GetValue(option) is { } file)
                form.WriteTo(file, run.Journal.Header, run.Journal.Events);
        }
        if (line.GetValue(Html) is { } page)
            OutputFiles.Save(Html.Name, page, RunReport.Of(run, $"replay {line.GetRequiredValue(What)}").ToHtml());
    }

    private static int Tell(ScenarioRun run)
    {
        var result = run.Result();
        Screen.Line();
        Screen.Line(FormattableString.Invariant($"{result.Elapsed.TotalMilliseconds:F4} ms, {result.Requests} requests, {result.Turns} turns, hash {result.Hash}"));
        foreach (var request in run.Outstanding)
            Screen.Line($"outstanding: {request}");
        foreach (var deviation in result.Deviations.Where(static deviation => deviation.Text.Length > 0))
            Screen.Line($"out of order at choice {deviation.Choice}: {deviation.Text}");
        if (result.FaultReport.Length > 0)
            Screen.Line(result.FaultReport.TrimEnd());
        foreach (var finding in result.Findings)
            Screen.Line(finding.ToString());
        return result.IsGood ? ExitCode.Ok : ExitCode.Failed;
    }
}

using System.CommandLine;
using System.Diagnostics;
using Akka.Configuration;
using ScsiActors.Host.Experiment;
using ScsiActors.Host.Output;
using ScsiActors.Host.Session;
using Spectre.Console;

namespace ScsiActors.Host.Commands;

/// <summary><c>experiment</c>: the letter's table in virtual time, beside the published one.</summary>
internal static class ExperimentCommand
{
    private const string HowToRead = """
        In virtual time: driver, adapter or virtio device, bus, logical unit and queue are the program's own actors; guest, processor and disk are a model
        (Host/Experiment/experiment.hocon says which of its numbers were fitted, to which rows: never to a row with patches). Little: requests
        outstanding, bandwidth times latency; ! marks a row that contradicts itself, as one of the letter's does.
        """;

    private static readonly Option<ulong> Seed = Parsers.SeedOption("Decides what the model draws: nothing as built in, latencies with a --model whose disk has a latency-distribution. Same seed, same bytes.");

    private static readonly Option<TimeSpan?> Time = Parsers.DurationOption(
        "--time", "Virtual time for which each row is measured, after a warm-up of a third of it; default 3s.", TimeSpan.FromMilliseconds(500));

    private static readonly Option<int> Jobs = Parsers.CountOption(
        "--jobs", "Rows that run at once; the output does not depend on it.", ExperimentPlan.Short.Jobs, 64);

    private static readonly Option<FileInfo?> Model = new("--model")
    {
        Description = "Numbers laid over those of the model, Host/Experiment/experiment.hocon.", HelpName = "FILE",
    };

    private static readonly Option<FileInfo?> Html = new("--html") { Description = "Write a report with pictures: one file, no network.", HelpName = "FILE" };

    private static readonly Option<FileInfo?> Json = new("--json")
    {
        Description = "Write everything for programs; Host/Experiment/SCHEMA.md describes it.", HelpName = "FILE",
    };

    private static readonly Option<FileInfo?> Csv = new("--csv") { Description = "Write the rows as comma-separated values.", HelpName = "FILE" };

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("experiment", "Repeat the 2008 letter's table in virtual time, and hold it against the published one.")
        {
            Seed, Time, Jobs, Model, Html, Json, Csv,
        };
        command.SetAction(static (line, cancellation) => Task.FromResult(Run(line, cancellation)));
        return command;
    }

    /// <summary>The short form, of plain <c>dotnet run</c>.</summary>
    public static int RunShortForm(CancellationToken cancellation) => 
        Run(ExperimentPlan.Short, ExperimentParameters.From(ConfigurationFactory.Empty), cancellation, out _);

    private static int Run(ParseResult line, CancellationToken cancellation)
    {
        var plan = ExperimentPlan.Short with { Seed = line.GetValue(Seed), Jobs = line.GetRequiredValue(Jobs) };
        if (line.GetValue(Time) is { } time)
            plan = plan with { Duration = time, WarmUp = time / 3 };
        OutputFiles.Require(("--html", line.GetValue(Html)), ("--json", line.GetValue(Json)), ("--csv", line.GetValue(Csv)));
        Screen.Line(EngineInfo.Line);
        var parameters = ModelOf(line.GetValue(Model));
        var exitCode = Run(plan, parameters, cancellation, out var run);
        if (line.GetValue(Html) is { } html)
            Save("--html", html, ExperimentHtml.Of(run, parameters).ToHtml());
        if (line.GetValue(Json) is { } json)
        {
            OutputFiles.SaveJson(ExperimentReport.Of(run), json);
            Screen.Line($"Everything written to {json}.");
        }
        if (line.GetValue(Csv) is { } csv)
            Save("--csv", csv, ExperimentReport.CsvOf(run));
        return exitCode;
    }

    private static int Run(ExperimentPlan plan, ExperimentParameters parameters, CancellationToken cancellation, out ExperimentRun run)
    {
        var watch = Stopwatch.StartNew();
        run = Watch(progress => ExperimentRun.Execute(plan, parameters, progress, cancellation));
        var elapsed = watch.Elapsed;
        ExperimentTable.Write(Screen.Out, run);
        ExperimentTable.WriteBands(Screen.Out, run);
        Screen.Line(HowToRead);
        Screen.Line($"\nVerdict: {ExperimentVerdict.Of(run)}");
        foreach (var reason in ExperimentVerdict.Reasons(run))
            Screen.Line($"  {reason}");
        // On standard error: how long it took is the one thing that differs between two runs.
        var simulated = (plan.WarmUp + plan.Duration) * run.Rows.Count;
        Screen.Error(FormattableString.Invariant(
            $"{simulated.TotalSeconds:0} virtual seconds in {elapsed.TotalSeconds:0.0} s; repeat with: experiment --seed {plan.Seed} --time {plan.Duration.TotalSeconds:0.###}s"));
        return run.IsGood ? ExitCode.Ok : ExitCode.Failed;
    }

    private static ExperimentRun Watch(Func<Action<RowResult>, ExperimentRun> execute)
    {
        if (!Screen.IsInteractive)
            return execute(static row => Screen.Error($"  {row.Key}: {row.Figures.Bandwidth:0.0} MB/s"));
        return Screen.Out.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask("simulating", maxValue: LetterTable.Rows.Count);
                return execute(row =>
                {
                    task.Description = row.Key.ToString();
                    task.Increment(1);
                });
            });
    }

    private static ExperimentParameters ModelOf(FileInfo? file)
    {
        if (file is null)
            return ExperimentParameters.From(ConfigurationFactory.Empty);
        try
        {
            var text = File.ReadAllText(file.FullName);
            var model = ConfigurationFactory.ParseString(text);
            ConfigurationCheck.Keys(file, text, model, ScsiSubsystem.DefaultConfig);
            ConfigurationCheck.Keys(file, text, model, ConfigurationFactory.ParseString(ExperimentParameters.Text), "experiment");
            return ExperimentParameters.From(model);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ConfigurationException or FormatException)
        {
            throw new UsageException($"--model {file}: {error.Message}");
        }
    }

    private static void Save(string option, FileInfo file, string text)
    {
        OutputFiles.Save(option, file, text);
        Screen.Line($"Written to {file}.");
    }
}

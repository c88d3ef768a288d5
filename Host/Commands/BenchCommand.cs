using System.CommandLine;
using ScsiActors.Host.Bench;
using ScsiActors.Host.Output;
using Spectre.Console;

namespace ScsiActors.Host.Commands;

/// <summary><c>bench</c>: how fast each kind of storage is below the same actors; and its short form without a verb.</summary>
internal static class BenchCommand
{
    private const string HowToRead =
        "Ratios compare with the same row on other storage, measured next to it: they mean more than figures from a busy machine.";

    private const string WhatNext = """

        What to try next (after `dotnet run --project Host --`):
          bench                                every size and depth; bench --help for more
          bench --direct --directory DIR       a real disk, past the page cache
          disk create disk.img --size 1GiB     a disk of your own; then: disk info disk.img
          copy disk.img copy.img --verify      sector by sector, through two logical units
          trace write                          the life of one command, message by message
          bench --through lsi --preset no-patch   writes as they were before the 2008 patches
          --help                               everything else
        """;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("bench", "Measure reads and writes on each kind of storage, by an initiator in this process.");
        foreach (var option in BenchOptions.All)
            command.Options.Add(option);
        command.SetAction(static (line, cancellation) => RunAsync(BenchOptions.PlanOf(line), GlobalOptions.From(line), cancellation));
        return command;
    }

    /// <summary>What plain <c>dotnet run</c> does.</summary>
    public static async Task<int> RunShortFormAsync(ParseResult line, CancellationToken cancellation)
    {
        var exitCode = await RunAsync(BenchPlan.Short, GlobalOptions.From(line), cancellation);
        Screen.Line(WhatNext);
        return exitCode;
    }

    private static async Task<int> RunAsync(BenchPlan plan, GlobalOptions options, CancellationToken cancellation)
    {
        Screen.Line(EngineInfo.Line);
        var result = new BenchResult();
        try
        {
            await WatchAsync(plan, options, result, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var deleted = result.TemporaryFiles.Count == 0 ? "" : $"; deleted {string.Join(" and ", result.TemporaryFiles)}";
            Screen.Error($"Interrupted after {result.Rows.Count} of {plan.RowCount} rows{deleted}.");
            Save(plan, result, complete: false);
            throw;
        }
        BenchTable.Write(Screen.Out, result.Rows);
        Explain(result);
        Save(plan, result, complete: true);
        return result.IsGood && !(plan.BackendsAreChosen && result.Skipped.Count > 0) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task WatchAsync(BenchPlan plan, GlobalOptions options, BenchResult result, CancellationToken cancellation)
    {
        if (!Screen.IsInteractive)
        {
            await new BenchRunner(plan, options, new PlainProgress(plan.RowCount), result).RunAsync(cancellation);
            return;
        }
        var run = Task.CompletedTask;
        await Screen.Out.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(),
                new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var progress = new LiveProgress(context.AddTask("starting", maxValue: plan.RowCount));
                run = new BenchRunner(plan, options, progress, result).RunAsync(cancellation);
                await run.ContinueWith(static _ => { }, TaskScheduler.Default);
            });
        // Outside, so that the display is cleared before an error is told.
        await run;
    }

    private static void Save(BenchPlan plan, BenchResult result, bool complete)
    {
        if (plan.Json is not { } file)
            return;
        try
        {
            BenchReport.Of(plan, result, complete).Save(file);
            Screen.Line($"{(complete ? "Rows" : "The rows measured so far")} written to {file}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"--json {file}: {error.Message}");
        }
    }

    private static void Explain(BenchResult result)
    {
        foreach (var failed in result.Rows.Where(static row => row.Result.Error is not null))
            Screen.Line($"{BenchText.Name(failed.Path, failed.Backend, failed.Case)} failed: {failed.Result.Error}");
        foreach (var (backend, reason) in result.Skipped)
            Screen.Line($"{backend.Name} was not measured: {reason}");
        if (result.BytesVerified is { } bytes)
            Screen.Line($"Verified: {ByteSize.Rounded(bytes)} read back, every block as written last.");
        Screen.Line(HowToRead);
        if (result.FaultReport is { } faults)
            Screen.Line($"Faults:\n{faults.TrimEnd()}");
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using ScsiActors.Host.Bench;
using ScsiActors.Host.Output;
using Spectre.Console;

namespace ScsiActors.Host.Commands;

/// <summary><c>bench</c>: how fast this machine is with each kind of storage below the same actors; and its short form without a verb.</summary>
internal static class BenchCommand
{
    private static readonly Option<bool> Quick = new("--quick") { Description = "Fewer rows, shorter: under 20 seconds." };
    private static readonly Option<BenchBackend[]?> Backends = new("--backend")
    {
        Description = $"Storage to measure: {string.Join(", ", BenchBackend.All.Select(static backend => $"{backend.Name} ({backend.Summary})"))}.",
        HelpName = "NAME,...",
        CustomParser = ParseBackends,
    };

    private static readonly Option<int[]?> Sizes = Parsers.SizesOption("--size", "Bytes of a command; default 4k,16k,64k.");
    private static readonly Option<int[]?> Depths = Parsers.CountsOption("--depth", "Commands outstanding; default 1,16,32.", 1024);
    private static readonly Option<string> Pattern = CreatePattern();
    private static readonly Option<double?> Seconds = new("--seconds")
    {
        Description = "How long each row is measured, after a warm-up of a quarter of it; default 1.",
        HelpName = "S",
        CustomParser = static result => double.TryParse(result.Tokens[0].Value, out var seconds) && seconds is >= 0.05 and <= 3600
            ? seconds
            : Parsers.Refuse<double?>(result, "wants seconds from 0.05 to 3600"),
    };

    private static readonly Option<long?> DiskSize = Parsers.SizeOption("--disk-size", "Size of each disk; default 256 MiB.");
    private static readonly Option<string?> Directory = new("--directory") { Description = "Where the temporary disks go; default the folder for temporary files.", HelpName = "DIR" };
    private static readonly Option<bool> Direct = new("--direct") { Description = "Go past the page cache (O_DIRECT)." };
    private static readonly Option<FileInfo?> File = new("--file") { Description = "Measure on this file instead of a temporary disk; reads only, unless --overwrite.", HelpName = "FILE" };
    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Permit writes to --file; its contents are lost." };
    private static readonly Option<bool> Verify = new("--verify") { Description = "First write and read at random and compare every block." };
    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Write the rows for programs; Host/Bench/SCHEMA.md describes them.", HelpName = "FILE" };
    private static readonly Option<ulong> Seed = Parsers.SeedOption("Decides the places of random commands.");

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("bench", "Measure reads and writes on each kind of storage, by an initiator in this process.")
        {
            Quick, Backends, Sizes, Depths, Pattern, Seconds, DiskSize, Directory, Direct, File, Overwrite, Verify, Json, Seed,
        };
        command.SetAction((line, cancellation) => RunAsync(PlanOf(line), GlobalOptions.From(line), line.GetValue(Backends) is { Length: > 0 }, cancellation));
        return command;
    }

    /// <summary>What plain <c>dotnet run</c> does.</summary>
    public static async Task<int> RunShortFormAsync(ParseResult line, CancellationToken cancellation)
    {
        var exitCode = await RunAsync(BenchPlan.Short, GlobalOptions.From(line), strict: false, cancellation);
        Screen.Line("""

            What to try next (after `dotnet run --project Host --`):
              bench                                every size and depth; bench --help for more
              bench --direct --directory DIR       a real disk, past the page cache
              disk create disk.img --size 1GiB     a disk of your own; then: disk info disk.img
              copy disk.img copy.img --verify      sector by sector, through two logical units
              --help                               everything else
            """);
        return exitCode;
    }

    private static async Task<int> RunAsync(BenchPlan plan, GlobalOptions options, bool strict, CancellationToken cancellation)
    {
        Screen.Line(EngineInfo.Line);
        var startedAt = DateTimeOffset.UtcNow;
        var rowCount = plan.Cases.Count() * plan.Backends.Count;
        var runner = new BenchRunner(plan, options);
        try
        {
            await WatchAsync(runner, rowCount, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Screen.Error($"Interrupted after {runner.Rows.Count} of {rowCount} rows{Deleted(runner)}.");
            Save(plan, runner, startedAt, complete: false);
            throw;
        }
        BenchTable.Write(Screen.Out, runner.Rows);
        Explain(runner);
        Save(plan, runner, startedAt, complete: true);
        return runner.Rows.Exists(static row => row.Result.Error is not null) || (strict && runner.Skipped.Count > 0) ? ExitCode.Failed : ExitCode.Ok;
    }

    private static async Task WatchAsync(BenchRunner runner, int rowCount, CancellationToken cancellation)
    {
        if (!Screen.IsInteractive)
        {
            await runner.RunAsync(new PlainProgress(rowCount), cancellation);
            return;
        }
        var run = Task.CompletedTask;
        await Screen.Out.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                run = runner.RunAsync(new LiveProgress(context.AddTask("starting", maxValue: rowCount)), cancellation);
                await run.ContinueWith(static _ => { }, TaskScheduler.Default);
            });
        // Outside, so that the display is cleared before an error is told.
        await run;
    }

    private static string Deleted(BenchRunner runner) =>
        runner.TemporaryFiles.Count == 0 ? "" : $"; deleted {string.Join(" and ", runner.TemporaryFiles)}";

    private static void Save(BenchPlan plan, BenchRunner runner, DateTimeOffset startedAt, bool complete)
    {
        if (plan.Json is not { } file)
            return;
        try
        {
            BenchReport.Of(plan, runner, startedAt, complete).Save(file);
            Screen.Line($"{(complete ? "Rows" : "The rows measured so far")} written to {file}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"--json {file}: {error.Message}");
        }
    }

    private static void Explain(BenchRunner runner)
    {
        foreach (var failed in runner.Rows.Where(static row => row.Result.Error is not null))
            Screen.Line($"{BenchText.Name(failed.Backend, failed.Case)} failed: {failed.Result.Error}");
        foreach (var (backend, reason) in runner.Skipped)
            Screen.Line($"{backend.Name} was not measured: {reason}");
        if (runner.BytesVerified is { } bytes)
            Screen.Line($"Verified: {ByteSize.Rounded(bytes)} read back, every block as written last.");
        Screen.Line("Ratios compare with the same row on another storage, measured right before: trust them more than the figures, which depend on the machine.");
    }

    private static BenchPlan PlanOf(ParseResult line)
    {
        var plan = line.GetValue(Quick) ? BenchPlan.Quick : new BenchPlan();
        plan = plan with
        {
            Backends = line.GetValue(Backends) is { Length: > 0 } backends ? backends : plan.Backends,
            Sizes = line.GetValue(Sizes) is { Length: > 0 } sizes ? sizes : plan.Sizes,
            Depths = line.GetValue(Depths) is { Length: > 0 } depths ? depths : plan.Depths,
            IsRandom = line.GetValue(Pattern) == "random",
            Duration = line.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : plan.Duration,
            DiskSize = line.GetValue(DiskSize) ?? plan.DiskSize,
            Directory = line.GetValue(Directory) ?? plan.Directory,
            Direct = line.GetValue(Direct),
            File = line.GetValue(File),
            Overwrite = line.GetValue(Overwrite),
            Verify = line.GetValue(Verify),
            Json = line.GetValue(Json),
            Seed = line.GetValue(Seed),
        };
        Check(plan);
        return plan;
    }

    private static void Check(BenchPlan plan)
    {
        if (plan.File is { Exists: false } file)
            throw new UsageException($"--file {file}: there is no such file; `disk create` makes one.");
        if (plan.Overwrite && plan.File is null)
            throw new UsageException("--overwrite is about --file; a temporary disk is always written.");
        if (plan.Overwrite && plan.Backends.Count(static backend => backend.IsFile) > 1)
            throw new UsageException("--file with --overwrite takes one file engine at a time: add --backend thread-pool or --backend io-uring.");
        if (plan.Verify && plan.File is not null && !plan.Overwrite)
            throw new UsageException("--verify writes to --file: say --overwrite if its contents may be lost.");
        if (plan.Json?.Directory is { Exists: false } directory)
            throw new UsageException($"--json {plan.Json}: there is no directory {directory}.");
        if (plan.DiskSize < plan.Sizes.Max())
            throw new UsageException($"--disk-size {ByteSize.Short(plan.DiskSize)} is smaller than one command of {ByteSize.Short(plan.Sizes.Max())}.");
    }

    private static BenchBackend[]? ParseBackends(ArgumentResult result)
    {
        var names = result.Tokens[0].Value.Split(',').Distinct().ToArray();
        var found = BenchBackend.All.Where(backend => names.Contains(backend.Name)).ToArray();
        return found.Length == names.Length
            ? found
            : Parsers.Refuse<BenchBackend[]?>(result, $"wants names of {string.Join(", ", BenchBackend.All.Select(static backend => backend.Name))}, separated by commas");
    }

    private static Option<string> CreatePattern()
    {
        var option = new Option<string>("--pattern") { Description = "Where commands go.", DefaultValueFactory = static _ => "sequential" };
        option.AcceptOnlyFromAmong("sequential", "random");
        return option;
    }
}

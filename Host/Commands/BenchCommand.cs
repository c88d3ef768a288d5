using System.CommandLine;
using ScsiActors.Host.Bench;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary><c>bench</c>: the letter's table, live on this machine; and its short form without a verb.</summary>
internal static class BenchCommand
{
    private const double Noisy = 0.15;

    private const string HowToRead = """
        Medians of interleaved rounds; ± is half of the distance between the slowest and the fastest. % CPU is of one processor, all of this process.
        submit: from sending a request until driver or storage has handed it on; compl: until its answer. "at storage": the most requests it had at once.
        """;

    private const string WhatNext = """

        What to try next (after `dotnet run --project Host --`):
          bench                                the same for longer; bench --help for sizes, patterns, depth, your own file
          bench --service-time 1ms             a disk that takes a millisecond: what queueing is for, on any machine
          bench --directory DIR                another disk
          bench storage                        every kind of storage below the same actors
          disk create disk.img --size 1GiB     a disk of your own; then: disk info disk.img
          copy disk.img copy.img --verify      sector by sector, through two logical units
          trace write                          the life of one command, message by message
          --help                               everything else
        """;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("bench",
            "Measure reads and writes as the 2008 letter did: bare metal, SCSI before and after each patch, virtio, on the same file.");
        foreach (var option in BenchOptions.All)
            command.Options.Add(option);
        command.Subcommands.Add(BenchStorageCommand.Create());
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
        var run = new BenchRun(plan);
        try
        {
            await LiveProgress.WatchAsync(plan.MeasurementCount, progress => new BenchRunner(run, options, progress).RunAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var deleted = run.TemporaryFile is { } file ? $"; deleted {file}" : "";
            Screen.Error($"Interrupted after {run.MeasurementCount} of {plan.MeasurementCount} measurements{deleted}.");
            Save(run);
            throw;
        }
        BenchTable.Write(Screen.Out, run);
        Explain(run);
        Save(run);
        return run.IsGood ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Save(BenchRun run)
    {
        if (run.Plan.Json is { } json)
            BenchFiles.SaveJson(BenchReport.Of(run), json);
        if (run.Plan.Csv is { } csv)
            BenchFiles.Save("--csv", csv, BenchCsv.Of(run));
        foreach (var file in new[] { run.Plan.Json, run.Plan.Csv }.OfType<FileInfo>())
            Screen.Line($"{(run.IsComplete ? "Rows" : "The rows measured so far")} written to {file}.");
    }

    private static void Explain(BenchRun run)
    {
        var plan = run.Plan;
        var storage = plan.ServiceTimeDisk is { } disk ? disk.ToString() : run.Storage;
        Screen.Line($"On {storage}; {plan.Depth} requests outstanding, {plan.Rounds} rounds of {plan.Duration.TotalSeconds:0.##} s.");
        Screen.Line(HowToRead);
        if (run.Spread > Noisy)
        {
            Screen.Line($"Rounds differ by ±{run.Spread:P0} in the middle of all rows: other work disturbs this machine, so that small differences mean nothing. "
                + "Quieten it, or raise --rounds and --time.");
        }
        foreach (var failed in run.Rows.Where(static row => row.Error is not null))
            Screen.Line($"{failed.Name} failed: {failed.Error}");
        if (run.BytesVerified is { } bytes)
            Screen.Line($"Verified: {ByteSize.Rounded(bytes)} read back, every block as written last.");
        var aims = BenchAims.Of(run).ToArray();
        if (aims.Length > 0)
            Screen.Line("\nAims:");
        foreach (var aim in aims)
            Screen.Line($"  {aim}");
    }
}

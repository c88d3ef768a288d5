using System.CommandLine;
using ScsiActors.Host.Bench;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary><c>bench</c>: the letter's table, live on this machine; and its short form without a verb.</summary>
internal static class BenchCommand
{
    private const double Noisy = 0.15;
    private const int Kibibyte = 1024;

    private const string HowToRead = """
        Medians of interleaved rounds; ± is half of the distance between the slowest and the fastest. % CPU is of one processor, all of this process.
        submit: from sending a request until driver or storage has handed it on; compl: until its answer. "at storage": the most requests it had at once.
        """;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("bench",
            "Measure reads and writes as the 2008 letter did: bare metal, SCSI before and after each patch, virtio, on the same file.");
        foreach (var option in BenchOptions.All)
            command.Options.Add(option);
        command.Subcommands.Add(BenchStorageCommand.Create());
        command.SetAction(static (line, cancellation) =>
        {
            var plan = BenchOptions.PlanOf(line);
            Screen.Line(EngineInfo.Line);
            return RunAsync(plan, GlobalOptions.From(line), cancellation);
        });
        return command;
    }

    /// <summary>What plain <c>dotnet run</c> does.</summary>
    public static Task<int> RunShortFormAsync(ParseResult line, CancellationToken cancellation) =>
        RunAsync(BenchPlan.Short, GlobalOptions.From(line), cancellation);

    private static async Task<int> RunAsync(BenchPlan plan, GlobalOptions options, CancellationToken cancellation)
    {
        var run = new BenchRun(plan);
        var faults = BenchFaults.Of(options, plan.Ways);
        foreach (var remark in faults.Remarks(plan.Ways))
            Screen.Line(remark);
        try
        {
            await LiveProgress.WatchAsync(plan.MeasurementCount, progress => new BenchRunner(run, faults, progress).RunAsync(cancellation));
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
            OutputFiles.SaveJson(BenchReport.Of(run), json);
        if (run.Plan.Csv is { } csv)
            OutputFiles.Save("--csv", csv, BenchCsv.Of(run));
        if (run.Plan.Html is { } html)
            OutputFiles.Save("--html", html, BenchHtml.Of(run, RepeatOf(run.Plan)).ToHtml());
        foreach (var file in new[] { run.Plan.Json, run.Plan.Csv, run.Plan.Html }.OfType<FileInfo>())
            Screen.Line($"{(run.IsComplete ? "Rows" : "The rows measured so far")} written to {file}.");
    }

    // What the report is about, without the files that were written.
    private static string RepeatOf(BenchPlan plan) => FormattableString.Invariant(
        $"{HelpText.Program} bench --size {string.Join(',', plan.Sizes.Select(static size => size % Kibibyte == 0 ? $"{size / Kibibyte}k" : $"{size}"))} --depth {plan.Depth} --rounds {plan.Rounds} --time {plan.Duration.TotalMilliseconds:0}ms")
        + (plan.ServiceTimeDisk is { } disk ? FormattableString.Invariant($" --service-time {disk.ServiceTime.TotalMilliseconds:0.###}ms --lanes {disk.Lanes}") : "")
        + (plan.File is { } file ? $" --file {file}" : "");

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
        foreach (var (measurement, text) in run.FaultReports)
            Screen.Line($"Faults, {measurement}:\n{text.TrimEnd()}");
        if (run.BytesVerified is { } bytes)
            Screen.Line($"Verified: {ByteSize.Rounded(bytes)} read back, every block as written last.");
        var aims = BenchAims.Of(run).ToArray();
        if (aims.Length > 0)
            Screen.Line("\nAims:");
        foreach (var aim in aims)
            Screen.Line($"  {aim}");
    }
}

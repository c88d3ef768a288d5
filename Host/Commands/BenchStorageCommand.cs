using System.CommandLine;
using ScsiActors.Host.Bench;
using ScsiActors.Host.Bench.Storage;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary><c>bench storage</c>: how fast each kind of storage is below the same actors.</summary>
internal static class BenchStorageCommand
{
    private const string HowToRead =
        "Ratios compare with the same row on other storage, measured next to it: they mean more than figures from a busy machine.";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("storage", "Measure reads and writes on each kind of storage, by an initiator in this process.");
        foreach (var option in BenchStorageOptions.All)
            command.Options.Add(option);
        command.SetAction(static (line, cancellation) => RunAsync(BenchStorageOptions.PlanOf(line), GlobalOptions.From(line), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(StoragePlan plan, GlobalOptions options, CancellationToken cancellation)
    {
        Screen.Line(EngineInfo.Line);
        var result = new StorageResult();
        try
        {
            await LiveProgress.WatchAsync(plan.RowCount, progress => new StorageRunner(plan, options, progress, result).RunAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var deleted = result.TemporaryFiles.Count == 0 ? "" : $"; deleted {string.Join(" and ", result.TemporaryFiles)}";
            Screen.Error($"Interrupted after {result.Rows.Count} of {plan.RowCount} rows{deleted}.");
            Save(plan, result, complete: false);
            throw;
        }
        StorageTable.Write(Screen.Out, result.Rows);
        Explain(result);
        Save(plan, result, complete: true);
        return result.IsGood && !(plan.BackendsAreChosen && result.Skipped.Count > 0) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Save(StoragePlan plan, StorageResult result, bool complete)
    {
        if (plan.Json is not { } file)
            return;
        OutputFiles.SaveJson(StorageReport.Of(plan, result, complete), file);
        Screen.Line($"{(complete ? "Rows" : "The rows measured so far")} written to {file}.");
    }

    private static void Explain(StorageResult result)
    {
        foreach (var failed in result.Rows.Where(static row => row.Result.Error is not null))
            Screen.Line($"{failed.Name} failed: {failed.Result.Error}");
        foreach (var (backend, reason) in result.Skipped)
            Screen.Line($"{backend.Name} was not measured: {reason}");
        if (result.FaultReport is { } faults)
            Screen.Line($"Faults:\n{faults.TrimEnd()}");
        if (result.BytesVerified is { } bytes)
            Screen.Line($"Verified: {ByteSize.Rounded(bytes)} read back, every block as written last.");
        Screen.Line(HowToRead);
    }
}

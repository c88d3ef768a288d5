using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>Measures every row of a <see cref="BenchRun"/>: round by round, case by case, and in each case one way after the other on the same storage, which
/// only one of them may have open at a time.</summary>
internal sealed class BenchRunner(BenchRun run, BenchFaults faults, IBenchProgress progress)
{
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromMilliseconds(150);

    private readonly BenchPlan _plan = run.Plan;

    /// <summary>Runs it; on cancellation the run keeps what was measured, and nothing is left on disk.</summary>
    /// <exception cref="RunFailedException">The storage cannot be opened as asked for, or the data is not what was written.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var file = CreateFile(cancellation);
        run.TemporaryFile = file?.FilePath;
        var device = _plan.DeviceOn(_plan.File?.FullName ?? file?.FilePath);
        try
        {
            device = await PrepareAsync(device, cancellation);
            for (var round = 0; round < _plan.Rounds; round++)
            {
                foreach (var benchCase in _plan.Cases)
                {
                    // There and back: a machine that becomes faster or slower favours nobody.
                    foreach (var way in round % 2 == 0 ? _plan.Ways : _plan.Ways.Reverse())
                        await MeasureAsync(run.Row(way.Name, benchCase)!, device, cancellation);
                }
            }
            run.IsComplete = true;
        }
        finally
        {
            run.FinishedAt = DateTimeOffset.UtcNow;
        }
    }

    private TemporaryDisk? CreateFile(CancellationToken cancellation) => _plan.File is null && _plan.ServiceTimeDisk is null
        ? TemporaryDisk.Create(_plan.Directory, "table", _plan.FileSize, _plan.Seed, progress, cancellation)
        : null;

    // Also warms up: the first rows would otherwise pay for the compiler. Returns the device as all rows can have it.
    private async Task<Device> PrepareAsync(Device device, CancellationToken cancellation)
    {
        foreach (var way in _plan.Ways)
        {
            await using var station = await OpenAsync(way, device, cancellation);
            run.Storage ??= station.Opened.Description;
            device = device with { Direct = IsDirect(station.Opened) };
            if (_plan.Verify)
                await VerifyAsync(way, station, cancellation);
            progress.Preparing("warming up");
            var generator = station.StartGenerator(progress);
            foreach (var benchCase in _plan.Cases.Where(first => first.TransferLength == _plan.Sizes[0]))
            {
                var workload = WorkloadOf(benchCase, station) with { WarmUp = TimeSpan.Zero, Duration = FirstWarmUp };
                await generator.RunAsync(workload, station.Way, station.Storage, cancellation);
            }
        }
        return device;
    }

    private async Task VerifyAsync(BenchWay way, Station station, CancellationToken cancellation)
    {
        progress.Preparing($"verifying the data: {way.Label}");
        try
        {
            var check = new IntegrityCheck(new WayClient(station.Port, station.Way), station.Opened.Length, _plan.Seed);
            run.BytesVerified = (run.BytesVerified ?? 0) + await check.RunAsync(cancellation);
        }
        catch (RunFailedException error)
        {
            throw new RunFailedException($"{way.Label}: {error.Message}");
        }
    }

    private async Task MeasureAsync(BenchRow row, Device device, CancellationToken cancellation)
    {
        if (row.Error is not null)
            return;
        progress.Begin(row.Name);
        await using var station = await OpenAsync(row.Way, device, cancellation);
        var generator = station.StartGenerator(progress);
        row.Add(await generator.RunAsync(WorkloadOf(row.Case, station), station.Way, station.Storage, cancellation));
        if (await station.FaultReportAsync(cancellation) is { } report)
            run.FaultReports.Add(($"{row.Name}, round {row.Rounds.Count}", report));
        progress.Done(row.Name, row.Rounds[^1], run.MeasurementCount);
    }

    private async Task<Station> OpenAsync(BenchWay way, Device device, CancellationToken cancellation)
    {
        var station = await way.OpenAsync(faults.For(way), device, _plan.Depth, cancellation);
        if (Refusal(station.Opened) is not { } refusal)
            return station;
        await station.DisposeAsync();
        throw new RunFailedException(refusal);
    }

    // Storage that fell back to something else would be measured under a wrong name.
    private string? Refusal(AioOpened opened) =>
        opened.Result != AioResult.Ok ? opened.Description
        : _plan.ServiceTimeDisk is not null ? null
        : _plan.Engine == "io-uring" && !opened.Description.Contains("io_uring", StringComparison.Ordinal)
            ? "The kernel refuses io_uring here: leave out --engine, or use --engine thread-pool."
        : _plan.Direct == true && !IsDirect(opened)
            ? $"{opened.Description}: it does not go past the page cache; leave out --direct, or choose another --directory or --file."
        : null;

    private static bool IsDirect(AioOpened opened) => opened.Description.EndsWith(", direct", StringComparison.Ordinal);

    private WorkloadPlan WorkloadOf(BenchCase benchCase, Station station) => benchCase.TransferLength <= station.Opened.Length
        ? _plan.WorkloadOf(benchCase, station.Opened.Length)
        : throw new UsageException($"--size {benchCase.TransferLength}: the disk holds no more than {station.Opened.Length} bytes.");
}

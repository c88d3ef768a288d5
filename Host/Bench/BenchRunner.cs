using Akka.Actor;
using ScsiActors.Host.Commands;
using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>A backend that could not be measured, and why.</summary>
internal sealed record SkippedBackend(BenchBackend Backend, string Reason);

/// <summary>Runs a <see cref="BenchPlan"/>: one subsystem with a target for each backend, one workload at a time.</summary>
internal sealed class BenchRunner(BenchPlan plan, GlobalOptions options, IBenchProgress progress, BenchResult result)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromMilliseconds(150);

    /// <summary>Measures every row; on cancellation the result keeps what was measured, and nothing is left on disk.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var disks = new List<TemporaryDisk>();
        try
        {
            var devices = plan.Backends.Select((backend, target) => DeviceOf(backend, target, PathOf(backend, disks, cancellation)));
            await MeasureAsync([.. devices], cancellation);
        }
        finally
        {
            foreach (var disk in disks)
                disk.Dispose();
        }
    }

    private async Task MeasureAsync(Device[] devices, CancellationToken cancellation)
    {
        await using var session = await SubsystemSession.StartAsync(options, devices, cancellation, AdapterSettings());
        var targets = await OpenTargetsAsync(session, cancellation);
        await PrepareAsync(session.Initiator, targets, cancellation);
        var workloads = new Dictionary<BenchPath, IActorRef>();
        foreach (var path in plan.Paths)
            workloads.Add(path, await StartWorkloadAsync(session, path, targets, cancellation));
        await WarmUpAsync(workloads, targets, cancellation);
        foreach (var benchCase in plan.Cases)
        {
            foreach (var target in targets)
            {
                foreach (var path in plan.PathsTo(target.Backend))
                    await MeasureRowAsync(workloads[path], path, target, benchCase, cancellation);
            }
        }
        result.FaultReport = await session.FaultReportAsync(cancellation);
    }

    private async Task MeasureRowAsync(IActorRef workload, BenchPath path, BenchTarget target, BenchCase benchCase, CancellationToken cancellation)
    {
        progress.Begin(path, target.Backend, benchCase);
        var row = new BenchRow(path, target.Backend, benchCase, await RunRowAsync(workload, PlanOf(benchCase, target), cancellation));
        result.Rows.Add(row);
        progress.Done(row, result.Rows.Count);
    }

    private string AdapterSettings() =>
        plan.Paths.Contains(BenchPath.Lsi) ? AdapterOptions.Settings(plan.Preset, plan.Depths.Max()) : "";

    private static async Task<IActorRef> StartWorkloadAsync(
        SubsystemSession session, BenchPath path, List<BenchTarget> targets, CancellationToken cancellation)
    {
        var port = path == BenchPath.Lsi ? session.HostAdapter.Driver! : session.Port;
        // Every initiator is told once of the power-on.
        var initiator = new Initiator(port);
        foreach (var target in targets)
            await initiator.RequireAsync(target.Number, Cdbs.TestUnitReady, DataDirection.None, default, cancellation);
        return session.System.ActorOf(
            Props.Create(() => new WorkloadActor(port)).WithDispatcher(ScsiSubsystem.DispatcherId), $"workload-{path.Name}");
    }

    // Every file engine has a disk of its own: a writer has its file alone.
    private string? PathOf(BenchBackend backend, List<TemporaryDisk> disks, CancellationToken cancellation)
    {
        if (!backend.IsFile)
            return null;
        if (plan.File is { } file)
            return file.FullName;
        var disk = TemporaryDisk.Create(plan, backend.Name, progress.Filling, cancellation);
        disks.Add(disk);
        result.TemporaryFiles.Add(disk.FilePath);
        return disk.FilePath;
    }

    private Device DeviceOf(BenchBackend backend, int target, string? path) => new(target, backend.Backend)
    {
        Size = backend.IsFile ? null : plan.DiskSize,
        Path = path,
        Engine = backend.Engine ?? "auto",
        Direct = plan.Direct,
        ReadOnly = backend.IsFile && plan.File is not null && !plan.Overwrite,
    };

    private async Task<List<BenchTarget>> OpenTargetsAsync(SubsystemSession session, CancellationToken cancellation)
    {
        var targets = new List<BenchTarget>();
        foreach (var device in session.Devices)
        {
            var backend = plan.Backends[device.Target];
            if (ReasonToSkip(backend, device.Storage) is { } reason)
                result.Skipped.Add(new SkippedBackend(backend, reason));
            else
                targets.Add(await BenchTarget.OpenAsync(session.Initiator, backend, device.Target, cancellation));
        }
        return targets;
    }

    // Storage that fell back to something else would be measured under a wrong name.
    private string? ReasonToSkip(BenchBackend backend, AioOpened storage)
    {
        if (storage.Result != AioResult.Ok)
            return storage.Description;
        if (backend.Engine == "io-uring" && !storage.Description.Contains("io_uring", StringComparison.Ordinal))
            return "the kernel refuses io_uring";
        return backend.IsFile && plan.Direct && !storage.Description.EndsWith(", direct", StringComparison.Ordinal)
            ? "it does not go past the page cache here"
            : null;
    }

    private async Task PrepareAsync(Initiator initiator, List<BenchTarget> targets, CancellationToken cancellation)
    {
        foreach (var target in targets.Where(target => plan.Verify && target.Backend.KeepsData))
        {
            progress.Verifying(target.Backend);
            result.BytesVerified = (result.BytesVerified ?? 0) + await target.VerifyAsync(initiator, plan.Seed, cancellation);
        }
        // Memory that was never written costs a page fault, or nothing at all: neither is what is to be measured.
        foreach (var target in targets.Where(static target => target.Backend is { KeepsData: true, IsFile: false }))
            await target.FillAsync(initiator, plan.Seed, cancellation);
    }

    // The first row would otherwise pay for the compiler.
    private async Task WarmUpAsync(Dictionary<BenchPath, IActorRef> workloads, List<BenchTarget> targets, CancellationToken cancellation)
    {
        foreach (var benchCase in plan.Cases.Where(first => first.TransferLength == plan.Sizes[0] && first.Depth == plan.Depths[^1]))
        {
            foreach (var target in targets)
            {
                var brief = PlanOf(benchCase, target) with { WarmUp = TimeSpan.Zero, Duration = FirstWarmUp };
                foreach (var path in plan.PathsTo(target.Backend))
                    await RunRowAsync(workloads[path], brief, cancellation);
            }
        }
    }

    private WorkloadPlan PlanOf(BenchCase benchCase, BenchTarget target)
    {
        var capacity = target.Capacity;
        if (benchCase.TransferLength % capacity.BlockLength != 0)
            throw new UsageException($"--size {benchCase.TransferLength}: the disk has blocks of {capacity.BlockLength} bytes.");
        if (benchCase.TransferLength > capacity.Bytes)
            throw new UsageException($"--size {benchCase.TransferLength}: the disk holds no more than {capacity.Bytes} bytes.");
        return new WorkloadPlan(target.Number, benchCase.IsWrite, benchCase.TransferLength, capacity.BlockLength, capacity.Bytes,
            benchCase.Depth, plan.IsRandom, plan.Seed, plan.WarmUp, plan.Duration);
    }

    private async Task<WorkloadFinished> RunRowAsync(IActorRef workload, WorkloadPlan row, CancellationToken cancellation)
    {
        var meter = new WorkloadMeter();
        var finished = workload.Ask<WorkloadFinished>(new RunWorkload(row, meter), row.WarmUp + row.Duration + Grace, cancellation);
        var before = 0L;
        while (progress.IsLive && await Task.WhenAny(finished, Task.Delay(Tick, cancellation)) != finished)
        {
            var completed = meter.Completed;
            progress.Running((completed - before) / Tick.TotalSeconds);
            before = completed;
        }
        return await finished;
    }
}

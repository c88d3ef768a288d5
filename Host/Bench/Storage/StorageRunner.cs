using Akka.Actor;
using ScsiActors.Host.Commands;
using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench.Storage;

/// <summary>A backend that could not be measured, and why.</summary>
internal sealed record SkippedBackend(StorageKind Backend, string Reason);

/// <summary>Runs a <see cref="StoragePlan"/>: one subsystem with a target for each backend, one workload at a time.</summary>
internal sealed class StorageRunner(StoragePlan plan, GlobalOptions options, IBenchProgress progress, StorageResult result)
{
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
        await PrepareAsync(session.Port, targets, cancellation);
        var generators = new Dictionary<StoragePath, LoadGenerator>();
        foreach (var path in plan.Paths)
            generators.Add(path, await StartGeneratorAsync(session, path, targets, cancellation));
        await WarmUpAsync(generators, targets, cancellation);
        foreach (var storageCase in plan.Cases)
        {
            foreach (var target in targets)
            {
                foreach (var path in plan.PathsTo(target.Backend))
                    await MeasureRowAsync(generators[path], path, target, storageCase, cancellation);
            }
        }
        result.FaultReport = await session.FaultReportAsync(cancellation);
    }

    private async Task MeasureRowAsync(
        LoadGenerator generator, StoragePath path, StorageTarget target, StorageCase storageCase, CancellationToken cancellation)
    {
        var name = StorageRow.NameOf(path, target.Backend, storageCase);
        progress.Begin(name);
        var measured = await generator.RunAsync(PlanOf(storageCase, target), target.Way, ActorRefs.Nobody, cancellation);
        result.Rows.Add(new StorageRow(path, target.Backend, storageCase, measured));
        progress.Done(name, measured, result.Rows.Count);
    }

    private string AdapterSettings() =>
        plan.Paths.Contains(StoragePath.Lsi) ? AdapterOptions.Settings(plan.Preset, plan.Depths.Max()) : "";

    private async Task<LoadGenerator> StartGeneratorAsync(
        SubsystemSession session, StoragePath path, List<StorageTarget> targets, CancellationToken cancellation)
    {
        var port = path == StoragePath.Lsi ? session.HostAdapter.Driver! : session.Port;
        // Every initiator is told once of the power-on.
        var initiator = new Initiator(port);
        foreach (var target in targets)
            await initiator.RequireAsync(target.Number, Cdbs.TestUnitReady, DataDirection.None, default, cancellation);
        return new LoadGenerator(session.System.ActorOf(
            Props.Create(() => new WorkloadActor(port)).WithDispatcher(ScsiSubsystem.DispatcherId), $"workload-{path.Name}"), progress);
    }

    // Every file engine has a disk of its own: a writer has its file alone.
    private string? PathOf(StorageKind backend, List<TemporaryDisk> disks, CancellationToken cancellation)
    {
        if (!backend.IsFile)
            return null;
        if (plan.File is { } file)
            return file.FullName;
        var disk = TemporaryDisk.Create(plan.Directory, backend.Name, plan.DiskSize, plan.Seed, progress, cancellation);
        disks.Add(disk);
        result.TemporaryFiles.Add(disk.FilePath);
        return disk.FilePath;
    }

    private Device DeviceOf(StorageKind backend, int target, string? path) => new(target, backend.Backend)
    {
        Size = backend.IsFile ? null : plan.DiskSize,
        Path = path,
        Engine = backend.Engine ?? "auto",
        Direct = plan.Direct,
        ReadOnly = backend.IsFile && plan.File is not null && !plan.Overwrite,
    };

    private async Task<List<StorageTarget>> OpenTargetsAsync(SubsystemSession session, CancellationToken cancellation)
    {
        var targets = new List<StorageTarget>();
        foreach (var device in session.Devices)
        {
            var backend = plan.Backends[device.Target];
            if (ReasonToSkip(backend, device.Storage) is { } reason)
                result.Skipped.Add(new SkippedBackend(backend, reason));
            else
                targets.Add(await StorageTarget.OpenAsync(session.Initiator, backend, device.Target, cancellation));
        }
        return targets;
    }

    // Storage that fell back to something else would be measured under a wrong name.
    private string? ReasonToSkip(StorageKind backend, AioOpened storage)
    {
        if (storage.Result != AioResult.Ok)
            return storage.Description;
        if (backend.Engine == "io-uring" && !storage.Description.Contains("io_uring", StringComparison.Ordinal))
            return "the kernel refuses io_uring";
        return backend.IsFile && plan.Direct && !storage.Description.EndsWith(", direct", StringComparison.Ordinal)
            ? "it does not go past the page cache here"
            : null;
    }

    private async Task PrepareAsync(IActorRef port, List<StorageTarget> targets, CancellationToken cancellation)
    {
        foreach (var target in targets.Where(target => plan.Verify && target.Backend.KeepsData))
        {
            progress.Preparing($"verifying the data on {target.Backend.Name}");
            result.BytesVerified = (result.BytesVerified ?? 0) + await target.VerifyAsync(port, plan.Seed, cancellation);
        }
        // Memory that was never written costs a page fault, or nothing at all: neither is what is to be measured.
        foreach (var target in targets.Where(static target => target.Backend is { KeepsData: true, IsFile: false }))
            await target.FillAsync(port, plan.Seed, cancellation);
    }

    // The first row would otherwise pay for the compiler.
    private async Task WarmUpAsync(Dictionary<StoragePath, LoadGenerator> generators, List<StorageTarget> targets, CancellationToken cancellation)
    {
        foreach (var storageCase in plan.Cases.Where(first => first.TransferLength == plan.Sizes[0] && first.Depth == plan.Depths[^1]))
        {
            foreach (var target in targets)
            {
                var brief = PlanOf(storageCase, target) with { WarmUp = TimeSpan.Zero, Duration = FirstWarmUp };
                foreach (var path in plan.PathsTo(target.Backend))
                    await generators[path].RunAsync(brief, target.Way, ActorRefs.Nobody, cancellation);
            }
        }
    }

    private WorkloadPlan PlanOf(StorageCase storageCase, StorageTarget target)
    {
        var capacity = target.Capacity;
        if (storageCase.TransferLength % capacity.BlockLength != 0)
            throw new UsageException($"--size {storageCase.TransferLength}: the disk has blocks of {capacity.BlockLength} bytes.");
        if (storageCase.TransferLength > capacity.Bytes)
            throw new UsageException($"--size {storageCase.TransferLength}: the disk holds no more than {capacity.Bytes} bytes.");
        return new WorkloadPlan(storageCase.IsWrite, storageCase.TransferLength, capacity.Bytes, storageCase.Depth, plan.IsRandom, plan.Seed, plan.WarmUp,
            plan.Duration);
    }
}

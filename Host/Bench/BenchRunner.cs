using Akka.Actor;
using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>A backend that could not be measured, and why.</summary>
internal sealed record SkippedBackend(BenchBackend Backend, string Reason);

/// <summary>Runs a <see cref="BenchPlan"/>: one subsystem with a target for each backend, one workload at a time.</summary>
internal sealed class BenchRunner(BenchPlan plan, GlobalOptions options)
{
    private const int FillLength = 64 << 10;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromMilliseconds(150);

    private readonly List<SkippedBackend> _skipped = [];
    private readonly List<string> _temporaryFiles = [];

    /// <summary>The rows measured so far.</summary>
    public BenchRows Rows { get; } = [];

    /// <summary>The backends that could not be measured.</summary>
    public IReadOnlyList<SkippedBackend> Skipped => _skipped;

    /// <summary>Where the temporary disks are, or were.</summary>
    public IReadOnlyList<string> TemporaryFiles => _temporaryFiles;

    /// <summary>Bytes that were compared with what was written; null when that was not asked for.</summary>
    public long? BytesVerified { get; private set; }

    /// <summary>Measures every row; on cancellation what was measured stays in <see cref="Rows"/>, and nothing is left on disk.</summary>
    public async Task RunAsync(IBenchProgress progress, CancellationToken cancellation)
    {
        var disks = new List<TemporaryDisk>();
        try
        {
            var devices = plan.Backends.Select((backend, target) => DeviceOf(backend, target, PathOf(backend, disks, progress, cancellation))).ToArray();
            await MeasureAsync(devices, progress, cancellation);
        }
        finally
        {
            foreach (var disk in disks)
                disk.Dispose();
        }
    }

    private async Task MeasureAsync(Device[] devices, IBenchProgress progress, CancellationToken cancellation)
    {
        await using var session = await SubsystemSession.StartAsync(options, devices, cancellation);
        var targets = await OpenTargetsAsync(session, cancellation);
        if (plan.Verify)
            await VerifyAsync(session, targets, progress, cancellation);
        foreach (var (_, target, capacity) in targets.Where(static target => target.Backend.Backend == "memory"))
            await FillAsync(session.Initiator, target, capacity, cancellation);
        var port = session.Port;
        var workload = session.System.ActorOf(
            Props.Create(() => new WorkloadActor(port)).WithDispatcher(ScsiSubsystem.DispatcherId), "workload");
        await WarmUpAsync(workload, targets, progress, cancellation);
        foreach (var benchCase in plan.Cases)
        {
            foreach (var (backend, target, capacity) in targets)
            {
                progress.Begin(backend, benchCase);
                var result = await RunRowAsync(workload, PlanOf(benchCase, target, capacity), progress, cancellation);
                var row = new BenchRow(backend, benchCase, result);
                Rows.Add(row);
                progress.Done(row, Rows);
            }
        }
    }

    // Every file engine has a disk of its own: a writer has its file alone.
    private string? PathOf(BenchBackend backend, List<TemporaryDisk> disks, IBenchProgress progress, CancellationToken cancellation)
    {
        if (!backend.IsFile)
            return null;
        if (plan.File is { } file)
            return file.FullName;
        var disk = TemporaryDisk.Create(plan.Directory, backend.Name, plan.DiskSize, plan.Seed, progress.Filling, cancellation);
        disks.Add(disk);
        _temporaryFiles.Add(disk.FilePath);
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

    private async Task<List<(BenchBackend Backend, int Target, Capacity Capacity)>> OpenTargetsAsync(SubsystemSession session, CancellationToken cancellation)
    {
        var targets = new List<(BenchBackend, int, Capacity)>();
        foreach (var device in session.Devices)
        {
            var backend = plan.Backends[device.Target];
            if (ReasonToSkip(backend, device.Storage) is { } reason)
                _skipped.Add(new SkippedBackend(backend, reason));
            else
                targets.Add((backend, device.Target, await session.Initiator.ReadCapacityAsync(device.Target, cancellation)));
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

    private async Task VerifyAsync(SubsystemSession session, List<(BenchBackend Backend, int Target, Capacity Capacity)> targets, IBenchProgress progress, CancellationToken cancellation)
    {
        BytesVerified = 0;
        foreach (var (backend, target, capacity) in targets.Where(static target => target.Backend.Backend != "null"))
        {
            progress.Verifying(backend);
            var check = new IntegrityCheck(session.Initiator, target, capacity, plan.Seed);
            try
            {
                await check.RunAsync(cancellation);
            }
            catch (RunFailedException error)
            {
                throw new RunFailedException($"{backend.Name}: {error.Message}");
            }
            BytesVerified += check.BytesCompared;
        }
    }

    // Memory that was never written costs a page fault, or nothing at all: neither is what is to be measured.
    private async Task FillAsync(Initiator initiator, int target, Capacity capacity, CancellationToken cancellation)
    {
        var data = new byte[Math.Min(FillLength, capacity.Bytes)];
        Noise.Fill(data, plan.Seed);
        for (long at = 0; at < capacity.Bytes; at += data.Length)
        {
            var length = (int)Math.Min(data.Length, capacity.Bytes - at);
            await initiator.RequireAsync(target, Cdbs.Transfer(true, at / capacity.BlockLength, length / capacity.BlockLength), DataDirection.Out,
                data.AsMemory(0, length), cancellation);
        }
    }

    // The first row would otherwise pay for the compiler.
    private async Task WarmUpAsync(IActorRef workload, List<(BenchBackend Backend, int Target, Capacity Capacity)> targets, IBenchProgress progress, CancellationToken cancellation)
    {
        foreach (var benchCase in plan.Cases.Where(first => first.TransferLength == plan.Sizes[0] && first.Depth == plan.Depths[^1]))
        {
            foreach (var (_, target, capacity) in targets)
                await RunRowAsync(workload, PlanOf(benchCase, target, capacity) with { WarmUp = TimeSpan.Zero, Duration = FirstWarmUp }, progress, cancellation);
        }
    }

    private WorkloadPlan PlanOf(BenchCase benchCase, int target, Capacity capacity)
    {
        if (benchCase.TransferLength % capacity.BlockLength != 0)
            throw new UsageException($"--size {benchCase.TransferLength}: the disk has blocks of {capacity.BlockLength} bytes, a transfer must be a multiple.");
        if (benchCase.TransferLength > capacity.Bytes)
            throw new UsageException($"--size {benchCase.TransferLength}: the disk holds no more than {capacity.Bytes} bytes.");
        return new WorkloadPlan(target, benchCase.IsWrite, benchCase.TransferLength, capacity.BlockLength, capacity.Bytes, benchCase.Depth,
            plan.IsRandom, plan.Seed, plan.WarmUp, plan.Duration);
    }

    private async Task<WorkloadFinished> RunRowAsync(IActorRef workload, WorkloadPlan row, IBenchProgress progress, CancellationToken cancellation)
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

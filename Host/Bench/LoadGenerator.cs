using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>Runs workloads on a <see cref="WorkloadActor"/> from outside: waits for the result, shows the rate meanwhile, samples how busy storage is.</summary>
/// <param name="workload">The actor.</param>
/// <param name="progress">Told the rate.</param>
internal sealed class LoadGenerator(IActorRef workload, IBenchProgress progress)
{
    private const int SamplesPerRun = 200;
    private const int TicksPerSecond = 10;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs one workload.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="way">In what messages.</param>
    /// <param name="storage">Asked, some 200 times, how busy it is; nobody for no samples.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<Measurement> RunAsync(WorkloadPlan plan, IWayIn way, IActorRef storage, CancellationToken cancellation)
    {
        var meter = new WorkloadMeter();
        var finished = workload.Ask<Measurement>(new RunWorkload(plan, way, meter), plan.WarmUp + plan.Duration + Grace, cancellation);
        var period = plan.Duration / SamplesPerRun;
        // Once disposed, a timer ticks no more, and who waits for it goes on at once.
        using var sampling = new PeriodicTimer(period > ShortestPeriod ? period : ShortestPeriod);
        using var showing = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond));
        _ = SampleAsync(storage, sampling);
        _ = ShowAsync(meter, showing);
        return await finished;
    }

    private async Task SampleAsync(IActorRef storage, PeriodicTimer timer)
    {
        while (!storage.IsNobody() && await timer.WaitForNextTickAsync())
            storage.Tell(AioInspect.Instance, workload);
    }

    private async Task ShowAsync(WorkloadMeter meter, PeriodicTimer timer)
    {
        var before = 0L;
        while (progress.IsLive && await timer.WaitForNextTickAsync())
        {
            var completed = meter.Completed;
            progress.Running((completed - before) * TicksPerSecond);
            before = completed;
        }
    }
}

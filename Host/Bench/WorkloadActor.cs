using System.Diagnostics;
using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>Asks a <see cref="WorkloadActor"/> to run a workload; answered by <see cref="WorkloadFinished"/> to the sender.</summary>
/// <param name="Plan">What to do.</param>
/// <param name="Meter">Shows how far it is to who looks on.</param>
internal sealed record RunWorkload(WorkloadPlan Plan, WorkloadMeter Meter);

/// <summary>A workload has run and nothing of it is outstanding.</summary>
/// <param name="Elapsed">How long was measured.</param>
/// <param name="Latencies">One entry for each command that was measured.</param>
/// <param name="ProcessorTime">Of the whole process while it was measured.</param>
/// <param name="AllocatedBytes">By the whole process while it was measured.</param>
/// <param name="Error">The error that ended it, in words; null for none.</param>
internal sealed record WorkloadFinished(
    TimeSpan Elapsed, LatencyHistogram Latencies, TimeSpan ProcessorTime, long AllocatedBytes, string? Error);

/// <summary>How many commands a workload has completed, for eyes outside the actor.</summary>
internal sealed class WorkloadMeter
{
    private long _completed;

    /// <summary>Commands completed so far, those of the warm-up included.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Counts one; called by the workload's actor alone.</summary>
    public void Count() => Volatile.Write(ref _completed, _completed + 1);
}

/// <summary>Runs workloads, one at a time: the initiator of a bench. On the subsystem's dispatcher it costs no thread switch.</summary>
/// <param name="port">The direct port.</param>
internal sealed class WorkloadActor(IActorRef port) : UntypedActor, IWorkloadPorts
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private IActorRef _client = ActorRefs.Nobody;
    private Workload? _workload;
    private WorkloadMeter _meter = new();
    private Reading _begin;
    private Reading _end;

    private readonly record struct Reading(long Now, TimeSpan ProcessorTime, long AllocatedBytes);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CommandExecuted done when _workload is not null:
                _meter.Count();
                _workload.Handle(done, Now());
                break;
            case RunWorkload run:
                Invariant.Holds(_workload is null, "one workload at a time");
                _client = Sender;
                _meter = run.Meter;
                _begin = _end = default;
                _workload = new Workload(run.Plan, this, Now());
                _workload.Start(Now());
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    public void Execute(ExecuteCommand command) => port.Tell(command, Self);

    /// <inheritdoc/>
    public void MeasurementBegins() => _begin = Read();

    /// <inheritdoc/>
    public void MeasurementEnds() => _end = Read();

    /// <inheritdoc/>
    public void Finished()
    {
        _client.Tell(new WorkloadFinished(TimeSpan.FromMicroseconds((_end.Now - _begin.Now) / 1e3), _workload!.Latencies,
            _end.ProcessorTime - _begin.ProcessorTime, _end.AllocatedBytes - _begin.AllocatedBytes, _workload.Error));
        _workload = null;
    }

    private static Reading Read() => new(Now(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

    private static long Now() => (long)(Stopwatch.GetTimestamp() * NanosecondsPerTick);
}

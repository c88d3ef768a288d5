using System.Diagnostics;
using Akka.Actor;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>Asks a <see cref="WorkloadActor"/> to run a workload; answered by <see cref="Measurement"/> to the sender.</summary>
/// <param name="Plan">What to do.</param>
/// <param name="Way">In what messages.</param>
/// <param name="Meter">Shows how far it is to who looks on.</param>
internal sealed record RunWorkload(WorkloadPlan Plan, IWayIn Way, WorkloadMeter Meter);

/// <summary>How many requests a workload has completed, for eyes outside the actor.</summary>
internal sealed class WorkloadMeter
{
    private long _completed;

    /// <summary>Requests completed so far, those of the warm-up included.</summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Counts one; called by the workload's actor alone.</summary>
    public void Count() => Volatile.Write(ref _completed, _completed + 1);
}

/// <summary>Runs workloads, one at a time: the initiator of a bench. On the subsystem's dispatcher it costs no thread switch.</summary>
/// <param name="port">Takes the requests: a driver, a port, storage.</param>
internal sealed class WorkloadActor(IActorRef port) : UntypedActor, IWorkloadPorts
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;
    private static readonly Identify AreYouThere = new(null!);

    private IActorRef _client = ActorRefs.Nobody;
    private RunWorkload? _run;
    private Workload? _workload;
    private int _fences;
    private Reading _begin;
    private Reading _end;

    private readonly record struct Reading(long Now, TimeSpan ProcessorTime, long AllocatedBytes);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (_run is not null && _run.Way.TryRead(message, out var answer))
        {
            _run.Meter.Count();
            _workload!.Handle(answer, Now());
            return;
        }
        switch (message)
        {
            case ActorIdentity when _workload is not null:
                // Every actor answers in the order in which it was told: the answer comes behind what was sent before the question.
                if (--_fences > 0)
                    port.Tell(AreYouThere, Self);
                else
                    _workload.HandedOn(Now());
                break;
            case AioInspected inspected:
                _workload?.Handle(inspected, Now());
                break;
            case RunWorkload run:
                Invariant.Holds(_run is null, "one workload at a time");
                _client = Sender;
                _run = run;
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
    public void Send(int slot, bool isWrite, long offset, Memory<byte> data) => port.Tell(_run!.Way.Request(slot, isWrite, offset, data), Self);

    /// <inheritdoc/>
    public void Fence()
    {
        _fences = _run!.Way.Fences;
        port.Tell(AreYouThere, Self);
    }

    /// <inheritdoc/>
    public void MeasurementBegins() => _begin = Read();

    /// <inheritdoc/>
    public void MeasurementEnds() => _end = Read();

    /// <inheritdoc/>
    public void Finished()
    {
        var workload = _workload!;
        _client.Tell(new Measurement(_run!.Plan.TransferLength, TimeSpan.FromMicroseconds((_end.Now - _begin.Now) / 1e3), workload.Latencies,
            workload.Submissions, workload.Depths, _end.ProcessorTime - _begin.ProcessorTime, _end.AllocatedBytes - _begin.AllocatedBytes, workload.Error));
        _workload = null;
        _run = null;
    }

    private static Reading Read() => new(Now(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

    private static long Now() => (long)(Stopwatch.GetTimestamp() * NanosecondsPerTick);
}

using ScsiActors.Host.Session;
using ScsiActors.Host.Output;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Bench;

/// <summary>What a <see cref="Workload"/> does.</summary>
/// <param name="Target">The target; the logical unit is 0.</param>
/// <param name="IsWrite">Writes, else reads.</param>
/// <param name="TransferLength">Bytes of each command.</param>
/// <param name="BlockLength">Bytes of a logical block.</param>
/// <param name="RegionLength">Bytes from the start of the medium that are used.</param>
/// <param name="Depth">Commands outstanding at any time.</param>
/// <param name="IsRandom">At random places, else one after the other.</param>
/// <param name="Seed">Decides the places.</param>
/// <param name="WarmUp">How long to run before measuring.</param>
/// <param name="Duration">How long to measure.</param>
internal sealed record WorkloadPlan(
    int Target, bool IsWrite, int TransferLength, int BlockLength, long RegionLength, int Depth, bool IsRandom, ulong Seed, TimeSpan WarmUp,
    TimeSpan Duration);

/// <summary>How a <see cref="Workload"/> acts on the world.</summary>
internal interface IWorkloadPorts
{
    /// <summary>Sends a command.</summary>
    void Execute(ExecuteCommand command);

    /// <summary>The warm-up is over: from now on it counts.</summary>
    void MeasurementBegins();

    /// <summary>The time is over: what completes from now on does not count.</summary>
    void MeasurementEnds();

    /// <summary>Nothing is outstanding any more.</summary>
    void Finished();
}

/// <summary>A closed loop: keeps a number of commands outstanding, sends another when one completes, notes how long each took.</summary>
internal sealed class Workload
{
    private readonly WorkloadPlan _plan;
    private readonly IWorkloadPorts _ports;
    private readonly Memory<byte>[] _buffers;
    private readonly long[] _sentAt;
    private readonly int _blocks;
    private readonly long _places;
    private readonly long _warmUpEnds;
    private long _ends;
    private SplitMix _random;
    private long _place;
    private int _outstanding;
    private Phase _phase;

    /// <summary>Prepares everything; nothing is sent before <see cref="Start"/>.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="ports">Where to.</param>
    /// <param name="now">Now, in nanoseconds of a clock that never goes back.</param>
    public Workload(WorkloadPlan plan, IWorkloadPorts ports, long now)
    {
        Invariant.Holds(plan.TransferLength % plan.BlockLength == 0, "a transfer is a number of whole blocks");
        Invariant.Holds(plan.RegionLength >= plan.TransferLength, "the region holds at least one transfer");
        _plan = plan;
        _ports = ports;
        _blocks = plan.TransferLength / plan.BlockLength;
        _places = plan.RegionLength / plan.TransferLength;
        _random = new SplitMix(plan.Seed);
        _warmUpEnds = now + (long)plan.WarmUp.TotalNanoseconds;
        _sentAt = new long[plan.Depth];
        _buffers = new Memory<byte>[plan.Depth];
        for (var slot = 0; slot < plan.Depth; slot++)
        {
            var buffer = GC.AllocateUninitializedArray<byte>(plan.TransferLength, pinned: true);
            // Zeroes would flatter storage that detects them.
            Noise.Fill(buffer, plan.Seed + (ulong)slot);
            _buffers[slot] = buffer;
        }
    }

    private enum Phase
    {
        WarmUp,
        Measuring,
        Draining,
    }

    /// <summary>How long each command of the measurement took.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>The first error in words; null while there was none. It ends the workload.</summary>
    public string? Error { get; private set; }

    /// <summary>Sends the first commands.</summary>
    public void Start(long now)
    {
        for (var slot = 0; slot < _plan.Depth; slot++)
            Send(slot, now);
    }

    /// <summary>A command has completed.</summary>
    /// <param name="done">Its answer.</param>
    /// <param name="now">Now, in nanoseconds.</param>
    public void Handle(CommandExecuted done, long now)
    {
        var slot = (int)done.Id;
        _outstanding--;
        if (!done.IsGood && done.Sense?.Key != SenseKey.UnitAttention)
            Fail(done);
        if (_phase == Phase.WarmUp && now >= _warmUpEnds)
        {
            _phase = Phase.Measuring;
            // From here, not from the plan: a busy machine may have slept through the warm-up and more.
            _ends = now + (long)_plan.Duration.TotalNanoseconds;
            _ports.MeasurementBegins();
        }
        else if (_phase == Phase.Measuring)
        {
            Latencies.Add(now - _sentAt[slot]);
            if (now >= _ends)
                Drain();
        }
        if (_phase != Phase.Draining)
            Send(slot, now);
        else if (_outstanding == 0)
            _ports.Finished();
    }

    private void Fail(CommandExecuted done)
    {
        var outcome = CommandText.Outcome(done);
        Error ??= done.Status == ScsiStatus.TaskSetFull
            ? $"{outcome}: it takes fewer than {_plan.Depth} commands; lower --depth, or raise scsi-actors.logical-unit.max-tasks"
            : outcome;
        Drain();
    }

    private void Drain()
    {
        if (_phase == Phase.Draining)
            return;
        if (_phase == Phase.Measuring)
            _ports.MeasurementEnds();
        _phase = Phase.Draining;
    }

    private void Send(int slot, long now)
    {
        _place = _plan.IsRandom ? _random.Below(_places) : _place + 1 == _places ? 0 : _place + 1;
        _sentAt[slot] = now;
        _outstanding++;
        _ports.Execute(new ExecuteCommand((ulong)slot, _plan.Target, Lun.Zero, Cdbs.Transfer(_plan.IsWrite, _place * _blocks, _blocks),
            _plan.IsWrite ? DataDirection.Out : DataDirection.In, _buffers[slot]));
    }
}

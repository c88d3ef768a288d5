using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>What a <see cref="Workload"/> does.</summary>
/// <param name="IsWrite">Writes, else reads.</param>
/// <param name="TransferLength">Bytes of each request.</param>
/// <param name="RegionLength">Bytes from the start of the disk that are used.</param>
/// <param name="Depth">Requests outstanding at any time.</param>
/// <param name="IsRandom">At random places, else one after the other.</param>
/// <param name="Seed">Decides the places.</param>
/// <param name="WarmUp">How long to run before measuring.</param>
/// <param name="Duration">How long to measure.</param>
internal sealed record WorkloadPlan(
    bool IsWrite, int TransferLength, long RegionLength, int Depth, bool IsRandom, ulong Seed, TimeSpan WarmUp, TimeSpan Duration);

/// <summary>How a <see cref="Workload"/> acts on the world.</summary>
internal interface IWorkloadPorts
{
    /// <summary>Sends a request.</summary>
    void Send(int slot, bool isWrite, long offset, Memory<byte> data);

    /// <summary>Has <see cref="Workload.HandedOn"/> called as soon as what was sent before has been handed on.</summary>
    void Fence();

    /// <summary>The warm-up is over: from now on it counts.</summary>
    void MeasurementBegins();

    /// <summary>The time is over: what completes from now on does not count.</summary>
    void MeasurementEnds();

    /// <summary>Nothing is outstanding any more.</summary>
    void Finished();
}

/// <summary>How busy storage was at a moment.</summary>
/// <param name="At">Nanoseconds since the measurement began.</param>
/// <param name="InFlight">Requests that it had.</param>
/// <param name="Most">The most it had at any moment since the sample before.</param>
internal readonly record struct DepthSample(long At, int InFlight, int Most);

/// <summary>A closed loop: keeps a number of requests outstanding, sends another when one completes, notes how long each took.</summary>
internal sealed class Workload
{
    // To follow a submission costs two messages. A prime, so that its slot and its place in a burst change.
    private const int SubmissionsPerFence = 17;

    private readonly WorkloadPlan _plan;
    private readonly IWorkloadPorts _ports;
    private readonly DataBufferPool _pool;
    private readonly DataBuffer[] _buffers;
    private readonly long[] _sentAt;
    private readonly List<DepthSample> _depths = new(256);
    private readonly long _places;
    private readonly long _warmUpEnds;
    private long _began;
    private long _ends;
    private SplitMix _random;
    private long _place;
    private int _outstanding;
    private int _submissions;
    private bool _isFenced;
    private long _fencedAt;
    private Phase _phase;

    /// <summary>Prepares everything; nothing is sent before <see cref="Start"/>.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="ports">Where to.</param>
    /// <param name="now">Now, in nanoseconds of a clock that never goes back.</param>
    public Workload(WorkloadPlan plan, IWorkloadPorts ports, long now)
    {
        Invariant.Holds(plan.RegionLength >= plan.TransferLength, "the region holds at least one transfer");
        _plan = plan;
        _ports = ports;
        _places = plan.RegionLength / plan.TransferLength;
        _random = new SplitMix(plan.Seed);
        _warmUpEnds = now + (long)plan.WarmUp.TotalNanoseconds;
        _sentAt = new long[plan.Depth];
        // Aligned, as an operating system's pages are: storage past the page cache takes them as they are.
        _pool = new DataBufferPool(long.MaxValue, maximumIdleBytes: 0);
        _buffers = new DataBuffer[plan.Depth];
        for (var slot = 0; slot < plan.Depth; slot++)
        {
            _buffers[slot] = _pool.TryRent(plan.TransferLength)!;
            // Zeroes would flatter storage that detects them.
            Noise.Fill(_buffers[slot].Span, plan.Seed + (ulong)slot);
        }
    }

    private enum Phase
    {
        WarmUp,
        Measuring,
        Draining,
    }

    /// <summary>How long each request of the measurement took.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>How long the submissions took that were followed: from sending a request until it had been handed on.</summary>
    public LatencyHistogram Submissions { get; } = new();

    /// <summary>How busy storage was.</summary>
    public IReadOnlyList<DepthSample> Depths => _depths;

    /// <summary>The first error in words; null while there was none. It ends the workload.</summary>
    public string? Error { get; private set; }

    /// <summary>Sends the first requests.</summary>
    public void Start(long now)
    {
        for (var slot = 0; slot < _plan.Depth; slot++)
            Send(slot, now);
    }

    /// <summary>A request has completed.</summary>
    /// <param name="answer">Its answer.</param>
    /// <param name="now">Now, in nanoseconds.</param>
    public void Handle(WayAnswer answer, long now)
    {
        _outstanding--;
        if (answer.Error is not null)
        {
            Error ??= answer.Error;
            Drain();
        }
        if (_phase == Phase.WarmUp && now >= _warmUpEnds)
        {
            _phase = Phase.Measuring;
            _began = now;
            // From here, not from the plan: a busy machine may have slept through the warm-up and more.
            _ends = now + (long)_plan.Duration.TotalNanoseconds;
            _ports.MeasurementBegins();
        }
        else if (_phase == Phase.Measuring)
        {
            Latencies.Add(now - _sentAt[answer.Slot]);
            if (now >= _ends)
                Drain();
        }
        if (_phase != Phase.Draining)
            Send(answer.Slot, now);
        else
            FinishWhenIdle();
    }

    /// <summary>What was sent before the fence has been handed on.</summary>
    /// <param name="now">Now, in nanoseconds.</param>
    public void HandedOn(long now)
    {
        _isFenced = false;
        if (_phase == Phase.Measuring)
            Submissions.Add(now - _fencedAt);
        if (_phase == Phase.Draining)
            FinishWhenIdle();
    }

    /// <summary>Storage has told how busy it is.</summary>
    /// <param name="inspected">What it told.</param>
    /// <param name="now">Now, in nanoseconds.</param>
    public void Handle(AioInspected inspected, long now)
    {
        if (_phase == Phase.Measuring)
            _depths.Add(new DepthSample(now - _began, inspected.InFlight, inspected.Most));
    }

    private void Drain()
    {
        if (_phase == Phase.Draining)
            return;
        if (_phase == Phase.Measuring)
            _ports.MeasurementEnds();
        _phase = Phase.Draining;
    }

    private void FinishWhenIdle()
    {
        if (_outstanding > 0 || _isFenced)
            return;
        foreach (var buffer in _buffers)
            _pool.Return(buffer);
        _ports.Finished();
    }

    private void Send(int slot, long now)
    {
        _place = _plan.IsRandom ? _random.Below(_places) : _place + 1 == _places ? 0 : _place + 1;
        _sentAt[slot] = now;
        _outstanding++;
        _ports.Send(slot, _plan.IsWrite, _place * _plan.TransferLength, _buffers[slot].Memory);
        if (_isFenced || ++_submissions < SubmissionsPerFence)
            return;
        _submissions = 0;
        _isFenced = true;
        _fencedAt = now;
        _ports.Fence();
    }
}

using ScsiActors.Host.Bench;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Interop.Machines;

/// <summary>The load generator of the bench, driven by hand on a clock of the test.</summary>
public sealed class WorkloadTests
{
    private const long Millisecond = 1_000_000;

    private static readonly WorkloadPlan Plan = new(IsWrite: true, TransferLength: 4096, RegionLength: 5 * 4096, Depth: 3, IsRandom: false, Seed: 1, WarmUp: TimeSpan.FromMilliseconds(10), Duration: TimeSpan.FromMilliseconds(20));

    private readonly Ports _ports = new();

    private sealed record Request(int Slot, bool IsWrite, long Offset, int Length);

    private sealed class Ports : IWorkloadPorts
    {
        public Queue<Request> Sent { get; } = new();

        public List<string> Told { get; } = [];

        public int Fences { get; private set; }

        public void Send(int slot, bool isWrite, long offset, Memory<byte> data) => Sent.Enqueue(new Request(slot, isWrite, offset, data.Length));

        public void Fence() => Fences++;

        public void MeasurementBegins() => Told.Add("begins");

        public void MeasurementEnds() => Told.Add("ends");

        public void Finished() => Told.Add("finished");
    }

    [Fact]
    public void It_keeps_exactly_its_depth_outstanding_until_the_time_is_over()
    {
        var workload = new Workload(Plan, _ports, now: 0);
        workload.Start(0);

        for (var now = 1L; now < 30; now++)
        {
            Assert.Equal(3, _ports.Sent.Count);
            workload.Handle(Good(_ports.Sent.Dequeue()), now * Millisecond);
        }
        Assert.Equal(["begins"], _ports.Told);
        workload.HandedOn(29 * Millisecond);
        workload.Handle(Good(_ports.Sent.Dequeue()), 30 * Millisecond);
        Assert.Equal(["begins", "ends"], _ports.Told);
        workload.Handle(Good(_ports.Sent.Dequeue()), 31 * Millisecond);
        workload.Handle(Good(_ports.Sent.Dequeue()), 32 * Millisecond);

        Assert.Empty(_ports.Sent);
        Assert.Equal(["begins", "ends", "finished"], _ports.Told);
        Assert.Equal(20, workload.Latencies.Count);
    }

    [Fact]
    public void A_machine_that_slept_through_the_warm_up_is_still_measured_for_the_whole_time()
    {
        var workload = new Workload(Plan, _ports, now: 0);
        workload.Start(0);

        workload.Handle(Good(_ports.Sent.Dequeue()), 500 * Millisecond);
        workload.Handle(Good(_ports.Sent.Dequeue()), 519 * Millisecond);

        Assert.Equal(["begins"], _ports.Told);
        workload.Handle(Good(_ports.Sent.Dequeue()), 520 * Millisecond);
        Assert.Equal(["begins", "ends"], _ports.Told);
    }

    [Fact]
    public void Sequential_commands_walk_through_the_region_and_begin_again()
    {
        var workload = new Workload(Plan, _ports, now: 0);
        workload.Start(0);
        var offsets = new List<long>();

        for (var i = 0; i < 11; i++)
        {
            var request = _ports.Sent.Dequeue();
            Assert.Equal((true, 4096), (request.IsWrite, request.Length));
            offsets.Add(request.Offset / 4096);
            workload.Handle(Good(request), i);
        }

        Assert.Equal([1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1], offsets);
    }

    [Fact]
    public void Random_places_are_in_the_region_and_repeated_by_their_seed()
    {
        static long[] Places(ulong seed)
        {
            var ports = new Ports();
            var workload = new Workload(Plan with { IsRandom = true, Seed = seed }, ports, now: 0);
            workload.Start(0);
            var places = new long[200];
            for (var i = 0; i < places.Length; i++)
            {
                var request = ports.Sent.Dequeue();
                places[i] = request.Offset / 4096;
                workload.Handle(Good(request), i);
            }
            return places;
        }

        Assert.Equal(Places(7), Places(7));
        Assert.NotEqual(Places(7), Places(8));
        Assert.Equal([0L, 1, 2, 3, 4], Places(7).Distinct().Order());
    }

    [Fact]
    public void An_error_ends_it_and_is_told()
    {
        var workload = new Workload(Plan, _ports, now: 0);
        workload.Start(0);

        workload.Handle(Good(_ports.Sent.Dequeue()) with { Error = "a hole" }, 1);
        workload.Handle(Good(_ports.Sent.Dequeue()), 2);
        workload.Handle(Good(_ports.Sent.Dequeue()), 3);

        Assert.Equal("a hole", workload.Error);
        Assert.Equal(["finished"], _ports.Told);
        Assert.Empty(_ports.Sent);
    }

    [Fact]
    public void One_submission_in_seventeen_is_followed_until_it_was_handed_on()
    {
        var workload = new Workload(Plan with { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromSeconds(1) }, _ports, now: 0);
        workload.Start(0);
        for (var now = 1; now <= 14; now++)
            workload.Handle(Good(_ports.Sent.Dequeue()), now);
        Assert.Equal(1, _ports.Fences);

        workload.HandedOn(14 + 700);

        Assert.Equal((1L, 700.0), (workload.Submissions.Count, workload.Submissions.Mean));
    }

    [Fact]
    public void A_submission_that_is_still_followed_keeps_it_from_finishing()
    {
        var workload = new Workload(Plan with { Depth = 17, WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(1) }, _ports, now: 0);
        workload.Start(0);
        workload.Handle(Good(_ports.Sent.Dequeue()), 1);
        workload.Handle(Good(_ports.Sent.Dequeue()), 2 * Millisecond);
        while (_ports.Sent.TryDequeue(out var last))
            workload.Handle(Good(last), 3 * Millisecond);
        Assert.Equal(["begins", "ends"], _ports.Told);

        workload.HandedOn(4 * Millisecond);

        Assert.Equal("finished", _ports.Told[^1]);
        Assert.Equal(0, workload.Submissions.Count);
    }

    [Fact]
    public void How_busy_storage_was_counts_while_it_is_measured()
    {
        var workload = new Workload(Plan, _ports, now: 0);
        workload.Start(0);
        workload.Handle(new AioInspected(1, 3), 5 * Millisecond);
        workload.Handle(Good(_ports.Sent.Dequeue()), 10 * Millisecond);
        workload.Handle(new AioInspected(2, 3), 12 * Millisecond);
        workload.Handle(Good(_ports.Sent.Dequeue()), 30 * Millisecond);
        workload.Handle(new AioInspected(0, 1), 31 * Millisecond);

        Assert.Equal([new DepthSample(2 * Millisecond, 2, 3)], workload.Depths);
    }

    private static WayAnswer Good(Request request) => new(request.Slot, null);
}

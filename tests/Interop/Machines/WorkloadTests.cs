using ScsiActors.Host.Bench;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Interop.Machines;

/// <summary>The load generator of the bench, driven by hand on a clock of the test.</summary>
public sealed class WorkloadTests
{
    private const long Millisecond = 1_000_000;

    private static readonly WorkloadPlan Plan = new(Target: 2, IsWrite: true, TransferLength: 4096, BlockLength: 512, RegionLength: 5 * 4096,
        Depth: 3, IsRandom: false, Seed: 1, WarmUp: TimeSpan.FromMilliseconds(10), Duration: TimeSpan.FromMilliseconds(20));

    private readonly Ports _ports = new();

    private sealed class Ports : IWorkloadPorts
    {
        public Queue<ExecuteCommand> Sent { get; } = new();

        public List<string> Told { get; } = [];

        public void Execute(ExecuteCommand command) => Sent.Enqueue(command);

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
        var blocks = new List<uint>();

        for (var i = 0; i < 11; i++)
        {
            var command = _ports.Sent.Dequeue();
            Assert.Equal((2, DataDirection.Out, 4096, (byte)0x2A), (command.Target, command.Direction, command.Data.Length, command.Cdb.OperationCode));
            blocks.Add(command.Cdb.UInt32(2));
            workload.Handle(Good(command), i);
        }

        Assert.Equal([8, 16, 24, 32, 0, 8, 16, 24, 32, 0, 8], blocks);
    }

    [Fact]
    public void Random_places_are_in_the_region_and_repeated_by_their_seed()
    {
        static uint[] Places(ulong seed)
        {
            var ports = new Ports();
            var workload = new Workload(Plan with { IsRandom = true, Seed = seed }, ports, now: 0);
            workload.Start(0);
            var places = new uint[200];
            for (var i = 0; i < places.Length; i++)
            {
                var command = ports.Sent.Dequeue();
                places[i] = command.Cdb.UInt32(2);
                workload.Handle(Good(command), i);
            }
            return places;
        }

        Assert.Equal(Places(7), Places(7));
        Assert.NotEqual(Places(7), Places(8));
        Assert.Equal([0u, 8u, 16u, 24u, 32u], Places(7).Distinct().Order());
    }

    [Fact]
    public void An_error_ends_it_and_is_told_in_words()
    {
        var workload = new Workload(Plan, _ports, now: 0);
        workload.Start(0);
        var sense = new SenseData(SenseKey.MediumError, new AdditionalSense(0x0C, 0x00)) { Information = 16 };

        workload.Handle(Good(_ports.Sent.Dequeue()) with { Status = ScsiStatus.CheckCondition, Sense = sense }, 1);
        workload.Handle(Good(_ports.Sent.Dequeue()), 2);
        workload.Handle(Good(_ports.Sent.Dequeue()), 3);

        Assert.Equal("CHECK CONDITION, MEDIUM ERROR: write error (0c/00), block 16", workload.Error);
        Assert.Equal(["finished"], _ports.Told);
        Assert.Empty(_ports.Sent);
    }

    [Fact]
    public void A_unit_attention_is_no_error()
    {
        var workload = new Workload(Plan, _ports, now: 0);
        workload.Start(0);
        var sense = new SenseData(SenseKey.UnitAttention, new AdditionalSense(0x29, 0x01));

        workload.Handle(Good(_ports.Sent.Dequeue()) with { Status = ScsiStatus.CheckCondition, Sense = sense }, 1);

        Assert.Null(workload.Error);
        Assert.Equal(3, _ports.Sent.Count);
    }

    private static CommandExecuted Good(ExecuteCommand command) => new(command.Id, CommandOutcome.Complete, ScsiStatus.Good, null, 0);
}

using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>What a simulated world promises: one thread, virtual time, an order that the seed chooses, and the same run again.</summary>
public sealed class SimulatedWorldTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_periodic_timer_ticks_once_a_period_of_virtual_time()
    {
        using var world = new SimulatedWorld(new SimulationOptions(1));
        var probe = world.Probe();
        world.System.Scheduler.ScheduleTellRepeatedly(Second, Second, probe.Ref, "tick", ActorRefs.NoSender);

        world.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(10, probe.Count);
        Assert.Equal(TimeSpan.FromSeconds(10), world.Now);
        Assert.Equal(TimeSpan.FromSeconds(10), world.System.Scheduler.MonotonicClock);
    }

    [Fact]
    public void An_actor_that_sets_its_timer_anew_moves_one_hop_a_second()
    {
        using var world = new SimulatedWorld(new SimulationOptions(1));
        var hops = new List<TimeSpan>();
        world.System.ActorOf(Props.Create(() => new Hopper(hops)));

        world.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([1, 2, 3, 4, 5], hops.Select(static hop => hop.TotalSeconds));
    }

    [Fact]
    public void A_receive_timeout_comes_in_virtual_time()
    {
        using var world = new SimulatedWorld(new SimulationOptions(1));
        var probe = world.Probe();
        world.System.ActorOf(Props.Create(() => new Patient(probe.Ref)));

        Assert.False(world.AdvanceUntil(() => probe.Count > 0, TimeSpan.FromMinutes(59)));
        Assert.True(world.AdvanceUntil(() => probe.Count > 0, TimeSpan.FromMinutes(2)));

        Assert.Equal(TimeSpan.FromHours(1), world.Now);
    }

    [Theory]
    [InlineData(TurnOrderKind.Fifo)]
    [InlineData(TurnOrderKind.Random)]
    [InlineData(TurnOrderKind.PriorityChange)]
    [InlineData(TurnOrderKind.DelayBounded)]
    public void The_same_seed_gives_the_same_run_and_messages_of_one_sender_keep_their_order(TurnOrderKind order)
    {
        var first = Gossip(5, order, out var heard);
        var second = Gossip(5, order, out var again);

        Assert.Equal(heard, again);
        Assert.Equal(first, second);
        foreach (var sender in heard.GroupBy(static word => word.Sender))
            Assert.Equal(sender.Order(), sender);
    }

    [Fact]
    public void Another_seed_gives_another_order()
    {
        var hashes = Enumerable.Range(1, 20).Select(seed => Gossip((ulong)seed, TurnOrderKind.Random, out _)).ToHashSet();

        Assert.InRange(hashes.Count, 19, 20);
    }

    [Fact]
    public void A_turn_that_costs_processor_time_ends_when_that_has_passed_and_others_of_the_processor_wait()
    {
        var costs = new OneSecondATurn();
        using var world = new SimulatedWorld(new SimulationOptions(1) { Costs = costs });
        var ends = new List<(string, TimeSpan)>();
        foreach (var name in (string[])["a", "b"])
            world.System.ActorOf(Props.Create(() => new Timed(name, ends)), name).Tell("work");

        world.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([("a", TimeSpan.FromSeconds(1)), ("b", TimeSpan.FromSeconds(2))], ends);
        Assert.Equal(TimeSpan.FromSeconds(2), costs.Processor.Busy);
    }

    [Fact]
    public void A_filter_may_keep_a_message_exchange_it_and_send_it_on_later()
    {
        using var world = new SimulatedWorld(new SimulationOptions(1));
        var probe = world.Probe();
        var filter = new Keeper();
        world.Filter = filter;

        probe.Ref.Tell("keep");
        probe.Ref.Tell("exchange");
        world.RunUntilIdle();
        Assert.Equal("exchanged", probe.Expect<string>(Second));
        Assert.Equal(0, probe.Count);

        world.Filter = null;
        probe.Ref.Tell(filter.Kept!);
        Assert.Equal("keep", probe.Expect<string>(Second));
    }

    [Fact]
    public void Another_thread_that_tells_an_actor_something_ends_the_run_as_void()
    {
        using var world = new SimulatedWorld(new SimulationOptions(1));
        var probe = world.Probe();
        var told = new Thread(() => probe.Ref.Tell("from elsewhere"));
        told.Start();
        told.Join();

        Assert.Throws<InvariantViolatedException>(world.RunUntilIdle);
    }

    [Fact]
    public void A_whole_subsystem_runs_in_it_and_the_run_is_the_same_every_time()
    {
        Assert.Equal(ReadThroughAdapter(7), ReadThroughAdapter(7));
    }

    private static (ulong Hash, TimeSpan Now, long Turns) ReadThroughAdapter(ulong seed)
    {
        using var world = new SimulatedWorld(new SimulationOptions(seed) { Order = TurnOrderKind.Random });
        var probe = world.Probe();
        var subsystem = world.System.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString(
            "scsi-actors { aio { backend = simulated, size = 16 MiB }\n host-adapter.model = lsi53c895a }")), "scsi");
        Assert.True(probe.Ask<ScsiSubsystem.SubsystemReady>(subsystem, ScsiSubsystem.GetReady.Instance, Second).IsGood);
        var driver = probe.Ask<ScsiSubsystem.HostAdapter>(subsystem, ScsiSubsystem.GetHostAdapter.Instance, Second).Driver!;
        _ = probe.Ask<CommandExecuted>(driver, new ExecuteCommand(0, 0, Lun.Zero, Cdb.Parse([0, 0, 0, 0, 0, 0])), Second);
        for (ulong id = 1; id <= 16; id++)
        {
            var read = Cdb.Parse([0x28, 0, 0, 0, (byte)id, 0, 0, 0, 8, 0]);
            probe.Tell(driver, new ExecuteCommand(id, 0, Lun.Zero, read, DataDirection.In, new byte[4096]));
        }
        for (var i = 0; i < 16; i++)
            Assert.True(probe.Expect<CommandExecuted>(Second).IsGood);
        return (world.Hash, world.Now, world.Turns);
    }

    private static ulong Gossip(ulong seed, TurnOrderKind order, out List<(string Sender, int Number)> heard)
    {
        using var world = new SimulatedWorld(new SimulationOptions(seed) { Order = order });
        heard = [];
        var list = heard;
        var listener = world.System.ActorOf(Props.Create(() => new Listener(list)));
        for (var i = 0; i < 6; i++)
            world.System.ActorOf(Props.Create(() => new Gossiper(listener)), $"gossiper-{i}").Tell(20);
        world.RunUntilIdle();
        Assert.Equal(6 * 20, heard.Count);
        return world.Hash;
    }

    private sealed class Hopper : UntypedActor
    {
        private readonly List<TimeSpan> _hops;

        public Hopper(List<TimeSpan> hops)
        {
            _hops = hops;
            SetTimer();
        }

        protected override void OnReceive(object message)
        {
            _hops.Add(Context.System.Scheduler.MonotonicClock);
            if (_hops.Count < 5)
                SetTimer();
        }

        private void SetTimer() => Context.System.Scheduler.ScheduleTellOnce(Second, Self, "hop", Self);
    }

    private sealed class Patient : UntypedActor
    {
        private readonly IActorRef _client;

        public Patient(IActorRef client)
        {
            _client = client;
            SetReceiveTimeout(TimeSpan.FromHours(1));
        }

        protected override void OnReceive(object message)
        {
            if (message is ReceiveTimeout)
                _client.Tell("waited");
        }
    }

    private sealed class Gossiper(IActorRef listener) : UntypedActor
    {
        private int _said;

        protected override void OnReceive(object message)
        {
            if (message is not int left || left == 0)
                return;
            listener.Tell(++_said);
            Self.Tell(left - 1);
        }
    }

    private sealed class Listener(List<(string Sender, int Number)> heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard.Add((Sender.Path.Name, (int)message));
    }

    private sealed class Timed(string name, List<(string, TimeSpan)> ends) : UntypedActor
    {
        protected override void OnReceive(object message) => ends.Add((name, Context.System.Scheduler.MonotonicClock));
    }

    private sealed class OneSecondATurn : ITurnCosts
    {
        public SimulatedProcessor Processor { get; } = new("only");

        public (SimulatedProcessor? Processor, int Role, bool IsUrgent) Place(string name) => (Processor, 0, false);

        public TurnCost CostOf(int role, object message) => new(Second, TimeSpan.Zero);
    }

    private sealed class Keeper : ScsiActors.Dispatch.IMessageFilter
    {
        public object? Kept { get; private set; }

        public bool MayPass(IActorRef from, IActorRef to, ref object message)
        {
            if (message is "keep")
            {
                Kept = message;
                return false;
            }
            if (message is "exchange")
                message = "exchanged";
            return true;
        }
    }
}

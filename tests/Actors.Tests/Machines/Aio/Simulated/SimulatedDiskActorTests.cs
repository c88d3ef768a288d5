using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ScsiActors.Aio;
using ScsiActors.Aio.Simulated;
using ScsiActors.Dispatch;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Requests;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>A simulated disk in its actor, on real time.</summary>
[Collection("storage")]
public sealed class SimulatedDiskActorTests : TestKit
{
    public SimulatedDiskActorTests() : base(ScsiSubsystem.DefaultConfig)
    {
    }

    [Fact]
    public void A_disk_is_given_faults_by_messages_and_tells_each_hit_to_who_laid_it()
    {
        var (ledger, client) = (CreateTestProbe(), CreateTestProbe());
        var disk = ActorOf(AioBackendActor.Props(Settings("")));
        ledger.Send(disk, new InjectOverlay(new DiskOverlay("bad block", DiskDamage.ReadError, 512, 512)));
        Assert.Null(ledger.ExpectMsg<DiskControlled>().Refusal);
        client.Send(disk, new AioRead(new AioId(0, 1), 0, new ScatterGatherList(new byte[4096])));
        Assert.Equal(new OverlayHit("bad block", DiskDamage.ReadError, new AioId(0, 1), 512, 512, IsExposure: false), ledger.ExpectMsg<OverlayHit>());
        Assert.Equal(new AioCompleted(new AioId(0, 1), AioResult.ReadError, 512), client.ExpectMsg<AioCompleted>());
        ledger.Send(disk, new ListOverlays());
        Assert.Equal(1, Assert.Single(ledger.ExpectMsg<DiskControlled>().Overlays!).Hits);
        ledger.Send(disk, new LiftOverlay("bad block"));
        Assert.Null(ledger.ExpectMsg<DiskControlled>().Refusal);
        client.Send(disk, new AioRead(new AioId(0, 2), 0, new ScatterGatherList(new byte[4096])));
        Assert.Equal(AioResult.Ok, client.ExpectMsg<AioCompleted>().Result);
    }

    [Fact]
    public void Storage_of_another_kind_refuses_faults_and_goes_on()
    {
        var memory = ActorOf(AioBackendActor.Props(Settings("backend = memory")));
        memory.Tell(new PowerOff());
        Assert.Contains("only a simulated disk", ExpectMsg<DiskControlled>().Refusal);
        memory.Tell(new AioFlush(new AioId(0, 1)));
        Assert.Equal(AioResult.Ok, ExpectMsg<AioCompleted>().Result);
    }

    [Fact]
    public void A_power_cut_reaches_clients_through_the_queue_and_the_disk_comes_back()
    {
        var disk = ActorOf(AioBackendActor.Props(Settings("simulated { write-overhead = 1 h }")));
        var queue = ActorOf(RequestQueueActor.Props(new RequestQueueSettings(2, 8), disk));
        queue.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        for (var i = 0; i < 4; i++)
            queue.Tell(new AioWrite(new AioId(i, 1), i * 512, new ScatterGatherList(new byte[512])));
        // The queue has handed over what it may once it has answered this.
        queue.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        var control = CreateTestProbe();
        control.Send(disk, new PowerOff());
        Assert.Equal(2, control.ExpectMsg<DiskControlled>().Cut!.InFlight);
        for (var i = 0; i < 4; i++)
            Assert.Equal(AioResult.Unavailable, ExpectMsg<AioCompleted>().Result);
        control.Send(disk, new PowerOn(0));
        Assert.Null(control.ExpectMsg<DiskControlled>().Refusal);
        queue.Tell(new AioRead(new AioId(0, 2), 0, new ScatterGatherList(new byte[512])));
        Assert.Equal(AioResult.Ok, ExpectMsg<AioCompleted>().Result);
    }

    [Fact]
    public void On_real_time_a_request_is_never_early_and_seldom_late()
    {
        var disk = ActorOf(AioBackendActor.Props(Settings("simulated { read-latency = 0.1 ms, read-overhead = 0 ms, rate = 16 GB }")));
        var latencies = new List<TimeSpan>();
        for (var i = 0U; i < 200; i++)
        {
            var start = Stopwatch.GetTimestamp();
            disk.Tell(new AioRead(new AioId(0, i), 0, new ScatterGatherList(new byte[512])));
            ExpectMsg<AioCompleted>();
            latencies.Add(Stopwatch.GetElapsedTime(start));
        }
        Assert.True(latencies.Min() >= TimeSpan.FromMicroseconds(100), $"{latencies.Min()} is early");
        latencies.Sort();
        // The machine may be busy with other things; a timer of whole milliseconds would show here in any case.
        Assert.True(latencies[50] < TimeSpan.FromMilliseconds(1), $"the better quarter takes up to {latencies[50]}");
    }

    [Fact]
    public void A_disk_that_is_stopped_answers_what_it_was_given_and_leaves_no_thread()
    {
        var disk = ActorOf(AioBackendActor.Props(Settings("simulated { read-latency = 1 h }")));
        disk.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        disk.Tell(new AioRead(new AioId(0, 1), 0, new ScatterGatherList(new byte[512])));
        disk.Tell(PoisonPill.Instance);
        Assert.Equal(AioResult.Cancelled, ExpectMsg<AioCompleted>().Result);
        ExpectMsg<AioClosed>();
    }

    [Theory]
    [InlineData("simulated.lanes = 0", "lanes")]
    [InlineData("simulated.rate = 0", "rate")]
    [InlineData("simulated.latency-spread = 5", "latency-spread")]
    [InlineData("simulated.latency-distribution = bell", "bell")]
    [InlineData("simulated.contents = some", "some")]
    [InlineData("simulated.read-latency = 2 h", "read-latency")]
    public void A_setting_that_makes_no_sense_is_named(string setting, string named) =>
        Assert.Contains(named, Assert.Throws<ConfigurationException>(() => Settings(setting)).Message);

    [Fact]
    public void Rates_and_times_are_read_in_their_units()
    {
        var timing = Settings("simulated { rate = 200 MB, isolated-write-rate = 50 MB, read-latency = 0.25 ms, write-cache = 8 MiB }").Simulated.Timing;
        Assert.Equal((200_000_000, 50_000_000, 8L << 20), (timing.Rate, timing.IsolatedWriteRate, timing.WriteCache));
        Assert.Equal(TimeSpan.FromMicroseconds(250), timing.ReadLatency);
    }

    internal static AioSettings Settings(string aio) => AioSettings.From(ConfigurationFactory.ParseString($"scsi-actors.aio {{ {aio} }}")
        .WithFallback(ConfigurationFactory.ParseString("scsi-actors.aio { backend = simulated, size = 1 MiB }"))
        .WithFallback(ScsiSubsystem.DefaultConfig).GetConfig("scsi-actors.aio")!);
}

/// <summary>A simulated disk in its actor, where the actors' time is virtual.</summary>
public sealed class VirtualTimeTests : TestKit
{
    public VirtualTimeTests() : base(ConfigurationFactory.ParseString(
        $"akka.scheduler.implementation = \"{typeof(HeldScheduler).FullName}, {typeof(HeldScheduler).Assembly.GetName().Name}\"")
        .WithFallback(ScsiSubsystem.DefaultConfig))
    {
    }

    [Fact]
    public void Where_time_is_virtual_the_disk_goes_by_it()
    {
        var time = (HeldScheduler)Sys.Scheduler;
        var disk = ActorOf(AioBackendActor.Props(SimulatedDiskActorTests.Settings("simulated { read-latency = 8 ms, read-overhead = 1 ms, lanes = 2 }"))
            .WithDispatcher(CallingThreadDispatcher.Id));
        disk.Tell(AioOpen.Instance);
        ExpectMsg<AioOpened>();
        for (var slot = 0; slot < 3; slot++)
            disk.Tell(new AioRead(new AioId(slot, 1), slot * 8192, default));
        // Everything runs on this thread, so that nothing can still be under way.
        time.To(TimeSpan.FromMilliseconds(8.9999));
        Assert.False(HasMessages);
        time.To(TimeSpan.FromMilliseconds(9));
        Assert.Equal(0, ExpectMsg<AioCompleted>().Id.Slot);
        Assert.False(HasMessages);
        time.To(TimeSpan.FromMilliseconds(10));
        Assert.Equal(1, ExpectMsg<AioCompleted>().Id.Slot);
        time.To(TimeSpan.FromMilliseconds(17.9999));
        Assert.False(HasMessages);
        time.To(TimeSpan.FromMilliseconds(18));
        Assert.Equal(2, ExpectMsg<AioCompleted>().Id.Slot);
    }
}

/// <summary>A scheduler whose time passes only when a test lets it.</summary>
public sealed class HeldScheduler(Config config, ILoggingAdapter log) : SchedulerBase(config, log), IVirtualTime
{
    private readonly PriorityQueue<Action, (TimeSpan Due, long Order)> _entries = new();
    private readonly object _lock = new();
    private TimeSpan _now;
    private long _order;

    public override TimeSpan MonotonicClock => _now;

    public override TimeSpan HighResMonotonicClock => _now;

    protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch + _now;

    /// <summary>Lets time pass up to <paramref name="time"/>.</summary>
    public void To(TimeSpan time)
    {
        while (TryTake(time, out var action))
            action();
        _now = time;
    }

    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(delay, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Add(delay, action.Run, cancelable);

    protected override void InternalScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender,
        ICancelable cancelable) => Repeat(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Repeat(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Repeat(initialDelay, interval, action.Run, cancelable);

    private void Repeat(TimeSpan delay, TimeSpan interval, Action action, ICancelable cancelable) => Add(delay, () =>
    {
        action();
        Repeat(interval, interval, action, cancelable);
    }, cancelable);

    private void Add(TimeSpan delay, Action action, ICancelable? cancelable)
    {
        lock (_lock)
        {
            _entries.Enqueue(() =>
            {
                if (cancelable is not { IsCancellationRequested: true })
                    action();
            }, (_now + delay, _order++));
        }
    }

    private bool TryTake(TimeSpan until, out Action action)
    {
        lock (_lock)
        {
            action = static () => { };
            if (!_entries.TryPeek(out _, out var key) || key.Due > until)
                return false;
            _now = key.Due;
            action = _entries.Dequeue();
            return true;
        }
    }
}

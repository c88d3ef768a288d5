using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Xunit;

namespace Engine.Tests.Scheduling;

/// <summary>A whole system on one thread, in virtual time, in an order that one seed decides: on public plug-in points only.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void One_seed_gives_one_history()
    {
        List<string> first = History(7);
        Assert.NotEmpty(first);
        for (int i = 0; i < 3; i++) Assert.Equal(first, History(7));
    }

    [Fact]
    public void One_seed_gives_the_same_history_on_either_engine()
    {
        string all = string.Join('\n', Enumerable.Range(0, 100).Select(seed => $"{seed}: {string.Join(" | ", History(seed))}"));
        // Taken from Akka.NET 1.5.30. A change of the actors below changes it; a change of the engine must not.
        Assert.Equal("10A7FE884929BD19", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..16]);
    }

    [Fact]
    public void Other_seeds_give_other_histories() =>
        Assert.True(Enumerable.Range(0, 8).Select(seed => string.Join('|', History(seed))).Distinct().Count() > 1);

    [Fact]
    public void A_day_of_timers_passes_in_no_time()
    {
        using var world = new VirtualWorld(1);
        var ticks = new List<TimeSpan>();
        world.System.ActorOf(Props.Create(() => new Ticker(world.Scheduler, ticks)));
        world.Scheduler.Run(TimeSpan.FromDays(1));
        Assert.Equal(Enumerable.Range(1, 24).Select(h => TimeSpan.FromHours(h)), ticks);
    }

    [Fact]
    public void A_turn_handles_one_user_message_when_the_deadline_of_a_turn_is_zero()
    {
        using var world = new VirtualWorld(3);
        var log = new List<string>();
        IActorRef a = world.Actor((_, m) => log.Add($"a{m}")), b = world.Actor((_, m) => log.Add($"b{m}"));
        world.Scheduler.Run(TimeSpan.Zero);
        for (int i = 0; i < 50; i++)
        {
            a.Tell(i, ActorRefs.NoSender);
            b.Tell(i, ActorRefs.NoSender);
        }

        world.Scheduler.Run(TimeSpan.Zero);
        Assert.Equal(100, log.Count);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"a{i}"), log.Where(l => l[0] == 'a'));
        // With two turns to choose from each time, a fair choice does not let one actor run ahead by more than a few.
        Assert.True(log.IndexOf("b0") < 20 && log.IndexOf("a0") < 20, string.Join(' ', log));
        Assert.True(log.Zip(log.Skip(1)).Count(p => p.First[0] != p.Second[0]) > 10, string.Join(' ', log));
    }

    private static List<string> History(int seed)
    {
        using var world = new VirtualWorld(seed);
        var log = new List<string>();
        IActorRef boss = world.System.ActorOf(Props.Create(() => new Boss(log)), "boss");
        for (int i = 0; i < 20; i++) boss.Tell(i, ActorRefs.NoSender);
        world.Scheduler.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(0, world.Scheduler.Foreign);
        return log;
    }

    /// <summary>Work, timers, failures, restarts, watches and stashes, all in one.</summary>
    private sealed class Boss : ReceiveActor, IWithTimers
    {
        private readonly List<string> _log;
        private int _gone;

        public Boss(List<string> log)
        {
            _log = log;
            for (int i = 0; i < 3; i++) Context.Watch(Context.ActorOf(Props.Create(() => new Worker(log)), $"w{i}"));
            Receive<int>(n => Context.Child($"w{n % 3}").Tell(n));
            Receive<string>(s => _log.Add($"boss {s} from {Sender?.Path.Name}"));
            Receive<Terminated>(t =>
            {
                _log.Add($"{t.ActorRef.Path.Name} gone");
                if (++_gone == 3) Timers.StartSingleTimer("end", "end", TimeSpan.FromSeconds(1));
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }

    /// <inheritdoc cref="Boss"/>
    private sealed class Worker : ReceiveActor, IWithTimers, IWithUnboundedStash
    {
        private readonly List<string> _log;

        public Worker(List<string> log)
        {
            _log = log;
            Working();
        }

        public ITimerScheduler Timers { get; set; } = null!;

        public IStash Stash { get; set; } = null!;

        private void Working()
        {
            Receive<int>(n =>
            {
                _log.Add($"{Self.Path.Name} starts {n}");
                Sender.Tell($"{n} begun");
                if (n == 8) throw new Oops("eight");
                if (n >= 17) Context.Stop(Self);
                Timers.StartSingleTimer("done", "done", TimeSpan.FromMilliseconds(10 + n));
                Become(Busy);
            });
        }

        private void Busy()
        {
            Receive<int>(_ => Stash.Stash());
            Receive<string>(_ =>
            {
                _log.Add($"{Self.Path.Name} done");
                Context.Parent.Tell("done");
                Become(Working);
                Stash.UnstashAll();
            });
        }
    }

    private sealed class Ticker(VirtualScheduler clock, List<TimeSpan> ticks) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("tick", "tick", TimeSpan.FromHours(1));

        protected override void OnReceive(object message) => ticks.Add(clock.Elapsed);
    }
}

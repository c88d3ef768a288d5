using Akka.Actor;
using Engine.Tests.Scheduling;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Timers that belong to an actor, in virtual time: a message of a timer that is no more never arrives.</summary>
public sealed class TimerTests : IDisposable
{
    private readonly VirtualWorld _world = new(1);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_single_timer_tells_once() =>
        Expect(["tick at 20"], t => t.StartSingleTimer("k", "tick", Ms(20)));

    [Fact]
    public void A_periodic_timer_tells_until_it_is_cancelled() =>
        Expect(["tick at 20", "tick at 40", "tick at 60"], t => t.StartPeriodicTimer("k", "tick", Ms(20)), (70, t => t.Cancel("k")));

    [Fact]
    public void A_periodic_timer_may_begin_at_another_time() =>
        Expect(["tick at 5", "tick at 105", "tick at 205"], t => t.StartPeriodicTimer("k", "tick", Ms(5), Ms(100)),
            (250, t => t.CancelAll()));

    [Fact]
    public void A_cancelled_timer_is_silent_even_if_its_message_waits_in_the_mailbox() =>
        Expect([], t => t.StartSingleTimer("k", "tick", Ms(50)), (50, t => t.Cancel("k")));

    [Fact]
    public void Starting_a_timer_of_the_same_key_replaces_it_even_if_its_message_waits_in_the_mailbox() =>
        Expect(["new at 80"], t => t.StartSingleTimer("k", "old", Ms(50)), (50, t => t.StartSingleTimer("k", "new", Ms(30))));

    [Fact]
    public void Timers_of_different_keys_do_not_meet() => Expect(["tick b at 20"], t =>
    {
        t.StartSingleTimer("a", "tick a", Ms(20));
        t.StartSingleTimer("b", "tick b", Ms(20));
        t.Cancel("a");
    });

    [Fact]
    public void A_timer_is_active_until_it_has_told() => Expect(
        ["True at 10", "tick at 20", "False at 30"],
        t => t.StartSingleTimer("k", "tick", Ms(20)),
        (10, t => _world.Note(t.IsTimerActive("k"))),
        (30, t => _world.Note(t.IsTimerActive("k"))));

    [Fact]
    public void A_restart_cancels_the_timers_of_the_old_instance_and_drops_its_messages_that_wait() => Expect(
        ["tick at 20", "False at 45"],
        t => t.StartPeriodicTimer("k", "tick", Ms(20)),
        (40, _ => throw new Oops("I failed")),
        (45, t => _world.Note(t.IsTimerActive("k"))));

    [Fact]
    public void Stopping_the_actor_ends_its_timers() =>
        Expect(["tick at 20"], t => t.StartPeriodicTimer("k", "tick", Ms(20)), (30, PoisonPill.Instance));

    [Fact]
    public void CancelAll_cancels_every_timer() => Expect([], t =>
    {
        t.StartSingleTimer("a", "tick a", Ms(20));
        t.StartPeriodicTimer("b", "tick b", Ms(20));
        t.CancelAll();
    });

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private void Expect(string[] notes, Action<ITimerScheduler> atFirst, params (int Milliseconds, object Message)[] then)
    {
        IActorRef actor = _world.System.ActorOf(Props.Create(() => new TimedActor(_world)));
        // What the test does at an instant was scheduled before what a timer does then, and so comes first.
        foreach ((int at, object message) in then) _world.TellAt(at, actor, message);
        actor.Tell(atFirst, ActorRefs.NoSender);
        _world.RunTo(1000);
        Assert.Equal(notes, _world.Notes);
    }

    private void Expect(string[] notes, Action<ITimerScheduler> atFirst, params (int Milliseconds, Action<ITimerScheduler> Do)[] then) =>
        Expect(notes, atFirst, [.. then.Select(t => (t.Milliseconds, (object)t.Do))]);

    private void Expect(string[] notes, Action<ITimerScheduler> atFirst) => Expect(notes, atFirst, Array.Empty<(int, object)>());

    private sealed class TimedActor(VirtualWorld world) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            if (message is Action<ITimerScheduler> act) act(Timers);
            else world.Note(message);
        }
    }
}

using Akka.Actor;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Timers that belong to an actor: a message of a timer that is no more never arrives.</summary>
public sealed class TimerTests : EngineSpec
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_single_timer_tells_once()
    {
        IActorRef actor = Timed((t, _) => t.StartSingleTimer("k", "tick", Soon));
        actor.Tell("go");
        ExpectMsg("tick");
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void A_periodic_timer_tells_until_it_is_cancelled()
    {
        IActorRef actor = Timed((t, m) =>
        {
            if (m is "stop") t.Cancel("k");
            else t.StartPeriodicTimer("k", "tick", Soon);
        });
        actor.Tell("go");
        for (int i = 0; i < 3; i++) ExpectMsg("tick");
        actor.Tell("stop");
        actor.Tell("active?");
        FishForMessage<bool>(active => !active);
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void A_cancelled_timer_is_silent_even_if_its_message_waits_in_the_mailbox()
    {
        var due = new ManualResetEventSlim();
        IActorRef actor = Timed((t, m) =>
        {
            if (m is not "go") return;
            t.StartSingleTimer("k", "tick", TimeSpan.FromMilliseconds(1));
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(100), due.Set);
            due.Wait(TimeSpan.FromSeconds(5));
            t.Cancel("k");
        });
        actor.Tell("go");
        ExpectNoMsg(TimeSpan.FromMilliseconds(200));
        actor.Tell("active?");
        ExpectMsg(false);
    }

    [Fact]
    public void Starting_a_timer_of_the_same_key_replaces_it_even_if_its_message_waits_in_the_mailbox()
    {
        var due = new ManualResetEventSlim();
        IActorRef actor = Timed((t, m) =>
        {
            t.StartSingleTimer("k", "old", TimeSpan.FromMilliseconds(1));
            Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(100), due.Set);
            due.Wait(TimeSpan.FromSeconds(5));
            t.StartSingleTimer("k", "new", TimeSpan.FromMilliseconds(1));
        });
        actor.Tell("go");
        ExpectMsg("new");
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void Timers_of_different_keys_do_not_meet()
    {
        IActorRef actor = Timed((t, _) =>
        {
            t.StartSingleTimer("a", "tick a", Soon);
            t.StartSingleTimer("b", "tick b", Soon);
            t.Cancel("a");
        });
        actor.Tell("go");
        ExpectMsg("tick b");
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void A_timer_is_active_until_it_has_told()
    {
        IActorRef actor = Timed((t, _) => t.StartSingleTimer("k", "tick", Soon));
        actor.Tell("go");
        actor.Tell("active?");
        ExpectMsg(true);
        ExpectMsg("tick");
        actor.Tell("active?");
        ExpectMsg(false);
    }

    [Fact]
    public void A_restart_cancels_the_timers_of_the_old_instance()
    {
        IActorRef actor = Timed((t, m) =>
        {
            if (m is "fail") throw new Oops("I failed");
            t.StartPeriodicTimer("k", "tick", TimeSpan.FromMilliseconds(30));
        });
        actor.Tell("go");
        ExpectMsg("tick");
        actor.Tell("fail");
        actor.Tell("active?");
        FishForMessage<bool>(active => !active);
        ExpectNoMsg(TimeSpan.FromMilliseconds(80));
    }

    [Fact]
    public void CancelAll_cancels_every_timer()
    {
        IActorRef actor = Timed((t, _) =>
        {
            t.StartSingleTimer("a", "tick a", Soon);
            t.StartPeriodicTimer("b", "tick b", Soon);
            t.CancelAll();
        });
        actor.Tell("go");
        ExpectNoMsg(TimeSpan.FromMilliseconds(80));
    }

    [Fact]
    public void A_timers_message_has_no_sender()
    {
        Timed((t, _) => t.StartSingleTimer("k", "sender?", Soon)).Tell("go");
        ExpectMsg(true);
    }

    private IActorRef Timed(Action<ITimerScheduler, object> onMessage) => Sys.ActorOf(Props.Create(() => new TimedActor(TestActor, onMessage)));

    private sealed class TimedActor(IActorRef listener, Action<ITimerScheduler, object> onMessage) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "active?":
                    listener.Tell(Timers.IsTimerActive("k"));
                    break;
                case "sender?":
                    listener.Tell(Sender is null || Sender.Equals(Context.System.DeadLetters));
                    break;
                case string s when s.StartsWith("tick", StringComparison.Ordinal) || s is "old" or "new":
                    listener.Tell(s);
                    break;
                default:
                    onMessage(Timers, message);
                    break;
            }
        }
    }
}

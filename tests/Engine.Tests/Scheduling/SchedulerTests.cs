using System.Diagnostics;
using Akka.Actor;
using Xunit;

namespace Engine.Tests.Scheduling;

/// <summary>The scheduler of a system in real time.</summary>
public sealed class SchedulerTests : EngineSpec
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(120)]
    public void A_message_is_never_told_early(int milliseconds)
    {
        TimeSpan delay = TimeSpan.FromMilliseconds(milliseconds);
        var clock = Stopwatch.StartNew();
        Sys.Scheduler.ScheduleTellOnce(delay, TestActor, "due", ActorRefs.NoSender);
        ExpectMsg("due");
        Assert.True(clock.Elapsed >= delay, $"{clock.Elapsed} < {delay}");
    }

    [Fact]
    public void A_repeated_message_is_told_until_it_is_cancelled()
    {
        ICancelable cancel = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "tick", ActorRefs.NoSender);
        for (int i = 0; i < 4; i++) ExpectMsg("tick");
        cancel.Cancel();
        ReceiveWhile(m => m as string, max: TimeSpan.FromMilliseconds(30));
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void A_cancelled_message_is_not_told()
    {
        ICancelable cancel = Sys.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(50), TestActor, "due", ActorRefs.NoSender);
        cancel.Cancel();
        Assert.True(cancel.IsCancellationRequested);
        ExpectNoMsg(TimeSpan.FromMilliseconds(120));
    }

    [Fact]
    public void Messages_due_at_different_times_are_told_in_that_order()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(150), TestActor, 3, ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(20), TestActor, 1, ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(80), TestActor, 2, ActorRefs.NoSender);
        for (int i = 1; i <= 3; i++) ExpectMsg(i);
    }

    [Fact]
    public void Actions_can_be_scheduled_once_and_repeatedly()
    {
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => TestActor.Tell("once", ActorRefs.NoSender));
        ExpectMsg("once");
        ICancelable cancel = Sys.Scheduler.Advanced.ScheduleRepeatedlyCancelable(
            TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), () => TestActor.Tell("again", ActorRefs.NoSender));
        for (int i = 0; i < 3; i++) ExpectMsg("again");
        cancel.Cancel();
    }

    [Fact]
    public void An_action_that_throws_does_not_stop_the_scheduler()
    {
        EventFilter.Exception<Oops>().Mute();
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => throw new Oops("in the scheduler"));
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(40), TestActor, "still here", ActorRefs.NoSender);
        ExpectMsg("still here");
    }

    [Fact]
    public void Its_monotonic_clock_goes_on()
    {
        TimeSpan before = Sys.Scheduler.MonotonicClock;
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(40), TestActor, "due", ActorRefs.NoSender);
        ExpectMsg("due");
        Assert.True(Sys.Scheduler.MonotonicClock > before);
    }

    [Fact]
    public void The_message_has_the_sender_that_was_given()
    {
        var probe = CreateTestProbe();
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(1), TestActor, "due", probe.Ref);
        ExpectMsgFrom(probe.Ref, "due");
    }
}

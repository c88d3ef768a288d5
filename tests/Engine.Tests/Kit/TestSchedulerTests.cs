using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace Engine.Tests.Kit;

/// <summary>The kit's scheduler, whose clock the test advances.</summary>
public sealed class TestSchedulerTests()
    : EngineSpec($"akka.scheduler.implementation = \"{typeof(TestScheduler).FullName}, {typeof(TestScheduler).Assembly.GetName().Name}\"")
{
    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void What_is_scheduled_is_due_when_the_clock_has_been_advanced_to_it()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(10), TestActor, "due", ActorRefs.NoSender);
        Clock.Advance(TimeSpan.FromSeconds(9));
        ExpectNoMsg(Silence);
        Clock.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("due");
    }

    [Fact]
    public void What_is_repeated_is_due_once_per_advance()
    {
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TestActor, "tick", ActorRefs.NoSender);
        for (int i = 0; i < 3; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            ExpectMsg("tick");
        }

        ExpectNoMsg(Silence);
    }

    [Fact]
    public void What_is_cancelled_is_not_due()
    {
        ICancelable cancel = Sys.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromSeconds(1), TestActor, "due", ActorRefs.NoSender);
        cancel.Cancel();
        Clock.Advance(TimeSpan.FromSeconds(2));
        ExpectNoMsg(Silence);
    }
}

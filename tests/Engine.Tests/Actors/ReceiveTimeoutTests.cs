using Akka.Actor;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Being told that nothing came.</summary>
public sealed class ReceiveTimeoutTests : EngineSpec
{
    [Fact]
    public void After_the_time_without_a_message_the_actor_is_told_and_the_time_runs_again()
    {
        IActorRef actor = Timeouting(TimeSpan.FromMilliseconds(30));
        actor.Tell("go");
        ExpectMsg("timeout");
        ExpectMsg("timeout");
    }

    [Fact]
    public void A_message_starts_the_time_anew()
    {
        IActorRef actor = Timeouting(TimeSpan.FromMilliseconds(400));
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(50), actor, "message", TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(600));
    }

    [Fact]
    public void A_message_that_does_not_influence_the_timeout_lets_it_run_on()
    {
        IActorRef actor = Timeouting(TimeSpan.FromMilliseconds(100));
        actor.Tell("go");
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), actor, new Quiet(), TestActor);
        ExpectMsg("timeout", TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Without_a_time_nothing_is_told()
    {
        IActorRef actor = Timeouting(TimeSpan.FromMilliseconds(50));
        actor.Tell("off");
        ExpectNoMsg(TimeSpan.FromMilliseconds(150));
    }

    private IActorRef Timeouting(TimeSpan time) => Sys.ActorOf(Props.Create(() => new TimeoutActor(TestActor, time)));

    private sealed record Quiet : INotInfluenceReceiveTimeout;

    private sealed class TimeoutActor(IActorRef listener, TimeSpan time) : UntypedActor
    {
        protected override void PreStart() => Context.SetReceiveTimeout(time);

        protected override void OnReceive(object message)
        {
            if (message is ReceiveTimeout) listener.Tell("timeout");
            if (message is "off") Context.SetReceiveTimeout(null);
        }
    }
}

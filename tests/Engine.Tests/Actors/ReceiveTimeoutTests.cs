using Akka.Actor;
using Engine.Tests.Scheduling;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Being told that nothing came, in virtual time.</summary>
public sealed class ReceiveTimeoutTests : IDisposable
{
    private readonly VirtualWorld _world = new(1);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void After_the_time_without_a_message_the_actor_is_told_and_the_time_runs_again()
    {
        Timeouting();
        _world.RunTo(350);
        Assert.Equal(["timeout at 100", "timeout at 200", "timeout at 300"], _world.Notes);
    }

    [Fact]
    public void A_message_starts_the_time_anew()
    {
        IActorRef actor = Timeouting();
        for (int at = 50; at <= 400; at += 50) _world.TellAt(at, actor, "message");
        _world.RunTo(550);
        Assert.Equal(["timeout at 500"], _world.Notes);
    }

    [Fact]
    public void A_message_that_does_not_influence_the_timeout_lets_it_run_on()
    {
        IActorRef actor = Timeouting();
        for (int at = 30; at < 150; at += 30) _world.TellAt(at, actor, new Quiet());
        _world.RunTo(150);
        Assert.Equal(["timeout at 100"], _world.Notes);
    }

    [Fact]
    public void Without_a_time_nothing_is_told()
    {
        IActorRef actor = Timeouting();
        _world.TellAt(50, actor, "off");
        _world.RunTo(10_000);
        Assert.Empty(_world.Notes);
    }

    [Fact]
    public void A_restart_keeps_the_time_and_starts_it_anew()
    {
        IActorRef actor = _world.Actor((c, m) =>
        {
            if (m is ReceiveTimeout) _world.Note("timeout");
            if (m is "on") c.SetReceiveTimeout(TimeSpan.FromMilliseconds(100));
            if (m is "fail") throw new Oops("I failed");
        });
        _world.TellAt(10, actor, "on");
        _world.TellAt(50, actor, "fail");
        _world.RunTo(200);
        Assert.Equal(["timeout at 150"], _world.Notes);
    }

    private IActorRef Timeouting() => _world.System.ActorOf(Props.Create(() => new TimeoutActor(_world)));

    private sealed record Quiet : INotInfluenceReceiveTimeout;

    private sealed class TimeoutActor(VirtualWorld world) : UntypedActor
    {
        protected override void PreStart() => Context.SetReceiveTimeout(TimeSpan.FromMilliseconds(100));

        protected override void OnReceive(object message)
        {
            if (message is ReceiveTimeout) world.Note("timeout");
            if (message is "off") Context.SetReceiveTimeout(null);
        }
    }
}

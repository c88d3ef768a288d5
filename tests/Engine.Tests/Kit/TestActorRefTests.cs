using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace Engine.Tests.Kit;

/// <summary>Actors that run on the thread of the test.</summary>
public sealed class TestActorRefTests : EngineSpec
{
    [Fact]
    public void A_TestActorRef_has_handled_a_message_when_Tell_returns_and_shows_its_actor()
    {
        TestActorRef<Counter> counter = ActorOfAsTestActorRef<Counter>(Props.Create(() => new Counter()), "counter");
        counter.Tell("count");
        counter.Tell("count");
        Assert.Equal(2, counter.UnderlyingActor.Count);
        Assert.Equal("counter", counter.Path.Name);
    }

    [Fact]
    public void The_calling_thread_dispatcher_runs_an_actor_before_Tell_returns()
    {
        int handled = 0;
        IActorRef actor = Sys.ActorOf(FunctionActor.Props((_, _) => handled++).WithDispatcher(CallingThreadDispatcher.Id));
        Settle(actor);
        for (int i = 1; i <= 3; i++)
        {
            actor.Tell(i);
            Assert.Equal(i, handled);
        }
    }

    private sealed class Counter : UntypedActor
    {
        public int Count { get; private set; }

        protected override void OnReceive(object message) => Count++;
    }
}

using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ScsiActors.Tests.Dispatch;

public sealed class ChainDispatcherTests : TestKit
{
    private const int Messages = 20_000;

    public ChainDispatcherTests()
        : base("""chain { type = "ScsiActors.Dispatch.ChainDispatcherConfigurator, ScsiActors", throughput = 3 }""")
    {
    }

    [Fact]
    public void Two_actors_of_a_chain_never_run_at_the_same_time()
    {
        var inside = new Inside();
        var actors = Enumerable.Range(0, 4)
            .Select(_ => Sys.ActorOf(Props.Create(() => new Checker(inside, TestActor)).WithDispatcher("chain")))
            .ToArray();

        // Several threads wake the chain from outside while its actors wake each other.
        Parallel.For(0, actors.Length, sender =>
        {
            for (var i = 0; i < Messages; i++)
                actors[(sender + i) % actors.Length].Tell(actors[i % actors.Length], ActorRefs.NoSender);
        });

        for (var i = 0; i < actors.Length; i++)
        {
            actors[i].Tell("how many?");
            ExpectMsg<int>(TimeSpan.FromSeconds(20));
        }
        AwaitCondition(() => inside.Handled == 2 * actors.Length * Messages, TimeSpan.FromSeconds(20));
        Assert.Equal(0, inside.Overlaps);
    }

    [Fact]
    public void Messages_between_two_actors_of_a_chain_keep_their_order()
    {
        var receiver = Sys.ActorOf(Props.Create(() => new Forwarder(TestActor)).WithDispatcher("chain"));
        var sender = Sys.ActorOf(Props.Create(() => new Forwarder(receiver)).WithDispatcher("chain"));

        for (var i = 0; i < 1000; i++)
            sender.Tell(i);

        for (var i = 0; i < 1000; i++)
            ExpectMsg(i);
    }

    [Fact]
    public void A_failing_actor_does_not_stop_the_chain()
    {
        var failing = Sys.ActorOf(Props.Create(() => new Checker(new Inside(), TestActor)).WithDispatcher("chain"));
        var forwarder = Sys.ActorOf(Props.Create(() => new Forwarder(TestActor)).WithDispatcher("chain"));

        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => failing.Tell(new object()));

        forwarder.Tell("still here");
        ExpectMsg("still here");
    }

    private sealed class Inside
    {
        private int _actors;

        public int Handled;
        public int Overlaps;

        public void Enter()
        {
            if (Interlocked.Increment(ref _actors) != 1)
                Interlocked.Increment(ref Overlaps);
        }

        public void Leave()
        {
            Interlocked.Increment(ref Handled);
            Interlocked.Decrement(ref _actors);
        }
    }

    private sealed class Checker(Inside inside, IActorRef report) : UntypedActor
    {
        private int _handled;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case IActorRef next:
                    inside.Enter();
                    next.Tell(1L, Self);
                    inside.Leave();
                    break;
                case long:
                    inside.Enter();
                    _handled++;
                    inside.Leave();
                    break;
                case string:
                    report.Tell(_handled);
                    break;
                default:
                    throw new InvalidOperationException("asked to fail");
            }
        }
    }

    private sealed class Forwarder(IActorRef next) : UntypedActor
    {
        protected override void OnReceive(object message) => next.Tell(message);
    }
}

using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Ending actors and systems, and what becomes of messages to the dead.</summary>
public sealed class StopTests : EngineSpec
{
    [Fact]
    public void A_PoisonPill_is_taken_in_its_turn()
    {
        IActorRef actor = Actor((_, m) => TestActor.Tell(m));
        Watch(actor);
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        actor.Tell(2);
        ExpectMsg(1);
        ExpectTerminated(actor);
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void Stop_overtakes_the_messages_that_wait_and_they_become_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var gate = new ManualResetEventSlim();
        IActorRef actor = Actor((c, m) =>
        {
            gate.Wait(TimeSpan.FromSeconds(5));
            c.Stop(c.Self);
            TestActor.Tell(m);
        });
        Watch(actor);
        for (int i = 1; i <= 3; i++) actor.Tell(i);
        gate.Set();
        ExpectMsg(1);
        List<object> seen = [.. ReceiveN(3)];
        Assert.Equal([2, 3], seen.OfType<DeadLetter>().Select(d => (int)d.Message));
        Assert.All(seen.OfType<DeadLetter>(), d => Assert.Equal(actor, d.Recipient));
        Assert.Single(seen.OfType<Terminated>());
    }

    [Fact]
    public void The_children_stop_before_the_parent_has_stopped()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Node(TestActor, 2)), "n2");
        Watch(parent);
        Sys.Stop(parent);
        ExpectMsg("n0 stopped");
        ExpectMsg("n1 stopped");
        ExpectMsg("n2 stopped");
        ExpectTerminated(parent);
    }

    [Fact]
    public async Task GracefulStop_ends_when_the_actor_has_stopped()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Node(TestActor, 0)), "n0");
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(3)));
        ExpectMsg("n0 stopped");
    }

    [Fact]
    public void A_message_to_a_dead_actor_is_a_dead_letter_with_sender_and_recipient()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        IActorRef actor = Actor((_, _) => { });
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        actor.Tell("too late");
        ExpectMsg<DeadLetter>(d => d.Message is "too late" && d.Sender.Equals(TestActor) && d.Recipient.Equals(actor));
    }

    [Fact]
    public void A_reply_to_nobody_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        IActorRef echo = Actor((c, m) => c.Sender.Tell(m));
        echo.Tell("anybody?", ActorRefs.NoSender);
        ExpectMsg<DeadLetter>(d => d.Message is "anybody?" && d.Sender.Equals(echo));
    }

    [Fact]
    public async Task Ending_the_system_stops_every_actor()
    {
        ActorSystem other = ActorSystem.Create("other", Sys.Settings.Config);
        IActorRef parent = other.ActorOf(Props.Create(() => new Node(TestActor, 1)), "n1");
        parent.Tell(new Identify(1));
        ExpectMsg<ActorIdentity>();
        await other.Terminate().WaitAsync(TimeSpan.FromSeconds(5));
        ExpectMsg("n0 stopped");
        ExpectMsg("n1 stopped");
        Assert.True(other.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_is_registered_on_termination_runs_when_the_system_has_ended()
    {
        ActorSystem other = ActorSystem.Create("other", Sys.Settings.Config);
        var ran = new TaskCompletionSource();
        other.RegisterOnTermination(ran.SetResult);
        await other.Terminate();
        await ran.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_task_of_the_coordinated_shutdown_runs_before_the_actors_stop()
    {
        ActorSystem other = ActorSystem.Create("other", Sys.Settings.Config);
        IActorRef echo = other.ActorOf(FunctionActor.Props((c, m) => c.Sender.Tell(m)));
        object? answer = null;
        CoordinatedShutdown.Get(other).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "ask", async () =>
        {
            answer = await echo.Ask<string>("alive", TimeSpan.FromSeconds(3));
            return Akka.Done.Instance;
        });
        await CoordinatedShutdown.Get(other).Run(CoordinatedShutdown.ClrExitReason.Instance);
        Assert.Equal("alive", answer);
        await other.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(5));
    }

    private sealed class Node(IActorRef listener, int depth) : UntypedActor
    {
        protected override void PreStart()
        {
            if (depth > 0) Context.ActorOf(Props.Create(() => new Node(listener, depth - 1)), $"n{depth - 1}");
        }

        protected override void PostStop() => listener.Tell($"{Self.Path.Name} stopped");

        protected override void OnReceive(object message) { }
    }
}

using Akka.Actor;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Watching: when and how often the end of an actor is told.</summary>
public sealed class DeathWatchTests : EngineSpec
{
    [Fact]
    public void Terminated_comes_after_the_last_message_of_the_dead_actor()
    {
        IActorRef actor = Actor((c, _) =>
        {
            for (int i = 0; i < 100; i++) TestActor.Tell(i);
            c.Stop(c.Self);
        });
        Watch(actor);
        actor.Tell("go");
        for (int i = 0; i < 100; i++) ExpectMsg(i);
        ExpectTerminated(actor);
    }

    [Fact]
    public void Watching_twice_tells_once()
    {
        IActorRef actor = Actor((_, _) => { });
        Watch(actor);
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void Watching_a_dead_actor_tells_at_once()
    {
        IActorRef actor = Actor((_, _) => { });
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Watch(actor);
        ExpectTerminated(actor);
    }

    [Fact]
    public void Unwatch_suppresses_even_a_Terminated_that_waits_in_the_mailbox()
    {
        IActorRef prey = Actor((_, _) => { });
        Watch(prey);
        var gate = new ManualResetEventSlim();
        IActorRef watcher = Actor((c, m) =>
        {
            switch (m)
            {
                case "watch":
                    c.Watch(prey);
                    TestActor.Tell("watching");
                    break;
                case "unwatch":
                    gate.Wait(TimeSpan.FromSeconds(5));
                    c.Unwatch(prey);
                    break;
                default: TestActor.Tell(m); break;
            }
        });
        watcher.Tell("watch");
        ExpectMsg("watching");
        watcher.Tell("unwatch");
        Sys.Stop(prey);
        ExpectTerminated(prey);
        gate.Set();
        watcher.Tell("done");
        ExpectMsg("done");
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void WatchWith_tells_the_given_message_instead()
    {
        IActorRef prey = Actor((_, _) => { });
        IActorRef watcher = Actor((c, m) =>
        {
            if (m is IActorRef r) c.WatchWith(r, "it is gone");
            else TestActor.Tell(m);
        });
        watcher.Tell(prey);
        Settle(watcher);
        Sys.Stop(prey);
        ExpectMsg("it is gone");
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void Several_watchers_are_all_told()
    {
        IActorRef prey = Actor((_, _) => { });
        var probes = Enumerable.Range(0, 3).Select(_ => CreateTestProbe()).ToList();
        foreach (var probe in probes) probe.Watch(prey);
        Sys.Stop(prey);
        foreach (var probe in probes) probe.ExpectTerminated(prey);
    }

    [Fact]
    public void Two_actors_may_watch_each_other()
    {
        Action<IActorContext, object> behaviour = (c, m) =>
        {
            switch (m)
            {
                case IActorRef other:
                    c.Watch(other);
                    TestActor.Tell("watching");
                    break;
                case Terminated t:
                    TestActor.Tell(t.ActorRef);
                    break;
            }
        };
        IActorRef a = Actor(behaviour), b = Actor(behaviour);
        a.Tell(b);
        b.Tell(a);
        ExpectMsg("watching");
        ExpectMsg("watching");
        Sys.Stop(a);
        ExpectMsg(a);
        Sys.Stop(b);
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void The_parent_that_watches_a_child_may_reuse_its_name_when_told()
    {
        IActorRef parent = Actor((c, m) =>
        {
            switch (m)
            {
                case "make": c.Watch(c.ActorOf(FunctionActor.Props((_, _) => { }), "child")); break;
                case "stop": c.Stop(c.Child("child")); break;
                case Terminated:
                    c.ActorOf(FunctionActor.Props((_, _) => { }), "child");
                    TestActor.Tell("reused");
                    break;
            }
        });
        parent.Tell("make");
        parent.Tell("stop");
        ExpectMsg("reused");
    }
}

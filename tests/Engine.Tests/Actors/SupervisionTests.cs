using Akka.Actor;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>What becomes of an actor that fails.</summary>
public sealed class SupervisionTests : EngineSpec
{
    [Fact]
    public void A_restart_keeps_reference_mailbox_and_watchers_and_loses_the_failing_message()
    {
        var gate = new ManualResetEventSlim();
        IActorRef child = Supervised(new OneForOneStrategy(_ => Directive.Restart), gate);
        Watch(child);
        child.Tell("wait and fail");
        child.Tell("first behind");
        child.Tell("second behind");
        gate.Set();
        ExpectMsg("PreRestart Oops wait and fail");
        ExpectMsg("PostStop");
        ExpectMsg("PostRestart Oops");
        ExpectMsg("PreStart");
        ExpectMsg("1 first behind");
        ExpectMsg("2 second behind");
        Sys.Stop(child);
        ExpectMsg("PostStop");
        ExpectTerminated(child);
    }

    [Fact]
    public void Resume_keeps_the_state_and_loses_the_failing_message()
    {
        IActorRef child = Supervised(new OneForOneStrategy(_ => Directive.Resume));
        child.Tell("a");
        child.Tell("fail");
        child.Tell("b");
        ExpectMsg("1 a");
        ExpectMsg("3 b");
    }

    [Fact]
    public void Stop_ends_the_failing_actor()
    {
        IActorRef child = Supervised(new OneForOneStrategy(_ => Directive.Stop));
        Watch(child);
        child.Tell("fail");
        ExpectMsg("PostStop");
        ExpectTerminated(child);
    }

    [Fact]
    public void Escalate_makes_the_parent_fail_with_the_same_exception()
    {
        IActorRef grandparent = Sys.ActorOf(Props.Create(() => new Supervisor(
            new OneForOneStrategy(e => Tell(e, Directive.Restart)), TestActor)));
        grandparent.Tell(Props.Create(() => new Supervisor(new OneForOneStrategy(_ => Directive.Escalate), TestActor)));
        IActorRef parent = ExpectMsg<IActorRef>();
        parent.Tell(Props.Create(() => new Fragile(TestActor, null)));
        IActorRef child = ExpectMsg<IActorRef>();
        ExpectMsg("PreStart");
        Watch(child);
        child.Tell("fail");
        ExpectMsg<Oops>();
        // The restarted parent's default PreRestart stops its children.
        ExpectMsg("PostStop");
        ExpectTerminated(child);
    }

    [Fact]
    public void AllForOne_restarts_the_siblings_too()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Supervisor(new AllForOneStrategy(_ => Directive.Restart), TestActor)));
        List<IActorRef> children = [];
        for (int i = 0; i < 2; i++)
        {
            parent.Tell(Props.Create(() => new Fragile(TestActor, null)));
            children.Add(FishForMessage<IActorRef>(_ => true));
        }

        children[1].Tell("count");
        FishForMessage<string>(m => m == "1 count");
        children[0].Tell("fail");
        List<string> seen = [];
        FishForMessage<string>(m => { seen.Add(m); return seen.Count(s => s == "PostRestart Oops") == 2; });
        children[1].Tell("count");
        FishForMessage<string>(m => m == "1 count");
    }

    [Fact]
    public void More_failures_than_maxNrOfRetries_stop_the_actor()
    {
        IActorRef child = Supervised(new OneForOneStrategy(2, Timeout.InfiniteTimeSpan, _ => Directive.Restart));
        Watch(child);
        for (int i = 0; i < 3; i++) child.Tell("fail");
        FishForMessage<string>(m => m == "PostRestart Oops");
        FishForMessage<string>(m => m == "PostRestart Oops");
        FishForMessage<Terminated>(t => t.ActorRef.Equals(child));
    }

    [Fact]
    public void Failures_within_the_window_count_and_too_many_of_them_stop_the_actor()
    {
        IActorRef child = Supervised(new OneForOneStrategy(1, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        Watch(child);
        child.Tell("fail");
        child.Tell("alive");
        FishForMessage<string>(m => m == "1 alive");
        child.Tell("fail");
        FishForMessage<Terminated>(t => t.ActorRef.Equals(child));
    }

    [Fact]
    public void No_retries_means_that_the_first_failure_stops_the_actor()
    {
        IActorRef child = Supervised(new OneForOneStrategy(0, Timeout.InfiniteTimeSpan, _ => Directive.Restart));
        Watch(child);
        child.Tell("fail");
        ExpectMsg("PostStop");
        ExpectTerminated(child);
    }

    [Fact]
    public void The_default_strategy_restarts_on_an_exception_and_stops_when_the_constructor_fails()
    {
        IActorRef top = Sys.ActorOf(Props.Create(() => new Fragile(TestActor, null)));
        ExpectMsg("PreStart");
        top.Tell("fail");
        FishForMessage<string>(m => m == "PostRestart Oops");
        IActorRef stillborn = Sys.ActorOf(Props.Create(() => new Stillborn()));
        Watch(stillborn);
        FishForMessage<Terminated>(t => t.ActorRef.Equals(stillborn));
    }

    [Fact]
    public void A_failure_is_logged_as_an_error_of_the_child()
    {
        IActorRef child = Supervised(new OneForOneStrategy(_ => Directive.Restart));
        EventFilter.Exception<Oops>(message: "I failed", source: child.Path.ToString()).ExpectOne(() => child.Tell("fail"));
    }

    [Fact]
    public void A_restart_stops_the_children_before_the_new_instance_starts()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Parent(TestActor)));
        ExpectMsg("child PreStart");
        parent.Tell("fail");
        ExpectMsg("child PostStop");
        ExpectMsg("child PreStart");
        parent.Tell("alive");
        ExpectMsg("alive");
    }

    [Fact]
    public void A_Terminated_that_is_not_handled_stops_the_watcher()
    {
        IActorRef prey = Actor((_, _) => { });
        IActorRef watcher = Sys.ActorOf(Props.Create(() => new CarelessWatcher(prey)));
        Watch(watcher);
        watcher.Tell(new Identify(1));
        ExpectMsg<ActorIdentity>();
        Sys.Stop(prey);
        ExpectTerminated(watcher);
    }

    [Fact]
    public void Kill_fails_the_actor_and_by_default_stops_it()
    {
        IActorRef actor = Actor((_, _) => { });
        Watch(actor);
        actor.Tell(Kill.Instance);
        ExpectTerminated(actor);
    }

    private Directive Tell(Exception e, Directive directive)
    {
        TestActor.Tell(e);
        return directive;
    }

    private IActorRef Supervised(SupervisorStrategy strategy, ManualResetEventSlim? gate = null)
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Supervisor(strategy, TestActor)));
        parent.Tell(Props.Create(() => new Fragile(TestActor, gate)));
        IActorRef? child = null;
        // The child starts on its own turn, before or after its parent has told who it is.
        foreach (object m in ReceiveN(2)) child = m as IActorRef ?? child;
        return child!;
    }

    private sealed class Supervisor(SupervisorStrategy strategy, IActorRef listener) : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => strategy;

        protected override void OnReceive(object message) => listener.Tell(Context.ActorOf((Props)message));
    }

    private sealed class Fragile(IActorRef listener, ManualResetEventSlim? gate) : UntypedActor
    {
        private int _handled;

        protected override void PreStart() => listener.Tell("PreStart");

        protected override void PostStop() => listener.Tell("PostStop");

        protected override void PreRestart(Exception reason, object message)
        {
            listener.Tell($"PreRestart {reason.GetType().Name} {message}");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            listener.Tell($"PostRestart {reason.GetType().Name}");
            base.PostRestart(reason);
        }

        protected override void OnReceive(object message)
        {
            _handled++;
            if (message is "wait and fail") gate!.Wait(TimeSpan.FromSeconds(5));
            if (message is "fail" or "wait and fail") throw new Oops("I failed");
            listener.Tell($"{_handled} {message}");
        }
    }

    private sealed class Stillborn : UntypedActor
    {
        public Stillborn() => throw new Oops("never lived");

        protected override void OnReceive(object message) { }
    }

    private sealed class Parent(IActorRef listener) : UntypedActor
    {
        protected override void PreStart() => Context.ActorOf(Props.Create(() => new Child(listener)), "child");

        protected override void OnReceive(object message)
        {
            if (message is "fail") throw new Oops("I failed");
            listener.Tell(message);
        }
    }

    private sealed class Child(IActorRef listener) : UntypedActor
    {
        protected override void PreStart() => listener.Tell("child PreStart");

        protected override void PostStop() => listener.Tell("child PostStop");

        protected override void OnReceive(object message) { }
    }

    private sealed class CarelessWatcher : ReceiveActor
    {
        public CarelessWatcher(IActorRef prey) => Context.Watch(prey);
    }
}

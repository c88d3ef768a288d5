using Akka.Actor;
using Engine.Tests.Scheduling;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>The finer points of failing, restarting and stopping, in virtual time.</summary>
public sealed class LifecycleTests : IDisposable
{
    private readonly VirtualWorld _world = new(1);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void The_hooks_of_a_life_are_called_in_order()
    {
        IActorRef actor = Make(new Behaviour());
        Run(actor, "fail", "x", PoisonPill.Instance);
        Assert.Equal(["new", "PreStart", "fail", "PreRestart", "PostStop", "new", "PostRestart", "PreStart", "x", "PostStop"], Notes);
    }

    [Fact]
    public void A_constructor_that_fails_at_a_restart_stops_the_actor()
    {
        int made = 0;
        IActorRef actor = Make(new Behaviour { OnNew = () => Throw(++made == 2) });
        Run(actor, "fail", "never");
        Assert.Equal(["new", "PreStart", "fail", "PreRestart", "PostStop", "new"], Notes.Take(6));
        Assert.DoesNotContain("never", Notes);
        Assert.True(IsDead(actor));
    }

    [Fact]
    public void A_PreStart_that_fails_stops_the_actor_by_default()
    {
        IActorRef actor = Make(new Behaviour { OnPreStart = () => Throw(true) });
        Run(actor, "never");
        Assert.DoesNotContain("never", Notes);
        Assert.True(IsDead(actor));
    }

    [Fact]
    public void A_PostStop_that_fails_does_not_keep_the_actor_alive()
    {
        IActorRef actor = Make(new Behaviour { OnPostStop = () => Throw(true) });
        Run(actor, PoisonPill.Instance);
        Assert.True(IsDead(actor));
    }

    [Fact]
    public void A_restart_forgets_the_stacked_behaviours()
    {
        IActorRef actor = _world.System.ActorOf(Props.Create(() => new Becoming(_world)));
        Run(actor, "become", "x", "fail", "y");
        Assert.Equal(["other x", "first y"], Notes);
    }

    [Fact]
    public void Children_that_the_old_instance_spares_live_on_and_are_restarted_with_it()
    {
        IActorRef parent = _world.System.ActorOf(Props.Create(() => new SparingParent(_world)));
        Run(parent, "fail", "x");
        Assert.Equal(["child new", "child new", "x"], Notes.Order());
    }

    [Fact]
    public void Messages_to_an_actor_that_is_stopping_are_dead_letters_even_while_its_children_stop()
    {
        var letters = new List<object>();
        IActorRef listener = _world.Actor((_, m) => letters.Add(((Akka.Event.DeadLetter)m).Message));
        _world.System.EventStream.Subscribe(listener, typeof(Akka.Event.DeadLetter));
        IActorRef parent = _world.System.ActorOf(Props.Create(() => new Parent(_world)));
        _world.RunTo(0);
        parent.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        parent.Tell("late", ActorRefs.NoSender);
        _world.RunTo(0);
        Assert.Equal(["late"], letters);
        Assert.DoesNotContain("late", Notes);
    }

    [Fact]
    public void AroundReceive_sees_every_message_before_the_handler()
    {
        IActorRef actor = _world.System.ActorOf(Props.Create(() => new Wrapped(_world)));
        Run(actor, 1, 2);
        Assert.Equal(["around 1", "got 1", "around 2", "got 2"], Notes);
    }

    [Fact]
    public void An_actor_that_stops_itself_finishes_its_message_and_takes_no_other()
    {
        IActorRef actor = _world.Actor((c, m) =>
        {
            c.Stop(c.Self);
            _world.Note(m);
        });
        Run(actor, "a", "b");
        Assert.Equal(["a"], Notes);
    }

    [Fact]
    public void GetChildren_lists_the_living()
    {
        IActorRef parent = _world.Actor((c, m) =>
        {
            switch (m)
            {
                case "make": c.ActorOf(FunctionActor.Props((_, _) => { })); break;
                case "stop": c.Stop(c.GetChildren().First()); break;
                default: _world.Note(c.GetChildren().Count()); break;
            }
        });
        Run(parent, "make", "make", "count");
        Run(parent, "stop");
        Run(parent, "count");
        Assert.Equal(["2", "1"], Notes);
    }

    [Fact]
    public void A_number_of_retries_without_a_window_is_for_life()
    {
        IActorRef parent = _world.System.ActorOf(Props.Create(() => new Limited(_world, 2)));
        _world.RunTo(0);
        for (int at = 1; at <= 3; at++) _world.TellAt(at * 1000, parent, "fail");
        _world.RunTo(10_000);
        Assert.Equal(["child new", "child new", "child new", "child gone"], Notes);
    }

    [Fact]
    public void Of_Watch_and_WatchWith_for_one_actor_the_first_holds()
    {
        IActorRef prey = _world.Actor((_, _) => { });
        IActorRef watcher = _world.Actor((c, m) =>
        {
            if (m is "go")
            {
                c.Watch(prey);
                c.WatchWith(prey, "with");
            }
            else
            {
                _world.Note(m is Terminated ? "Terminated" : m);
            }
        });
        Run(watcher, "go");
        Run(prey, PoisonPill.Instance);
        Assert.Equal(["Terminated"], Notes);
    }

    private List<string> Notes => [.. _world.Notes.Select(n => n[..n.LastIndexOf(" at ", StringComparison.Ordinal)])];

    private static void Throw(bool when)
    {
        if (when) throw new Oops("hook");
    }

    private void Run(IActorRef actor, params object[] messages)
    {
        foreach (object m in messages) actor.Tell(m, ActorRefs.NoSender);
        _world.Scheduler.Run(_world.Scheduler.Elapsed);
    }

    private bool IsDead(IActorRef actor)
    {
        bool dead = false;
        IActorRef watcher = _world.Actor((c, m) =>
        {
            if (m is Terminated) dead = true;
            else c.Watch(actor);
        });
        Run(watcher, "watch");
        return dead;
    }

    private IActorRef Make(Behaviour behaviour) => _world.System.ActorOf(Props.Create(() => new Recorded(_world, behaviour)));

    private sealed class Behaviour
    {
        public Action? OnNew { get; init; }

        public Action? OnPreStart { get; init; }

        public Action? OnPostStop { get; init; }
    }

    private sealed class Recorded : UntypedActor
    {
        private readonly VirtualWorld _world;
        private readonly Behaviour _behaviour;

        public Recorded(VirtualWorld world, Behaviour behaviour)
        {
            (_world, _behaviour) = (world, behaviour);
            Did("new", behaviour.OnNew);
        }

        protected override void PreStart() => Did("PreStart", _behaviour.OnPreStart);

        protected override void PostStop() => Did("PostStop", _behaviour.OnPostStop);

        protected override void PreRestart(Exception reason, object message)
        {
            Did("PreRestart", null);
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            Did("PostRestart", null);
            base.PostRestart(reason);
        }

        protected override void OnReceive(object message)
        {
            _world.Note(message);
            Throw(message is "fail");
        }

        private void Did(string what, Action? then)
        {
            _world.Note(what);
            then?.Invoke();
        }
    }

    private sealed class Becoming : ReceiveActor
    {
        public Becoming(VirtualWorld world)
        {
            Receive<string>(_ => BecomeStacked(() => Receive<string>(m =>
            {
                Throw(m == "fail");
                world.Note($"other {m}");
            })), m => m == "become");
            Receive<string>(m => world.Note($"first {m}"));
        }
    }

    private sealed class SparingParent(VirtualWorld world) : UntypedActor
    {
        protected override void PreStart() => Context.ActorOf(Props.Create(() => new Child(world)), "child");

        protected override void PreRestart(Exception reason, object message) { }

        protected override void PostRestart(Exception reason) { }

        protected override void OnReceive(object message)
        {
            Throw(message is "fail");
            world.Note(message);
        }
    }

    private sealed class Parent : UntypedActor
    {
        private readonly VirtualWorld _world;

        public Parent(VirtualWorld world)
        {
            _world = world;
            world.Note("parent new");
            Context.ActorOf(Props.Create(() => new Child(world)), "child");
        }

        protected override void OnReceive(object message)
        {
            _world.Note(message);
        }
    }

    private sealed class Child : UntypedActor
    {
        private readonly VirtualWorld _world;

        public Child(VirtualWorld world)
        {
            _world = world;
            world.Note("child new");
        }

        protected override void OnReceive(object message)
        {
            Throw(message is "fail");
            _world.Note($"child {message}");
        }
    }

    private sealed class Wrapped(VirtualWorld world) : UntypedActor
    {
        protected override bool AroundReceive(Receive receive, object message)
        {
            world.Note($"around {message}");
            return base.AroundReceive(receive, message);
        }

        protected override void OnReceive(object message) => world.Note($"got {message}");
    }

    private sealed class Limited(VirtualWorld world, int retries) : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(retries, null, _ => Directive.Restart);

        protected override void PreStart() => Context.Watch(Context.ActorOf(Props.Create(() => new Child(world)), "child"));

        protected override void OnReceive(object message)
        {
            if (message is Terminated) world.Note("child gone");
            else Context.Child("child").Tell(message);
        }
    }
}

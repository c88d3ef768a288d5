using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Making and configuring systems.</summary>
public sealed class SystemTests() : EngineSpec("""
    my-pinned { type = PinnedDispatcher }
    my-dispatcher { type = Dispatcher, throughput = 5 }
    my { setting = 7 }
    """)
{
    private static BootstrapSetup Bootstrap =>
        BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString("a = 1, akka.stdout-loglevel = OFF, akka.loglevel = OFF"));

    [Fact]
    public void Settings_hold_the_given_configuration_over_the_defaults()
    {
        Assert.Equal(7, Sys.Settings.Config.GetInt("my.setting"));
        Assert.True(Sys.Settings.Config.HasPath("akka.actor.default-dispatcher"));
        Assert.Equal("test", Sys.Name);
    }

    [Fact]
    public async Task A_system_can_be_made_from_a_setup()
    {
        ActorSystem system = ActorSystem.Create("setup", Bootstrap);
        Assert.Equal(1, system.Settings.Config.GetInt("a"));
        await system.Terminate();
    }

    [Fact]
    public void A_kit_can_be_made_from_a_setup_and_keeps_its_defaults()
    {
        using var kit = new SetupSpec(ActorSystemSetup.Create(Bootstrap));
        Assert.Equal(1, kit.Sys.Settings.Config.GetInt("a"));
        Assert.Equal(TimeSpan.FromSeconds(3), kit.TestKitSettings.SingleExpectDefault);
    }

    [Fact]
    public void An_actor_on_a_pinned_dispatcher_has_a_thread_of_its_own()
    {
        Props props = FunctionActor.Props((c, _) => c.Sender.Tell(Environment.CurrentManagedThreadId));
        IActorRef actor = Sys.ActorOf(props.WithDispatcher("my-pinned"));
        actor.Tell("where?");
        int thread = ExpectMsg<int>();
        for (int i = 0; i < 5; i++)
        {
            actor.Tell("where?");
            ExpectMsg(thread);
        }
    }

    [Fact]
    public void A_dispatcher_is_looked_up_by_the_path_of_its_section()
    {
        MessageDispatcher dispatcher = Sys.Dispatchers.Lookup("my-dispatcher");
        Assert.Equal(("my-dispatcher", 5), (dispatcher.Id, dispatcher.Throughput));
        Assert.Same(dispatcher, Sys.Dispatchers.Lookup("my-dispatcher"));
        Sys.ActorOf(FunctionActor.Props((c, _) => c.Sender.Tell(c.Dispatcher.Id)).WithDispatcher("my-dispatcher")).Tell("which?");
        ExpectMsg("my-dispatcher");
    }

    [Fact]
    public void An_unknown_dispatcher_is_an_error_when_the_actor_is_made() =>
        Assert.ThrowsAny<Exception>(() => Sys.ActorOf(FunctionActor.Props((_, _) => { }).WithDispatcher("no-such-dispatcher")));

    [Fact]
    public void Props_can_name_type_and_arguments()
    {
        Sys.ActorOf(Props.Create(typeof(Teller), TestActor, 5));
        ExpectMsg(5);
        Sys.ActorOf(Props.Create<Teller>(TestActor, 6));
        ExpectMsg(6);
    }

    [Fact]
    public void A_strategy_in_Props_is_the_one_for_the_actors_children()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Guard(TestActor), new OneForOneStrategy(_ => Directive.Stop)));
        parent.Tell("fail");
        ExpectMsg("child gone");
    }

    [Fact]
    public void A_cancelable_with_a_delay_cancels_its_token_then()
    {
        using var cancelable = new Cancelable(Sys.Scheduler, TimeSpan.FromMilliseconds(20));
        using CancellationTokenRegistration registration = cancelable.Token.Register(() => TestActor.Tell("cancelled", ActorRefs.NoSender));
        ExpectMsg("cancelled");
        Assert.True(cancelable.IsCancellationRequested);
    }

    private sealed class SetupSpec(ActorSystemSetup setup) : TestKit(setup);

    private sealed class Teller : UntypedActor
    {
        public Teller(IActorRef listener, int number) => listener.Tell(number);

        protected override void OnReceive(object message) { }
    }

    private sealed class Guard : ReceiveActor
    {
        public Guard(IActorRef listener)
        {
            IActorRef child = Context.ActorOf(FunctionActor.Props((_, _) => throw new Oops("child")));
            Context.Watch(child);
            Receive<Terminated>(_ => listener.Tell("child gone"));
            ReceiveAny(child.Tell);
        }
    }
}

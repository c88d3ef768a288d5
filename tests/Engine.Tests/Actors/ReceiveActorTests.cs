using Akka.Actor;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>ReceiveActor: handlers, behaviours, asynchronous handlers.</summary>
public sealed class ReceiveActorTests : EngineSpec
{
    [Fact]
    public void Handlers_are_tried_in_the_order_in_which_they_were_declared()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Ordered()));
        actor.Tell(5);
        actor.Tell(-5);
        actor.Tell("text");
        actor.Tell(1.5);
        ExpectMsg("positive");
        ExpectMsg("int");
        ExpectMsg("object");
        ExpectMsg("object");
    }

    [Fact]
    public void A_handler_after_ReceiveAny_is_refused()
    {
        Sys.ActorOf(Props.Create(() => new Recorder(TestActor, a => a.AfterAny())));
        ExpectMsg<InvalidOperationException>();
    }

    [Fact]
    public void A_handler_outside_constructor_and_Become_is_refused()
    {
        Sys.ActorOf(Props.Create(() => new Recorder(TestActor, null))).Tell("now");
        ExpectMsg<InvalidOperationException>();
    }

    [Fact]
    public void Become_replaces_the_behaviour_and_BecomeStacked_can_be_undone()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Moody()));
        foreach (string m in (string[])["?", "happy", "?", "push", "?", "pop", "?"]) actor.Tell(m);
        ExpectMsg("neutral");
        ExpectMsg("happy");
        ExpectMsg("pushed");
        ExpectMsg("happy");
    }

    [Fact]
    public void While_an_asynchronous_handler_waits_no_other_message_is_handled()
    {
        var gate = new TaskCompletionSource();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Waiting(gate.Task)));
        actor.Tell("wait");
        actor.Tell("next");
        ExpectMsg("before");
        ExpectNoMsg(Silence);
        gate.SetResult();
        ExpectMsg("after");
        ExpectMsg("next");
    }

    [Fact]
    public void After_an_await_Self_Sender_and_Context_are_those_of_the_message()
    {
        var gate = new TaskCompletionSource();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Waiting(gate.Task)));
        actor.Tell("who");
        gate.SetResult();
        ExpectMsgFrom(actor, actor);
    }

    [Fact]
    public void An_exception_in_an_asynchronous_handler_is_a_failure()
    {
        var gate = new TaskCompletionSource();
        IActorRef actor = Sys.ActorOf(Props.Create(() => new Waiting(gate.Task)));
        EventFilter.Exception<Oops>().ExpectOne(() =>
        {
            actor.Tell("fail");
            gate.SetResult();
        });
        actor.Tell("next");
        ExpectMsg("next");
    }

    private sealed class Ordered : ReceiveActor
    {
        public Ordered()
        {
            Receive<int>(_ => Sender.Tell("positive"), i => i > 0);
            Receive<int>(_ => Sender.Tell("int"));
            ReceiveAny(_ => Sender.Tell("object"));
        }
    }

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(IActorRef listener, Action<Recorder>? configure)
        {
            Receive<string>(_ => listener.Tell(Record.Exception(() => Receive<int>(_ => { }))));
            if (configure is not null) listener.Tell(Record.Exception(() => configure(this)));
        }

        public void AfterAny()
        {
            ReceiveAny(_ => { });
            Receive<int>(_ => { });
        }
    }

    private sealed class Moody : ReceiveActor
    {
        public Moody()
        {
            Receive<string>(_ => Become(Happy), m => m == "happy");
            Receive<string>(_ => Sender.Tell("neutral"));
        }

        private void Happy()
        {
            Receive<string>(_ => BecomeStacked(Pushed), m => m == "push");
            Receive<string>(_ => Sender.Tell("happy"));
        }

        private void Pushed()
        {
            Receive<string>(_ => UnbecomeStacked(), m => m == "pop");
            Receive<string>(_ => Sender.Tell("pushed"));
        }
    }

    private sealed class Waiting : ReceiveActor
    {
        public Waiting(Task gate)
        {
            ReceiveAsync<string>(async _ =>
            {
                Sender.Tell("before");
                await gate;
                Sender.Tell("after");
            }, m => m == "wait");
            ReceiveAsync<string>(async _ =>
            {
                await gate;
                Sender.Tell(Context.Self);
            }, m => m == "who");
            ReceiveAsync<string>(async _ =>
            {
                await gate;
                throw new Oops("asynchronous");
            }, m => m == "fail");
            Receive<string>(m => Sender.Tell(m));
        }
    }
}

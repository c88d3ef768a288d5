using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Messages: order, senders, one at a time.</summary>
public sealed class DeliveryTests : EngineSpec
{
    [Fact]
    public void Messages_of_one_sender_to_one_receiver_arrive_in_order()
    {
        IActorRef echo = Actor((c, m) => c.Sender.Tell(m));
        for (int i = 0; i < 10_000; i++) echo.Tell(i);
        for (int i = 0; i < 10_000; i++) Assert.Equal(i, ReceiveOne(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Messages_of_several_senders_keep_the_order_of_each()
    {
        const int Senders = 4, Messages = 2_000;
        var next = new int[Senders];
        int handled = 0;
        bool inOrder = true;
        IActorRef receiver = Actor((_, m) =>
        {
            (int sender, int number) = ((int, int))m;
            inOrder &= next[sender]++ == number;
            if (++handled == Senders * Messages) TestActor.Tell(inOrder);
        });
        for (int s = 0; s < Senders; s++)
        {
            int sender = s;
            Actor((_, _) =>
            {
                for (int i = 0; i < Messages; i++) receiver.Tell((sender, i));
            }).Tell("go");
        }

        ExpectMsg(true, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void An_actor_handles_one_message_at_a_time_and_sees_what_the_last_turn_wrote()
    {
        int inside = 0, total = 0;
        bool alone = true;
        IActorRef counter = Actor((_, m) =>
        {
            alone &= Interlocked.Increment(ref inside) == 1;
            total++;
            Interlocked.Decrement(ref inside);
            if (m is "report") TestActor.Tell((alone, total));
        });
        Parallel.For(0, 10_000, _ => counter.Tell("count", ActorRefs.NoSender));
        counter.Tell("report");
        ExpectMsg((true, 10_001), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_sender_is_the_actor_that_tells_and_a_forward_keeps_it()
    {
        IActorRef last = Actor((_, m) => TestActor.Tell(m, ActorRefs.NoSender));
        IActorRef reply = Actor((c, _) => c.Sender.Tell("reply"));
        IActorRef middle = Actor((_, m) => reply.Forward(m));
        middle.Tell("x", TestActor);
        ExpectMsgFrom<string>(reply, "reply");
        last.Tell("y");
        ExpectMsg<string>((m, s) => m == "y" && (s is null || s.Equals(Sys.DeadLetters)));
    }

    [Fact]
    public void A_message_must_not_be_null() =>
        Assert.Throws<ArgumentNullException>(() => TestActor.Tell(null!, ActorRefs.NoSender));

    [Fact]
    public void Messages_sent_before_the_actor_has_started_wait_for_it()
    {
        var gate = new ManualResetEventSlim();
        IActorRef slow = Sys.ActorOf(Props.Create(() => new SlowStarter(gate, TestActor)));
        slow.Tell(1);
        slow.Tell(2);
        gate.Set();
        ExpectMsg("started");
        ExpectMsg(1);
        ExpectMsg(2);
    }

    [Fact]
    public void Context_outside_a_turn_is_an_error() =>
        Assert.IsType<NotSupportedException>(OnAThreadWithoutActor(() => ContextThief.Steal(Sys)));

    [Fact]
    public void An_actor_cannot_be_made_with_new() =>
        Assert.IsType<ActorInitializationException>(OnAThreadWithoutActor(() => Make()));

    [Fact]
    public void Props_evaluate_their_arguments_once()
    {
        int calls = 0;
        Func<int> argument = () => ++calls;
        Props props = Props.Create(() => new Numbered(argument(), TestActor));
        Sys.ActorOf(props);
        Sys.ActorOf(props);
        ExpectMsg(1);
        ExpectMsg(1);
    }

    [Fact]
    public void Props_take_nothing_but_a_new_expression() =>
        Assert.ThrowsAny<Exception>(() => Props.Create(() => Make()));

    [Fact]
    public void An_unhandled_message_is_published_on_the_event_stream()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        IActorRef deaf = Sys.ActorOf(Props.Create(() => new Deaf()));
        deaf.Tell("hello?");
        ExpectMsg<UnhandledMessage>(m => m.Message is "hello?" && m.Recipient.Equals(deaf));
    }

    private static Exception? OnAThreadWithoutActor(Action action)
    {
        Exception? seen = null;
        var thread = new Thread(() => seen = Record.Exception(action));
        thread.Start();
        thread.Join();
        return seen;
    }

    private static FunctionActor Make() => new((_, _) => { });

    private sealed class Deaf : ReceiveActor;

    private sealed class Numbered : UntypedActor
    {
        public Numbered(int number, IActorRef listener) => listener.Tell(number);

        protected override void OnReceive(object message) { }
    }

    private sealed class SlowStarter : UntypedActor
    {
        private readonly IActorRef _listener;

        public SlowStarter(ManualResetEventSlim gate, IActorRef listener)
        {
            _listener = listener;
            gate.Wait(TimeSpan.FromSeconds(5));
            listener.Tell("started");
        }

        protected override void OnReceive(object message) => _listener.Tell(message);
    }

    /// <summary>Reads Context where there is none.</summary>
    private sealed class ContextThief : UntypedActor
    {
        public static void Steal(ActorSystem system) => Context.Stop(system.DeadLetters);

        protected override void OnReceive(object message) { }
    }
}

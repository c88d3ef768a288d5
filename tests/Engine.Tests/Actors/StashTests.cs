using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Putting messages aside.</summary>
public sealed class StashTests : EngineSpec
{
    [Fact]
    public void UnstashAll_puts_what_was_stashed_before_what_waits_in_its_old_order()
    {
        IActorRef actor = Stasher();
        foreach (object m in (object[])["a", "b", "c", "open", "d"]) actor.Tell(m);
        foreach (string m in (string[])["a", "b", "c", "d"]) ExpectMsg(m);
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        IActorRef actor = Stasher();
        var other = CreateTestProbe();
        other.Send(actor, "from other");
        actor.Tell("open");
        ExpectMsg("from other");
        other.ExpectMsg("handled");
    }

    [Fact]
    public void Unstash_takes_the_oldest_only()
    {
        IActorRef actor = Stasher();
        foreach (object m in (object[])["a", "b", "one"]) actor.Tell(m);
        ExpectMsg("a");
        actor.Tell("c");
        ExpectMsg("c");
        actor.Tell("open");
        ExpectMsg("b");
    }

    [Fact]
    public void The_same_message_cannot_be_stashed_twice()
    {
        Stasher().Tell(new Twice());
        ExpectMsg<IllegalActorStateException>();
    }

    [Fact]
    public void A_restart_unstashes_everything()
    {
        IActorRef actor = Stasher();
        foreach (object m in (object[])["a", "b", "fail", "open"]) actor.Tell(m);
        foreach (string m in (string[])["a", "b"]) ExpectMsg(m);
    }

    [Fact]
    public void What_is_stashed_when_the_actor_stops_becomes_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        IActorRef actor = Stasher();
        actor.Tell("a");
        actor.Tell(PoisonPill.Instance);
        ExpectMsg<DeadLetter>(d => d.Message is "a");
    }

    private sealed record Twice;

    private IActorRef Stasher() => Sys.ActorOf(Props.Create(() => new StashingActor(TestActor)));

    private sealed class StashingActor(IActorRef listener) : UntypedActor, IWithUnboundedStash
    {
        private bool _open;

        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "open":
                    _open = true;
                    Stash.UnstashAll();
                    break;
                case "one":
                    _open = true;
                    Stash.Unstash();
                    break;
                case Twice:
                    try
                    {
                        Stash.Stash();
                        Stash.Stash();
                    }
                    catch (Exception e)
                    {
                        listener.Tell(e);
                    }

                    break;
                case "fail": throw new Oops("I failed");
                case not null when !_open:
                    Stash.Stash();
                    break;
                default:
                    listener.Tell(message!);
                    if (!listener.Equals(Sender)) Sender.Tell("handled");
                    break;
            }
        }
    }
}

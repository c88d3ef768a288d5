using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>The event stream: who hears what, and dead letters as events.</summary>
public sealed class EventStreamTests()
    : EngineSpec("akka { loglevel = INFO, log-dead-letters = 2, log-dead-letters-during-shutdown = off }")
{
    [Fact]
    public void A_subscriber_hears_events_of_its_type_and_of_derived_types()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Animal));
        Sys.EventStream.Publish(new Cat("Tom"));
        Sys.EventStream.Publish("not an animal");
        Sys.EventStream.Publish(new Animal("Rex"));
        ExpectMsg(new Cat("Tom"));
        ExpectMsg(new Animal("Rex"));
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void A_subscription_may_name_an_interface()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(INamed));
        Sys.EventStream.Publish(new Cat("Tom"));
        ExpectMsg(new Cat("Tom"));
    }

    [Fact]
    public void Subscribing_twice_delivers_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Cat));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(Cat)));
        Sys.EventStream.Publish(new Cat("Tom"));
        ExpectMsg<Cat>();
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void Unsubscribe_ends_it_for_one_type_or_for_all()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Cat));
        Sys.EventStream.Subscribe(TestActor, typeof(Dog));
        Sys.EventStream.Unsubscribe(TestActor, typeof(Cat));
        Sys.EventStream.Publish(new Cat("Tom"));
        Sys.EventStream.Publish(new Dog("Rex"));
        ExpectMsg<Dog>();
        Sys.EventStream.Unsubscribe(TestActor);
        Sys.EventStream.Publish(new Dog("Rex"));
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void Dead_letters_are_logged_as_information_up_to_the_configured_number()
    {
        IActorRef dead = Actor((_, _) => { });
        Watch(dead);
        Sys.Stop(dead);
        ExpectTerminated(dead);
        EventFilter.Info(contains: "dead letters").Expect(2, () =>
        {
            for (int i = 0; i < 5; i++) dead.Tell(i);
        });
    }

    [Fact]
    public void A_message_that_suppresses_dead_letters_is_none()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.DeadLetters.Tell(new Quiet());
        Sys.DeadLetters.Tell("loud");
        ExpectMsg<DeadLetter>(d => d.Message is "loud");
    }

    private interface INamed;

    private record Animal(string Name) : INamed;

    private sealed record Cat(string Name) : Animal(Name);

    private sealed record Dog(string Name) : Animal(Name);

    private sealed record Quiet : IDeadLetterSuppression;
}

using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Xunit;
using Xunit.Sdk;

namespace Engine.Tests.Kit;

/// <summary>The test kit: what passes, and above all what fails.</summary>
public sealed class TestKitTests() : EngineSpec("akka.loglevel = DEBUG")
{
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void The_test_is_the_sender_of_what_it_tells()
    {
        IActorRef echo = Actor((c, m) => c.Sender.Tell(m));
        echo.Tell("x");
        ExpectMsg("x");
        Assert.Equal(echo, LastSender);
        Assert.Equal("x", LastMessage);
    }

    [Fact]
    public async Task The_test_is_the_sender_after_an_await_too()
    {
        IActorRef echo = Actor((c, m) => c.Sender.Tell(m));
        await Task.Yield();
        echo.Tell("x");
        Assert.Equal("x", await ExpectMsgAsync<string>());
        await WatchAsync(echo);
        echo.Tell("y");
        Assert.Equal("y", await ExpectMsgAsync("y"));
        Sys.Stop(echo);
        await ExpectTerminatedAsync(echo);
    }

    [Fact]
    public void ExpectMsg_fails_on_another_type_another_value_or_nothing()
    {
        TestActor.Tell("text");
        Fails(() => ExpectMsg<int>());
        TestActor.Tell(1);
        Fails(() => ExpectMsg(2));
        TestActor.Tell(1);
        Fails(() => ExpectMsg<int>(i => i > 1));
        Fails(() => ExpectMsg<int>(Brief));
    }

    [Fact]
    public void ExpectMsg_takes_a_value_a_predicate_or_an_assertion()
    {
        for (int i = 0; i < 4; i++) TestActor.Tell(i);
        Assert.Equal(0, ExpectMsg<int>());
        ExpectMsg(1);
        ExpectMsg<int>(i => i == 2);
        ExpectMsg<int>(i => Assert.Equal(3, i));
    }

    [Fact]
    public void ExpectNoMsg_fails_when_a_message_comes()
    {
        ExpectNoMsg(Brief);
        TestActor.Tell("text");
        Fails(() => ExpectNoMsg(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void ExpectMsgAllOf_takes_messages_in_any_order_and_misses_none()
    {
        foreach (int i in (int[])[3, 1, 2]) TestActor.Tell(i);
        ExpectMsgAllOf(1, 2, 3);
        foreach (int i in (int[])[3, 1, 1]) TestActor.Tell(i);
        Fails(() => ExpectMsgAllOf(1, 2, 3));
    }

    [Fact]
    public void ExpectMsgAnyOf_takes_one_of_several()
    {
        TestActor.Tell(2);
        Assert.Equal(2, ExpectMsgAnyOf<int>([1, 2]));
        TestActor.Tell(3);
        Fails(() => ExpectMsgAnyOf<int>([1, 2]));
    }

    [Fact]
    public void FishForMessage_drops_what_it_does_not_want()
    {
        foreach (object m in (object[])["a", 1, "b", 2]) TestActor.Tell(m);
        Assert.Equal("b", FishForMessage<string>(s => s == "b"));
        ExpectMsg(2);
        Fails(() => FishForMessage<string>(_ => true, Brief));
    }

    [Fact]
    public async Task ReceiveN_takes_so_many_or_fails()
    {
        for (int i = 0; i < 5; i++) TestActor.Tell(i);
        Assert.Equal([0, 1, 2], ReceiveN(3).Cast<int>());
        List<object> rest = [];
        await foreach (object m in ReceiveNAsync(2, TimeSpan.FromSeconds(1))) rest.Add(m);
        Assert.Equal([3, 4], rest.Cast<int>());
        Fails(() => ReceiveN(1, Brief));
    }

    [Fact]
    public void ReceiveOne_is_null_when_nothing_comes()
    {
        Assert.Null(ReceiveOne(TimeSpan.Zero));
        TestActor.Tell("x");
        AwaitCondition(() => HasMessages);
        Assert.Equal("x", ReceiveOne(TimeSpan.Zero));
    }

    [Fact]
    public void ReceiveWhile_stops_before_the_first_message_that_it_does_not_want()
    {
        foreach (object m in (object[])["a", "b", 1, "c"]) TestActor.Tell(m);
        Assert.Equal(["a", "b"], ReceiveWhile(m => m as string));
        ExpectMsg(1);
        ExpectMsg("c");
    }

    [Fact]
    public void Ignored_messages_are_not_seen()
    {
        IgnoreMessages<int>(i => i < 10);
        foreach (object m in (object[])[1, "a", 10]) TestActor.Tell(m);
        ExpectMsg("a");
        ExpectMsg(10);
        IgnoreNoMessages();
        TestActor.Tell(1);
        ExpectMsg(1);
    }

    [Fact]
    public void Within_fails_a_block_that_is_too_slow_or_too_quick()
    {
        Within(TimeSpan.FromSeconds(3), () => TestActor.Tell("x"));
        Within(TimeSpan.FromSeconds(3), () => ExpectMsg("x"));
        Fails(() => Within(TimeSpan.FromMilliseconds(10), () =>
        {
            Assert.Null(ReceiveOne(TimeSpan.FromMilliseconds(60)));
            TestActor.Tell("x");
            Assert.NotNull(ReceiveOne(TimeSpan.FromSeconds(3)));
        }));
        Fails(() => Within(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), () => { }));
    }

    [Fact]
    public void Inside_Within_expectations_wait_for_what_is_left()
    {
        Assert.Throws<InvalidOperationException>(() => Remaining);
        Within(TimeSpan.FromMilliseconds(100), () =>
        {
            Assert.True(Remaining <= TimeSpan.FromMilliseconds(100));
            Assert.True(RemainingOrDefault <= TimeSpan.FromMilliseconds(100));
            Within(TimeSpan.FromSeconds(10), () => Assert.True(Remaining <= TimeSpan.FromMilliseconds(100)));
        });
    }

    [Fact]
    public void AwaitAssert_tries_until_it_passes()
    {
        int tries = 0;
        AwaitAssert(() => Assert.Equal(3, ++tries), TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, tries);
        Assert.ThrowsAny<XunitException>(() => AwaitAssert(() => Assert.Fail("never"), Brief, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task AwaitCondition_waits_until_it_holds()
    {
        int tries = 0;
        AwaitCondition(() => ++tries == 3, TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(1));
        await AwaitConditionAsync(() => ++tries == 6, TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(1));
        Fails(() => AwaitCondition(() => false, Brief, TimeSpan.FromMilliseconds(1)));
        await AwaitAssertAsync(() => Assert.Equal(9, ++tries), TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_probe_is_an_actor_of_its_own_that_can_be_told_asked_and_watched()
    {
        TestProbe probe = CreateTestProbe("probe");
        IActorRef reference = probe;
        Assert.Equal(probe.Ref, reference);
        probe.Tell("question");
        probe.ExpectMsg("question");
        Assert.Equal(TestActor, probe.Sender);
        probe.Reply("answer");
        ExpectMsgFrom<string>(probe.Ref, "answer");
        probe.Forward(TestActor, "forwarded");
        ExpectMsgFrom<string>(TestActor, "forwarded");
        Watch(probe);
        Sys.Stop(probe);
        ExpectTerminated(probe);
    }

    [Fact]
    public void A_probe_can_stand_in_for_a_child_and_send_as_itself()
    {
        TestProbe probe = CreateTestProbe();
        IActorRef echo = Actor((c, m) => c.Sender.Tell(m));
        probe.Send(echo, "x");
        probe.ExpectMsg("x");
        ExpectNoMsg(Brief);
    }

    [Fact]
    public void An_auto_pilot_answers_until_it_ends()
    {
        TestProbe probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, m) =>
        {
            sender.Tell($"auto {m}");
            return m is "last" ? AutoPilot.NoAutoPilot : AutoPilot.KeepRunning;
        }));
        foreach (string m in (string[])["first", "last", "after"]) probe.Tell(m);
        ExpectMsg("auto first");
        ExpectMsg("auto last");
        foreach (string m in (string[])["first", "last", "after"]) probe.ExpectMsg(m);
        ExpectNoMsg(Brief);
    }

    [Fact]
    public void The_parent_of_a_ChildActorOf_is_the_test_actor()
    {
        IActorRef child = ChildActorOf(FunctionActor.Props((c, m) => c.Parent.Tell(m)), "kid");
        child.Tell("to parent");
        ExpectMsgFrom<string>(child, "to parent");
    }

    [Fact]
    public void Watch_stands_when_it_returns_and_Unwatch_has_ended_it()
    {
        IActorRef actor = Actor((_, _) => { });
        Watch(actor);
        Unwatch(actor);
        Sys.Stop(actor);
        ExpectNoMsg(Silence);
    }

    [Fact]
    public void An_event_filter_expects_so_many_events_no_more_and_no_less()
    {
        ILoggingAdapter log = Akka.Event.Logging.GetLogger(Sys, "mine");
        EventFilter.Warning("exactly").ExpectOne(() => log.Warning("exactly"));
        EventFilter.Info(start: "begin").Expect(2, () =>
        {
            log.Info("begin 1");
            log.Info("begin 2");
            log.Info("other");
        });
        EventFilter.Debug(contains: "midd").ExpectOne(() => log.Debug("in the middle"));
        EventFilter.Error(new System.Text.RegularExpressions.Regex("e.d")).ExpectOne(() => log.Error("the end"));
        Fails(() => EventFilter.Warning("exactly").Expect(1, TimeSpan.FromMilliseconds(100), () => { }));
        Fails(() => EventFilter.Warning("exactly").ExpectOne(() =>
        {
            log.Warning("exactly");
            log.Warning("exactly");
        }));
    }

    [Fact]
    public async Task An_event_filter_knows_exceptions_dead_letters_and_asynchronous_actions()
    {
        ILoggingAdapter log = Akka.Event.Logging.GetLogger(Sys, "mine");
        EventFilter.Exception<Oops>("what").ExpectOne(() => log.Error(new Oops("what"), "it failed"));
        EventFilter.DeadLetter<string>(s => s == "gone").ExpectOne(() => Sys.DeadLetters.Tell("gone"));
        await EventFilter.Warning("later").ExpectOneAsync(async () =>
        {
            await Task.Yield();
            log.Warning("later");
        });
        EventFilter.Warning("a").And.Info("b").Expect(2, () =>
        {
            log.Warning("a");
            log.Info("b");
        });
        using (EventFilter.Warning().Mute()) log.Warning("not shown");
    }

    [Fact]
    public void Ready_made_actors_echo_forward_and_swallow()
    {
        TestProbe probe = CreateTestProbe();
        IActorRef echo = Sys.ActorOf(EchoActor.Props(this));
        probe.Send(echo, "echo");
        probe.ExpectMsg("echo");
        ExpectMsg("echo");
        Sys.ActorOf(ForwardActor.Props(TestActor)).Tell("on", probe.Ref);
        ExpectMsgFrom<string>(probe.Ref, "on");
        Sys.ActorOf(BlackHoleActor.Props).Tell("in");
        ExpectNoMsg(Brief);
    }

    [Fact]
    public void A_latch_opens_when_it_is_counted_down()
    {
        TestLatch latch = CreateTestLatch(2);
        IActorRef actor = Actor((_, _) => latch.CountDown());
        Assert.False(latch.IsOpen);
        actor.Tell(1);
        actor.Tell(2);
        latch.Ready();
        Assert.True(latch.IsOpen);
        Assert.Throws<TimeoutException>(() => CreateTestLatch().Ready(Brief));
    }

    [Fact]
    public void A_system_with_a_dilated_clock_waits_longer()
    {
        using var slow = new SlowSpec();
        Assert.Equal(TimeSpan.FromSeconds(3), slow.Dilated(TimeSpan.FromSeconds(1)));
    }

    private static void Fails(Action action) => Assert.ThrowsAny<XunitException>(action);

    private sealed class SlowSpec() : EngineSpec("akka.test.timefactor = 3");
}

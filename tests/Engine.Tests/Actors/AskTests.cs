using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>Questions from outside the actors, and tasks whose results become messages.</summary>
public sealed class AskTests : EngineSpec
{
    [Fact]
    public async Task The_reply_is_the_result()
    {
        IActorRef echo = Actor((c, m) => c.Sender.Tell(m));
        Assert.Equal("x", await echo.Ask<string>("x", TimeSpan.FromSeconds(3)));
        Assert.Equal(42, await echo.Ask(42, TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task No_reply_in_time_is_an_AskTimeoutException()
    {
        IActorRef mute = Actor((_, _) => { });
        await Assert.ThrowsAsync<AskTimeoutException>(() => mute.Ask<string>("x", TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public async Task Cancelling_the_question_cancels_the_task()
    {
        IActorRef mute = Actor((_, _) => { });
        using var source = new CancellationTokenSource();
        Task<string> answer = mute.Ask<string>("x", source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task A_reply_of_Status_Failure_is_its_exception()
    {
        IActorRef failing = Actor((c, _) => c.Sender.Tell(new Status.Failure(new Oops("no"))));
        await Assert.ThrowsAsync<Oops>(() => failing.Ask<string>("x", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task A_reply_of_another_type_is_an_ArgumentException()
    {
        IActorRef echo = Actor((c, m) => c.Sender.Tell(m));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => echo.Ask<int>("x", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public async Task A_late_reply_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        IActorRef asker = ActorRefs.Nobody;
        IActorRef late = Actor((c, _) => TestActor.Tell(c.Sender));
        await Assert.ThrowsAsync<AskTimeoutException>(() => late.Ask<string>("x", TimeSpan.FromMilliseconds(20)));
        asker = ExpectMsg<IActorRef>();
        asker.Tell("late");
        ExpectMsg<DeadLetter>(d => d.Message is "late");
    }

    [Fact]
    public async Task A_question_may_carry_the_reference_to_reply_to()
    {
        IActorRef other = Actor((_, m) => ((IActorRef)m).Tell("there"));
        Assert.Equal("there", await other.Ask<string>((IActorRef replyTo) => (object)replyTo, TimeSpan.FromSeconds(3), default));
    }

    [Fact]
    public void PipeTo_tells_the_result()
    {
        var source = new TaskCompletionSource<int>();
        IActorRef actor = Actor((c, m) =>
        {
            if (m is "go") _ = source.Task.PipeTo(c.Self, c.Sender);
            else c.Sender.Tell(m);
        });
        actor.Tell("go");
        source.SetResult(7);
        ExpectMsg(7);
    }

    [Fact]
    public void PipeTo_tells_a_failure_as_Status_Failure()
    {
        _ = Task.FromException<int>(new Oops("no")).PipeTo(TestActor);
        ExpectMsg<Status.Failure>(f => f.Cause is Oops || f.Cause.InnerException is Oops);
    }

    [Fact]
    public void PipeTo_can_turn_result_and_failure_into_other_messages()
    {
        _ = Task.FromResult(1).PipeTo(TestActor, success: i => $"got {i}", failure: e => e.Message);
        ExpectMsg("got 1");
        _ = Task.FromException<int>(new Oops("no")).PipeTo(TestActor, success: i => $"got {i}", failure: e => e.GetBaseException().Message);
        ExpectMsg("no");
    }
}

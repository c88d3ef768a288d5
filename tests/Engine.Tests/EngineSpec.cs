using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace Engine.Tests;

/// <summary>What all tests of the engine share. They use Akka.NET's public API only and hold on either engine.</summary>
public abstract class EngineSpec(string hocon = "")
    : TestKit($"akka {{ stdout-loglevel = OFF, loglevel = WARNING, log-dead-letters = off }}\n{hocon}")
{
    /// <summary>How long "nothing comes" is waited for; short, because a message that does come fails the test at once.</summary>
    protected static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(50);

    /// <summary>An actor that is one function of its context and the message.</summary>
    protected IActorRef Actor(Action<IActorContext, object> onMessage, string? name = null) =>
        Sys.ActorOf(FunctionActor.Props(onMessage), name);

    /// <summary>Ends when every message sent to <paramref name="actor"/> before has been handled; the actor must know
    /// <see cref="Identify"/>, as all do.</summary>
    protected void Settle(IActorRef actor)
    {
        actor.Tell(new Identify(actor), TestActor);
        FishForMessage<ActorIdentity>(i => actor.Equals(i.MessageId));
    }
}

/// <summary>An actor that is one function.</summary>
public sealed class FunctionActor(Action<IActorContext, object> onMessage) : UntypedActor
{
    public static Props Props(Action<IActorContext, object> onMessage) => Akka.Actor.Props.Create(() => new FunctionActor(onMessage));

    protected override void OnReceive(object message) => onMessage(Context, message);
}

/// <summary>The exception by which test actors fail.</summary>
public sealed class Oops(string message) : Exception(message);

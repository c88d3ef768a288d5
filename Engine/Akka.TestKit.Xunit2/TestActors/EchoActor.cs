using Akka.Actor;

namespace Akka.TestKit.TestActors;

/// <summary>Sends every message back to its sender, and to the test actor.</summary>
public class EchoActor : ReceiveActor
{
    public EchoActor(TestKitBase testkit, bool echoBackToSenderAsWell = true) => ReceiveAny(message =>
    {
        IActorRef? sender = Sender;
        if (echoBackToSenderAsWell && !testkit.TestActor.Equals(sender)) sender.Tell(message, Self);
        testkit.TestActor.Tell(message, sender);
    });

    public static Props Props(TestKitBase testkit, bool echoBackToSenderAsWell = true) =>
        Actor.Props.Create(() => new EchoActor(testkit, echoBackToSenderAsWell));
}

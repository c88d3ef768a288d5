using Akka.Actor;

namespace Akka.TestKit;

/// <summary>A message that the test actor received, with its sender.</summary>
public abstract class MessageEnvelope
{
    public abstract object? Message { get; }

    public abstract IActorRef Sender { get; }
}

/// <summary>A message that was really received.</summary>
public class RealMessageEnvelope(object message, IActorRef sender) : MessageEnvelope
{
    public override object Message { get; } = message;

    public override IActorRef Sender { get; } = sender;

    public override string ToString() => $"{Message} from {Sender?.ToString() ?? "nobody"}";
}

/// <summary>Nothing was received.</summary>
public sealed class NullMessageEnvelope : MessageEnvelope
{
    public static readonly NullMessageEnvelope Instance = new();

    private NullMessageEnvelope() { }

    public override object? Message => null;

    public override IActorRef Sender => ActorRefs.NoSender;

    public override string ToString() => "nothing";
}

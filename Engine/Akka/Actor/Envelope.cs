namespace Akka.Actor;

/// <summary>A message in a mailbox and the one to reply to.</summary>
public readonly struct Envelope
{
    /// <exception cref="ArgumentNullException">The message is null.</exception>
    public Envelope(object message, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
        Sender = sender;
    }

    /// <summary>The same, with the dead letters of <paramref name="system"/> in place of no sender.</summary>
    public Envelope(object message, IActorRef sender, ActorSystem system) : this(message, sender ?? system.DeadLetters) { }

    public object Message { get; }

    public IActorRef Sender { get; }

    public override string ToString() => $"<{Message}> from {Sender?.ToString() ?? "NoSender"}";
}

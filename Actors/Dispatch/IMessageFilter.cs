using Akka.Actor;

namespace ScsiActors.Dispatch;

/// <summary>Stands between senders and mailboxes: sees each message before its receiver's mailbox does, and may exchange it or keep it. Faults and
/// barriers of tests are filters; the actors know nothing of them.</summary>
public interface IMessageFilter
{
    /// <summary>Called for every message between two actors.</summary>
    /// <param name="from">The sender; nobody without one.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="message">The message, which may be exchanged for another.</param>
    /// <returns>True when the message may pass; false when the filter keeps it, for ever or to send it on later.</returns>
    bool MayPass(IActorRef from, IActorRef to, ref object message);
}

/// <summary>A filter that also stands at the doors inside: what it makes of a message there is seen by its receiver alone, and those who watch the messages have seen
/// it as it was sent. A part with a bug is made of both: it takes what it gets otherwise, or says something else.</summary>
public interface IPartFilter : IMessageFilter
{
    /// <summary>Called for every message between two actors when its receiver is about to handle it.</summary>
    /// <param name="from">The sender; nobody without one.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="message">The message, which may be exchanged for another.</param>
    /// <returns>True when the receiver is to handle it; false when nobody does.</returns>
    bool MayEnter(IActorRef from, IActorRef to, ref object message);
}

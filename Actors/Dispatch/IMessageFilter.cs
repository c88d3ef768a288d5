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

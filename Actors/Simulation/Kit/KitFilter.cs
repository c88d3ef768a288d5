using Akka.Actor;
using ScsiActors.Dispatch;
using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Simulation.Kit;

/// <summary>What stands between the actors of a kit: remembers who is who, and lets holds, a bug and fault rules act, in this order.</summary>
/// <param name="tracker">Knows requests.</param>
internal sealed class KitFilter(RequestTracker tracker) : IMessageFilter
{
    private readonly Dictionary<string, IActorRef> _actors = [];
    private MessageHolds _holds = new();
    private FaultLedger? _ledger;

    /// <summary>Told of each injection, when it has acted: the sender's name, the receiver's, the injection.</summary>
    public Action<string, string, FaultInjection>? Injected { get; set; }

    /// <summary>What stands behind the holds from now on.</summary>
    public void Use(IMessageFilter next, FaultLedger ledger) => (_holds, _ledger) = (new MessageHolds(next), ledger);

    /// <summary>The actor of a name; it must have been sent something.</summary>
    public IActorRef Find(string name) => _actors.TryGetValue(name, out var actor) ? actor : throw new KitException($"There is no actor {name} in this world.");

    /// <summary>Holds messages at a point.</summary>
    public Hold HoldAt(Point point, KitRequest? of) => of is null
        ? _holds.HoldAt(point.IsAt)
        : _holds.HoldAt(passing => RequestOf(passing) == of && point.IsAt(passing), passing => RequestOf(passing) is { } other && other != of);

    /// <inheritdoc/>
    public bool MayPass(IActorRef from, IActorRef to, ref object message)
    {
        var (sender, receiver) = (NameOf(from), NameOf(to));
        _actors[receiver] = to;
        // Before anybody keeps it: what follows must be known to belong to it.
        _ = tracker.Of(sender, receiver, message);
        // What the kit asked a disk is none of the faults' business.
        if (message is DiskControlled or OverlayHit && receiver.StartsWith(SimulationKit.PowerSwitch, StringComparison.Ordinal))
            return true;
        var before = _ledger?.Injections.Count ?? 0;
        var mayPass = _holds.MayPass(from, to, ref message);
        for (var i = before; i < (_ledger?.Injections.Count ?? 0); i++)
            Injected?.Invoke(sender, receiver, _ledger!.Injections[i]);
        return mayPass;
    }

    /// <summary>The name of an actor; empty for nobody.</summary>
    internal static string NameOf(IActorRef? actor) => actor is null || actor.IsNobody() ? "" : actor.Path.Name;

    private KitRequest? RequestOf(Passing passing) => tracker.Of(passing.From, passing.To, passing.Message);
}

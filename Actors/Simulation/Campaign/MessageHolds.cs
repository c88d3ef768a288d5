using Akka.Actor;
using ScsiActors.Dispatch;

namespace ScsiActors.Simulation.Campaign;

/// <summary>A message on its way.</summary>
/// <param name="From">The sender's name; empty without one.</param>
/// <param name="To">The receiver's name.</param>
/// <param name="Message">What it says.</param>
public readonly record struct Passing(string From, string To, object Message);

/// <summary>Barriers for tests: keeps messages at points that a test names, until it lets them go. As a filter it lets all others pass, or asks the filter
/// behind it.</summary>
/// <param name="next">Asked about what is not held; null for none.</param>
public sealed class MessageHolds(IMessageFilter? next = null) : IMessageFilter
{
    private readonly List<Hold> _holds = [];

    /// <summary>Holds the next message, and every later one, at a point.</summary>
    /// <param name="point">True for the messages to hold.</param>
    /// <param name="mayOvertake">True for a later message between the same two actors that may go on while another one stands here, as that of another
    /// command; null when none may.</param>
    public Hold HoldAt(Predicate<Passing> point, Predicate<Passing>? mayOvertake = null)
    {
        var hold = new Hold(this, point, mayOvertake);
        _holds.Add(hold);
        return hold;
    }

    /// <inheritdoc/>
    public bool MayPass(IActorRef from, IActorRef to, ref object message)
    {
        var passing = new Passing(NameOf(from), NameOf(to), message);
        foreach (var hold in _holds)
        {
            if (hold.Takes(passing, from, to))
                return false;
        }
        return next is null || next.MayPass(from, to, ref message);
    }

    internal void Remove(Hold hold) => _holds.Remove(hold);

    private static string NameOf(IActorRef? actor) => actor is null || actor.IsNobody() ? "" : actor.Path.Name;
}

/// <summary>A barrier and what stands at it.</summary>
public sealed class Hold
{
    private readonly MessageHolds _holds;
    private readonly Predicate<Passing> _point;
    private readonly Predicate<Passing>? _mayOvertake;
    private readonly List<(IActorRef From, IActorRef To, object Message)> _held = [];
    private bool _isOpen;

    internal Hold(MessageHolds holds, Predicate<Passing> point, Predicate<Passing>? mayOvertake) =>
        (_holds, _point, _mayOvertake) = (holds, point, mayOvertake);

    /// <summary>Messages that stand here.</summary>
    public int Count => _held.Count;

    /// <summary>True when a message stands here.</summary>
    public bool IsReached => _held.Count > 0;

    /// <summary>Lets all messages go, in their order, and holds no further ones.</summary>
    public void Release()
    {
        _isOpen = true;
        foreach (var (from, to, message) in _held)
            to.Tell(message, from);
        _held.Clear();
        _holds.Remove(this);
    }

    internal bool Takes(Passing passing, IActorRef from, IActorRef to)
    {
        // Sender and receiver keep their order: what follows a held message between the same two waits behind it, unless nothing says in which order they come.
        var isBehind = _held.Exists(held => Equals(held.From, from) && held.To.Equals(to)) && _mayOvertake?.Invoke(passing) != true;
        if (_isOpen || (!isBehind && !_point(passing)))
            return false;
        _held.Add((from, to, passing.Message));
        return true;
    }
}

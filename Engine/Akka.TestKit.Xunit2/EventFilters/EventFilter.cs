using Akka.Event;

namespace Akka.TestKit;

/// <summary>Which events are meant, and what is done when one is logged. Applied on the turn of the
/// <see cref="TestEventListener"/>.</summary>
internal sealed class EventFilter(string what, Predicate<LogEvent> matches)
{
    public string What => what;

    public event Action? Matched;

    public bool Apply(LogEvent e)
    {
        if (!matches(e)) return false;
        Matched?.Invoke();
        return true;
    }
}

/// <summary>Tells the listener to apply these filters to what is logged from now on.</summary>
internal sealed record MuteEvents(IReadOnlyList<EventFilter> Filters);

/// <summary>Tells the listener to apply these filters no more; <paramref name="Done"/> ends when all that was logged before has been
/// seen.</summary>
internal sealed record UnmuteEvents(IReadOnlyList<EventFilter> Filters, TaskCompletionSource Done);

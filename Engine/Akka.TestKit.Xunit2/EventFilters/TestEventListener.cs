using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>The logger of systems under test: shows what is logged, but for what an event filter matches.</summary>
public class TestEventListener : DefaultLogger
{
    // Besides the log events of the level configured, which every logger is told.
    private static readonly Type[] Channels = [typeof(MuteEvents), typeof(UnmuteEvents), typeof(DeadLetter), typeof(UnhandledMessage)];

    private readonly List<EventFilter> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                foreach (Type channel in Channels) initialize.LoggingBus.Subscribe(Self, channel);
                return base.Receive(message);
            case MuteEvents mute:
                _filters.AddRange(mute.Filters);
                return true;
            case UnmuteEvents unmute:
                foreach (EventFilter filter in unmute.Filters) _filters.Remove(filter);
                unmute.Done.TrySetResult();
                return true;
            case LogEvent e:
                return IsFiltered(e) || base.Receive(e);
            case DeadLetter letter:
                IsFiltered(new Warning(letter.Recipient.Path.ToString(), letter.Recipient.GetType(), letter));
                return true;
            case UnhandledMessage unhandled:
                string text = $"Unhandled message from {unhandled.Sender}: {unhandled.Message}";
                IsFiltered(new Warning(unhandled.Recipient.Path.ToString(), unhandled.Recipient.GetType(), text));
                return true;
            default:
                return base.Receive(message);
        }
    }

    private bool IsFiltered(LogEvent e)
    {
        foreach (EventFilter filter in _filters)
        {
            if (filter.Apply(e)) return true;
        }

        return false;
    }
}

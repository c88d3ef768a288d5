using System.Text;

namespace ScsiActors.Journal;

/// <summary>Why something happened, or has not: the chain of causes that leads to an event, as text.</summary>
public static class Why
{
    private const int LongestChain = 200;

    /// <summary>The chain that led to the answer of a command, or to the last that was heard of it.</summary>
    public static string Of(IReadOnlyList<JournalEvent> events, CommandHistory history, CommandStory command)
    {
        var text = new StringBuilder();
        text.Append($"{Capital(command.Title)} ");
        text.Append(command.IsAnswered
            ? $"was answered after {TimeText.Of(command.Latency)}: {events[command.Last].Text}\n"
            : $"has no answer; the last of it is {TimeText.Of(events[command.Last].Time - events[command.First].Time)} after it came\n");
        return text.Append(Of(events, history, command.Last)).ToString();
    }

    /// <summary>The chain that led to event <paramref name="index"/>, the first cause first: a line an event, with the time since the one before, and the
    /// faults and findings that name it.</summary>
    public static string Of(IReadOnlyList<JournalEvent> events, CommandHistory history, int index)
    {
        var chain = new Stack<int>();
        for (var at = index; at >= 0 && chain.Count < LongestChain; at = history.CauseOf(at))
            chain.Push(at);
        var remarks = Remarks(events, history, [.. chain]);
        var names = new ActorNames([.. chain.Select(at => events[at])]);
        var text = new StringBuilder();
        var before = events[chain.Peek()].Time;
        foreach (var at in chain)
        {
            var entry = events[at];
            text.Append($"{"+" + TimeText.Of(entry.Time - before),12}  {names.Of(entry.From)} -> {names.Of(entry.To)}: {entry.Text}");
            if (history.Of(at) is { } command)
                text.Append($"  [{command.Number}]");
            text.Append('\n');
            before = entry.Time;
            foreach (var remark in remarks.Where(remark => remark.Cause == at))
                text.Append($"{"",12}  * {remark.Text}\n");
        }
        return text.ToString();
    }

    private static List<(int Cause, string Text)> Remarks(IReadOnlyList<JournalEvent> events, CommandHistory history, HashSet<int> chain)
    {
        var remarks = new List<(int, string)>();
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Kind.Role > EventRole.Observation && history.CauseOf(i) is var cause && chain.Contains(cause))
                remarks.Add((cause, events[i].Text));
        }
        return remarks;
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

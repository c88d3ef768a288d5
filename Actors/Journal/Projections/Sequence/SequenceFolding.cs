namespace ScsiActors.Journal;

/// <summary>Messages that repeat those before them, and are therefore not shown again.</summary>
/// <param name="LastShown">The index of the last message that is shown.</param>
/// <param name="LeftOut">How many after it are not.</param>
/// <param name="Text">What is said in their place.</param>
internal sealed record SequenceFold(int LastShown, int LeftOut, string Text);

/// <summary>Finds the pieces of transfers, and what is polled for: cycles of the same messages between the same actors about the same command.</summary>
internal static class SequenceFolding
{
    // A piece of a transfer through adapter, bus, logical unit, queue and storage takes up to ten messages.
    private const int LongestCycle = 12;

    /// <summary>The folds, from first to last; they do not overlap.</summary>
    public static List<SequenceFold> Of(ReadOnlySpan<JournalEvent> events)
    {
        var keys = new Key[events.Length];
        for (var i = 0; i < events.Length; i++)
            keys[i] = KeyOf(in events[i], i);
        var folds = new List<SequenceFold>();
        for (var i = 0; i < events.Length;)
        {
            var (cycle, times) = LongestFrom(keys, i);
            if (times < 2 || (times == 2 && !HasData(events.Slice(i, cycle))))
            {
                i++;
                continue;
            }
            var leftOut = cycle * (times - 1);
            folds.Add(new SequenceFold(i + cycle - 1, leftOut, Text(events.Slice(i + cycle, leftOut), cycle, times - 1)));
            i += cycle * times;
        }
        return folds;
    }

    private static (int Cycle, int Times) LongestFrom(ReadOnlySpan<Key> keys, int start)
    {
        var best = (Cycle: 1, Times: 1);
        for (var cycle = 1; cycle <= LongestCycle && start + 2 * cycle <= keys.Length; cycle++)
        {
            var first = keys.Slice(start, cycle);
            var times = 1;
            while (start + (times + 1) * cycle <= keys.Length && keys.Slice(start + times * cycle, cycle).SequenceEqual(first))
                times++;
            if (times > 1 && cycle * times > best.Cycle * best.Times)
                best = (cycle, times);
        }
        return best;
    }

    private static bool HasData(ReadOnlySpan<JournalEvent> events)
    {
        foreach (ref readonly var entry in events)
        {
            if (entry.Kind.Role == EventRole.Data)
                return true;
        }
        return false;
    }

    private static string Text(ReadOnlySpan<JournalEvent> leftOut, int cycle, int times)
    {
        long bytes = 0;
        foreach (ref readonly var entry in leftOut)
        {
            if (entry.Kind.Role == EventRole.Data)
                bytes += entry.Length;
        }
        var what = cycle == 1 ? "the last message" : $"the last {cycle} messages";
        return $"... {what} {(times == 1 ? "once" : $"{times} times")} more{(bytes > 0 ? $", {bytes} bytes" : "")}";
    }

    // What is no message, and what has to do with a fault, is like nothing else: its own index makes it so.
    private static Key KeyOf(in JournalEvent entry, int index)
    {
        var isPlain = entry.Kind.Role is EventRole.Message or EventRole.Data && entry.FaultId == JournalEvent.None;
        return new Key(entry.From, entry.To, entry.Kind, isPlain ? -1 : index, entry.Tag, entry.CommandId, entry.Code, entry.Flags);
    }

    private readonly record struct Key(
        string From, string To, EventKind Kind, int Index, long Tag, long CommandId, byte Code, EventFlags Flags);
}

namespace ScsiActors.Journal;

/// <summary>Limits and looks of a sequence diagram.</summary>
public sealed record SequenceOptions
{
    /// <summary>What stands above it; null for nothing.</summary>
    public string? Title { get; init; }

    /// <summary>Lanes at the most, 2 or more; actors beyond them share the last one.</summary>
    public int MaximumLanes { get; init; } = 10;

    /// <summary>Messages and notes at the most, 4 or more; what is left out is counted at its place. Faults and findings are left out last.</summary>
    public int MaximumItems { get; init; } = 80;
}

/// <summary>Something in a sequence diagram, from top to bottom.</summary>
public abstract record SequenceItem;

/// <summary>A message.</summary>
/// <param name="From">The sender's lane.</param>
/// <param name="To">The receiver's lane.</param>
/// <param name="Text">What it says.</param>
/// <param name="Time">Nanoseconds since the first event of the diagram.</param>
/// <param name="IsFaulty">True when it has to do with a fault.</param>
public sealed record SequenceArrow(int From, int To, string Text, long Time, bool IsFaulty) : SequenceItem;

/// <summary>A fault, a finding or a note.</summary>
/// <param name="First">The leftmost lane it is about.</param>
/// <param name="Last">The rightmost lane it is about.</param>
/// <param name="Text">What it says.</param>
/// <param name="Time">Nanoseconds since the first event of the diagram.</param>
/// <param name="IsFault">True for a fault and a finding.</param>
public sealed record SequenceNote(int First, int Last, string Text, long Time, bool IsFault) : SequenceItem;

/// <summary>A place where something is left out.</summary>
/// <param name="Text">What, and how much.</param>
public sealed record SequenceGap(string Text) : SequenceItem;

/// <summary>A part of a journal as lanes, one an actor, and messages between them: the same picture, to be written as Mermaid text or as SVG.</summary>
/// <param name="Title">What stands above it; null for nothing.</param>
/// <param name="Lanes">The actors, in the order in which they appear.</param>
/// <param name="Items">Messages, notes and gaps, from top to bottom.</param>
public sealed record SequenceDiagram(string? Title, IReadOnlyList<string> Lanes, IReadOnlyList<SequenceItem> Items)
{
    private const string Nobody = "outside";

    /// <summary>Draws the messages, faults, findings and notes in <paramref name="events"/>. What actors tell themselves and what is for observers is left
    /// out; pieces of one transfer, and what is polled for, are shown once and counted.</summary>
    public static SequenceDiagram From(IReadOnlyList<JournalEvent> events, SequenceOptions? options = null)
    {
        options ??= new SequenceOptions();
        var shown = events.Where(IsShown).ToArray();
        var names = new ActorNames(shown);
        var lanes = new LaneMap(shown, names, options.MaximumLanes);
        var start = shown.Length == 0 ? 0 : shown[0].Time;
        var items = new List<SequenceItem>();
        var folds = SequenceFolding.Of(shown);
        var fold = 0;
        for (var i = 0; i < shown.Length; i++)
        {
            items.Add(Item(in shown[i], lanes, start));
            if (fold == folds.Count || i != folds[fold].LastShown)
                continue;
            items.Add(new SequenceGap(folds[fold].Text));
            i += folds[fold++].LeftOut;
        }
        return new SequenceDiagram(options.Title, lanes.Titles, SequenceLimit.Apply(items, options.MaximumItems));
    }

    /// <summary>The diagram as Mermaid text, for Markdown.</summary>
    public string ToMermaid() => MermaidWriter.Write(this);

    /// <summary>The diagram as SVG. Its colours are <c>currentColor</c>, its classes sd-lane, sd-line, sd-arrow, sd-text, sd-note and sd-fault.</summary>
    /// <param name="isStandalone">True for a file of its own, with a style; false for a part of a page that has one.</param>
    /// <param name="showTimes">True: the time of each message stands before it.</param>
    public string ToSvg(bool isStandalone = true, bool showTimes = true) => new SvgSequenceWriter(this, isStandalone, showTimes).Write();

    private static bool IsShown(JournalEvent entry) => entry.Kind.Role switch
    {
        EventRole.Observation => false,
        EventRole.Message or EventRole.Data => entry.From != entry.To,
        _ => true,
    };

    private static SequenceItem Item(in JournalEvent entry, LaneMap lanes, long start)
    {
        var time = entry.Time - start;
        if (entry.Kind.Role is EventRole.Message or EventRole.Data)
            return new SequenceArrow(lanes.Of(entry.From), lanes.Of(entry.To), entry.Text, time, entry.FaultId != JournalEvent.None);
        var first = lanes.OfNote(entry.From) ?? lanes.OfNote(entry.To) ?? 0;
        var last = lanes.OfNote(entry.To) ?? first;
        var isFault = entry.Kind.Role is EventRole.Fault or EventRole.Finding;
        return new SequenceNote(Math.Min(first, last), Math.Max(first, last), entry.Text, time, isFault);
    }

    /// <summary>Which lane an actor has.</summary>
    private sealed class LaneMap
    {
        private readonly Dictionary<string, int> _lanes = [];
        private readonly List<string> _titles = [];

        public LaneMap(JournalEvent[] events, ActorNames names, int maximum)
        {
            var counts = new Dictionary<string, int>();
            foreach (var entry in events)
            {
                var isMessage = entry.Kind.Role is EventRole.Message or EventRole.Data;
                if (isMessage || entry.From.Length > 0)
                    counts[entry.From] = counts.GetValueOrDefault(entry.From) + 1;
                if (isMessage || entry.To.Length > 0)
                    counts[entry.To] = counts.GetValueOrDefault(entry.To) + 1;
            }
            // Those that say the most keep a lane of their own; the sort is stable, so that the choice does not depend on anything else.
            var own = counts.Count <= maximum
                ? counts.Keys.ToHashSet()
                : counts.OrderByDescending(static pair => pair.Value).Take(maximum - 1).Select(static pair => pair.Key).ToHashSet();
            foreach (var name in counts.Keys.Where(own.Contains))
            {
                _lanes.Add(name, _titles.Count);
                _titles.Add(name.Length == 0 ? Nobody : names.Of(name));
            }
            foreach (var name in counts.Keys.Where(name => !own.Contains(name)))
                _lanes.Add(name, _titles.Count);
            if (counts.Count > own.Count)
                _titles.Add($"{counts.Count - own.Count} others");
        }

        public IReadOnlyList<string> Titles => _titles;

        public int Of(string name) => _lanes[name];

        public int? OfNote(string name) => name.Length > 0 && _lanes.TryGetValue(name, out var lane) ? lane : null;
    }
}

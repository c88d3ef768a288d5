using ScsiActors.Host.Report;
using ScsiActors.Journal;

namespace ScsiActors.Host.Simulate.Html;

/// <summary>The tracks of a run's timeline: one for each actor that something stays with for a while, and the bars on them.</summary>
internal sealed class RunTracks
{
    /// <summary>A task management function, from its client's point of view.</summary>
    public const int FunctionStage = 8;

    /// <summary>A request to a block device likewise.</summary>
    public const int BlockRequestStage = 9;

    /// <summary>An interrupt line that is high.</summary>
    public const int InterruptStage = 10;

    private const int MostLanes = 24;

    private static readonly (string Start, string End, string Name)[] Order =
    [
        ("client", "", ""), ("direct-port", "", ""), ("driver", "", ""), ("", "-driver", ""), ("", "-virtio-blk", ""), ("adapter", "", ""), ("bus", "", ""),
    ];

    private readonly IReadOnlyList<JournalEvent> _events;
    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<TimelineTrack> _tracks = [];
    private readonly List<TimelineBar> _bars = [];

    /// <summary>The tracks of the actors in a journal.</summary>
    public RunTracks(IReadOnlyList<JournalEvent> events, ActorNames names)
    {
        _events = events;
        foreach (var actor in events.SelectMany(static entry => (string[])[entry.From, entry.To]).Distinct().Where(IsShown)
            .OrderBy(RankOf).ThenBy(SortKeyOf, StringComparer.Ordinal))
        {
            _numbers.Add(actor, _tracks.Count);
            var name = names.Of(actor);
            _tracks.Add(new TimelineTrack(name.StartsWith("aio", StringComparison.Ordinal) ? $"disk{name[3..]}" : name, IsUnit(actor)));
        }
    }

    /// <summary>What the stages of bars are.</summary>
    public static IReadOnlyList<string> Stages { get; } =
    [
        .. Enum.GetValues<CommandStage>().Select(CommandStages.NameOf), "task management", "block request", "interrupt",
    ];

    /// <summary>The tracks that have something on them, from above; numbers of <see cref="Bars"/> and <see cref="Marks"/> are places in it.</summary>
    public IReadOnlyList<TimelineTrack> Tracks => [.. Used.Select(number => _tracks[number])];

    private List<int> Used => [.. Enumerable.Range(0, _tracks.Count).Where(number => _tracks[number].IsTaskSet || _bars.Exists(bar => bar.Track == number))];

    /// <summary>The actor of a logical unit.</summary>
    public static string UnitOf(int target, int lun) => $"target-{target}-lun-{lun}";

    /// <summary>Adds a bar of a command.</summary>
    public void Add(string actor, int end, int group, string label, IReadOnlyList<StageStart> stages) =>
        Add(actor, end, group, label, [.. stages.Select(static stage => ((int)stage.Stage, stage.First))]);

    /// <summary>Adds a bar; an actor without a track has none.</summary>
    /// <param name="actor">Whose.</param>
    /// <param name="end">The index of the event with which it ends.</param>
    /// <param name="group">What it belongs to; 0 for nothing.</param>
    /// <param name="label">What it is.</param>
    /// <param name="stages">Its stages and the events with which they begin; at least one.</param>
    public void Add(string actor, int end, int group, string label, IReadOnlyList<(int Stage, int First)> stages)
    {
        if (_numbers.TryGetValue(actor, out var track))
            _bars.Add(new TimelineBar(track, 0, group, end, [.. stages.SelectMany(static stage => (int[])[stage.Stage, stage.First])], label));
    }

    /// <summary>The bars, each in a lane of its track that is free.</summary>
    public IEnumerable<TimelineBar> Bars()
    {
        var places = PlacesOf(Used);
        foreach (var track in _bars.GroupBy(static bar => bar.Track))
        {
            var ends = new List<int>();
            foreach (var bar in track.OrderBy(static bar => bar.Stages[1]))
            {
                var lane = ends.FindIndex(end => end <= bar.Stages[1]);
                if (lane < 0)
                    lane = ends.Count < MostLanes ? ends.Count : MostLanes - 1;
                if (lane == ends.Count)
                    ends.Add(bar.End);
                ends[lane] = Math.Max(ends[lane], bar.End);
                yield return bar with { Track = places[bar.Track], Lane = lane };
            }
        }
    }

    /// <summary>The faults and findings among the events.</summary>
    public IEnumerable<TimelineMark> Marks()
    {
        var places = PlacesOf(Used);
        for (var i = 0; i < _events.Count; i++)
        {
            var entry = _events[i];
            if (entry.Kind.Role is not (EventRole.Fault or EventRole.Finding))
                continue;
            var actor = entry.To.Length == 0 && entry.Cause >= 0 ? _events[(int)entry.Cause].To : entry.To;
            var track = _numbers.TryGetValue(actor, out var number) && places.TryGetValue(number, out var place) ? place : -1;
            yield return new TimelineMark(i, track, entry.Kind.Role == EventRole.Finding, entry.Text);
        }
    }

    private static Dictionary<int, int> PlacesOf(List<int> used) => used.Select(static (number, place) => (number, place)).ToDictionary();

    // A logical unit, then its queue, then its disk.
    private static string SortKeyOf(string actor) => actor.EndsWith("-aio", StringComparison.Ordinal) ? $"{actor[..^3]}~" : actor;

    private static bool IsShown(string actor) => RankOf(actor) < int.MaxValue;

    private static bool IsUnit(string actor) => actor.Split('-') is ["target", _, "lun", _];

    private static int RankOf(string actor)
    {
        if (actor.StartsWith("target-", StringComparison.Ordinal) && actor.Split('-') is [_, _, "lun", _, .. var part] && part is [] or ["queue"] or ["aio"])
            return Order.Length;
        var rank = Array.FindIndex(Order, row => actor.StartsWith(row.Start, StringComparison.Ordinal) && actor.EndsWith(row.End, StringComparison.Ordinal));
        return rank < 0 ? int.MaxValue : rank;
    }
}

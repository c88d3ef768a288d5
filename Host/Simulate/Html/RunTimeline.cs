using ScsiActors.Host.Report;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Simulate.Html;

/// <summary>The journal of a run as what a page shows of it: tracks, bars and marks.</summary>
internal sealed class RunTimeline
{
    /// <summary>The most events that a page shows; of a longer run, its beginning and its end.</summary>
    public const int MostEvents = 20_000;

    private const int Beginning = MostEvents * 2 / 5;

    private readonly IReadOnlyList<JournalEvent> _events;
    private readonly int[] _groups;
    private readonly List<string> _groupNames;
    private readonly RunTracks _tracks;
    private readonly ActorNames _names;

    /// <summary>Looks through a journal.</summary>
    /// <param name="events">Its events, all of them.</param>
    /// <param name="history">Their commands.</param>
    public RunTimeline(IReadOnlyList<JournalEvent> events, CommandHistory history)
    {
        _events = events;
        _names = new ActorNames(events);
        _groups = [.. events.Select((_, index) => history.Of(index)?.Number ?? 0)];
        _groupNames = [.. history.Commands.Select(command => NameOf(command))];
        _tracks = new RunTracks(events, _names);
        AddCommands(history);
        AddRequests();
        new StorageBars(_tracks).Add(events, _groups);
        new BusBars(_tracks).Add(events, _groups);
    }

    /// <summary>The data of the page.</summary>
    /// <param name="whole">Where what is left out can be seen.</param>
    public TimelineData ToData(string whole)
    {
        var kept = Enumerable.Range(0, _events.Count).Where(index => PositionOf(index) is var at && (at != Beginning || !IsLeftOut(index))).ToList();
        var (texts, names) = (new Numbers(), new Numbers());
        var marks = _tracks.Marks().Where(mark => !IsLeftOut(mark.Event)).Select(mark => mark with { Event = PositionOf(mark.Event) });
        var bars = _tracks.Bars().Where(bar => !IsLeftOut(bar.Stages[1]) || !IsLeftOut(bar.End))
            .Select(bar => bar with { End = PositionOf(bar.End), Stages = [.. bar.Stages.Select((value, at) => at % 2 == 0 ? value : PositionOf(value))] });
        return new TimelineData
        {
            Steps = [.. kept.Select((index, at) => at == 0 ? _events[index].Time : _events[index].Time - _events[kept[at - 1]].Time)],
            From = [.. kept.Select(index => names.Of(_names.Of(_events[index].From)))],
            To = [.. kept.Select(index => names.Of(_names.Of(_events[index].To)))],
            Text = [.. kept.Select(index => texts.Of(_events[index].Text))],
            Group = [.. kept.Select(index => _groups[index])],
            Names = names.Texts,
            Texts = texts.Texts,
            Groups = _groupNames,
            Stages = RunTracks.Stages,
            Tracks = _tracks.Tracks,
            Bars = [.. bars],
            Marks = [.. marks],
            GapBefore = LeftOut > 0 ? Beginning : 0,
            GapLength = LeftOut,
            GapText = whole,
        };
    }

    /// <summary>The place of an event on the page; of one that is left out, the first behind.</summary>
    public int PositionOf(int index) => LeftOut == 0 || index < Beginning ? index : Math.Max(Beginning, index - LeftOut);

    private int LeftOut => Math.Max(0, _events.Count - MostEvents);

    private bool IsLeftOut(int index) => index >= Beginning && index < Beginning + LeftOut;

    private void AddCommands(CommandHistory history)
    {
        var stages = CommandStages.Of(_events, history);
        foreach (var command in history.Commands)
        {
            var own = stages[command.Number - 1];
            if (own.Count == 0)
                continue;
            var end = IsAnswered(command) ? command.Last : _events.Count - 1;
            var first = _events[command.First];
            var label = $"{command.Id?.ToString() ?? $"#{command.Number}"}";
            _tracks.Add(first.From, end, command.Number, label, own);
            if (own[0].Stage == CommandStage.Port)
                _tracks.Add(first.To, own.Count > 1 ? own[1].First : end, command.Number, label, [own[0]]);
            var inside = own.Where(static stage => stage.Stage is >= CommandStage.Waiting and < CommandStage.Status).ToList();
            if (inside.Count == 0)
                continue;
            var left = own.FirstOrDefault(stage => stage.Stage >= CommandStage.Status && stage.First > inside[0].First, new StageStart(default, end)).First;
            _tracks.Add(RunTracks.UnitOf(command.Target, command.Lun), left, command.Number, label, inside);
        }
    }

    // Functions and block requests are no commands of the history: they are known by their client and its name for them.
    private void AddRequests()
    {
        var open = new Dictionary<(string Client, long Id), int>();
        for (var i = 0; i < _events.Count; i++)
        {
            var entry = _events[i];
            switch (entry.Kind.Name)
            {
                case nameof(ExecuteTaskManagement) or nameof(ExecuteBlockRequest):
                    open.TryAdd((entry.From, entry.CommandId), i);
                    break;
                case nameof(TaskManagementExecuted) or nameof(BlockRequestExecuted) when open.Remove((entry.To, entry.CommandId), out var first):
                    AddRequest(first, i, $"{entry.Text[(entry.Text.IndexOf(' ') + 1)..].Split(' ', 2)[^1]}");
                    break;
            }
        }
        foreach (var first in open.Values)
            AddRequest(first, _events.Count - 1, "never answered");
    }

    private void AddRequest(int first, int last, string answer)
    {
        var request = _events[first];
        var stage = request.Kind.Name == nameof(ExecuteTaskManagement) ? RunTracks.FunctionStage : RunTracks.BlockRequestStage;
        _groupNames.Add($"{_names.Of(request.From)}: {request.Text[(request.Text.IndexOf(' ') + 1)..]}: {answer}");
        (_groups[first], _groups[last]) = (_groupNames.Count, answer == "never answered" ? _groups[last] : _groupNames.Count);
        _tracks.Add(request.From, last, _groupNames.Count, $"{(ulong)request.CommandId}", [(stage, first)]);
    }

    private string NameOf(CommandStory command)
    {
        var first = _events[command.First];
        var ending = !IsAnswered(command) ? "never answered"
            : command.Outcome == CommandOutcome.Complete ? $"{command.Status}" : $"{command.Outcome}";
        var title = command.Title[(command.Title.IndexOf(", ", StringComparison.Ordinal) + 2)..];
        var where = command.Target < 0 ? "" : $" to T{command.Target}_L{command.Lun}";
        return $"{_names.Of(first.From)} {command.Id?.ToString() ?? $"#{command.Number}"}: {title}{where}: {ending}"
            + (!IsAnswered(command) ? "" : command.Latency == 0 ? " at once" : $" after {Figures.Duration(command.Latency / 1000.0)}");
    }

    // A client that is seen to ask has to be seen to be answered: a status that does not come to it is none.
    private bool IsAnswered(CommandStory command) => command.IsAnswered
        && (_events[command.Last].Kind.Name == nameof(CommandExecuted) || _events[command.First].Kind.Name != nameof(ExecuteCommand));

    private sealed class Numbers
    {
        private readonly Dictionary<string, int> _numbers = [];

        public List<string> Texts { get; } = [];

        public int Of(string text)
        {
            if (_numbers.TryGetValue(text, out var number))
                return number;
            _numbers.Add(text, number = Texts.Count);
            Texts.Add(text);
            return number;
        }
    }
}

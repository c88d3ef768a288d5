using System.Globalization;
using System.Text.Json;
using ScsiActors.Messages;

namespace ScsiActors.Journal;

/// <summary>Writes the events of one trace.</summary>
internal sealed class TraceJsonWriter
{
    // A slice has to have a length to be seen, and for a flow to end in it.
    private const long ShortestSlice = 1;

    private static readonly Dictionary<string, string> Words = new()
    {
        [nameof(ExecuteCommand)] = "commands at {0}", [nameof(ScsiCommandReceived)] = "task set of {0}", [nameof(AioRead)] = "requests at {0}",
    };

    private readonly Utf8JsonWriter _json;
    private readonly IReadOnlyList<JournalEvent> _events;
    private readonly CommandHistory _history;
    private readonly BlockRequestHistory _blockRequests;
    private readonly ActorNames _names;
    private readonly Dictionary<(int Node, string Actor), int> _tracks = [];
    private readonly long[] _lengths;
    private readonly Outstanding _outstanding;
    private readonly Dictionary<(string From, string To, ulong Id), int> _requests = [];

    public TraceJsonWriter(Utf8JsonWriter json, IReadOnlyList<JournalEvent> events)
    {
        (_json, _events) = (json, events);
        _history = new CommandHistory(events);
        _blockRequests = new BlockRequestHistory(events, _history);
        _names = new ActorNames(events);
        _outstanding = new Outstanding(events);
        _lengths = Lengths();
    }

    /// <summary>All of them.</summary>
    public void Write()
    {
        WriteNames();
        for (var i = 0; i < _events.Count; i++)
        {
            var entry = _events[i];
            if (entry.Kind.Role == EventRole.Observation)
                continue;
            if (entry.Kind.Role > EventRole.Observation)
            {
                WriteInstant(in entry);
                continue;
            }
            WriteSlice(in entry, i);
            if (_history.Of(i) is { } command)
            {
                WriteSpan(command, in entry, i);
                WriteFlow("command", command.Number, (command.First, command.Last), in entry, i);
            }
            if (_blockRequests.Of(i) is { } request)
            {
                WriteSpan(request, in entry, i);
                WriteFlow("block request", request.Number, (request.First, request.Last), in entry, i);
            }
            WriteRequest(in entry, i);
            if (_outstanding.Change(in entry) is { } counter)
                WriteCounter(in entry, counter.Kind, counter.Actor, counter.Count);
        }
    }

    // A message is handled from when it was sent to when the last message was sent that it caused, or until the next one comes. Two at the same instant lie
    // within each other, the later one inside.
    private long[] Lengths()
    {
        var ends = new long[_events.Count];
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = Math.Max(ends[i], _events[i].Time + ShortestSlice);
            if (_history.CauseOf(i) is var cause and >= 0)
                ends[cause] = Math.Max(ends[cause], _events[i].Time);
        }
        var next = new Dictionary<(int, string), long>();
        for (var i = ends.Length - 1; i >= 0; i--)
        {
            var entry = _events[i];
            if (next.TryGetValue((entry.Node, entry.To), out var start))
                ends[i] = start > entry.Time ? Math.Min(ends[i], start) : ends[i];
            next[(entry.Node, entry.To)] = entry.Time;
            ends[i] -= entry.Time;
        }
        return ends;
    }

    private void WriteNames()
    {
        foreach (var entry in _events)
        {
            if (entry.Kind.Role == EventRole.Observation || _tracks.ContainsKey((entry.Node, entry.To)))
                continue;
            if (_tracks.Keys.All(track => track.Node != entry.Node))
                WriteName("process_name", entry.Node, 0, $"node {entry.Node}");
            _tracks.Add((entry.Node, entry.To), _tracks.Count + 1);
            WriteName("thread_name", entry.Node, _tracks.Count, entry.To.Length == 0 ? "notes" : _names.Of(entry.To));
        }
    }

    private void WriteName(string what, int node, int track, string name)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", "M");
        _json.WriteString("name", what);
        _json.WriteNumber("pid", node + 1);
        _json.WriteNumber("tid", track);
        _json.WriteStartObject("args");
        _json.WriteString("name", name);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteSlice(in JournalEvent entry, int index)
    {
        Begin("X", entry.Kind.Name, "message", in entry);
        Time("dur", _lengths[index]);
        _json.WriteStartObject("args");
        _json.WriteString("text", entry.Text);
        _json.WriteString("from", _names.Of(entry.From));
        _json.WriteNumber("seq", entry.Sequence);
        if (_history.Of(index) is { } command)
            _json.WriteNumber("command", command.Number);
        if (entry.FaultId != JournalEvent.None)
            _json.WriteNumber("fault", entry.FaultId);
        End(hasArgs: true);
    }

    private void WriteInstant(in JournalEvent entry)
    {
        Begin("i", entry.Text, entry.Kind.Name.ToLowerInvariant(), in entry);
        _json.WriteString("s", "p");
        _json.WriteStartObject("args");
        _json.WriteNumber("seq", entry.Sequence);
        End(hasArgs: true);
    }

    // b and e have the same name, category and id.
    private void WriteSpan(CommandStory command, in JournalEvent entry, int index)
    {
        var isEnd = command.IsAnswered && index == command.Last;
        if (index != command.First && !isEnd)
            return;
        Begin(isEnd ? "e" : "b", OperationNames.Of(command.Cdb), "command", in entry);
        _json.WriteString("id", command.Number.ToString(CultureInfo.InvariantCulture));
        _json.WriteStartObject("args");
        if (isEnd)
            _json.WriteString("ended", entry.Text);
        else
            _json.WriteString("cdb", Hex.Spaced(command.Cdb));
        End(hasArgs: true);
    }

    private void WriteSpan(BlockRequestStory request, in JournalEvent entry, int index)
    {
        var isEnd = request.IsAnswered && index == request.Last;
        if (index != request.First && !isEnd)
            return;
        Begin(isEnd ? "e" : "b", $"virtio {request.Operation}", "block request", in entry);
        _json.WriteString("id", $"v{request.Number}");
        _json.WriteStartObject("args");
        _json.WriteString(isEnd ? "ended" : "asked", entry.Text);
        End(hasArgs: true);
    }

    // A flow is known by its name, category and number.
    private void WriteFlow(string name, int number, (int First, int Last) events, in JournalEvent entry, int index)
    {
        if (events.First == events.Last)
            return;
        var phase = index == events.First ? "s" : index == events.Last ? "f" : index < events.Last ? "t" : null;
        if (phase is null)
            return;
        Begin(phase, name, "flow", in entry);
        _json.WriteNumber("id", number);
        if (phase == "f")
            _json.WriteString("bp", "e");
        End(hasArgs: false);
    }

    private void WriteRequest(in JournalEvent entry, int index)
    {
        var isEnd = entry.Kind.Name == nameof(AioCompleted);
        var key = isEnd ? (entry.To, entry.From, entry.Value) : (entry.From, entry.To, entry.Value);
        var begin = index;
        if (isEnd ? !_requests.Remove(key, out begin) : !Outstanding.IsRequest(entry.Kind) || !_requests.TryAdd(key, index))
            return;
        Begin(isEnd ? "e" : "b", _events[begin].Kind.Name, "storage", in entry);
        _json.WriteString("id", $"r{_events[begin].Sequence}");
        End(hasArgs: false);
    }

    private void WriteCounter(in JournalEvent entry, string kind, string actor, int count)
    {
        Begin("C", string.Format(CultureInfo.InvariantCulture, Words[kind], _names.Of(actor)), "outstanding", in entry);
        _json.WriteStartObject("args");
        _json.WriteNumber("outstanding", count);
        End(hasArgs: true);
    }

    private void Begin(string phase, string name, string category, in JournalEvent entry)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteString("name", name);
        _json.WriteString("cat", category);
        _json.WriteNumber("pid", entry.Node + 1);
        _json.WriteNumber("tid", _tracks[(entry.Node, entry.To)]);
        Time("ts", entry.Time);
    }

    private void End(bool hasArgs)
    {
        if (hasArgs)
            _json.WriteEndObject();
        _json.WriteEndObject();
    }

    // Microseconds with three decimals: exact to the nanosecond, which a double is not for long.
    private void Time(string name, long nanoseconds)
    {
        _json.WritePropertyName(name);
        var (micro, nano) = Math.DivRem(nanoseconds, 1000);
        _json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $"{micro}.{nano:000}"), skipInputValidation: true);
    }
}

using ScsiActors.Journal;
using ScsiActors.Messages;

namespace ScsiActors.Host.Simulate.Html;

/// <summary>The requests that a queue or a disk has, as bars on their tracks.</summary>
/// <param name="tracks">Where to.</param>
internal sealed class StorageBars(RunTracks tracks)
{
    /// <summary>Adds those of a journal.</summary>
    public void Add(IReadOnlyList<JournalEvent> events, int[] groups)
    {
        var open = new Dictionary<(string From, string To, ulong Id), int>();
        for (var i = 0; i < events.Count; i++)
        {
            var entry = events[i];
            switch (entry.Kind.Name)
            {
                case nameof(AioRead) or nameof(AioWrite) or nameof(AioFlush) or nameof(AioUnmap):
                    open[(entry.From, entry.To, entry.Value)] = i;
                    break;
                case nameof(AioCompleted) when open.Remove((entry.To, entry.From, entry.Value), out var first):
                    tracks.Add(entry.From, i, groups[first], events[first].Kind.Name, [((int)CommandStage.Storage, first)]);
                    break;
            }
        }
        foreach (var first in open.Values)
            tracks.Add(events[first].To, events.Count - 1, groups[first], events[first].Kind.Name, [((int)CommandStage.Storage, first)]);
    }
}

/// <summary>The connections of a bus, from selection or reselection until it is free again, and the interrupts of an adapter, as bars on their
/// tracks.</summary>
/// <param name="tracks">Where to.</param>
internal sealed class BusBars(RunTracks tracks)
{
    private const string Bus = "bus";
    private const string Adapter = "adapter";
    private const string Free = "FREE";

    private readonly Dictionary<long, Connection> _open = [];

    private sealed class Connection(int group)
    {
        public int Group => group;
        public List<(int Stage, int First)> Stages { get; } = [];
        public bool EndsFree { get; set; }
    }

    /// <summary>Adds those of a journal.</summary>
    public void Add(IReadOnlyList<JournalEvent> events, int[] groups)
    {
        var interrupt = -1;
        for (var i = 0; i < events.Count; i++)
        {
            var entry = events[i];
            switch (entry.Kind.Name)
            {
                case nameof(CommandMoved) or nameof(ReselectionRequested):
                    Close(entry.Offset, i);
                    _open.Add(entry.Offset, new Connection(groups[i]) { Stages = { ((int)CommandStage.Bus, i) } });
                    Announce(in entry, i);
                    break;
                case nameof(TargetPhases):
                    Announce(in entry, i);
                    break;
                case nameof(DataPhaseEnded) when _open.TryGetValue(entry.Offset, out var connection) && connection.EndsFree:
                case nameof(ConnectionDropped) or nameof(ConnectionWithdrawn):
                    Close(entry.Offset, i);
                    break;
                case nameof(InterruptLine) when (entry.Flags & EventFlags.On) != 0:
                    interrupt = interrupt < 0 ? i : interrupt;
                    break;
                case nameof(InterruptLine) when interrupt >= 0:
                    tracks.Add(Adapter, i, groups[interrupt], "interrupt", [(RunTracks.InterruptStage, interrupt)]);
                    interrupt = -1;
                    break;
            }
        }
        foreach (var connection in _open.Keys.ToList())
            Close(connection, events.Count - 1);
    }

    private void Announce(in JournalEvent entry, int index)
    {
        if (!_open.TryGetValue(entry.Offset, out var connection))
            return;
        var text = entry.Text;
        var stage = text.Contains(" DO ", StringComparison.Ordinal) ? CommandStage.DataOut
            : text.Contains(" DI ", StringComparison.Ordinal) ? CommandStage.DataIn
            : text.Contains(" ST ", StringComparison.Ordinal) ? CommandStage.Status : CommandStage.Bus;
        if (connection.Stages[^1].Stage != (int)stage)
            connection.Stages.Add(((int)stage, index));
        connection.EndsFree = text.EndsWith(Free, StringComparison.Ordinal);
        if (connection.EndsFree && stage is not (CommandStage.DataIn or CommandStage.DataOut))
            Close(entry.Offset, index);
    }

    private void Close(long number, int index)
    {
        if (_open.Remove(number, out var connection))
            tracks.Add(Bus, index, connection.Group, "connection", connection.Stages);
    }
}

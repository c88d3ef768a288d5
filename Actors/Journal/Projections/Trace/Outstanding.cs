using System.Collections.Frozen;
using ScsiActors.Messages;

namespace ScsiActors.Journal;

/// <summary>Counts what each actor has been asked for and has not answered yet: commands at a driver or port, tasks in a task set, requests at a queue and at
/// storage.</summary>
internal sealed class Outstanding
{
    // What asks, and the kind of counter it belongs to; what answers likewise.
    private static readonly FrozenDictionary<string, string> Asking = new Dictionary<string, string>
    {
        [nameof(ExecuteCommand)] = nameof(ExecuteCommand), [nameof(ScsiCommandReceived)] = nameof(ScsiCommandReceived),
        [nameof(AioRead)] = nameof(AioRead), [nameof(AioWrite)] = nameof(AioRead), [nameof(AioFlush)] = nameof(AioRead), [nameof(AioUnmap)] = nameof(AioRead),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Answering = new Dictionary<string, string>
    {
        [nameof(CommandExecuted)] = nameof(ExecuteCommand), [nameof(SendCommandComplete)] = nameof(ScsiCommandReceived),
        [nameof(CommandAborted)] = nameof(ScsiCommandReceived), [nameof(AioCompleted)] = nameof(AioRead),
    }.ToFrozenDictionary();

    // An actor that never answers passes on what it is asked, and has nothing outstanding.
    private readonly HashSet<(string Kind, string Actor)> _answer = [];
    private readonly Dictionary<(string Kind, string Actor), int> _counts = [];

    public Outstanding(IReadOnlyList<JournalEvent> events)
    {
        foreach (var entry in events)
        {
            if (Answering.TryGetValue(entry.Kind.Name, out var kind))
                _answer.Add((kind, entry.From));
        }
    }

    /// <summary>True for a request to storage.</summary>
    public static bool IsRequest(EventKind kind) => Asking.GetValueOrDefault(kind.Name) == nameof(AioRead);

    /// <summary>The counter that the event changes, and what it then is; null for none.</summary>
    public (string Kind, string Actor, int Count)? Change(in JournalEvent entry)
    {
        var step = 1;
        var actor = entry.To;
        if (!Asking.TryGetValue(entry.Kind.Name, out var kind))
        {
            if (!Answering.TryGetValue(entry.Kind.Name, out kind))
                return null;
            (step, actor) = (-1, entry.From);
        }
        if (!_answer.Contains((kind, actor)))
            return null;
        // What was asked before the journal began is answered in it.
        var count = Math.Max(0, _counts.GetValueOrDefault((kind, actor)) + step);
        _counts[(kind, actor)] = count;
        return (kind, actor, count);
    }
}

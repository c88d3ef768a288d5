namespace ScsiActors.Journal;

/// <summary>On whose behalf queues and storage are asked, which they are not told: by the answers' names, and by what they say where a queue passes them on.</summary>
internal sealed class StorageRequests
{
    private readonly Dictionary<(string From, string To, ulong Id), int> _byName = [];
    // Requests that a queue has, and storage has not yet seen.
    private readonly Dictionary<(string Queue, string Kind, long Offset, long Length), Queue<int>> _waiting = [];

    /// <summary>Whose request it is that a queue passes on; 0 when it is none of a known one.</summary>
    public int TakePassedOn(in JournalEvent entry) =>
        _waiting.TryGetValue((entry.From, entry.Kind.Name, entry.Offset, entry.Length), out var waiting) && waiting.TryDequeue(out var known) ? known : 0;

    /// <summary>A request is on its way to a queue or to storage.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="number">Whose it is.</param>
    public void Add(in JournalEvent entry, int number)
    {
        _byName[(entry.From, entry.To, entry.Value)] = number;
        CommandHistory.QueueOf(_waiting, (entry.To, entry.Kind.Name, entry.Offset, entry.Length)).Enqueue(number);
    }

    /// <summary>Whose request a client has at a queue or at storage under this name; 0 when that is not known.</summary>
    public int Of(string client, string storage, ulong name) => _byName.GetValueOrDefault((client, storage, name));

    /// <summary>Whose request is answered; 0 when that is not known.</summary>
    public int TakeAnswered(in JournalEvent entry) => _byName.Remove((entry.To, entry.From, entry.Value), out var number) ? number : 0;
}

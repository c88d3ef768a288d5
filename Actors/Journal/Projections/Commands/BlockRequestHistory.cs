using System.Collections.Frozen;
using ScsiActors.Messages;

namespace ScsiActors.Journal;

/// <summary>What a journal says of one request to a block device, from its client's request to its answer.</summary>
/// <param name="Number">Its number in the journal, from 1, in the order of arrival.</param>
/// <param name="Operation">What was asked for.</param>
internal sealed record BlockRequestStory(int Number, BlockOperation Operation)
{
    /// <summary>The index of its first event.</summary>
    public int First { get; init; }

    /// <summary>The index of its answer; of its last event while it has none.</summary>
    public int Last { get; set; }

    /// <summary>True when storage has been asked for it.</summary>
    public bool IsAtStorage { get; set; }

    /// <summary>True when it has been answered.</summary>
    public bool IsAnswered { get; set; }
}

/// <summary>Which event belongs to which request to a block device: by the client's name for it, by causes where the journal has them, and by what is asked of
/// storage. A notification between driver and device may be for several requests; it belongs to the one that caused it.</summary>
internal sealed class BlockRequestHistory
{
    private static readonly FrozenDictionary<BlockOperation, string[]> AtStorage = new Dictionary<BlockOperation, string[]>
    {
        [BlockOperation.Read] = [nameof(AioRead)], [BlockOperation.Write] = [nameof(AioWrite)], [BlockOperation.Flush] = [nameof(AioFlush)],
        [BlockOperation.Discard] = [nameof(AioUnmap)], [BlockOperation.WriteZeroes] = [nameof(AioUnmap), nameof(AioWrite)],
    }.ToFrozenDictionary();

    private readonly CommandHistory _commands;
    private readonly int[] _numbers;
    private readonly List<BlockRequestStory> _requests = [];
    private readonly Dictionary<(string Client, long Id), int> _byClient = [];
    private readonly StorageRequests _storage = new();
    // Requests that storage has not been asked for yet, by what it will be asked.
    private readonly Dictionary<(string Kind, long Offset, long Length), Queue<int>> _untraced = [];

    /// <summary>Follows the requests through <paramref name="events"/>, leaving out what belongs to <paramref name="commands"/>.</summary>
    public BlockRequestHistory(IReadOnlyList<JournalEvent> events, CommandHistory commands)
    {
        (_commands, _numbers) = (commands, new int[events.Count]);
        for (var i = 0; i < events.Count; i++)
        {
            var entry = events[i];
            _numbers[i] = commands.Of(i) is null ? NumberOf(in entry, i) : 0;
            if (_numbers[i] == 0)
                continue;
            var request = _requests[_numbers[i] - 1];
            if (!request.IsAnswered)
                request.Last = i;
            request.IsAnswered |= entry.Kind.Name == nameof(BlockRequestExecuted);
        }
    }

    /// <summary>The request that event <paramref name="index"/> belongs to; null for none.</summary>
    public BlockRequestStory? Of(int index) => _numbers[index] == 0 ? null : _requests[_numbers[index] - 1];

    private int NumberOf(in JournalEvent entry, int index) => entry.Kind.Name switch
    {
        nameof(ExecuteBlockRequest) => OfClient(in entry, index),
        nameof(BlockRequestExecuted) => _byClient.Remove((entry.To, entry.CommandId), out var number) ? number : 0,
        nameof(AioRead) or nameof(AioWrite) or nameof(AioFlush) or nameof(AioUnmap) => ToStorage(in entry, index),
        nameof(AioCancel) => _storage.Of(entry.From, entry.To, entry.Value),
        nameof(AioCompleted) => _storage.TakeAnswered(in entry),
        _ => OfCause(index),
    };

    private int OfClient(in JournalEvent entry, int index)
    {
        // Passed on, as by the root of the subsystem, it keeps its sender and its id.
        if (_byClient.TryGetValue((entry.From, entry.CommandId), out var number))
            return number;
        var operation = (BlockOperation)entry.Code;
        _requests.Add(new BlockRequestStory(_requests.Count + 1, operation) { First = index, Last = index });
        _byClient.Add((entry.From, entry.CommandId), _requests.Count);
        foreach (var kind in AtStorage.GetValueOrDefault(operation, []))
            CommandHistory.QueueOf(_untraced, (kind, entry.Offset, entry.Length)).Enqueue(_requests.Count);
        return _requests.Count;
    }

    private int ToStorage(in JournalEvent entry, int index)
    {
        var number = _storage.TakePassedOn(in entry);
        if (number == 0)
            number = TakeUntraced(in entry);
        if (number == 0)
            number = OfCause(index);
        if (number == 0)
            return 0;
        _requests[number - 1].IsAtStorage = true;
        _storage.Add(in entry, number);
        return number;
    }

    private int TakeUntraced(in JournalEvent entry)
    {
        if (!_untraced.TryGetValue((entry.Kind.Name, entry.Offset, entry.Length), out var waiting))
            return 0;
        while (waiting.TryDequeue(out var number))
        {
            if (_requests[number - 1] is { IsAtStorage: false, IsAnswered: false })
                return number;
        }
        return 0;
    }

    private int OfCause(int index) => _commands.CauseOf(index) is var cause and >= 0 ? _numbers[cause] : 0;
}

using System.Collections.Frozen;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Journal;

// How each kind of message is known to belong to a command.
public sealed partial class CommandHistory
{
    private static readonly FrozenDictionary<string, Follower> Followers = new Dictionary<string, Follower>
    {
        [nameof(ExecuteCommand)] = static (h, in e, i) => h.OfClient(in e, i),
        [nameof(CommandExecuted)] = static (h, in e, i) => h.Answered(in e, i),
        [nameof(CommandMoved)] = static (h, in e, i) => h.OnBus(in e, i),
        [nameof(TargetPhases)] = static (h, in e, i) => h.Presented(in e, i),
        [nameof(MessageOutMoved)] = static (h, in e, i) => h.OfConnection(in e, i),
        [nameof(DataPhaseEnded)] = static (h, in e, i) => h.OfConnection(in e, i),
        [nameof(ConnectionDropped)] = static (h, in e, i) => h.GivenUp(in e, i),
        [nameof(ConnectionWithdrawn)] = static (h, in e, i) => h.GivenUp(in e, i),
        [nameof(ReselectionRequested)] = static (h, in e, i) => h.Reselected(in e, i),
        [nameof(ScsiCommandReceived)] = static (h, in e, i) => h.Received(in e, i),
        [nameof(SendDataIn)] = static (h, in e, i) => h.OfNexus(in e, i),
        [nameof(DataInDelivered)] = static (h, in e, i) => h.OfNexus(in e, i),
        [nameof(ReceiveDataOut)] = static (h, in e, i) => h.OfNexus(in e, i),
        [nameof(DataOutReceived)] = static (h, in e, i) => h.OfNexus(in e, i),
        [nameof(TaskManagementRequestReceived)] = static (h, in e, i) => h.OfNexus(in e, i),
        [nameof(SendCommandComplete)] = static (h, in e, i) => h.Completed(in e, i),
        [nameof(CommandAborted)] = static (h, in e, i) => h.Completed(in e, i),
        [nameof(AioRead)] = static (h, in e, i) => h.ToStorage(in e, i),
        [nameof(AioWrite)] = static (h, in e, i) => h.ToStorage(in e, i),
        [nameof(AioFlush)] = static (h, in e, i) => h.ToStorage(in e, i),
        [nameof(AioUnmap)] = static (h, in e, i) => h.ToStorage(in e, i),
        [nameof(AioCancel)] = static (h, in e, i) => h.Cancelled(in e, i),
        [nameof(AioCompleted)] = static (h, in e, i) => h.FromStorage(in e, i),
    }.ToFrozenDictionary();

    private readonly Dictionary<(string Client, long Id), int> _byClient = [];
    private readonly Dictionary<ItlqNexus, int> _byNexus = [];
    private readonly HashSet<int> _atUnits = [];
    private readonly Dictionary<long, int> _byConnection = [];
    private readonly Dictionary<(int Target, int Lun, long Tag), int> _byBusTag = [];
    private readonly StorageRequests _storage = new();
    // Commands that have not yet been seen beyond their port, by what they say.
    private readonly Dictionary<(int Target, int Lun, string Cdb), Queue<int>> _untraced = [];

    private delegate int Follower(CommandHistory history, in JournalEvent entry, int index);

    // A command that is passed on, as by the root of the subsystem to its port, keeps its sender and its id.
    private int OfClient(in JournalEvent entry, int index)
    {
        if (_byClient.TryGetValue((entry.From, entry.CommandId), out var number) && !_commands[number - 1].IsAnswered)
            return number;
        number = Begin(in entry, index);
        _commands[number - 1].Id = (ulong)entry.CommandId;
        _byClient[(entry.From, entry.CommandId)] = number;
        QueueOf(_untraced, Words(in entry)).Enqueue(number);
        return number;
    }

    private int Answered(in JournalEvent entry, int index)
    {
        if (!_byClient.Remove((entry.To, entry.CommandId), out var number))
            return 0;
        End(number, in entry, index);
        return number;
    }

    private int OnBus(in JournalEvent entry, int index)
    {
        var number = TakeUntraced(in entry);
        if (number == 0)
            number = Begin(in entry, index);
        _byConnection[entry.Offset] = number;
        _byBusTag[(entry.Target, entry.Lun, entry.Tag)] = number;
        return number;
    }

    private int Received(in JournalEvent entry, int index)
    {
        if (_byNexus.TryGetValue(entry.Nexus, out var number))
            return number;
        // From a bus: it has been seen there, under the same tag.
        if (!_byBusTag.TryGetValue((entry.Target, entry.Lun, entry.Tag), out number) || !IsSame(number, in entry))
            number = TakeUntraced(in entry);
        if (number == 0)
            number = Begin(in entry, index);
        _byNexus.Add(entry.Nexus, number);
        _atUnits.Add(number);
        return number;
    }

    private int Completed(in JournalEvent entry, int index)
    {
        if (!_byNexus.Remove(entry.Nexus, out var number))
            return OfCause(index);
        // A client outside the dispatcher, one that asks for instance, is never seen to be answered: until it is, the status is the answer.
        End(number, in entry, index);
        return number;
    }

    private int OfNexus(in JournalEvent entry, int index) => _byNexus.TryGetValue(entry.Nexus, out var number) ? number : OfCause(index);

    private int OfConnection(in JournalEvent entry, int index) =>
        _byConnection.TryGetValue(entry.Offset, out var number) ? number : OfCause(index);

    private int Presented(in JournalEvent entry, int index)
    {
        var number = OfConnection(in entry, index);
        if (IsOfBusAlone(number) && BusSteps.StatusOf(entry.Bytes.Span) is { } status)
        {
            _commands[number - 1].Status = status;
            End(number, in entry, index);
        }
        return number;
    }

    private int GivenUp(in JournalEvent entry, int index)
    {
        var number = OfConnection(in entry, index);
        if (IsOfBusAlone(number))
        {
            _commands[number - 1].Outcome = CommandOutcome.Aborted;
            End(number, in entry, index);
        }
        return number;
    }

    // A driver's own, which its target answers for a logical unit: no client is told, and no logical unit.
    private bool IsOfBusAlone(int number) =>
        number != 0 && _commands[number - 1] is { Id: null, IsAnswered: false } && !_atUnits.Contains(number);

    private int Reselected(in JournalEvent entry, int index)
    {
        if (!_byBusTag.TryGetValue((entry.Target, entry.Lun, entry.Tag), out var number))
            number = OfCause(index);
        if (number != 0)
            _byConnection[entry.Offset] = number;
        return number;
    }

    private int ToStorage(in JournalEvent entry, int index)
    {
        var number = _storage.TakePassedOn(in entry) is > 0 and var known ? known : OfCause(index);
        if (number != 0)
            _storage.Add(in entry, number);
        return number;
    }

    private int FromStorage(in JournalEvent entry, int index) => _storage.TakeAnswered(in entry) is > 0 and var number ? number : OfCause(index);

    private int Cancelled(in JournalEvent entry, int index) =>
        _storage.Of(entry.From, entry.To, entry.Value) is > 0 and var number ? number : OfCause(index);

    private int TakeUntraced(in JournalEvent entry) =>
        _untraced.TryGetValue(Words(in entry), out var waiting) && waiting.TryDequeue(out var number) ? number : 0;

    private bool IsSame(int number, in JournalEvent entry) => entry.Bytes.Span.SequenceEqual(_commands[number - 1].Cdb);

    private static (int, int, string) Words(in JournalEvent entry) => (entry.Target, entry.Lun, Convert.ToHexString(entry.Bytes.Span));

    internal static Queue<int> QueueOf<TKey>(Dictionary<TKey, Queue<int>> queues, TKey key)
        where TKey : notnull
    {
        if (!queues.TryGetValue(key, out var queue))
            queues.Add(key, queue = new Queue<int>());
        return queue;
    }
}

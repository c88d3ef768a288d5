using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Simulation.Kit;

/// <summary>Knows which request of a kit a message is about: by its id at the client, by its CDB where it passes on to the port, by tag, connection and nexus
/// from there to the logical unit, and by its blocks at storage. The same message always gives the same answer.</summary>
/// <param name="blockSizeOf">Bytes in a block of a logical unit.</param>
internal sealed class RequestTracker(Func<int, int, int> blockSizeOf)
{
    private const byte SynchronizeCache10 = 0x35;
    private const byte SynchronizeCache16 = 0x91;

    private readonly Dictionary<ulong, KitRequest> _byId = [];
    private readonly HashSet<object> _sent = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Port, int Target, int Lun, Cdb Cdb), Queue<KitRequest>> _untraced = [];
    private readonly Dictionary<(int Target, int Lun, int Tag), KitRequest> _byBusTag = [];
    private readonly Dictionary<long, KitRequest> _byConnection = [];
    private readonly Dictionary<ItlqNexus, (ScsiCommandReceived Command, KitRequest? Request)> _byNexus = [];
    private readonly Dictionary<(int Target, int Lun), List<Range>> _atUnit = [];
    private readonly Dictionary<(int Target, int Lun, AioId Id), KitRequest?> _byAio = [];

    /// <summary>What a request may ask of storage.</summary>
    private sealed record Range(KitRequest Request, bool IsVirtio, long First, long End, Type Usually)
    {
        private readonly HashSet<(Type, long)> _asked = [];

        public bool MayAsk(AioRequest request, bool isVirtio, long first, long end) => isVirtio == IsVirtio
            && (request is AioFlush || (first >= First && end <= End)) && !_asked.Contains((request.GetType(), first));

        public void Asked(AioRequest request, long first) => _asked.Add((request.GetType(), first));
    }

    /// <summary>A client is about to send a request.</summary>
    public void Add(KitRequest request) => _byId.Add(request.Id, request);

    /// <summary>The request of an id; null for none.</summary>
    public KitRequest? Find(ulong id) => _byId.GetValueOrDefault(id);

    /// <summary>The request that a message is about; null for none.</summary>
    public KitRequest? Of(string from, string to, object message) => message switch
    {
        ExecuteCommand m => Sent(to, m.Id, m, (m.Target, m.Lun.Number, m.Cdb)),
        ExecuteBlockRequest m => SentToBlockDevice(to, m),
        ExecuteTaskManagement m => Find(m.Id),
        CommandExecuted m => Find(m.Id),
        TaskManagementExecuted m => Find(m.Id),
        BlockRequestExecuted m => Find(m.Id),
        CommandMoved m => Moved(from, m),
        MessageOutMoved m => _byConnection.GetValueOrDefault(m.Connection),
        TargetPhases m => _byConnection.GetValueOrDefault(m.Connection),
        DataPhaseEnded m => _byConnection.GetValueOrDefault(m.Connection),
        ConnectionDropped m => _byConnection.GetValueOrDefault(m.Connection),
        ConnectionWithdrawn m => _byConnection.GetValueOrDefault(m.Connection),
        ReselectionRequested m => Reselected(m),
        ScsiCommandReceived m => Received(from, m),
        SendDataIn m => OfNexus(m.Nexus),
        DataInDelivered m => OfNexus(m.Nexus),
        ReceiveDataOut m => OfNexus(m.Nexus),
        DataOutReceived m => OfNexus(m.Nexus),
        SendCommandComplete m => Ended(m.Nexus),
        CommandAborted m => Ended(m.Nexus),
        TaskManagementRequestReceived { Function: TaskManagementFunction.AbortTask or TaskManagementFunction.QueryTask } m => OfNexus(m.Nexus),
        AioRequest m => ToStorage(from, to, m),
        AioCancel m => OfStorage(from, to, m.Id),
        AioCompleted m => OfStorage(from, to, m.Id),
        _ => null,
    };

    private KitRequest? Sent(string port, ulong id, object message, (int Target, int Lun, Cdb Cdb) words)
    {
        if (Find(id) is { } request && ReferenceEquals(request.Message, message))
        {
            if (_sent.Add(message))
                QueueOf((port, words.Target, words.Lun, words.Cdb)).Enqueue(request);
            return request;
        }
        return null;
    }

    private KitRequest? SentToBlockDevice(string driver, ExecuteBlockRequest message)
    {
        if (Find(message.Id) is { } request && _sent.Add(message))
        {
            var place = FaultPlaceOf(driver);
            var length = Math.Max(message.Data.Length, message.Length);
            UnitOf(place).Add(new Range(request, true, message.Offset, message.Offset + length, message.Operation switch
            {
                BlockOperation.Read => typeof(AioRead),
                BlockOperation.Flush => typeof(AioFlush),
                BlockOperation.Discard => typeof(AioUnmap),
                _ => typeof(AioWrite),
            }));
        }
        return Find(message.Id);
    }

    private KitRequest? Moved(string driver, CommandMoved moved)
    {
        if (_byConnection.TryGetValue(moved.Connection, out var request))
            return request;
        var lun = moved.Selection.Lun.Number;
        var tag = moved.Selection.IsTagged ? moved.Selection.Tag : -1;
        // What the driver asks by itself, sense data for instance, is about the command whose tag it uses.
        request = Take(("driver", moved.Target, lun, moved.Cdb)) ?? _byBusTag.GetValueOrDefault((moved.Target, lun, tag));
        if (request is null)
            return null;
        _byConnection[moved.Connection] = request;
        _byBusTag[(moved.Target, lun, tag)] = request;
        return request;
    }

    private KitRequest? Reselected(ReselectionRequested reselection)
    {
        if (_byBusTag.TryGetValue((reselection.Target, reselection.Lun.Number, reselection.Tag), out var request))
            _byConnection[reselection.Connection] = request;
        return request;
    }

    private KitRequest? Received(string from, ScsiCommandReceived command)
    {
        if (_byNexus.TryGetValue(command.Nexus, out var known) && ReferenceEquals(known.Command, command))
            return known.Request;
        var nexus = command.Nexus;
        var (target, lun) = (nexus.It.TargetPort, nexus.Lun.Number);
        var tag = command.Attribute == TaskAttribute.Untagged ? -1 : (int)nexus.Tag;
        var request = from == "bus" ? _byBusTag.GetValueOrDefault((target, lun, tag)) : Take((from, target, lun, command.Cdb));
        _byNexus[nexus] = (command, request);
        if (request is null)
            return null;
        request.Nexus = nexus;
        var blockSize = blockSizeOf(target, lun);
        if (CommandTable.TryGetBlocks(command.Cdb, out var lba, out var count))
            UnitOf((target, lun)).Add(new Range(request, false, lba * blockSize, (lba + count) * blockSize, UsuallyAskedBy(command.Cdb.OperationCode)));
        return request;
    }

    private KitRequest? OfNexus(in ItlqNexus nexus) => _byNexus.TryGetValue(nexus, out var known) ? known.Request : null;

    private KitRequest? Ended(in ItlqNexus nexus)
    {
        if (OfNexus(nexus) is not { } request)
            return null;
        UnitOf((nexus.It.TargetPort, nexus.Lun.Number)).RemoveAll(range => range.Request == request);
        return request;
    }

    // Storage knows no commands: the oldest that has these bytes and has not yet asked for them.
    private KitRequest? ToStorage(string from, string to, AioRequest message)
    {
        var place = PlaceOfStorage(from, to);
        if (_byAio.TryGetValue((place.Target, place.Lun, message.Id), out var known))
            return known;
        var (first, end) = message switch
        {
            AioRead m => (m.Offset, m.Offset + m.Data.Length),
            AioWrite m => (m.Offset, m.Offset + m.Data.Length),
            AioUnmap m => (m.Offset, m.Offset + m.Length),
            _ => (0, 0),
        };
        var isVirtio = from.EndsWith("-virtio-blk", StringComparison.Ordinal);
        var candidates = UnitOf(place).FindAll(range => range.MayAsk(message, isVirtio, first, end));
        var range = candidates.Find(range => range.Usually == message.GetType()) ?? candidates.FirstOrDefault();
        range?.Asked(message, first);
        _byAio.Add((place.Target, place.Lun, message.Id), range?.Request);
        return range?.Request;
    }

    private static Type UsuallyAskedBy(byte operationCode) =>
        operationCode is SynchronizeCache10 or SynchronizeCache16 ? typeof(AioFlush)
        : FaultCommands.HasDataIn(operationCode) ? typeof(AioRead)
        : FaultCommands.HasDataOut(operationCode) ? typeof(AioWrite) : typeof(AioRequest);

    private KitRequest? OfStorage(string from, string to, AioId id)
    {
        var place = PlaceOfStorage(from, to);
        return _byAio.GetValueOrDefault((place.Target, place.Lun, id));
    }

    private KitRequest? Take((string, int, int, Cdb) words) => _untraced.TryGetValue(words, out var waiting) && waiting.TryDequeue(out var request) ? request : null;

    private Queue<KitRequest> QueueOf((string, int, int, Cdb) words)
    {
        if (!_untraced.TryGetValue(words, out var queue))
            _untraced.Add(words, queue = new Queue<KitRequest>());
        return queue;
    }

    private List<Range> UnitOf((int Target, int Lun) place)
    {
        if (!_atUnit.TryGetValue(place, out var ranges))
            _atUnit.Add(place, ranges = []);
        return ranges;
    }

    private static (int Target, int Lun) PlaceOfStorage(string from, string to) =>
        FaultPlaceOf(from) is { Target: >= 0 } place ? place : FaultPlaceOf(to);

    private static (int Target, int Lun) FaultPlaceOf(string name) => FaultPlace.Of(name) is { } place && name.Length > 0 ? (place.Target, place.Lun) : (-1, -1);
}

using System.Collections.Immutable;
using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Follows the requests of a run and counts the cells that they end in: what was asked for, how it ended, where it was then, what the bus had shown and
/// which fault had hit it.</summary>
/// <param name="blockSize">Bytes in a block.</param>
internal sealed class RunCoverage(int blockSize)
{
    private sealed class Request(uint operation, int target, int lun, Cdb cdb)
    {
        public uint Operation => operation;
        public int Target => target;
        public int Lun => lun;
        public Cdb Cdb => cdb;
        public BlockCommand Blocks { get; } = BlockCommand.Of(cdb);
        public string Unit { get; set; } = "";
        public CoveredState State { get; set; }
        public BusPhase? Phase { get; set; }
        public (CoveredState State, BusPhase? Phase)? Hit { get; private set; }
        public (FaultWhat, FaultWhere)? Fault { get; set; }

        /// <summary>What comes first counts: the fault that hits it, or its end in the task set.</summary>
        public void SetHit() => Hit ??= (State, Phase);
    }

    private const int Untagged = -1;

    private readonly Dictionary<ulong, int> _cells = [];
    private readonly Dictionary<ulong, Request> _byId = [];
    // Sent by their clients, and not seen beyond the port yet.
    private readonly List<Request> _atPort = [];
    private readonly Dictionary<long, Request> _byConnection = [];
    private readonly Dictionary<(int Target, int Lun, int Tag), Request> _byTag = [];
    private readonly Dictionary<ItlqNexus, Request> _tasks = [];
    private int _faultsSeen;

    /// <summary>The cells and how many requests ended in each; those that are still outstanding count as never answered.</summary>
    public IReadOnlyList<(CoverageCell Cell, int Count)> Cells()
    {
        var cells = new Dictionary<ulong, int>(_cells);
        foreach (var request in _byId.Values)
            Count(cells, request, CoverageCell.NeverAnswered);
        return [.. cells.Select(static pair => (new CoverageCell(pair.Key), pair.Value))];
    }

    /// <summary>A message was sent; faults that have acted before it are known by now.</summary>
    public void Observe(in Observed seen, FaultLedger? ledger)
    {
        for (; _faultsSeen < (ledger?.Injections.Count ?? 0); _faultsSeen++)
            Injected(ledger!.Injections[_faultsSeen]);
        switch (seen.Message)
        {
            case ExecuteCommand command when Parties.IsClient(seen.From):
                var sent = new Request(CoverageCell.OperationOf(command.Cdb), command.Target, command.Lun.Number, command.Cdb);
                _byId[command.Id] = sent;
                _atPort.Add(sent);
                break;
            case CommandExecuted executed when Parties.IsClient(seen.To):
                Answered(executed.Id, CoverageCell.EndingOf(executed));
                break;
            case CommandMoved moved:
                Moved(moved);
                break;
            case TargetPhases phases when _byConnection.TryGetValue(phases.Connection, out var request):
                request.Phase = LastOf(phases.Steps);
                break;
            case ReselectionRequested reselection when _byTag.TryGetValue((reselection.Target, reselection.Lun.Number, reselection.Tag), out var request):
                _byConnection[reselection.Connection] = request;
                request.Phase = LastOf(reselection.Steps);
                break;
            case ScsiCommandReceived received when Parties.IsLogicalUnit(seen.To):
                Received(received, seen.To);
                break;
            case ReceiveDataOut receive when _tasks.TryGetValue(receive.Nexus, out var request):
                request.State = CoveredState.DataOut;
                break;
            case SendDataIn send when _tasks.TryGetValue(send.Nexus, out var request):
                request.State = CoveredState.DataIn;
                break;
            case AioRequest storage when Parties.IsLogicalUnit(seen.From):
                ToStorage(storage, seen.From);
                break;
            case SendCommandComplete complete when _tasks.Remove(complete.Nexus, out var request):
                End(request, CoveredState.Status);
                break;
            case CommandAborted aborted when _tasks.Remove(aborted.Nexus, out var request):
                End(request, CoveredState.Aborted);
                break;
            default:
                Others(seen);
                break;
        }
    }

    private void Others(in Observed seen)
    {
        switch (seen.Message)
        {
            case ExecuteTaskManagement function when Parties.IsClient(seen.From):
                _byId[function.Id] = new Request(CoverageCell.OperationOf(function.Function), function.Target, function.Lun.Number, default);
                break;
            case TaskManagementRequestReceived received when Parties.IsLogicalUnit(seen.To):
                FunctionReceived(received, seen.To);
                break;
            case TaskManagementExecuted executed when Parties.IsClient(seen.To):
                Answered(executed.Id, (uint)executed.Response);
                break;
            case ExecuteBusReset reset when Parties.IsClient(seen.From):
                _byId[reset.Id] = new Request(CoverageCell.BusReset, 0, 0, default);
                break;
            case BusResetExecuted executed when Parties.IsClient(seen.To):
                Answered(executed.Id, 0);
                break;
            case ExecuteBlockRequest request when Parties.IsClient(seen.From):
                _byId[request.Id] = new Request(CoverageCell.OperationOf(request.Operation), 0, 0, default);
                break;
            case BlockRequestExecuted executed when Parties.IsClient(seen.To):
                Answered(executed.Id, (uint)executed.Status);
                break;
        }
    }

    private void Moved(CommandMoved moved)
    {
        var lun = moved.Selection.Lun.Number;
        if (TakeFromPort(moved.Target, lun, moved.Cdb) is not { } request)
            return;
        request.Phase = BusPhase.Command;
        _byConnection[moved.Connection] = request;
        _byTag[(moved.Target, lun, moved.Selection.IsTagged ? moved.Selection.Tag : Untagged)] = request;
    }

    private void Received(ScsiCommandReceived received, string unit)
    {
        var nexus = received.Nexus;
        var (target, lun) = (nexus.It.TargetPort, nexus.Lun.Number);
        // From a bus it has been seen there, under the same tag.
        var tag = nexus.Tag <= byte.MaxValue ? (int)nexus.Tag : Untagged;
        if (!_byTag.TryGetValue((target, lun, tag), out var request) || !request.Cdb.Equals(received.Cdb) || request.State != CoveredState.Outside)
            request = TakeFromPort(target, lun, received.Cdb);
        if (request is null)
            return;
        (request.Unit, request.State) = (unit, CoveredState.Waiting);
        _tasks[nexus] = request;
    }

    // Storage is not told whose request it is: that of the first task which waits for these blocks.
    private void ToStorage(AioRequest storage, string unit)
    {
        var lba = storage switch
        {
            AioRead read => read.Offset / blockSize, AioWrite write => write.Offset / blockSize, AioUnmap unmap => unmap.Offset / blockSize, _ => -1,
        };
        foreach (var task in _tasks.Values)
        {
            if (task.State is CoveredState.Waiting or CoveredState.DataOut && ReferenceEquals(task.Unit, unit)
                && (lba < 0 ? !task.Blocks.Writes && task.Blocks.Use != BlockUse.Read : MayBeAt(task.Blocks, lba, storage)))
            {
                task.State = CoveredState.Storage;
                return;
            }
        }
    }

    private static bool MayBeAt(in BlockCommand blocks, long lba, AioRequest storage) => blocks.Use == BlockUse.Unmap ? storage is AioUnmap
        : lba >= blocks.Lba && lba < blocks.Lba + Math.Max(1, blocks.Use == BlockUse.WriteSame && blocks.Count == 0 ? long.MaxValue - blocks.Lba : blocks.Count);

    private void FunctionReceived(TaskManagementRequestReceived received, string unit)
    {
        var operation = CoverageCell.OperationOf(received.Function);
        var isAbort = received.Function is TaskManagementFunction.AbortTask or TaskManagementFunction.QueryTask;
        var hit = isAbort ? _tasks.GetValueOrDefault(received.Nexus)
            : _tasks.Values.Where(task => ReferenceEquals(task.Unit, unit)).MaxBy(static task => task.State);
        if (hit is null)
            return;
        foreach (var request in _byId.Values)
        {
            if (request.Operation == operation && request.State == CoveredState.Outside && request.Target == received.Nexus.It.TargetPort)
            {
                (request.State, request.Phase) = (hit.State, hit.Phase);
                return;
            }
        }
    }

    private void Injected(FaultInjection injection)
    {
        var (hit, fault) = (injection.Hit, (injection.Rule.What.What, injection.Rule.Where));
        if (hit.Nexus is { } nexus && _tasks.TryGetValue(nexus, out var task))
        {
            Mark(task, fault);
            return;
        }
        var isAny = false;
        foreach (var request in _byId.Values)
        {
            if ((hit.Target >= 0 && request.Target != hit.Target) || (hit.Lun >= 0 && request.Lun != hit.Lun) || (hit.Cdb is { } cdb && !request.Cdb.Equals(cdb)))
                continue;
            Mark(request, fault);
            isAny = true;
            if (hit.Cdb is not null)
                return;
        }
        if (!isAny)
            Count(_cells, new CoverageCell(CoverageCell.NoOperation, 0, CoveredState.Outside, null, fault).Key);
    }

    private static void Mark(Request request, (FaultWhat, FaultWhere) fault)
    {
        request.SetHit();
        request.Fault ??= fault;
    }

    private static void End(Request request, CoveredState state)
    {
        request.SetHit();
        request.State = state;
    }

    private void Answered(ulong id, uint ending)
    {
        if (!_byId.Remove(id, out var request))
            return;
        _atPort.Remove(request);
        Count(_cells, request, ending);
    }

    private static void Count(Dictionary<ulong, int> cells, Request request, uint ending)
    {
        var (state, phase) = request.Hit ?? (request.State, request.Phase);
        Count(cells, new CoverageCell(request.Operation, ending, state, phase, request.Fault).Key);
    }

    private static void Count(Dictionary<ulong, int> cells, ulong key) => cells[key] = cells.GetValueOrDefault(key) + 1;

    private Request? TakeFromPort(int target, int lun, in Cdb cdb)
    {
        for (var i = 0; i < _atPort.Count; i++)
        {
            var request = _atPort[i];
            if (request.Target != target || request.Lun != lun || !request.Cdb.Equals(cdb))
                continue;
            _atPort.RemoveAt(i);
            return request;
        }
        return null;
    }

    private static BusPhase LastOf(ImmutableArray<PhaseStep> steps) => steps.IsDefaultOrEmpty ? BusPhase.Undecided : steps[^1].Phase;
}

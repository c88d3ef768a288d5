using System.Collections.Immutable;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi.Bus;

/// <summary>The targets' end of the bus: turns connections into SAM services and back. It decides when a command disconnects, asks for the bus when
/// its data or status is ready, and says in one message which phases come next, so that a read costs the initiator two messages sent and three
/// received. The README beside this file shows the sequences.</summary>
internal sealed partial class ParallelBus(BusParameters parameters, IBusPorts ports)
{
    private const int MostKept = 1024;
    private const byte SaveDataPointer = 0x02;
    private const byte Disconnect = 0x04;
    private const byte CommandComplete = 0x00;
    private const byte SimpleQueueTag = 0x20;

    private static readonly ImmutableArray<PhaseStep> Disconnects =
        [PhaseStep.MessageIn(SaveDataPointer, Disconnect), PhaseStep.BusFree];

    private static readonly ImmutableArray<PhaseStep> CompletesGood =
        [PhaseStep.Status(ScsiStatus.Good), PhaseStep.MessageIn(CommandComplete), PhaseStep.BusFree];

    private static readonly ImmutableArray<PhaseStep> CompletesFull =
        [PhaseStep.Status(ScsiStatus.TaskSetFull), PhaseStep.MessageIn(CommandComplete), PhaseStep.BusFree];

    private readonly NexusTable _nexuses = new();
    private readonly ImmutableArray<PhaseStep>[] _goodReselections = new ImmutableArray<PhaseStep>[NexusTable.SlotsPerTarget];
    private readonly Stack<BusRequest> _kept = new();
    private readonly List<BusRequest> _affected = [];
    private readonly DataBufferPool _tooLate = new(long.MaxValue, 1 << 20);
    private BusRequest? _latest;

    // The command that is connected, may disconnect, and has no answer yet.
    private BusRequest? _idle;

    // Buffers the initiator has. Those of a connection it has not granted yet are what a command in its way might be waiting for.
    private int _lent;
    private ushort _present;
    private uint _epoch;
    private long _reselections;

    /// <summary>Commands that have arrived and have no status yet; for tests and reports.</summary>
    public int Outstanding { get; private set; }

    public void Handle(TargetPresence message)
    {
        var bit = (ushort)(1 << message.Id);
        _present = (ushort)(message.IsPresent ? _present | bit : _present & ~bit);
        ports.Send(new TargetsPresent(_present));
    }

    // ---- from the initiator

    public void Handle(CommandMoved message)
    {
        var selection = _opened.Connection == message.Connection ? _opened.Selection : message.Selection;
        _opened = default;
        if ((_present >> message.Target & 1) == 0)
        {
            // The target left after the initiator had selected it.
            ports.Send(new ConnectionWithdrawn(message.Connection));
            return;
        }
        if (!selection.MayDisconnect && DisconnectPolicy.Of(message.Cdb) == CommandWork.Exclusive && _nexuses.HasActive(message.Target, selection.Lun.Number))
        {
            // It would keep the bus, and wait for those that need it: it does not get into the task set (SAM-5 5.3.1).
            ports.Send(new TargetPhases(message.Connection, CompletesFull));
            return;
        }
        var slot = NexusTable.SlotOf(message.Target, selection.Lun.Number, selection.IsTagged ? selection.Tag : -1);
        var request = Begin(slot, selection, message);
        if (selection.MayDisconnect && (ShouldDisconnect(message.Cdb) || (parameters.YieldsToOthers && _lent > 0)))
            Queue(request);
        else if (selection.MayDisconnect && parameters.YieldsToOthers)
            _idle = request;
        var received = new ScsiCommandReceived(request.Nexus, message.Cdb, AttributeOf(selection),
            ScsiCommandReceived.UnknownLength, ScsiCommandReceived.UnknownLength, Autosense: false);
        if (FindActive(request.Nexus) is { IsAborting: true } older && older != request)
            request.Deferred = received;
        else
            ports.Deliver(received);
    }

    /// <summary>Disconnects a command before anything else has happened to it.</summary>
    private void Queue(BusRequest request)
    {
        request.IsConnected = false;
        request.IsQueued = true;
        ports.Send(new TargetPhases(request.Connection, Disconnects));
    }

    private bool ShouldDisconnect(in Cdb cdb) => DisconnectPolicy.Of(cdb) switch
    {
        CommandWork.Long or CommandWork.Exclusive => true,
        CommandWork.LongWrite => parameters.QueueWrites,
        _ => false,
    };

    private TaskAttribute AttributeOf(SelectionMessage selection) => selection.Queue switch
    {
        0 => TaskAttribute.Untagged,
        0x21 when parameters.HonourTaskAttributes => TaskAttribute.HeadOfQueue,
        0x22 when parameters.HonourTaskAttributes => TaskAttribute.Ordered,
        _ => TaskAttribute.Simple,
    };

    private BusRequest Begin(int slot, SelectionMessage selection, CommandMoved message)
    {
        var request = _kept.TryPop(out var kept) ? kept : new BusRequest();
        var nexus = new ItlqNexus(Nexus(message.Target), selection.Lun, (ulong)(slot - NexusTable.SlotOf(message.Target, selection.Lun.Number, 0)));
        request.Begin(nexus, slot, message.Connection);
        _latest = request;
        Outstanding++;
        ref var oldest = ref _nexuses[slot];
        if (oldest is { IsDone: true, HoldsBuffers: false } done)
        {
            oldest = done.Younger;
            Keep(done);
        }
        if (oldest is null)
        {
            oldest = request;
            return request;
        }
        var last = oldest;
        while (last.Younger is { } younger)
            last = younger;
        last.Younger = request;
        return request;
    }

    private ItNexus Nexus(int target) => new(parameters.InitiatorId, parameters.FirstTargetPort + target);

    /// <summary>The initiator has moved the data of a phase, or given it up: the buffer goes back to the logical unit.</summary>
    public void Handle(DataPhaseEnded message)
    {
        if (Find(message.Connection) is not { } request)
            return;
        Return(request, message.Moved);
    }

    private void Return(BusRequest request, bool moved)
    {
        if (request.EndsAfterData)
        {
            request.EndsAfterData = false;
            request.IsConnected = false;
        }
        if (request.HoldsBuffers)
            _lent--;
        if (request.TooLate is { } tooLate)
        {
            request.TooLate = null;
            _tooLate.Return(tooLate);
        }
        else if (request.LentIn > 0)
        {
            request.LentIn--;
            ports.Deliver(new DataInDelivered(request.Nexus, request.Task, moved));
        }
        else if (request.LentOut > 0)
        {
            request.LentOut--;
            ports.Deliver(new DataOutReceived(request.Nexus, request.Task, moved));
        }
        if (request.HeldStatus is { } status)
        {
            request.HeldStatus = null;
            Complete(request, status);
        }
        else if (request.IsDone && request.IsAborting && !request.HoldsBuffers)
        {
            Remove(request);
        }
    }

    // ---- from the logical units

    public void Handle(SendDataIn message)
    {
        if (FindActive(message.Nexus) is not { IsAborting: false } request)
        {
            ports.Deliver(new DataInDelivered(message.Nexus, message.Task, Delivered: false));
            return;
        }
        request.LentIn++;
        _lent++;
        request.Task = message.Task;
        Present(request, PhaseStep.DataIn(message.Buffer, message.Count));
    }

    public void Handle(ReceiveDataOut message)
    {
        if (FindActive(message.Nexus) is not { IsAborting: false } request)
        {
            ports.Deliver(new DataOutReceived(message.Nexus, message.Task, Received: false));
            return;
        }
        _lent++;
        var step = PhaseStep.DataOut(message.Buffer, message.Count);
        if (request.IsQueued && parameters.BugSubmitBeforeData)
        {
            request.TooLate = _tooLate.TryRent(message.Count);
            step = PhaseStep.DataOut(request.TooLate!, message.Count);
            ports.Deliver(new DataOutReceived(message.Nexus, message.Task));
        }
        else
        {
            request.LentOut++;
            request.Task = message.Task;
            if (request.IsQueued && parameters.BugDirectionFromBusPhase)
                step = PhaseStep.DataIn(message.Buffer, message.Count);
        }
        if (request.IsQueued && parameters.WriteDisconnectAfterData)
            PresentAndDisconnect(request, step);
        else
            Present(request, step);
    }

    public void Handle(SendCommandComplete message)
    {
        if (FindActive(message.Nexus) is not { } request)
            return;
        if (request.IsAborting)
            End(request);
        else if (request.EndsAfterData)
            request.HeldStatus = message.Status;
        else
            Complete(request, message.Status);
    }

    /// <summary>The logical unit has aborted the command: there is no status, and a connection ends without one.</summary>
    public void Handle(CommandAborted message)
    {
        if (FindActive(message.Nexus) is not { } request)
            return;
        if (request.IsConnected)
            ports.Send(new ConnectionWithdrawn(request.Connection));
        request.IsConnected = false;
        Answered(request);
        End(request);
    }

    /// <summary>Forgets a command that has no status to send, as soon as the initiator has returned its buffers.</summary>
    private void End(BusRequest request)
    {
        var nexus = request.Nexus;
        Outstanding--;
        request.IsDone = true;
        request.IsAborting = true;
        if (!request.HoldsBuffers)
            Remove(request);
        if (FindActive(nexus) is { Deferred: { } deferred } next)
        {
            next.Deferred = null;
            ports.Deliver(deferred);
        }
    }

    private void Complete(BusRequest request, ScsiStatus status)
    {
        Answered(request);
        Outstanding--;
        request.IsDone = true;
        if (!request.IsConnected)
            Reselect(request, status == ScsiStatus.Good ? IdentifiesAndCompletesGood(request) : IdentifiesAndCompletes(request, status));
        else if (status == ScsiStatus.Good)
            ports.Send(new TargetPhases(request.Connection, CompletesGood));
        else
            ports.Send(new TargetPhases(request.Connection,
                [PhaseStep.Status(status), PhaseStep.MessageIn(CommandComplete), PhaseStep.BusFree]));
    }

    // ---- phases

    // The same for every command with that tag, so that only the first one pays for it.
    private ImmutableArray<PhaseStep> IdentifiesAndCompletesGood(BusRequest request)
    {
        ref var steps = ref _goodReselections[request.Slot % NexusTable.SlotsPerTarget];
        if (steps.IsDefault)
            steps = IdentifiesAndCompletes(request, ScsiStatus.Good);
        return steps;
    }

    private static ImmutableArray<PhaseStep> IdentifiesAndCompletes(BusRequest request, ScsiStatus status) =>
        [Identify(request), PhaseStep.Status(status), PhaseStep.MessageIn(CommandComplete), PhaseStep.BusFree];

    private void Present(BusRequest request, in PhaseStep step)
    {
        Answered(request);
        if (request.IsConnected)
            ports.Send(new TargetPhases(request.Connection, [step]));
        else
            Reselect(request, [Identify(request), step]);
    }

    private void PresentAndDisconnect(BusRequest request, in PhaseStep step)
    {
        request.EndsAfterData = true;
        if (request.IsConnected)
            ports.Send(new TargetPhases(request.Connection, [step, .. Disconnects]));
        else
            Reselect(request, [Identify(request), step, .. Disconnects]);
    }

    private void Answered(BusRequest request)
    {
        if (_idle == request)
            _idle = null;
    }

    private void Reselect(BusRequest request, ImmutableArray<PhaseStep> steps)
    {
        if (_idle is { } idle)
        {
            _idle = null;
            Queue(idle);
        }
        // The number leads back to the request without a search; the count above it tells connections of one nexus apart.
        request.Connection = -(++_reselections << 16 | (uint)request.Slot);
        request.IsConnected = true;
        ports.Send(new ReselectionRequested(
            request.Connection, NexusTable.TargetOf(request.Slot), request.Nexus.Lun, request.Tag, _epoch, steps));
    }

    private static PhaseStep Identify(BusRequest request) => request.Tag < 0
        ? PhaseStep.MessageIn(request.Identify)
        : PhaseStep.MessageIn(request.Identify, SimpleQueueTag, (byte)request.Tag);

    // ---- the table

    private BusRequest? Find(long connection)
    {
        if (connection > 0)
            return FindOpened(connection);
        for (var request = _nexuses[(int)(-connection & 0xFFFF)]; request is not null; request = request.Younger)
        {
            if (request.Connection == connection)
                return request;
        }
        return null;
    }

    /// <summary>The request whose connection the initiator opened: nearly always the latest one.</summary>
    private BusRequest? FindOpened(long connection)
    {
        if (_latest is { } latest && latest.Connection == connection)
            return latest;
        _affected.Clear();
        _nexuses.Collect(-1, -1, _affected);
        return _affected.Find(request => request.Connection == connection);
    }

    private BusRequest? FindActive(in ItlqNexus nexus)
    {
        var target = nexus.It.TargetPort - parameters.FirstTargetPort;
        if ((uint)target > 15 || nexus.Lun.Number > 7 || nexus.Tag > NexusTable.Untagged)
            return null;
        var request = _nexuses[NexusTable.SlotOf(target, nexus.Lun.Number, (int)nexus.Tag)];
        while (request is { IsDone: true })
            request = request.Younger;
        return request;
    }

    private void Remove(BusRequest request)
    {
        Answered(request);
        ref var oldest = ref _nexuses[request.Slot];
        if (oldest == request)
        {
            oldest = request.Younger;
        }
        else
        {
            var older = oldest!;
            while (older.Younger != request)
                older = older.Younger!;
            older.Younger = request.Younger;
        }
        if (!request.IsDone)
            Outstanding--;
        Keep(request);
    }

    private void Keep(BusRequest request)
    {
        if (_latest == request)
            _latest = null;
        request.Connection = 0;
        if (_kept.Count < MostKept)
            _kept.Push(request);
    }
}

using System.Collections.Immutable;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi.Bus;

/// <summary>The message system (SPI-3 16): what a target does with messages beyond IDENTIFY and a queue tag.</summary>
internal sealed partial class ParallelBus
{
    private const byte MessageReject = 0x07;
    private const byte SlowestPeriodOffered = 0x0A;
    private const byte LongestOffset = 31;
    private const byte Wide = 1;

    private readonly MessageParser _parser = new();

    // A connection that the initiator opened with more than an ordinary selection message and that has had no command yet.
    private (long Connection, SelectionMessage Selection) _opened;

    // A task management function whose end the initiator waits for, connected.
    private (ulong Association, long Connection, int Target) _management;
    private ulong _associations;

    public void Handle(MessageOutMoved message)
    {
        var request = Find(message.Connection);
        if (request is null && _opened.Connection != message.Connection)
        {
            _parser.Reset();
            _opened = (message.Connection, SelectionMessage.None);
        }
        var answer = ImmutableArray.CreateBuilder<PhaseStep>();
        var stream = message.Bytes.Span;
        while (_parser.TryNext(ref stream, out var kind))
        {
            if (Manages(kind) is { } function)
            {
                _parser.Reset();
                Manage(function, message, request);
                return;
            }
            Answer(kind, request, answer);
        }
        if (_parser.IsIncomplete)
            answer.Add(PhaseStep.MessageOut);
        else if (request is null)
            answer.Add(PhaseStep.Command);
        ports.Send(new TargetPhases(message.Connection, answer.ToImmutable(), AnswersMessage: true));
    }

    private void Answer(BusMessage kind, BusRequest? request, ImmutableArray<PhaseStep>.Builder answer)
    {
        switch (kind)
        {
            case BusMessage.Identify when request is null:
                _opened.Selection = _opened.Selection with { Identify = _parser[0] };
                break;
            case BusMessage.QueueTag when request is null:
                _opened.Selection = _opened.Selection with { Queue = _parser[0], Tag = _parser[1] };
                break;
            case BusMessage.SynchronousTransfer when parameters.NegotiateReply == NegotiationReply.Polite:
                answer.Add(PhaseStep.MessageIn(
                    1, 3, 1, Math.Max(_parser[3], SlowestPeriodOffered), Math.Min(_parser[4], LongestOffset)));
                break;
            case BusMessage.WideTransfer when parameters.NegotiateReply == NegotiationReply.Polite:
                answer.Add(PhaseStep.MessageIn(1, 2, 3, Math.Min(_parser[3], Wide)));
                break;
            case BusMessage.Unsupported when parameters.NegotiateReply == NegotiationReply.Polite || !IsParallelProtocolRequest:
                answer.Add(PhaseStep.MessageIn(MessageReject));
                break;
        }
    }

    /// <summary>PPR, which a silent target passes over as it does SDTR and WDTR.</summary>
    private bool IsParallelProtocolRequest => _parser[0] == 1 && _parser[1] == 6 && _parser[2] == 4;

    private static TaskManagementFunction? Manages(BusMessage kind) => kind switch
    {
        BusMessage.Abort => TaskManagementFunction.AbortTaskSet,
        BusMessage.AbortTag => TaskManagementFunction.AbortTask,
        BusMessage.ClearQueue => TaskManagementFunction.ClearTaskSet,
        BusMessage.LogicalUnitReset => TaskManagementFunction.LogicalUnitReset,
        BusMessage.BusDeviceReset => TaskManagementFunction.TargetReset,
        _ => null,
    };

    /// <summary>Hands the function to the task manager. The initiator finds the bus free when it has been carried out; at once when the function
    /// ends the very command that is connected, because its buffers have to come back first.</summary>
    private void Manage(TaskManagementFunction function, MessageOutMoved message, BusRequest? connected)
    {
        var slot = connected?.Slot
            ?? NexusTable.SlotOf(message.Target, _opened.Selection.Lun.Number, _opened.Selection.IsTagged ? _opened.Selection.Tag : -1);
        _opened = default;
        var target = NexusTable.TargetOf(slot);
        if ((_present >> target & 1) == 0)
        {
            ports.Send(new TargetPhases(message.Connection, [PhaseStep.BusFree], AnswersMessage: true));
            return;
        }
        _management = (++_associations, message.Connection, target);
        Abandon(function, slot);
        if (connected is not null)
        {
            ports.Send(new ConnectionWithdrawn(message.Connection));
            _management.Connection = 0;
        }
        Deliver(function, slot, _associations);
    }

    private void Deliver(TaskManagementFunction function, int slot, ulong association)
    {
        var tag = NexusTable.TagOf(slot);
        var nexus = new ItlqNexus(
            Nexus(NexusTable.TargetOf(slot)), new Lun((ushort)NexusTable.LunOf(slot)), (ulong)(tag < 0 ? NexusTable.Untagged : tag));
        ports.Deliver(new TaskManagementRequestReceived(nexus, function, association));
    }

    public void Handle(TaskManagementFunctionExecuted message)
    {
        if (message.Association != _management.Association)
            return;
        EndManagement();
    }

    private void EndManagement()
    {
        if (_management.Connection != 0)
            ports.Send(new TargetPhases(_management.Connection, [PhaseStep.BusFree], AnswersMessage: true));
        _management = default;
    }

    /// <summary>Takes every command that the function ends off the bus: waiting reselections are withdrawn, lent buffers come back, and nothing that
    /// the logical unit still sends for it is passed on.</summary>
    private void Abandon(TaskManagementFunction function, int slot)
    {
        _affected.Clear();
        _nexuses.Collect(NexusTable.TargetOf(slot), function == TaskManagementFunction.TargetReset ? -1 : NexusTable.LunOf(slot), _affected);
        foreach (var request in _affected)
        {
            if (function == TaskManagementFunction.AbortTask && request.Slot != slot)
                continue;
            Abandon(request);
        }
        _affected.Clear();
    }

    private void Abandon(BusRequest request)
    {
        Answered(request);
        if (request.IsConnected)
            ports.Send(new ConnectionWithdrawn(request.Connection));
        request.IsConnected = false;
        request.EndsAfterData = false;
        request.HeldStatus = null;
        request.IsAborting = true;
        if ((request.IsDone && !request.HoldsBuffers) || request.Deferred is not null)
            Remove(request);
    }

    /// <summary>The initiator has let go of a connection: its command is aborted.</summary>
    public void Handle(ConnectionDropped message)
    {
        _opened = default;
        if (_management.Connection == message.Connection)
            _management.Connection = 0;
        if (Find(message.Connection) is not { IsDone: false, IsAborting: false } request)
            return;
        if (request.Deferred is not null)
        {
            Remove(request);
            return;
        }
        request.IsConnected = false;
        request.IsAborting = true;
        Answered(request);
        Deliver(TaskManagementFunction.AbortTask, request.Slot, ++_associations);
    }

    /// <summary>The bus, or the initiator, has been reset: every command ends, and with the bus every target is reset.</summary>
    public void Handle(BusReset message)
    {
        _epoch = message.Epoch;
        _opened = default;
        _management = default;
        _parser.Reset();
        _affected.Clear();
        _nexuses.Collect(-1, -1, _affected);
        var unit = -1;
        foreach (var request in _affected)
        {
            request.IsConnected = false;
            var isOver = request.IsDone;
            Abandon(request);
            if (message.ResetsTargets || isOver || request.Slot >> 9 == unit)
                continue;
            unit = request.Slot >> 9;
            Deliver(TaskManagementFunction.AbortTaskSet, request.Slot, ++_associations);
        }
        _affected.Clear();
        for (var target = 0; message.ResetsTargets && target < 16; target++)
        {
            if ((_present >> target & 1) != 0)
                ports.Deliver(new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.HardReset, Nexus(target), ++_associations));
        }
    }

    /// <summary>The initiator is gone, and its buffers with it: they go back unread, and its commands are aborted.</summary>
    public void Handle(InitiatorLost message)
    {
        _affected.Clear();
        _nexuses.Collect(-1, -1, _affected);
        foreach (var request in _affected)
        {
            while (request.HoldsBuffers)
                Return(request, moved: false);
        }
        // The next initiator begins with its first epoch.
        Handle(message.AsReset);
    }

    /// <summary>A logical unit is gone: its commands end without a status, and connected ones find the bus free.</summary>
    public void Handle(LogicalUnitLost message)
    {
        var target = message.TargetPort - parameters.FirstTargetPort;
        if ((uint)target > 15 || message.Lun.Number > 7)
            return;
        _affected.Clear();
        _nexuses.Collect(target, message.Lun.Number, _affected);
        foreach (var request in _affected)
        {
            var isOver = (request.IsDone && !request.HoldsBuffers) || request.Deferred is not null;
            Abandon(request);
            if (isOver)
                continue;
            _lent -= request.Holds;
            Remove(request);
        }
        _affected.Clear();
        if (_management.Connection != 0 && _management.Target == target)
            EndManagement();
    }
}

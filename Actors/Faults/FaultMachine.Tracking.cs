using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>What is outstanding where, so that rules can ask for it and the ledger can say whom a fault hit and who noticed.</summary>
internal sealed partial class FaultMachine<TActor>
{
    private const int MostOpen = 4096;
    private const int MostClientCommands = 1 << 16;

    private static readonly FaultWhere[] OnBus = [FaultWhere.Bus, FaultWhere.Register, FaultWhere.Message, FaultWhere.Scripts];

    private readonly Dictionary<(TActor Client, ulong Id), ClientCommand> _clientCommands = [];
    private readonly Dictionary<ItlqNexus, UnitCommand> _commands = [];
    private readonly Dictionary<(int Target, int Lun), UnitTrack> _unitOfStorage;
    private readonly List<FaultInjection> _open = [];

    private sealed record ClientCommand(ExecuteCommand Command, TActor Driver, TimeSpan Time)
    {
        public bool IsSwallowed { get; set; }

        /// <summary>Its path was lost while it was under way.</summary>
        public bool IsLost { get; set; }
    }

    /// <summary>A command at its logical unit.</summary>
    private sealed class UnitCommand(ScsiCommandReceived command, TActor port, TActor unit)
    {
        public ScsiCommandReceived Command => command;
        public TActor Port => port;
        public TActor Unit => unit;

        /// <summary>Bytes that a short transfer has kept back.</summary>
        public long MissingBytes { get; set; }

        /// <summary>The buffer that is being filled.</summary>
        public DataBuffer? Receiving { get; set; }
        public int ReceivingCount { get; set; }

        /// <summary>True when the port waits for an answer that a rule has withheld.</summary>
        public bool IsWithheld { get; set; }
    }

    private sealed class UnitTrack(FaultUnit facts)
    {
        public FaultUnit Facts => facts;
        public TActor? Unit { get; set; }
        public int Commands { get; set; }
        public Dictionary<AioId, StorageTrack> Storage { get; } = [];
        public TimeSpan? UnpluggedUntil { get; set; }
        public FaultInjection? Unplugged { get; set; }
    }

    private sealed class StorageTrack(AioRequest request, TActor queue)
    {
        public AioRequest Request => request;
        public TActor Queue => queue;
        public long? ReportBytes { get; set; }
        public long? FlipBit { get; set; }
        public AioCompleted? Withheld { get; set; }
        public TActor? Storage { get; set; }
    }

    /// <summary>Takes note of a message, whoever sent it.</summary>
    /// <returns>False when it is an answer to something that no actor has asked.</returns>
    private bool Observe(TActor from, TActor to, object message, bool isInjected)
    {
        switch (message)
        {
            case ExecuteCommand command when PlaceOf(to).Role == FaultRole.Driver:
                if (_clientCommands.Count >= MostClientCommands)
                    ForgetClientCommands();
                _clientCommands[(from, command.Id)] = new ClientCommand(command, to, _now);
                break;
            case CommandExecuted executed when PlaceOf(from).Role == FaultRole.Driver:
                SeeExecuted(to, executed);
                break;
            case RegisterWrite when PlaceOf(from).Role == FaultRole.Driver:
                var isNew = _adapter is null;
                (_driver, _adapter) = (from, to);
                if (isNew)
                    WatchFetches();
                if (isNew && _absent.Count > 0)
                    TellPresence();
                break;
            case BusReset reset:
                SeeBusReset(reset);
                break;
            case ConnectionWithdrawn withdrawn:
                ReleaseWhere(held => held.Connection == withdrawn.Connection);
                break;
            case ScsiCommandReceived command when PlaceOf(to).Role == FaultRole.LogicalUnit && !isInjected:
                SeeCommand(command, from, to);
                break;
            case SendCommandComplete complete:
                SeeComplete(complete, from);
                break;
            case CommandAborted aborted:
                Notice(injection => injection.Hit.Nexus == aborted.Nexus, "task manager", "CommandAborted");
                Ended(aborted.Nexus);
                break;
            case ReceiveDataOut receive when _commands.TryGetValue(receive.Nexus, out var command):
                (command.Receiving, command.ReceivingCount) = (receive.Buffer, receive.Count);
                break;
            case TaskManagementRequestReceived request when PlaceOf(to).Role == FaultRole.LogicalUnit && !IsOwn(request.Association):
                Notice(injection => injection.Hit.Nexus is { } nexus && Covers(request, nexus), "initiator", FaultNames.Of(request.Function));
                break;
            case ServiceDeliveryEventOccurred occurred when PlaceOf(to).Role == FaultRole.LogicalUnit:
                EndHeldUp(nexus => nexus.It.TargetPort == PlaceOf(to).Target && nexus.Lun.Number == PlaceOf(to).Lun
                    && (occurred.Event != ServiceDeliveryEvent.ItNexusLoss || nexus.It == occurred.It));
                break;
            case ExecuteTaskManagement request when PlaceOf(to).Role == FaultRole.Driver:
                ReleaseWhere(held => held.Point == FaultPoint.DriverCommand && held.To.Equals(to));
                EndSwallowed(from, request);
                break;
            case TaskManagementFunctionExecuted executed when IsOwn(executed.Association):
            case ServiceDeliveryEventHandled handled when IsOwn(handled.Association):
                return false;
            case AioRequest request when PlaceOf(to).Role == FaultRole.Storage && !isInjected:
                Unit(PlaceOf(to)).Storage[request.Id] = new StorageTrack(request, from) { Storage = to };
                break;
        }
        return true;
    }

    // In a live world a client may be where its answers are not seen: then its commands pile up here.
    private void ForgetClientCommands()
    {
        foreach (var name in _clientCommands.Where(static command => !command.Value.IsSwallowed).Select(static command => command.Key).ToList())
            _clientCommands.Remove(name);
    }

    private UnitTrack Unit(FaultPlace place) => Unit(place.Target, place.Lun);

    private UnitTrack Unit(int target, int lun)
    {
        if (!_unitOfStorage.TryGetValue((target, lun), out var unit))
            _unitOfStorage.Add((target, lun), unit = new UnitTrack(new FaultUnit(target, lun, 512, long.MaxValue)));
        return unit;
    }

    private void SeeCommand(ScsiCommandReceived command, TActor port, TActor at)
    {
        var unit = Unit(PlaceOf(at));
        unit.Unit = at;
        if (_commands.TryAdd(command.Nexus, new UnitCommand(command, port, at)))
            unit.Commands++;
        else
            _commands[command.Nexus] = new UnitCommand(command, port, at);
    }

    private void SeeComplete(SendCommandComplete complete, TActor from)
    {
        if (complete.Status is not (ScsiStatus.Good or ScsiStatus.ConditionMet))
            Notice(injection => injection.Hit.Nexus == complete.Nexus, "port", $"{FaultNames.Of(complete.Status)}{(complete.Sense is null ? "" : $" {complete.Sense}")}");
    }

    private void Ended(ItlqNexus nexus)
    {
        if (_commands.Remove(nexus, out var command))
            Unit(PlaceOf(command.Unit)).Commands--;
    }

    private FaultInjection Record(FaultRule rule, in FaultSubject subject)
    {
        var hit = subject.Hit;
        if (subject.Aio is not null && CommandOf(subject) is { } command)
            hit = hit with { Nexus = command.Nexus, Cdb = command.Cdb };
        var injection = Ledger.Add(rule, _now, hit);
        _open.Add(injection);
        if (_open.Count > MostOpen)
            _open.RemoveAt(0);
        return injection;
    }

    private void Notice(Predicate<FaultInjection> isAbout, string by, string text)
    {
        foreach (var injection in _open)
        {
            if (isAbout(injection))
                injection.Add(new FaultNotice(_now, by, text));
        }
    }

    // The client's own eyes: an answer that is not what it would have been. After it the matter is closed.
    private void SeeExecuted(TActor client, CommandExecuted executed)
    {
        if (!_clientCommands.Remove((client, executed.Id), out var command) || _open.Count == 0)
            return;
        var isOdd = !executed.IsGood || (executed.Residual > 0 && command.Command.Direction != DataDirection.None);
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var injection = _open[i];
            if (!IsAbout(injection, command))
                continue;
            if (isOdd)
                injection.Add(new FaultNotice(_now, "client", Text(executed)));
            if (isOdd || (injection.Hit.Cdb is not null && !IsOnMany(injection)))
                _open.RemoveAt(i);
        }
        if (executed.Outcome == CommandOutcome.DeliveryFailure)
            SelectionHasFailed(command.Command.Target);
    }

    private static bool IsAbout(FaultInjection injection, ClientCommand command)
    {
        var hit = injection.Hit;
        return (hit.Target == command.Command.Target || hit.Target < 0) && (hit.Lun == command.Command.Lun.Number || hit.Lun < 0)
            && (hit.Cdb is null || IsOnMany(injection) || (hit.Cdb == command.Command.Cdb && command.Time <= injection.Time));
    }

    // What concerns others than the command it came with.
    private static bool IsOnMany(FaultInjection injection) => injection.Rule.What.What is FaultWhat.BusReset or FaultWhat.LogicalUnitReset
        or FaultWhat.TargetReset or FaultWhat.Unplug or FaultWhat.PowerCut or FaultWhat.SelectionTimeout or FaultWhat.LinkLoss or FaultWhat.NodeLoss
        or FaultWhat.Partition;

    private static string Text(CommandExecuted executed) => executed.Outcome != CommandOutcome.Complete ? FaultNames.Of(executed.Outcome)
        : executed.Residual > 0 && executed.IsGood ? $"good, residual {executed.Residual}"
        : $"{FaultNames.Of(executed.Status)}{(executed.Sense is null ? "" : $" {executed.Sense}")}";

    private static bool Covers(TaskManagementRequestReceived request, ItlqNexus nexus) =>
        nexus.Lun == request.Nexus.Lun && nexus.It.TargetPort == request.Nexus.It.TargetPort && request.Function switch
        {
            TaskManagementFunction.AbortTask => nexus == request.Nexus,
            TaskManagementFunction.AbortTaskSet or TaskManagementFunction.ItNexusReset => nexus.It == request.Nexus.It,
            TaskManagementFunction.ClearTaskSet or TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset => true,
            _ => false,
        };

    /// <summary>A function or an event is about to end commands at the logical unit: it overtakes nothing of theirs that comes late, and those whose
    /// answer is withheld end now.</summary>
    private void EndHeldUp(Predicate<ItlqNexus> isEnded)
    {
        ReleaseWhere(held => held.Messages[0] is ScsiCommandReceived late && isEnded(late.Nexus));
        ReleaseWhere(held => held.Messages[0] is SendCommandComplete late && isEnded(late.Nexus));
        foreach (var (nexus, command) in _commands.Where(command => command.Value.IsWithheld && isEnded(command.Key)).ToList())
        {
            Ended(nexus);
            Tell(command.Port, new CommandAborted(nexus), command.Unit);
        }
    }

    private void EndSwallowed(TActor client, ExecuteTaskManagement request)
    {
        foreach (var ((owner, id), command) in _clientCommands.Where(command => command.Value.IsSwallowed).ToList())
        {
            var isMeant = command.Command.Target == request.Target
                && (request.Function == TaskManagementFunction.TargetReset || command.Command.Lun == request.Lun)
                && (request.Function != TaskManagementFunction.AbortTask || (owner.Equals(client) && id == request.CommandId));
            if (!isMeant)
                continue;
            Notice(injection => IsAbout(injection, command), "initiator", FaultNames.Of(request.Function));
            Tell(owner, new CommandExecuted(id, CommandOutcome.Aborted, default, null, command.Command.Data.Length), command.Driver);
        }
    }

    private void SeeBusReset(BusReset reset)
    {
        ReleaseWhere(static held => held.Connection is not null);
        _hasFoundParity = false;
        _badParity.Clear();
        _connections.Clear();
        if (reset.ResetsTargets)
            Notice(static injection => OnBus.Contains(injection.Rule.Where), "initiator", "bus reset");
    }
}

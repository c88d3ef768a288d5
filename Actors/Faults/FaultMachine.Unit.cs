using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Logical units and their task sets.</summary>
internal sealed partial class FaultMachine<TActor>
{
    /// <summary>The initiator port of resets that nobody here has asked for.</summary>
    private const int StrangersPort = 254;

    // Associations of the machine's own functions and events count down from the top, where no port comes to.
    private const ulong LowestOwn = ulong.MaxValue - (1 << 20);

    private readonly Dictionary<(ItNexus It, Lun Lun), SenseData> _sense = [];
    private ulong _associations;

    private static bool IsOwn(ulong association) => association > LowestOwn;

    private ulong OwnAssociation() => ulong.MaxValue - _associations++ % (1 << 20);

    private bool Pass(TActor from, TActor to, ScsiCommandReceived command, ref object message)
    {
        var place = PlaceOf(to);
        if (_byPoint[(int)FaultPoint.UnitCommand].Length == 0)
            return true;
        return Decide(FaultPoint.UnitCommand, Subject(command, place), from, to, command, ref message);
    }

    private FaultSubject Subject(ScsiCommandReceived command, FaultPlace place) => WithBlocks(new FaultSubject(place.Target, place.Lun)
    {
        Initiator = command.Nexus.It.InitiatorPort, Nexus = command.Nexus, Attribute = command.Attribute, Depth = Unit(place).Commands,
    }, command.Cdb);

    private bool ActOnUnitCommand(in FaultAct act)
    {
        var command = (ScsiCommandReceived)act.Message;
        switch (act.Effect.What)
        {
            case FaultWhat.LogicalUnitReset:
                ResetUnit(act.To, act.From, act.Subject.Target, act.Subject.Lun);
                return true;
            case FaultWhat.TargetReset:
                var target = act.Subject.Target;
                foreach (var unit in _unitOfStorage.Values.Where(unit => unit.Facts.Target == target && unit.Unit is not null))
                    ResetUnit(unit.Unit!, act.From, target, unit.Facts.Lun);
                return true;
        }
        var (status, sense) = StatusOf(act.Effect);
        Ended(command.Nexus);
        if (sense is not null && !command.Autosense)
            KeepSense(command.Nexus.It, command.Nexus.Lun, sense);
        Tell(act.From, new SendCommandComplete(command.Nexus, status, sense, 0), act.To);
        return false;
    }

    private static (ScsiStatus Status, SenseData? Sense) StatusOf(FaultEffect effect) => effect.What switch
    {
        FaultWhat.Busy => (ScsiStatus.Busy, null),
        FaultWhat.TaskSetFull => (ScsiStatus.TaskSetFull, null),
        _ => (effect.Status!.Value, effect.Sense),
    };

    private void ResetUnit(TActor unit, TActor port, int target, int lun)
    {
        var nexus = new ItlqNexus(new ItNexus(StrangersPort, target), new Lun((ushort)lun), 0);
        EndHeldUp(withheld => withheld.It.TargetPort == target && withheld.Lun.Number == lun);
        Tell(unit, new TaskManagementRequestReceived(nexus, TaskManagementFunction.LogicalUnitReset, OwnAssociation()), port);
    }

    private bool Pass(TActor from, TActor to, SendCommandComplete complete, ref object message)
    {
        if (!_commands.TryGetValue(complete.Nexus, out var command))
            return true;
        if (command.MissingBytes > 0)
            message = complete = complete with { Transferred = Math.Max(0, complete.Transferred - command.MissingBytes) };
        if (_byPoint[(int)FaultPoint.UnitAnswer].Length > 0)
        {
            var isPassing = Decide(FaultPoint.UnitAnswer, Subject(command.Command, PlaceOf(from)), from, to, message, ref message);
            if (!command.IsWithheld)
                Ended(complete.Nexus);
            return isPassing;
        }
        Ended(complete.Nexus);
        return true;
    }

    private bool ActOnUnitAnswer(in FaultAct act, ref object message)
    {
        var complete = (SendCommandComplete)act.Message;
        if (act.Effect.What == FaultWhat.WrongTag)
        {
            WithholdCommand(complete.Nexus);
            message = complete with { Nexus = complete.Nexus with { Tag = WrongTag(act, complete.Nexus) } };
            return true;
        }
        var (status, sense) = StatusOf(act.Effect);
        if (sense is not null && _commands.TryGetValue(complete.Nexus, out var command) && !command.Command.Autosense)
            KeepSense(complete.Nexus.It, complete.Nexus.Lun, sense);
        message = complete with { Status = status, Sense = sense };
        SeeComplete((SendCommandComplete)message, act.From);
        return true;
    }

    private ulong WrongTag(in FaultAct act, ItlqNexus nexus)
    {
        if (nexus.It.InitiatorPort == AdapterId)
            return (ulong)OtherTag((int)Math.Min(nexus.Tag, 256), act);
        var others = _commands.Keys.Where(other => other.It == nexus.It && other.Lun == nexus.Lun && other.Tag != nexus.Tag)
            .Select(static other => other.Tag).ToArray();
        // One generation on: the slot is there, and its command is another.
        return act.Effect.Another && others.Length > 0 ? act.State.Random.Pick<ulong>(others) : nexus.Tag + (1UL << 32);
    }

    private void Withhold(in FaultAct act)
    {
        switch (act.Message)
        {
            case ExecuteCommand command when _clientCommands.TryGetValue((act.From, command.Id), out var swallowed):
                swallowed.IsSwallowed = true;
                break;
            case ScsiCommandReceived command:
                WithholdCommand(command.Nexus);
                break;
            case SendCommandComplete complete:
                WithholdCommand(complete.Nexus);
                break;
            case ReselectionRequested requested:
                _held.Add(++_numbers, new Held(act.To, act.From, act.Point, [requested]) { Connection = requested.Connection });
                break;
            case AioCompleted completed when Unit(act.Subject.Target, act.Subject.Lun).Storage.TryGetValue(completed.Id, out var request):
                request.Withheld = completed;
                break;
        }
    }

    private void WithholdCommand(ItlqNexus nexus)
    {
        if (_commands.TryGetValue(nexus, out var command))
            command.IsWithheld = true;
    }

    private bool Pass(TActor from, TActor to, SendDataIn send, ref object message)
    {
        _commands.TryGetValue(send.Nexus, out var command);
        if (command is not null && command.Command.Cdb.OperationCode == FaultCommands.RequestSense)
            GiveSense(send, command);
        if (command is null || _byPoint[(int)FaultPoint.UnitDataIn].Length == 0)
            return true;
        var subject = Subject(command.Command, PlaceOf(from)) with { Bytes = send.Count };
        return Decide(FaultPoint.UnitDataIn, subject, from, to, send, ref message);
    }

    private bool Pass(TActor from, TActor to, DataOutReceived received, ref object message)
    {
        if (!received.Received || _byPoint[(int)FaultPoint.UnitDataOut].Length == 0
            || !_commands.TryGetValue(received.Nexus, out var command) || command.Receiving is null)
            return true;
        var subject = Subject(command.Command, PlaceOf(to)) with { Bytes = command.ReceivingCount };
        return Decide(FaultPoint.UnitDataOut, subject, from, to, received, ref message);
    }

    private bool ActOnData(in FaultAct act, ref object message)
    {
        switch (act.Message)
        {
            case SendDataIn send when act.Effect.What == FaultWhat.ShortTransfer:
                var missing = (int)Math.Min(act.Effect.Bytes!.Value, send.Count - 1);
                _commands[send.Nexus].MissingBytes += missing;
                message = send with { Count = send.Count - missing };
                break;
            case SendDataIn send:
                Flip(send.Buffer.Span[..send.Count], act);
                break;
            case DataOutReceived received when _commands.TryGetValue(received.Nexus, out var command):
                Flip(command.Receiving!.Span[..command.ReceivingCount], act);
                break;
        }
        return true;
    }

    private static void Flip(Span<byte> data, in FaultAct act)
    {
        var bit = BitOf(act, data.Length);
        data[(int)(bit / 8)] ^= (byte)(1 << (int)(bit % 8));
    }

    private static long BitOf(in FaultAct act, long bytes) => Math.Min(act.Effect.Bit ?? act.State.Random.Below(bytes * 8), bytes * 8 - 1);

    private void KeepSense(ItNexus it, Lun lun, SenseData sense) => _sense[(it, lun)] = sense;

    // The logical unit knows nothing of the CHECK CONDITION that a rule has sent, and says NO SENSE; what it has to say itself goes before.
    private void GiveSense(SendDataIn send, UnitCommand command)
    {
        var buffer = send.Buffer.Span[..send.Count];
        if (buffer.Length < SenseData.FixedLength || !_sense.TryGetValue((command.Command.Nexus.It, command.Command.Nexus.Lun), out var sense)
            || !SenseData.TryRead(buffer, out var own) || own.Key != SenseKey.NoSense)
            return;
        _sense.Remove((command.Command.Nexus.It, command.Command.Nexus.Lun));
        Span<byte> bytes = stackalloc byte[SenseData.MaximumLength];
        var length = (sense with { DescriptorFormat = false }).Write(bytes);
        bytes[..Math.Min(length, buffer.Length)].CopyTo(buffer);
    }

    private bool Pass(TActor from, TActor to, TaskManagementRequestReceived request, ref object message)
    {
        var endsCommands = request.Function is TaskManagementFunction.AbortTask or TaskManagementFunction.AbortTaskSet
            or TaskManagementFunction.ClearTaskSet or TaskManagementFunction.LogicalUnitReset or TaskManagementFunction.TargetReset;
        if (endsCommands && _byPoint[(int)FaultPoint.Management].Length > 0)
        {
            var place = PlaceOf(to);
            _commands.TryGetValue(request.Nexus, out var command);
            var subject = new FaultSubject(place.Target, place.Lun) { Initiator = request.Nexus.It.InitiatorPort, Nexus = request.Nexus };
            if (command is not null)
                subject = WithBlocks(subject, command.Command.Cdb);
            if (!Decide(FaultPoint.Management, subject, from, to, request, ref message))
                return false;
        }
        EndHeldUp(nexus => Covers(request, nexus));
        return true;
    }

    private bool ActOnManagement(in FaultAct act)
    {
        var request = (TaskManagementRequestReceived)act.Message;
        Tell(act.From, new TaskManagementFunctionExecuted(request.Nexus, request.Function, request.Association, ServiceResponse.FunctionRejected), act.To);
        act.Injection.Add(new FaultNotice(_now, "port", FaultNames.Of(ServiceResponse.FunctionRejected)));
        return false;
    }
}

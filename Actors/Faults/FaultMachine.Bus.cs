using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Faults;

/// <summary>Drivers, the adapter and its bus.</summary>
internal sealed partial class FaultMachine<TActor>
{
    private const int AdapterId = FaultPhases.Adapter;
    private const int Scntl1 = 0x01;
    private const int Rst = 0x08;
    private const byte MessageReject = 0x07;
    private const byte CommandComplete = 0x00;
    private const byte SaveDataPointer = 0x02;

    private static readonly SenseData ParityError = new(SenseKey.AbortedCommand, new AdditionalSense(0x47, 0x00));

    private readonly Dictionary<int, FaultInjection> _absent = [];
    private TActor? _driver;
    private TActor? _adapter;
    private TActor? _bus;
    private ushort _present;

    private bool Pass(TActor from, TActor to, ExecuteCommand command, ref object message)
    {
        if (PlaceOf(to).Role != FaultRole.Driver)
            return true;
        if (CutOf(to, command.Target) is { } cut)
            return Lose(cut, from, to, command);
        return Decide(FaultPoint.DriverCommand, Subject(command) with { Initiator = InitiatorOf(to) }, from, to, command, ref message);
    }

    private bool Pass(TActor from, TActor to, CommandExecuted executed, ref object message)
    {
        var rules = _byPoint[(int)FaultPoint.DriverAnswer];
        return rules.Length == 0 || Decide(FaultPoint.DriverAnswer, new FaultSubject(-1, -1), from, to, executed, ref message);
    }

    private FaultSubject Subject(ExecuteCommand command) => WithBlocks(
        new FaultSubject(command.Target, command.Lun.Number) { Attribute = command.Attribute, Bytes = command.Data.Length }, command.Cdb);

    private FaultSubject WithBlocks(FaultSubject subject, in Cdb cdb)
    {
        subject = subject with { Cdb = cdb };
        if (!CommandTable.TryGetBlocks(cdb, out var lba, out var count))
            return subject with { Bytes = Math.Max(subject.Bytes, FaultCommands.ParameterBytes(cdb)) };
        return subject with { Lba = lba, Blocks = count, Bytes = count * Unit(subject.Target, subject.Lun).Facts.BlockSize };
    }

    private bool ActOnDriver(in FaultAct act)
    {
        var command = (ExecuteCommand)act.Message;
        if (act.Effect.What == FaultWhat.DeliveryFailure)
        {
            Tell(act.From, new CommandExecuted(command.Id, CommandOutcome.DeliveryFailure, default, null, command.Data.Length), act.To);
            return false;
        }
        Remove(command.Target, act.Injection);
        if (act.Effect.For is { } time)
            After(time, act.To, () => Return(command.Target));
        return true;
    }

    private void Remove(int target, FaultInjection injection)
    {
        _absent[target] = injection;
        TellPresence();
    }

    // An adapter that has not been seen yet is told when it is.
    private void TellPresence()
    {
        if (_adapter is { } adapter)
            Tell(adapter, new TargetsPresent(Visible()), _bus ?? adapter);
    }

    private void Return(int target)
    {
        if (_absent.Remove(target))
            TellPresence();
    }

    private ushort Visible() => (ushort)_absent.Keys.Aggregate((int)_present, static (mask, target) => mask & ~(1 << target));

    // The adapter has noticed that the target does not answer: it is there again, unless a time was given.
    private void SelectionHasFailed(int target)
    {
        if (_absent.TryGetValue(target, out var injection) && injection.Rule.What is { What: FaultWhat.SelectionTimeout, For: null })
            Return(target);
    }

    private bool Pass(TActor from, TActor to, TargetsPresent present, ref object message)
    {
        (_bus, _adapter) = (from, to);
        _present = present.Present;
        if (_absent.Count > 0)
            message = new TargetsPresent(Visible());
        return true;
    }

    private bool Pass(TActor from, TActor to, CommandMoved moved, ref object message)
    {
        (_adapter, _bus) = (from, to);
        if (_byPoint[(int)FaultPoint.BusCommand].Length == 0 && !HasPhaseRules)
            return true;
        var tag = moved.Selection.IsTagged ? moved.Selection.Tag : 256UL;
        var subject = WithBlocks(new FaultSubject(moved.Target, moved.Selection.Lun.Number)
        {
            Initiator = AdapterId,
            Nexus = HasPhaseRules ? new ItlqNexus(new ItNexus(AdapterId, moved.Target), moved.Selection.Lun, tag) : null,
            Phases = 1 << (int)BusPhase.Command,
            Attribute = moved.Selection.Queue switch
            {
                0 => TaskAttribute.Untagged,
                0x21 => TaskAttribute.HeadOfQueue,
                0x22 => TaskAttribute.Ordered,
                _ => TaskAttribute.Simple,
            },
        }, moved.Cdb);
        return Decide(FaultPoint.BusCommand, Connected(moved.Connection, subject), from, to, moved, ref message)
            && (_byPoint[(int)FaultPoint.MessageOut].Length == 0 || Decide(FaultPoint.MessageOut, subject, from, to, message, ref message));
    }

    private bool ActOnBusCommand(in FaultAct act)
    {
        var moved = (CommandMoved)act.Message;
        switch (act.Effect.What)
        {
            case FaultWhat.ParityError:
                KeepSense(new ItNexus(AdapterId, moved.Target), moved.Selection.Lun, ParityError);
                Tell(act.From, new TargetPhases(moved.Connection,
                    [PhaseStep.Status(ScsiStatus.CheckCondition), PhaseStep.MessageIn(CommandComplete), PhaseStep.BusFree]), act.To);
                return false;
            case FaultWhat.BusReset:
                AssertReset(act.From);
                return true;
            case FaultWhat.Unplug:
                Unplug(moved.Target, act);
                break;
        }
        Tell(act.From, new ConnectionWithdrawn(moved.Connection), act.To);
        return false;
    }

    private void AssertReset(TActor adapter)
    {
        if (_driver is not { } driver)
            return;
        // The driver's name is on it, because the adapter answers to who wrote last.
        Tell(adapter, new RegisterWrite(RegisterSpace.Bar1, Scntl1, 1, Rst), driver);
        Tell(adapter, new RegisterWrite(RegisterSpace.Bar1, Scntl1, 1, 0), driver);
    }

    // A target without power: it answers no selection, and knows of no command afterwards.
    private void Unplug(int target, in FaultAct act)
    {
        Remove(target, act.Injection);
        foreach (var unit in _unitOfStorage.Values.Where(unit => unit.Facts.Target == target && unit.Unit is not null))
            Tell(unit.Unit!, new ServiceDeliveryEventOccurred(ServiceDeliveryEvent.PowerOn, new ItNexus(AdapterId, target), OwnAssociation()), act.To);
        After(act.Effect.For!.Value, act.From, () => Return(target));
    }

    private bool Pass(TActor from, TActor to, ReselectionRequested requested, ref object message)
    {
        if (_byPoint[(int)FaultPoint.Reselection].Length == 0 && !HasPhaseRules)
            return true;
        var nexus = new ItlqNexus(new ItNexus(AdapterId, requested.Target), requested.Lun, requested.Tag < 0 ? 256UL : (ulong)requested.Tag);
        var subject = new FaultSubject(requested.Target, requested.Lun.Number) { Initiator = AdapterId, Nexus = nexus };
        if (_latest.TryGetValue(nexus, out var latest))
            subject = latest;
        else if (_commands.TryGetValue(nexus, out var command))
            subject = WithBlocks(subject with { Attribute = command.Command.Attribute }, command.Command.Cdb);
        subject = Connected(requested.Connection, subject) with { Phases = FaultPhases.Of(requested.Steps.AsSpan()[1..]) | 1 << (int)BusPhase.MessageIn };
        return DecidePhases(FaultPoint.Reselection, subject, from, to, requested, ref message);
    }

    // What follows a reselection that is held back waits behind it.
    private bool PassPhases(long connection, object message)
    {
        if (_held.Count == 0)
            return true;
        foreach (var held in _held.Values)
        {
            if (held.Connection != connection)
                continue;
            held.Messages.Add(message);
            return false;
        }
        return true;
    }

    private bool ActOnReselection(in FaultAct act, ref object message)
    {
        var requested = (ReselectionRequested)act.Message;
        var identify = requested.Steps[0];
        switch (act.Effect.What)
        {
            case FaultWhat.WrongTag:
                var tag = (byte)OtherTag(requested.Tag, act);
                message = requested with { Tag = tag, Steps = requested.Steps.SetItem(0, PhaseStep.MessageIn(identify[0], identify[1], tag)) };
                return true;
            case FaultWhat.MessageError:
                message = requested with { Steps = requested.Steps.Insert(1, PhaseStep.MessageIn(MessageReject)) };
                return true;
            default:
                return ActOnPhases(act, ref message);
        }
    }

    private int OtherTag(int tag, in FaultAct act)
    {
        var subject = act.Subject;
        var others = _commands.Keys.Where(nexus => nexus.It.TargetPort == subject.Target && nexus.Lun.Number == subject.Lun
            && nexus.It.InitiatorPort == AdapterId && nexus.Tag != (ulong)tag && nexus.Tag < 256).Select(static nexus => (int)nexus.Tag).ToArray();
        if (act.Effect.Another && others.Length > 0)
            return act.State.Random.Pick<int>(others);
        var unused = 255;
        while (unused == tag || others.Contains(unused))
            unused--;
        return unused;
    }
}

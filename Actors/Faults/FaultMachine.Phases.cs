using System.Collections.Immutable;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Faults;

/// <summary>Bus phases that a target announces, and the bytes of messages.</summary>
internal sealed partial class FaultMachine<TActor>
{
    private const int MostConnections = 4096;
    private const int Istat0 = 0x14;
    private const int Dstat = 0x0C;
    private const int Sist0 = 0x42;
    private const byte Sip = 0x02;
    private const byte ParityInSist0 = 0x01;

    private readonly Dictionary<long, FaultSubject> _connections = [];

    // The command that came last on a nexus: its status comes when the logical unit has done with it.
    private readonly Dictionary<ItlqNexus, FaultSubject> _latest = [];

    // Connections whose DATA OUT has wrong parity.
    private readonly HashSet<long> _badParity = [];
    private readonly Dictionary<ulong, int> _registersAsked = [];

    // Connections that are cut short behind data: buffers that the adapter still has, and buffers that it will not see.
    private readonly Dictionary<long, CutShortBehind> _cutBehindData = [];
    private bool _hasFoundParity;

    private readonly record struct CutShortBehind(int Before, int Behind);

    private bool HasPhaseRules => _byPoint[(int)FaultPoint.Phases].Length + _byPoint[(int)FaultPoint.MessageIn].Length
        + _byPoint[(int)FaultPoint.MessageOut].Length > 0;

    // Which command a connection is for, as far as it is known.
    private FaultSubject Connected(long connection, in FaultSubject subject)
    {
        if (!HasPhaseRules)
            return subject;
        if (_connections.Count >= MostConnections)
            _connections.Clear();
        if (subject.Nexus is { } nexus && connection > 0)
            _latest[nexus] = subject;
        return _connections[connection] = subject;
    }

    private bool Pass(TActor from, TActor to, TargetPhases phases, ref object message)
    {
        if (!PassPhases(phases.Connection, phases))
            return false;
        if (!HasPhaseRules)
            return true;
        var subject = _connections.TryGetValue(phases.Connection, out var known) ? known : new FaultSubject(-1, -1);
        return DecidePhases(FaultPoint.Phases, subject with { Phases = FaultPhases.Of(phases.Steps.AsSpan()) }, from, to, phases, ref message);
    }

    // The phases as such, and then the messages in them.
    private bool DecidePhases(FaultPoint point, in FaultSubject subject, TActor from, TActor to, object original, ref object message)
    {
        if (!Decide(point, subject, from, to, original, ref message))
            return false;
        return (subject.Phases >> (int)BusPhase.MessageIn & 1) == 0 || _byPoint[(int)FaultPoint.MessageIn].Length == 0
            || Decide(FaultPoint.MessageIn, subject, from, to, message, ref message);
    }

    private static (long Connection, ImmutableArray<PhaseStep> Steps, int First) StepsOf(object message) => message is ReselectionRequested requested
        ? (requested.Connection, requested.Steps, 1)
        : (((TargetPhases)message).Connection, ((TargetPhases)message).Steps, 0);

    private static object With(object message, ImmutableArray<PhaseStep> steps) =>
        message is ReselectionRequested requested ? requested with { Steps = steps } : (TargetPhases)message with { Steps = steps };

    // Behind the IDENTIFY of a reselection: before it nobody knows whose connection it is.
    private static int IndexOf(ImmutableArray<PhaseStep> steps, int first, BusPhase? phase)
    {
        for (var i = first; i < steps.Length; i++)
        {
            if (phase is null || steps[i].Phase == phase)
                return i;
        }
        return Math.Min(first, steps.Length - 1);
    }

    private bool ActOnPhases(in FaultAct act, ref object message)
    {
        var (connection, steps, first) = StepsOf(act.Message);
        var at = IndexOf(steps, first, act.State.Rule.When.Phase);
        switch (act.Effect.What)
        {
            case FaultWhat.BusReset:
                AssertReset(act.To);
                return true;
            case FaultWhat.ParityError when steps[at].Phase == BusPhase.DataOut:
                _badParity.Add(connection);
                return true;
            case FaultWhat.ParityError:
                FindParity(act, connection);
                return false;
            default:
                CutShort(act, at, ref message);
                return true;
        }
    }

    private void CutShort(in FaultAct act, int at, ref object message)
    {
        var (connection, steps, first) = StepsOf(act.Message);
        var kept = steps[..at];
        var before = kept.Count(static step => step.Buffer is not null);
        var behind = steps.Count(static step => step.Buffer is not null) - before;
        if (before > 0)
            _cutBehindData[connection] = new CutShortBehind(before, behind);
        else
            GiveUp(connection, behind, act.From, act.To);
        // Behind a message that every driver takes: by then it knows whose connection it is.
        if (first == at && first > 0)
            kept = kept.Add(PhaseStep.MessageIn(SaveDataPointer));
        message = With(act.Message, kept.Add(PhaseStep.BusFree));
    }

    // The command is given up first, so that the buffers which come back do not look like a failed transfer.
    private void GiveUp(long connection, int buffers, TActor bus, TActor adapter)
    {
        Tell(bus, new ConnectionDropped(connection), adapter);
        for (; buffers > 0; buffers--)
            Tell(bus, new DataPhaseEnded(connection, Moved: false), adapter);
    }

    // What comes with wrong parity is not taken; the chip says so, and the driver resets the bus, which gives back what is withheld here.
    private void FindParity(in FaultAct act, long connection)
    {
        _held.Add(++_numbers, new Held(act.To, act.From, act.Point, [act.Message]) { Connection = connection });
        _hasFoundParity = true;
        if (_driver is { } driver)
            Tell(driver, InterruptLine.High, act.To);
    }

    private bool Pass(RegisterRead read)
    {
        if (HasPhaseRules && read.Space is RegisterSpace.Bar0 or RegisterSpace.Bar1)
            _registersAsked[read.Association] = read.Offset;
        return true;
    }

    private bool Pass(TActor from, TActor to, RegisterValue value, ref object message)
    {
        if (!_hasFoundParity || !_registersAsked.TryGetValue(value.Association, out var register))
            return true;
        switch (register)
        {
            case Istat0:
                message = value with { Value = value.Value | Sip };
                break;
            case Sist0:
                message = value with { Value = value.Value | ParityInSist0 };
                _hasFoundParity = false;
                break;
            case Dstat:
                // It was about something else that the driver had asked: the line is still asserted.
                Tell(to, InterruptLine.High, from);
                break;
        }
        return true;
    }

    private bool Pass(TActor from, TActor to, DataPhaseEnded ended, ref object message)
    {
        // Until then a function or a reset can still take the reselection back, with the buffers in it.
        if (_cutBehindData.Remove(ended.Connection, out var cut))
        {
            if (cut.Before > 1)
                _cutBehindData[ended.Connection] = cut with { Before = cut.Before - 1 };
            else
                GiveUp(ended.Connection, cut.Behind, to, from);
        }
        if (_badParity.Count > 0 && _badParity.Remove(ended.Connection) && ended.Moved)
            message = ended with { Moved = false };
        return true;
    }

    private bool ActOnMessageIn(in FaultAct act, ref object message)
    {
        var (connection, steps, _) = StepsOf(act.Message);
        if (act.Effect.What == FaultWhat.ParityError)
        {
            FindParity(act, connection);
            return false;
        }
        var at = IndexOf(steps, 0, BusPhase.MessageIn);
        Span<byte> bytes = stackalloc byte[PhaseStep.MaximumMessageLength];
        bytes = bytes[..steps[at].Count];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = steps[at][i];
        bytes[^1] = OtherByte(act, bytes[^1]);
        message = With(act.Message, steps.SetItem(at, PhaseStep.MessageIn(bytes)));
        return true;
    }

    // One that is nobody's tag, unless a certain one is wanted.
    private byte OtherByte(in FaultAct act, byte value)
    {
        if (act.Effect.Byte is { } wanted)
            return wanted;
        var other = (byte)(value ^ act.State.Random.Between(1, byte.MaxValue));
        while (other == value || _commands.Keys.Any(nexus => nexus.It.InitiatorPort == AdapterId && nexus.Tag == other))
            other++;
        return other;
    }

    private bool Pass(TActor from, TActor to, MessageOutMoved moved, ref object message)
    {
        if (_byPoint[(int)FaultPoint.MessageOut].Length == 0)
            return true;
        var subject = Connected(moved.Connection, new FaultSubject(moved.Target, -1) { Initiator = AdapterId });
        return Decide(FaultPoint.MessageOut, subject, from, to, moved, ref message);
    }

    private bool ActOnMessageOut(in FaultAct act, ref object message)
    {
        var isRejected = act.Effect.What == FaultWhat.MessageError;
        switch (act.Message)
        {
            case CommandMoved moved when act.Effect.What == FaultWhat.OtherByte:
                message = moved with { Selection = Other(act, moved.Selection) };
                return true;
            case MessageOutMoved moved when act.Effect.What == FaultWhat.OtherByte:
                var bytes = moved.Bytes.ToArray();
                bytes[^1] = OtherByte(act, bytes[^1]);
                message = moved with { Bytes = bytes };
                return true;
            case CommandMoved moved when isRejected:
                Tell(act.From, new TargetPhases(moved.Connection, [PhaseStep.MessageIn(MessageReject), PhaseStep.BusFree]), act.To);
                return false;
            case CommandMoved moved:
                Tell(act.From, new ConnectionWithdrawn(moved.Connection), act.To);
                return false;
            // By a bus that is free the initiator would take a function for carried out: the target wants the message once more.
            case MessageOutMoved moved when !isRejected:
                Tell(act.From, new TargetPhases(moved.Connection, [PhaseStep.MessageOut], AnswersMessage: true), act.To);
                return false;
            case MessageOutMoved moved:
                Tell(act.From, new TargetPhases(moved.Connection, [PhaseStep.MessageIn(MessageReject), PhaseStep.BusFree], AnswersMessage: true), act.To);
                return false;
            default:
                return true;
        }
    }

    private SelectionMessage Other(in FaultAct act, SelectionMessage selection) => selection.IsTagged
        ? selection with { Tag = OtherByte(act, selection.Tag) }
        : selection with { Identify = (byte)(selection.Identify & 0xF8 | (act.Effect.Byte ?? selection.Identify ^ 1) & 0x07) };
}

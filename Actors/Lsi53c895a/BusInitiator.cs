using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Lsi53c895a;

/// <summary>The initiator's end of the bus: the connection there is, the reselections that wait, and the phase. It runs through what a target has
/// announced and stands still (<see cref="BusPhase.Undecided"/>) where the target has still to decide: the barrier rule.</summary>
internal sealed partial class BusInitiator(RegisterFile registers, ControllerOptions options, IControllerPorts ports)
{
    private const byte CommandComplete = 0x00;
    private const byte Disconnect = 0x04;
    private const int MaximumReuse = 64;

    private readonly List<BusConnection> _waiting = [];
    private readonly Stack<BusConnection> _reusable = new();
    private BusConnection? _current;
    private ushort _targets;
    private uint _epoch;
    private long _lastConnection;
    private byte _lastMessageIn;
    private bool _freeIsExpected;
    private BusPhase _observed = BusPhase.BusFree;

    /// <summary>The phase now: BUS FREE without a connection, undecided when the target has to speak first.</summary>
    public BusPhase Phase { get; private set; } = BusPhase.BusFree;

    /// <summary>The last phase there was: SSTAT1's latch.</summary>
    public BusPhase Latched { get; private set; }

    public bool IsConnected => _current is not null;

    /// <summary>The connection there is, for traces; its fields are valid while connected.</summary>
    public BusConnection? Current => _current;

    /// <summary>The connection there is, if any, and those that wait to be granted, in their order.</summary>
    public IEnumerable<BusConnection> Connections => _current is null ? _waiting : _waiting.Prepend(_current);

    /// <summary>True when a target waits to reselect.</summary>
    public bool IsReselectionWaiting => _waiting.Count > 0;

    /// <summary>The selected target does not answer, and the time for it is over.</summary>
    public bool SelectionTimedOut { get; set; }

    /// <summary>The selected target does not answer, and the time for it is not over yet.</summary>
    public bool SelectionPending { get; set; }

    /// <summary>The bus went free although nothing had announced it (SCNTL2.SDU still set): the controller raises UDC and clears this.</summary>
    public bool UnexpectedlyFree { get; set; }

    /// <summary>The last byte that MESSAGE OUT has carried.</summary>
    public byte LastMessageOut { get; private set; }

    // ---- from the bus

    public void Handle(TargetsPresent message) => _targets = message.Present;

    /// <summary>More phases of the connection, or of one that still waits to reselect.</summary>
    public void Handle(TargetPhases message)
    {
        if (Find(message.Connection) is not { } connection)
        {
            Refuse(message.Connection, message.Steps.AsSpan());
            return;
        }
        if (message.AnswersMessage)
        {
            connection.AwaitsAnswer = false;
            connection.Prepend(message.Steps.AsSpan());
        }
        else
        {
            connection.Append(message.Steps.AsSpan());
        }
        if (connection == _current)
            Settle();
    }

    public void Handle(ReselectionRequested message)
    {
        if (message.Epoch != _epoch)
        {
            Refuse(message.Connection, message.Steps.AsSpan());
            return;
        }
        var connection = Take().Open(message.Connection, message.Target, message.Lun.Number, message.Tag);
        connection.IsAnnounced = true;
        connection.Patience = IsConnected ? options.ReselectPatience : 0;
        connection.Append(message.Steps.AsSpan());
        _waiting.Add(connection);
    }

    public void Handle(ConnectionWithdrawn message)
    {
        if (_current is { } current && current.Id == message.Connection)
        {
            EndConnection();
            return;
        }
        var index = _waiting.FindIndex(connection => connection.Id == message.Connection);
        if (index < 0)
            return;
        Discard(_waiting[index]);
        _waiting.RemoveAt(index);
    }

    // ---- arbitration

    /// <summary>Lets the target that waits longest have the bus: MESSAGE IN is the first phase.</summary>
    public BusConnection AcceptReselection()
    {
        var connection = _waiting[0];
        _waiting.RemoveAt(0);
        Connect(connection);
        registers[Reg.Ssid] = (byte)(Bit.SsidVal | connection.Target);
        Settle();
        return connection;
    }

    /// <summary>True when the next waiting reselection wins against a selection that is about to arbitrate.</summary>
    public bool ReselectionWinsArbitration() => _waiting.Count > 0 && _waiting[0].Patience-- <= 0;

    /// <summary>Selects; false when no such target answers.</summary>
    public bool TrySelect(int target, bool withAttention)
    {
        if ((_targets >> target & 1) == 0)
            return false;
        Connect(Take().Open(++_lastConnection, target, 0, -1));
        _messageLength = 0;
        _commandLength = 0;
        if (withAttention)
            registers.Raise(Reg.Socl, Bit.SoclAtn);
        _current!.Append(withAttention || options.MessageOutWithoutAtn ? PhaseStep.MessageOut : PhaseStep.Command);
        Settle();
        return true;
    }

    private void Connect(BusConnection connection)
    {
        _current = connection;
        _freeIsExpected = false;
        _lastMessageIn = byte.MaxValue;
        _messageBytesLeft = 0;
        registers.Raise(Reg.Scntl1, Bit.Scntl1Con);
        registers.Raise(Reg.Scntl2, Bit.Scntl2Sdu);
    }

    // ---- resets

    /// <summary>Drops every connection, with or without asserting RST, and begins a new epoch.</summary>
    public void Reset(bool resetsTargets)
    {
        foreach (var connection in _waiting)
            Discard(connection);
        _waiting.Clear();
        DropConnection();
        SelectionPending = false;
        SelectionTimedOut = false;
        UnexpectedlyFree = false;
        ports.Send(new BusReset(++_epoch, resetsTargets));
    }

    /// <summary>The host has written SCNTL1.CON to 0: the chip lets go of the bus.</summary>
    public void LetGo()
    {
        if (_current is not { } current)
            return;
        var wasAnnounced = current.IsAnnounced;
        var id = current.Id;
        DropConnection();
        if (wasAnnounced)
            ports.Send(new ConnectionDropped(id));
    }

    private void DropConnection()
    {
        if (_current is not null)
        {
            _freeIsExpected = true;
            EndConnection();
        }
    }

    private void EndConnection()
    {
        var connection = _current!;
        UnexpectedlyFree = !_freeIsExpected && _lastMessageIn is not (CommandComplete or Disconnect)
            && registers.Has(Reg.Scntl2, Bit.Scntl2Sdu);
        _current = null;
        Discard(connection);
        registers.Clear(Reg.Scntl1, Bit.Scntl1Con);
        registers.Clear(Reg.Socl, Bit.SoclAtn);
        SetPhase(BusPhase.BusFree);
    }

    /// <summary>Gives back the buffers of what will not be moved any more.</summary>
    private void Discard(BusConnection connection)
    {
        for (; connection.HasStep; connection.RemoveHead())
        {
            if (connection.Head.Buffer is not null)
                ports.Send(new DataPhaseEnded(connection.Id, Moved: false));
        }
        if (_reusable.Count < MaximumReuse)
            _reusable.Push(connection);
    }

    private void Refuse(long id, ReadOnlySpan<PhaseStep> steps)
    {
        foreach (ref readonly var step in steps)
        {
            if (step.Buffer is not null)
                ports.Send(new DataPhaseEnded(id, Moved: false));
        }
    }

    private BusConnection Take() => _reusable.TryPop(out var connection) ? connection : new BusConnection();

    private BusConnection? Find(long id)
    {
        if (_current is { } current && current.Id == id)
            return current;
        foreach (var connection in _waiting)
        {
            if (connection.Id == id)
                return connection;
        }
        return null;
    }

    /// <summary>Brings the phase in line with what the target has announced.</summary>
    private void Settle()
    {
        if (_current is not { } current)
            return;
        if (current.AwaitsAnswer || !current.HasStep)
            SetPhase(BusPhase.Undecided);
        else if (current.Head.Phase == BusPhase.BusFree)
            EndConnection();
        else
            SetPhase(current.Head.Phase);
    }

    private void SetPhase(BusPhase phase)
    {
        Phase = phase;
        if (phase < BusPhase.BusFree)
            Latched = phase;
        if (phase == BusPhase.Undecided || phase == _observed)
            return;
        _observed = phase;
        if (ports.IsObserved)
            ports.Observe(new BusPhaseChanged(_current?.Id ?? 0, _current?.Target ?? -1, phase));
    }
}

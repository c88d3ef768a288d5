using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>The timers of the chip.</summary>
internal enum ChipTimer : byte
{
    /// <summary>The general purpose timer, STIME1.GEN.</summary>
    General,

    /// <summary>The handshake-to-handshake timer, STIME0.HTH.</summary>
    Handshake,

    /// <summary>The selection timer, STIME0.SEL.</summary>
    Selection,
}

/// <summary>Asks for a <see cref="TimerExpired"/>; one that runs already starts anew.</summary>
internal sealed record StartTimer(ChipTimer Timer, TimeSpan Delay, uint Generation);

/// <summary>Asks for no <see cref="TimerExpired"/> any more.</summary>
internal sealed record CancelTimer(ChipTimer Timer);

/// <summary>A timer has run out; one of an earlier generation is ignored.</summary>
internal sealed record TimerExpired(ChipTimer Timer, uint Generation);

/// <summary>The slice is spent and SCRIPTS still run: the controller's message to itself.</summary>
internal sealed record Resume
{
    public static Resume Instance { get; } = new();
}

/// <summary>Everything the controller does to the world. None of the methods may call back.</summary>
internal interface IControllerPorts
{
    // ---- to the bus
    void Send(CommandMoved message);
    void Send(MessageOutMoved message);
    void Send(DataPhaseEnded message);
    void Send(ConnectionDropped message);
    void Send(BusReset message);

    // ---- to the initiator's processor
    void Answer(RegisterValue message);
    void Signal(InterruptLine message);

    // ---- to itself, later
    void Post(Resume message);
    void Start(StartTimer message);
    void Cancel(CancelTimer message);

    // ---- to observers
    /// <summary>True when somebody listens; otherwise no message is made.</summary>
    bool IsObserved { get; }

    void Observe(BusPhaseChanged message);
}

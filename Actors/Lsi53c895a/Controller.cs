using System.Buffers.Binary;
using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>The LSI 53C895A: registers, SCRIPTS processor, SCRIPTS RAM, interrupts, timers and the initiator's end of the bus. Each message is one
/// turn; a turn executes at most one slice of SCRIPTS.</summary>
internal sealed partial class Controller : IRegisterEffects
{
    private readonly ControllerOptions _options;
    private readonly IControllerPorts _ports;
    private readonly PciConfiguration _pci = new();
    private readonly RegisterFile _registers = new();
    private readonly Interrupts _interrupts;
    private readonly ChipMemory _memory;
    private readonly BusInitiator _bus;
    private readonly Scripts _scripts;
    private readonly ChipTimers _timers;
    private bool _line;
    private bool _linePulses;
    private bool _resumePosted;

    public Controller(InitiatorMemory memory, ControllerOptions options, IControllerPorts ports)
    {
        _options = options;
        _ports = ports;
        _interrupts = new Interrupts(_registers);
        _memory = new ChipMemory(memory, _pci, _registers);
        _bus = new BusInitiator(_registers, options, ports);
        _scripts = new Scripts(_registers, _memory, _interrupts, _bus, options);
        _timers = new ChipTimers(_registers, ports);
        _registers.Attach(this);
    }

    /// <summary>Has every instruction that is executed from now on written down, a line each.</summary>
    public ScriptsTrace TraceTo(Action<string> line) =>
        _scripts.Trace = new ScriptsTrace(_memory, _bus, _registers, line);

    /// <summary>Ends <see cref="TraceTo"/>.</summary>
    public void EndTrace() => _scripts.Trace = null;

    public void Handle(InterposeMemory message) => _memory.Interpose(message.Before);

    // ---- from the initiator's processor

    public void Handle(RegisterRead message)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bytes.Clear();
        var wanted = bytes[..Math.Clamp(message.Width, 1, sizeof(ulong))];
        if (message.Offset >= 0)
            ReadSpace(message.Space, message.Offset, wanted);
        _ports.Answer(new RegisterValue(message.Association, BinaryPrimitives.ReadUInt64LittleEndian(bytes)));
        EndTurn();
    }

    public void Handle(RegisterWrite message)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, message.Value);
        if (message.Offset >= 0)
            WriteSpace(message.Space, message.Offset, bytes[..Math.Clamp(message.Width, 1, sizeof(ulong))]);
        EndTurn();
    }

    public void Handle(FunctionReset message)
    {
        SoftReset(keepCom: false);
        _pci.Reset();
        _memory.Ram.Clear();
        EndTurn();
    }

    private void ReadSpace(RegisterSpace space, int offset, Span<byte> destination)
    {
        switch (space)
        {
            case RegisterSpace.Bar0 or RegisterSpace.Bar1:
                _registers.Read(offset & RegisterMap.Size - 1, destination);
                break;
            case RegisterSpace.Bar2 when offset <= PciConfiguration.ScriptsRamSize - destination.Length:
                _memory.Ram.Slice(offset, destination.Length).CopyTo(destination);
                break;
            case RegisterSpace.Configuration:
                _pci.Read(offset, destination);
                break;
        }
    }

    private void WriteSpace(RegisterSpace space, int offset, ReadOnlySpan<byte> source)
    {
        switch (space)
        {
            case RegisterSpace.Bar0 or RegisterSpace.Bar1:
                _registers.Write(offset & RegisterMap.Size - 1, source, fromScripts: false);
                break;
            case RegisterSpace.Bar2 when offset <= PciConfiguration.ScriptsRamSize - source.Length:
                source.CopyTo(_memory.Ram[offset..]);
                break;
            case RegisterSpace.Configuration:
                _pci.Write(offset, source);
                break;
        }
    }

    // ---- from the bus

    public void Handle(TargetsPresent message)
    {
        _bus.Handle(message);
        EndTurn();
    }

    public void Handle(TargetPhases message)
    {
        _bus.Handle(message);
        _scripts.Trace?.Settled();
        _scripts.Wake();
        EndTurn();
    }

    public void Handle(ReselectionRequested message)
    {
        _bus.Handle(message);
        if (!_bus.IsConnected)
            _scripts.Wake();
        EndTurn();
    }

    public void Handle(ConnectionWithdrawn message)
    {
        _bus.Handle(message);
        _scripts.Wake();
        EndTurn();
    }

    // ---- from itself

    public void Handle(Resume message)
    {
        _resumePosted = false;
        EndTurn();
    }

    public void Handle(TimerExpired message)
    {
        if (!_timers.Accept(message))
            return;
        switch (message.Timer)
        {
            case ChipTimer.General:
                _scripts.StopWithScsi1(Bit.Sist1Gen);
                break;
            case ChipTimer.Handshake:
                _scripts.StopWithScsi1(Bit.Sist1Hth);
                break;
            case ChipTimer.Selection when _bus.SelectionPending:
                _bus.SelectionPending = false;
                _bus.SelectionTimedOut = true;
                _scripts.Wake();
                break;
        }
        EndTurn();
    }

    /// <summary>Runs a slice, unless one is due anyway, and shows the outside what has come of it.</summary>
    private void EndTurn()
    {
        if (!_resumePosted)
            _scripts.Execute(_options.InstructionsPerSlice);
        ReportUnexpectedFree();
        ReselectByInterrupt();
        _timers.WatchSelection(_bus.SelectionPending);
        _timers.WatchHandshake(_bus.IsConnected && _scripts.Wait is ScriptsWait.Phase or ScriptsWait.Data);
        UpdateLine();
        if (_scripts.IsReady && !_resumePosted)
        {
            _resumePosted = true;
            _ports.Post(Resume.Instance);
        }
    }

    private void ReportUnexpectedFree()
    {
        if (!_bus.UnexpectedlyFree || _scripts.IsRunning)
            return;
        _bus.UnexpectedlyFree = false;
        _scripts.StopWithScsi0(Bit.Sist0Udc);
    }

    /// <summary>A reselection that is reported by an interrupt needs no WAIT RESELECT; it waits until older interrupts have been read.</summary>
    private void ReselectByInterrupt()
    {
        if (_bus.IsReselectionWaiting && !_bus.IsConnected && _scripts.ReselectsByInterrupt
            && !_interrupts.ScsiPending && !_interrupts.DmaPending)
            _scripts.AcceptReselection();
    }

    private void UpdateLine()
    {
        var line = _interrupts.Line;
        // A condition that moves up from the second level lets the pin fall for an instant, so that an edge is seen for each.
        if (_line && (!line || _linePulses))
            _ports.Signal(InterruptLine.Low);
        if (line && (!_line || _linePulses))
            _ports.Signal(InterruptLine.High);
        _line = line;
        _linePulses = false;
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.FrontEnds.InProcess;

// Bringing the adapter up, its interrupts, and what to do when something is wrong.
public sealed partial class LsiDriver<TClient>
{
    private const int RequestSenseLength = 96;

    private const uint RegistersAddress = 0xF000_0000;
    private const int Scntl0 = 0x00;
    private const int Scntl1 = 0x01;
    private const int Scntl3 = 0x03;
    private const int Scid = 0x04;
    private const int Dstat = 0x0C;
    private const int DsaRegister = 0x10;
    private const int Istat0 = 0x14;
    private const int Dsp = 0x2C;
    private const int Dsps = 0x30;
    private const int Dien = 0x39;
    private const int Dcntl = 0x3B;
    private const int Sien0 = 0x40;
    private const int Sist0 = 0x42;
    private const int Ccntl0 = 0x56;
    private const int Pmjad1 = 0xC0;
    private const int Pmjad2 = 0xC4;

    private const uint Srst = 0x40;
    private const uint Sigp = 0x20;
    private const uint Intf = 0x04;
    private const uint Sip = 0x02;
    private const uint Dip = 0x01;

    // SIST: SIST0 in the low byte, SIST1 in the high one.
    private const uint Udc = 0x0004;
    private const uint Rst = 0x0002;
    private const uint Sto = 0x0400;
    private const uint Sir = 0x04;
    private const uint DmaErrors = 0x79;

    private static readonly RegisterWrite SignalProcess = new(RegisterSpace.Bar1, Istat0, 1, Sigp);
    private static readonly RegisterWrite AcknowledgeAndSignal = new(RegisterSpace.Bar1, Istat0, 1, Sigp | Intf);
    private static readonly RegisterWrite Restart = new(RegisterSpace.Bar1, Dsp, 4, DriverScripts.Begin);
    private static readonly RegisterRead ReadIstat = new(RegisterSpace.Bar1, Istat0, 1, (ulong)Asked.Istat);
    private static readonly RegisterRead ReadSist = new(RegisterSpace.Bar1, Sist0, 2, (ulong)Asked.Sist);
    private static readonly RegisterRead ReadDsps = new(RegisterSpace.Bar1, Dsps, 4, (ulong)Asked.Dsps);
    private static readonly RegisterRead ReadDsa = new(RegisterSpace.Bar1, DsaRegister, 4, (ulong)Asked.Dsa);
    private static readonly RegisterRead ReadDstat = new(RegisterSpace.Bar1, Dstat, 1, (ulong)Asked.Dstat);
    private static readonly RegisterRead DiscardSist = new(RegisterSpace.Bar1, Sist0, 2, (ulong)Asked.ResetDone);

    private readonly List<(TClient Client, ulong Id)> _resetsAsked = [];
    private uint _sist;
    private uint _dsps;
    private uint _dsa;
    private bool _isReadingStatus;
    private bool _isResetting;

    private enum Asked : ulong
    {
        Istat,
        Sist,
        Dsps,
        Dsa,
        Dstat,
        ResetDone,
    }

    /// <summary>Finds and starts the adapter: base addresses, bus mastership, SCRIPTS into its RAM, registers; resets the bus.</summary>
    public void Start()
    {
        _memory.WriteUInt32(DriverVariables.TaskBlocks, TaskBlock.BaseOfAll);
        _memory.WriteUInt32(DriverVariables.UntaggedTable, DriverVariables.UntaggedTableAddress);
        _memory.WriteUInt32(DriverVariables.ContinueIn, DriverScripts.ContinueIn);
        _memory.WriteUInt32(DriverVariables.ContinueOut, DriverScripts.ContinueOut);
        _memory.WriteUInt32(DriverVariables.Exhausted, DriverScripts.Exhausted);
        Configure(0x14, 4, RegistersAddress);
        Configure(0x18, 4, DriverScripts.Origin);
        Configure(0x04, 2, 0x0006);
        var code = DriverScripts.Code;
        for (var i = 0; i < code.Length; i++)
            _ports.Write(new RegisterWrite(RegisterSpace.Bar2, i * sizeof(uint), sizeof(uint), code[i]));
        Reset();
    }

    /// <summary>Resets adapter and bus for <paramref name="client"/>; one that is under way already serves it too.</summary>
    public void Handle(TClient client, ExecuteBusReset request)
    {
        _resetsAsked.Add((client, request.Id));
        if (!_isResetting)
            Reset();
    }

    /// <summary>Takes a change of the interrupt line.</summary>
    public void Handle(InterruptLine line)
    {
        if (!line.Asserted)
            return;
        // SIGP is kept: writing 0 to it here could lose a command that was signalled a moment ago.
        _ports.Write(AcknowledgeAndSignal);
        _ports.Read(ReadIstat);
    }

    /// <summary>Takes what was read from the adapter.</summary>
    public void Handle(RegisterValue value)
    {
        switch ((Asked)value.Association)
        {
            case Asked.Istat:
                Acknowledged((uint)value.Value);
                break;
            case Asked.Sist:
                _sist = (uint)value.Value;
                break;
            case Asked.Dsps:
                _dsps = (uint)value.Value;
                break;
            case Asked.Dsa:
                _dsa = (uint)value.Value;
                break;
            case Asked.Dstat:
                _isReadingStatus = false;
                if (!_isResetting)
                    Interrupted((uint)value.Value);
                break;
            case Asked.ResetDone:
                ResetDone();
                break;
        }
    }

    // Now that INTF is clear, whatever completes from here on raises it anew; what completed before is seen here, unless the adapter has something to say of the
    // command that DSA points to: until that is read the block must stay that command's.
    private void Acknowledged(uint istat)
    {
        if (_isResetting || _isReadingStatus)
            return;
        if ((istat & (Sip | Dip)) == 0)
        {
            CollectCompletions();
            return;
        }
        _isReadingStatus = true;
        _ports.Read(ReadSist);
        _ports.Read(ReadDsps);
        _ports.Read(ReadDsa);
        _ports.Read(ReadDstat);
    }

    private void Interrupted(uint dstat)
    {
        // A selection time-out concerns one command; so does a bus that became free too early, unless that was before the target had said which one.
        var isSelection = (dstat & DmaErrors) == 0 && (_sist & Sto) != 0;
        var isOfCommand = isSelection || ((dstat & DmaErrors) == 0 && _sist == Udc && TaskBlock.TryNumberOf(_dsa, out _));
        if (isOfCommand)
            EndCommandAtAdapter(isSelection);
        CollectCompletions();
        if (isOfCommand || ((dstat & (DmaErrors | Sir)) == Sir && _sist == 0 && _dsps == DriverInterrupt.StatusNotGood))
            _ports.Write(Restart);
        else if ((dstat & (DmaErrors | Sir)) != 0 || _sist != 0)
            Reset();
    }

    private void EndCommandAtAdapter(bool isSelection)
    {
        if (!TaskBlock.TryNumberOf(_dsa, out var number))
            return;
        var block = new TaskBlock(_memory, number);
        if (isSelection)
            _startQueue.Skip(block);
        if (number == FunctionBlock)
            FunctionFailed();
        else if (_commands[number] is not null)
            EndWithoutStatus(number, CommandOutcome.DeliveryFailure);
        StartWaiting();
    }

    /// <summary>Resets adapter and bus; every command is ended without a status, and those that wait are started afterwards.</summary>
    private void Reset()
    {
        _isResetting = true;
        _isReadingStatus = false;
        for (var left = _active; left != 0; left &= left - 1)
            EndWithoutStatus((int)UInt128.TrailingZeroCount(left), CommandOutcome.Aborted);
        FunctionFailed();
        WriteRegister(Istat0, 1, Srst);
        WriteRegister(Istat0, 1, 0);
        _startQueue.Clear();
        WriteRegister(Scntl0, 1, 0xC0);
        WriteRegister(Scid, 1, 0x40 | InitiatorId);
        WriteRegister(Scntl3, 1, 0);
        WriteRegister(Dcntl, 1, 0x01);
        WriteRegister(Ccntl0, 1, 0xC0);
        WriteRegister(Pmjad1, 4, DriverScripts.MismatchOut);
        WriteRegister(Pmjad2, 4, DriverScripts.MismatchIn);
        WriteRegister(Scntl1, 1, 0x08);
        WriteRegister(Scntl1, 1, 0x00);
        // The reset has left its mark in SIST0; reading takes it away before interrupts are let in.
        _ports.Read(DiscardSist);
    }

    private void ResetDone()
    {
        _isResetting = false;
        WriteRegister(Sien0, 2, 0x04 << 8 | 0x8F);
        WriteRegister(Dien, 1, 0x7D);
        _ports.Write(Restart);
        foreach (var (client, id) in _resetsAsked)
            _ports.BusResetExecuted(client, new BusResetExecuted(id));
        _resetsAsked.Clear();
        StartWaiting();
        StartWaitingFunctions();
    }

    private void Configure(int offset, int width, uint value) =>
        _ports.Write(new RegisterWrite(RegisterSpace.Configuration, offset, width, value));

    private void WriteRegister(int offset, int width, uint value) => _ports.Write(new RegisterWrite(RegisterSpace.Bar1, offset, width, value));
}

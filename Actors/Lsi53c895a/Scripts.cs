using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>What an instruction waits for; ISTAT1.SRUN stays 1.</summary>
internal enum ScriptsWait : byte
{
    None,

    /// <summary>WAIT RESELECT.</summary>
    Reselection,

    /// <summary>WAIT DISCONNECT.</summary>
    Disconnection,

    /// <summary>A phase test, or a block move that has not begun.</summary>
    Phase,

    /// <summary>A block move in the middle.</summary>
    Data,
}

/// <summary>The SCRIPTS processor (technical manual, chapter 5). <see cref="Execute"/> runs until the program stops, has to wait, or the limit is
/// spent; it never recurses and never waits.</summary>
internal sealed partial class Scripts(
    RegisterFile registers, ChipMemory memory, Interrupts interrupts, BusInitiator bus, ControllerOptions options)
{
    /// <summary>An instruction either completes, or waits and is tried again, or has stopped the processor.</summary>
    private enum Outcome : byte
    {
        Done,
        Waits,
        Stopped,
    }

    private ScriptsInstruction _instruction;
    private uint _address;
    private bool _carry;
    private bool _isRetry;

    /// <summary>ISTAT1.SRUN: running or waiting.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What the current instruction waits for.</summary>
    public ScriptsWait Wait { get; private set; }

    /// <summary>True when <see cref="Execute"/> has something to do.</summary>
    public bool IsReady => IsRunning && Wait == ScriptsWait.None;

    /// <summary>Writes down what is executed; null costs one comparison an instruction.</summary>
    public ScriptsTrace? Trace { get; set; }

    private uint Dsp
    {
        get => registers.Get(Reg.Dsp);
        set => registers.Set(Reg.Dsp, value);
    }

    /// <summary>Begins at DSP. While ISTAT0.ABRT is still set the program is aborted at once.</summary>
    public void Start()
    {
        IsRunning = true;
        Wait = ScriptsWait.None;
        _isRetry = false;
        if (registers.Has(Reg.Istat0, Bit.Istat0Abrt))
            Abort();
    }

    /// <summary>ISTAT0.ABRT: gives up a waiting instruction and stops.</summary>
    public void Abort() => StopWithDma(Bit.DstatAbrt);

    /// <summary>Stops without a condition; a waiting instruction is forgotten.</summary>
    public void Stop()
    {
        IsRunning = false;
        Wait = ScriptsWait.None;
        _isRetry = false;
    }

    /// <summary>Power-on state.</summary>
    public void Reset()
    {
        Stop();
        _carry = false;
    }

    /// <summary>Something has happened: what waits is tried again.</summary>
    public void Wake()
    {
        if (Wait == ScriptsWait.None)
            return;
        Wait = ScriptsWait.None;
        _isRetry = true;
    }

    /// <summary>SIGP has been written: WAIT RESELECT goes on at its alternate address.</summary>
    public void WakeBySignal()
    {
        if (Wait == ScriptsWait.Reselection)
            Wake();
    }

    /// <summary>Executes at most <paramref name="limit"/> instructions.</summary>
    public void Execute(int limit)
    {
        for (; limit > 0 && IsReady; limit--)
            Step();
    }

    private void Step()
    {
        if (!_isRetry && !TryFetch())
            return;
        var outcome = Dispatch();
        _isRetry = false;
        if (bus.UnexpectedlyFree)
        {
            bus.UnexpectedlyFree = false;
            StopWithScsi0(Bit.Sist0Udc);
        }
        if (outcome == Outcome.Done && IsRunning && registers.Has(Reg.Dcntl, Bit.DcntlSsm))
            StopWithDma(Bit.DstatSsi);
    }

    private bool TryFetch()
    {
        _address = Dsp;
        if (!memory.TryReadUInt64(Code(_address), out var both))
        {
            StopWithDma(Bit.DstatBf);
            return false;
        }
        var first = (uint)both;
        var second = (uint)(both >> 32);
        if (first == 0 && options.ZeroOpcodeSkipsFourBytes)
        {
            Dsp = _address + 4;
            return false;
        }
        _instruction = new ScriptsInstruction(first, second);
        Dsp = _address + 8;
        registers.Set(Reg.Dbc, first);
        registers.Set(Reg.Dsps, second);
        return true;
    }

    /// <summary>Where the program's dword at an address is: in the SCRIPTS RAM, or in memory below the upper dword SFS.</summary>
    private ulong Code(uint address) => memory.IsRam(address, out _) ? address : (ulong)registers.Get(Reg.Sfs) << 32 | address;

    private Outcome Dispatch() => _instruction.Operation switch
    {
        ScriptsOperation.BlockMove => BlockMove(),
        ScriptsOperation.Select => Select(),
        ScriptsOperation.WaitDisconnect => WaitDisconnect(),
        ScriptsOperation.WaitReselect => WaitReselect(),
        ScriptsOperation.Set => SetOrClear(set: true),
        ScriptsOperation.Clear => SetOrClear(set: false),
        ScriptsOperation.RegisterWrite => ModifyRegister(),
        ScriptsOperation.Jump or ScriptsOperation.Call or ScriptsOperation.Return or ScriptsOperation.Interrupt => TransferControl(),
        ScriptsOperation.MemoryMove => MemoryMove(),
        ScriptsOperation.LoadStore => LoadOrStore(),
        _ => Illegal(),
    };

    private Outcome Park(ScriptsWait wait)
    {
        Wait = wait;
        return Outcome.Waits;
    }

    private Outcome Illegal()
    {
        Trace?.Illegal(_address, _instruction);
        return StopWithDma(Bit.DstatIid);
    }

    private Outcome BusFault() => StopWithDma(Bit.DstatBf);

    private Outcome StopWithDma(byte condition)
    {
        interrupts.RaiseDma(condition);
        Stop();
        return Outcome.Stopped;
    }

    /// <summary>Raises conditions of SIST0 and stops, unless they are masked and not fatal.</summary>
    public void StopWithScsi0(byte conditions)
    {
        if (interrupts.RaiseScsi0(conditions))
            Stop();
    }

    /// <summary>Raises conditions of SIST1 and stops, unless they are masked and not fatal.</summary>
    public void StopWithScsi1(byte conditions)
    {
        if (interrupts.RaiseScsi1(conditions))
            Stop();
    }

    /// <summary>What every instruction that uses or tests the phase does first: a selection that found nobody ends here, one that is still under way
    /// waits, and so does a target that has not decided. True when there is a phase, or the bus is free.</summary>
    private bool TryUseBus(ScriptsWait wait, out Outcome outcome)
    {
        outcome = Outcome.Done;
        if (bus.SelectionTimedOut)
        {
            bus.SelectionTimedOut = false;
            Trace?.NeedsBus(_address, _instruction, Dsp);
            StopWithScsi1(Bit.Sist1Sto);
            outcome = Outcome.Stopped;
            return false;
        }
        if (bus.SelectionPending || bus.Phase == BusPhase.Undecided)
        {
            outcome = Park(wait);
            return false;
        }
        return true;
    }
}

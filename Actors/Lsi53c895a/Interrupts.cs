namespace ScsiActors.Lsi53c895a;

/// <summary>A status register with two levels: what comes while the first is pending waits behind it until the first has been read.</summary>
internal struct StackedStatus
{
    private byte _second;

    /// <summary>The level that the CPU sees.</summary>
    public byte First { get; private set; }

    public void Raise(byte bits)
    {
        if (First == 0)
            First = bits;
        else
            _second |= bits;
    }

    /// <summary>Reads and clears the first level; what waits behind it moves up.</summary>
    public byte Take(out bool movedUp)
    {
        var taken = First;
        First = _second;
        _second = 0;
        movedUp = First != 0;
        return taken;
    }
}

/// <summary>The interrupt conditions of DSTAT, SIST0 and SIST1 and INTF: masking, stacking, and the level of INTA (technical manual, 2.2.15
/// "Interrupt Handling" and the register descriptions).</summary>
internal sealed class Interrupts(RegisterFile registers)
{
    private const byte NonFatal0 = Bit.Sist0Cmp | Bit.Sist0Sel | Bit.Sist0Rsl;
    private const byte NonFatal1 = Bit.Sist1Gen | Bit.Sist1Hth;

    private StackedStatus _dstat;
    private StackedStatus _sist0;
    private StackedStatus _sist1;

    // GEN and HTH while they are masked: readable, for drivers that measure the clock with them, but no interrupt and not part of the stack.
    private byte _maskedTimers;

    /// <summary>An INTFLY has happened and has not been acknowledged.</summary>
    public bool OnTheFly { get; set; }

    /// <summary>ISTAT0.DIP.</summary>
    public bool DmaPending => _dstat.First != 0;

    /// <summary>ISTAT0.SIP.</summary>
    public bool ScsiPending => _sist0.First != 0 || _sist1.First != 0 || (_maskedTimers & registers[Reg.Sien1]) != 0;

    /// <summary>The level of INTA.</summary>
    public bool Line
    {
        get
        {
            if (registers.Has(Reg.Dcntl, Bit.DcntlIrqd) || registers.Has(Reg.Istat1, Bit.Istat1IrqDisable))
                return false;
            return OnTheFly
                || (_dstat.First & registers[Reg.Dien]) != 0
                || (_sist0.First & registers[Reg.Sien0]) != 0
                || ((_sist1.First | _maskedTimers) & registers[Reg.Sien1]) != 0;
        }
    }

    /// <summary>DSTAT without what reading it does.</summary>
    public byte Dstat => (byte)(_dstat.First | Bit.DstatDfe);

    /// <summary>SIST0 likewise.</summary>
    public byte Sist0 => _sist0.First;

    /// <summary>SIST1 likewise.</summary>
    public byte Sist1 => _sist1.First;

    public void Reset()
    {
        _dstat = default;
        _sist0 = default;
        _sist1 = default;
        _maskedTimers = 0;
        OnTheFly = false;
    }

    /// <summary>Raises a DMA condition; every one of them stops SCRIPTS, enabled or not.</summary>
    public void RaiseDma(byte bits) => _dstat.Raise(bits);

    /// <summary>Raises conditions of SIST0. Returns whether SCRIPTS stop: for the non-fatal ones only when they are enabled, and a masked one is
    /// not recorded, because polling firmware takes any bit for a failure.</summary>
    public bool RaiseScsi0(byte bits)
    {
        var effective = (byte)(bits & (~NonFatal0 | registers[Reg.Sien0]));
        if (effective != 0)
            _sist0.Raise(effective);
        return effective != 0;
    }

    /// <summary>Raises conditions of SIST1. Returns whether SCRIPTS stop.</summary>
    public bool RaiseScsi1(byte bits)
    {
        var effective = (byte)(bits & (~NonFatal1 | registers[Reg.Sien1]));
        _maskedTimers |= (byte)(bits & ~effective);
        if (effective != 0)
            _sist1.Raise(effective);
        return effective != 0;
    }

    public byte TakeDstat(out bool movedUp) => (byte)(_dstat.Take(out movedUp) | Bit.DstatDfe);

    public byte TakeSist0(out bool movedUp) => _sist0.Take(out movedUp);

    public byte TakeSist1(out bool movedUp)
    {
        var masked = _maskedTimers;
        _maskedTimers = 0;
        return (byte)(_sist1.Take(out movedUp) | masked);
    }
}

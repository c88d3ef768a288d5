using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>What registers do beyond storing bits, and the resets.</summary>
internal sealed partial class Controller
{
    private const byte GpregUnusedHigh = 0x60;

    /// <inheritdoc/>
    byte IRegisterEffects.Read(RegisterEffect effect, int offset, byte stored)
    {
        switch (effect)
        {
            case RegisterEffect.Dstat:
                return Taken(_interrupts.TakeDstat(out var dstatMoved), dstatMoved);
            case RegisterEffect.Sist0:
                return Taken(_interrupts.TakeSist0(out var sist0Moved), sist0Moved);
            case RegisterEffect.Sist1:
                return Taken(_interrupts.TakeSist1(out var sist1Moved), sist1Moved);
            case RegisterEffect.Istat0:
                return ReadIstat0(stored);
            case RegisterEffect.Istat1:
                return (byte)(stored | If(_scripts.IsRunning, Bit.Istat1Srun));
            case RegisterEffect.Ctest2:
                return ReadCtest2(stored);
            case RegisterEffect.Sstat0:
                return (byte)(stored | If(_registers.Has(Reg.Scntl1, Bit.Scntl1Rst), Bit.Sstat0Rst));
            case RegisterEffect.Sstat1:
                return (byte)_bus.Latched;
            case RegisterEffect.Sstat2:
                return If(!_bus.IsConnected, Bit.Sstat2Ldsc);
            case RegisterEffect.Sbcl:
                return ReadSbcl();
            case RegisterEffect.Sbdl:
                return offset == Reg.Sbdl ? _bus.DataLines : (byte)0;
            case RegisterEffect.Gpreg:
                // Pins that are inputs are pulled high: there is no serial EEPROM that could drive them.
                return (byte)(stored | _registers[Reg.Gpcntl] & 0x1F | GpregUnusedHigh);
            case RegisterEffect.ScratchA:
                return Scratch(stored, _pci.RegistersBase, offset);
            case RegisterEffect.ScratchB:
                return Scratch(stored, _pci.RamBase, offset);
            default:
                return stored;
        }
    }

    /// <inheritdoc/>
    void IRegisterEffects.Written(RegisterEffect effect, byte value, byte previous, bool fromScripts)
    {
        switch (effect)
        {
            case RegisterEffect.Sfbr when fromScripts:
                _registers[Reg.Sfbr] = value;
                break;
            case RegisterEffect.Scntl1:
                WriteScntl1(value, previous);
                break;
            case RegisterEffect.Istat0:
                WriteIstat0(value, previous);
                break;
            case RegisterEffect.Ctest3:
                _registers.Clear(Reg.Ctest3, Bit.Ctest3Flf | Bit.Ctest3Clf);
                break;
            case RegisterEffect.Ctest5:
                WriteCtest5(value);
                break;
            case RegisterEffect.Dsp3 when !fromScripts && !_registers.Has(Reg.Dmode, Bit.DmodeMan):
                StartScripts();
                break;
            case RegisterEffect.Dcntl:
                _registers.Clear(Reg.Dcntl, Bit.DcntlStd | Bit.DcntlPff);
                if ((value & Bit.DcntlStd) != 0 && !fromScripts)
                    StartScripts();
                break;
            case RegisterEffect.Stime1:
                _timers.ArmGeneral();
                break;
            case RegisterEffect.Stest2:
                _registers.Clear(Reg.Stest2, Bit.Stest2Rof);
                break;
            case RegisterEffect.Stest3:
                _registers.Clear(Reg.Stest3, Bit.Stest3Csf);
                break;
        }
    }

    /// <summary>Starting what already runs only stores the address: software is expected to abort first.</summary>
    private void StartScripts()
    {
        if (!_scripts.IsRunning)
            _scripts.Start();
    }

    private byte Taken(byte value, bool movedUp)
    {
        _linePulses |= movedUp;
        return value;
    }

    private static byte If(bool condition, byte bits) => condition ? bits : (byte)0;

    private byte Scratch(byte stored, uint address, int offset) =>
        _registers.Has(Reg.Ctest2, Bit.Ctest2Srtch) ? (byte)(address >> (offset & 3) * 8) : stored;

    private byte ReadIstat0(byte stored) => (byte)(stored
        | If(_bus.IsConnected, Bit.Istat0Con)
        | If(_interrupts.OnTheFly, Bit.Istat0Intf)
        | If(_interrupts.ScsiPending, Bit.Istat0Sip)
        | If(_interrupts.DmaPending, Bit.Istat0Dip));

    private void WriteIstat0(byte value, byte previous)
    {
        if ((value & Bit.Istat0Srst) != 0)
        {
            // SeaBIOS and EDK2 never clear the bit, so it clears itself.
            SoftReset(keepCom: true);
            return;
        }
        _registers[Reg.Istat0] = (byte)(value & (Bit.Istat0Abrt | Bit.Istat0Sigp | Bit.Istat0Sem));
        if ((value & Bit.Istat0Intf) != 0)
            _interrupts.OnTheFly = false;
        if ((value & Bit.Istat0Sigp) != 0)
            _scripts.WakeBySignal();
        if ((value & ~previous & Bit.Istat0Abrt) != 0)
            _scripts.Abort();
    }

    /// <summary>Reading CTEST2 shows SIGP and clears it, which tells the program that the host has work.</summary>
    private byte ReadCtest2(byte stored)
    {
        var value = (byte)(stored & (Bit.Ctest2Srtch | Bit.Ctest2Dack)
            | If(_registers.Has(Reg.Istat0, Bit.Istat0Sigp), Bit.Ctest2Sigp)
            | If(_pci.IoBase != 0, Bit.Ctest2Cio)
            | If(_pci.RegistersBase != 0, Bit.Ctest2Cm));
        _registers.Clear(Reg.Istat0, Bit.Istat0Sigp);
        return value;
    }

    private byte ReadSbcl()
    {
        if (!_bus.IsConnected)
            return 0;
        var lines = (byte)(Bit.SbclBsy | _registers[Reg.Socl] & (Bit.SoclAck | Bit.SoclAtn));
        return _bus.Phase < BusPhase.BusFree ? (byte)(lines | Bit.SbclReq | (int)_bus.Phase) : lines;
    }

    private void WriteScntl1(byte value, byte previous)
    {
        if ((value & ~previous & Bit.Scntl1Rst) != 0)
        {
            _bus.Reset(resetsTargets: true);
            _scripts.StopWithScsi0(Bit.Sist0Rst);
        }
        else if ((value & Bit.Scntl1Con) == 0)
        {
            _bus.LetGo();
        }
        if (_bus.IsConnected)
            _registers.Raise(Reg.Scntl1, Bit.Scntl1Con);
        else
            _registers.Clear(Reg.Scntl1, Bit.Scntl1Con);
    }

    private void WriteCtest5(byte value)
    {
        if ((value & Bit.Ctest5Adck) != 0)
            _registers.Set(Reg.Dnad, _registers.Get(Reg.Dnad) + 1);
        if ((value & Bit.Ctest5Bbck) != 0)
            _registers.Set24(Reg.Dbc, _registers.Get24(Reg.Dbc) - 1);
        _registers.Clear(Reg.Ctest5, Bit.Ctest5Adck | Bit.Ctest5Bbck);
    }

    /// <summary>ISTAT0.SRST and function reset: registers, interrupts, timers and connections; the SCRIPTS RAM and PCI keep their contents.</summary>
    private void SoftReset(bool keepCom)
    {
        var com = (byte)(_registers[Reg.Dcntl] & Bit.DcntlCom);
        _scripts.Reset();
        _timers.StopAll();
        _bus.Reset(_options.SoftResetResetsTargets);
        _interrupts.Reset();
        _registers.Reset();
        if (keepCom)
            _registers.Raise(Reg.Dcntl, com);
    }
}

using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>I/O instructions: SELECT, WAIT DISCONNECT, WAIT RESELECT, SET and CLEAR (technical manual, 5.4).</summary>
internal sealed partial class Scripts
{
    /// <summary>True when the reselection is reported by an interrupt instead of being left to WAIT RESELECT.</summary>
    public bool ReselectsByInterrupt => registers.Has(Reg.Sien0, Bit.Sist0Rsl) && registers.Has(Reg.Scid, Bit.ScidRre);

    private uint Alternate => _instruction.IsRelativeAlternate ? Dsp + _instruction.Displacement : _instruction.Second;

    private Outcome Select()
    {
        if (!TryFindTarget(out var target))
            return BusFault();
        registers.Set(Reg.Dnad, Alternate);
        if (!bus.IsConnected && bus.ReselectionWinsArbitration())
        {
            registers.Raise(Reg.Sstat0, Bit.Sstat0Loa);
            AcceptReselection();
            if (!IsRunning)
                return Outcome.Stopped;
        }
        if (bus.IsConnected)
        {
            Trace?.SelectLost(_address, _instruction, target, Alternate);
            Dsp = Alternate;
            return Outcome.Done;
        }
        registers[Reg.Sdid] = (byte)target;
        registers.Clear(Reg.Scntl1, Bit.Scntl1Iarb);
        registers[Reg.Sstat0] = Bit.Sstat0Woa;
        var isAnswered = bus.TrySelect(target, _instruction.WithAttention);
        bus.SelectionPending = !isAnswered && options.RealSelectionTimeout && (registers[Reg.Stime0] & Bit.Stime0Sel) != 0;
        bus.SelectionTimedOut = !isAnswered && !bus.SelectionPending;
        Trace?.Selected(_address, _instruction, target, isAnswered);
        return Outcome.Done;
    }

    /// <summary>The target's ID, from the instruction or from the table, which supplies SCNTL3 and SXFER as well; false is a bus fault.</summary>
    private bool TryFindTarget(out int target)
    {
        target = _instruction.SelectId;
        if (!_instruction.IsTableSelect)
            return true;
        if (!memory.TryReadUInt32(DataStructure(_instruction.TableOffset), out var entry))
            return false;
        target = (int)(entry >> 16 & 0xF);
        registers[Reg.Scntl3] = (byte)(entry >> 24);
        registers[Reg.Sxfer] = (byte)(entry >> 8);
        return true;
    }

    /// <summary>Lets the waiting target have the bus. Reported by an interrupt it stops the program, when that is enabled.</summary>
    public void AcceptReselection()
    {
        var connection = bus.AcceptReselection();
        if (!registers.Has(Reg.Dcntl, Bit.DcntlCom))
            registers[Reg.Sfbr] = (byte)(1 << (connection.Target & 7));
        Trace?.Reselected(connection, registers[Reg.Ssid]);
        if (ReselectsByInterrupt)
            StopWithScsi0(Bit.Sist0Rsl);
    }

    private Outcome WaitDisconnect()
    {
        if (_instruction.WithAttention)
            return Illegal();
        if (bus.Phase == BusPhase.Undecided)
            return Park(ScriptsWait.Disconnection);
        if (bus.Phase != BusPhase.BusFree)
            return Illegal();
        Trace?.Disconnected(_address, _instruction);
        return Outcome.Done;
    }

    private Outcome WaitReselect()
    {
        if (_instruction.WithAttention)
            return Illegal();
        if (bus.IsConnected)
            return Outcome.Done;
        if (bus.IsReselectionWaiting)
        {
            AcceptReselection();
            return IsRunning ? Outcome.Done : Outcome.Stopped;
        }
        if (registers.Has(Reg.Istat0, Bit.Istat0Sigp))
        {
            Dsp = Alternate;
            return Outcome.Done;
        }
        if (!_isRetry)
            Trace?.WaitsForReselection(_address, _instruction, Alternate);
        return Park(ScriptsWait.Reselection);
    }

    private Outcome SetOrClear(bool set)
    {
        if (_instruction.WithAttention)
            return Illegal();
        // ACK and ATN mean nothing to a target that still has the last message in hand.
        if ((_instruction.ActsOnAcknowledge || _instruction.ActsOnAttention) && bus.Current is { AwaitsAnswer: true })
            return Park(ScriptsWait.Phase);
        Trace?.SetOrClear(_address, _instruction, set);
        if (_instruction.ActsOnCarry)
            _carry = set;
        if (_instruction.ActsOnAcknowledge)
        {
            if (set)
                registers.Raise(Reg.Socl, Bit.SoclAck);
            else
                registers.Clear(Reg.Socl, Bit.SoclAck);
        }
        if (_instruction.ActsOnAttention)
        {
            if (set)
                bus.RaiseAttention();
            else
                bus.ClearAttention();
        }
        return Outcome.Done;
    }
}

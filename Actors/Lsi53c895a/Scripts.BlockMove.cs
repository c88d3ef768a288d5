using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>Block moves: data, commands, messages and status between memory and the bus (technical manual, 5.3).</summary>
internal sealed partial class Scripts
{
    private const int LargestBounce = 256;

    private readonly byte[] _bounce = new byte[LargestBounce];

    // The move under way; it survives waiting for the target.
    private bool _isMoving;
    private ulong _moveAddress;
    private uint _moveStart;
    private uint _moveCount;
    private uint _moveLeft;
    private byte _moveHighByte;
    private uint _moveEntry;

    private Outcome BlockMove()
    {
        if (!_isRetry)
            _isMoving = false;
        if (!TryUseBus(_isMoving ? ScriptsWait.Data : ScriptsWait.Phase, out var outcome))
            return outcome;
        if (!_isMoving && !TryBeginMove(out outcome))
            return outcome;
        return Transfer();
    }

    /// <summary>Finds address and count of the move: direct, indirect or from the table.</summary>
    private bool TryBeginMove(out Outcome outcome)
    {
        var instruction = _instruction;
        _moveHighByte = instruction.Opcode;
        _moveEntry = _address;
        var found = instruction.IsTableIndirect ? TryTableMove(out outcome)
            : instruction.IsIndirect ? TryIndirectMove(out outcome)
            : TryDirectMove(out outcome);
        if (!found)
            return false;
        if (_moveCount == 0)
        {
            outcome = Illegal();
            return false;
        }
        _moveStart = (uint)_moveAddress;
        _moveLeft = _moveCount;
        _isMoving = true;
        registers.Set24(Reg.Dbc, _moveCount);
        registers.Set(Reg.Dnad, _moveStart);
        registers.Set(Reg.Dnad64, (uint)(_moveAddress >> 32));
        if (instruction.IsChained)
            registers.Raise(Reg.Scntl2, Bit.Scntl2Chm);
        else
            registers.Clear(Reg.Scntl2, Bit.Scntl2Chm);
        return true;
    }

    private bool TryDirectMove(out Outcome outcome)
    {
        outcome = Outcome.Done;
        if (registers.Has(Reg.Ccntl1, Bit.Ccntl1En64Dbmv))
        {
            if (!memory.TryReadUInt32(Code(Dsp), out var upper))
            {
                outcome = BusFault();
                return false;
            }
            Dsp += 4;
            registers.Set(Reg.Dbms, upper);
        }
        _moveCount = _instruction.Count;
        _moveAddress = Static(_instruction.Second);
        return true;
    }

    private bool TryIndirectMove(out Outcome outcome)
    {
        outcome = Outcome.Done;
        if (!memory.TryReadUInt32(Static(_instruction.Second), out var address))
        {
            outcome = BusFault();
            return false;
        }
        _moveCount = _instruction.Count;
        _moveAddress = Static(address);
        return true;
    }

    private bool TryTableMove(out Outcome outcome)
    {
        outcome = Outcome.Done;
        var entry = DataStructure(_instruction.Displacement);
        if (!memory.TryReadUInt32(entry, out var count) || !memory.TryReadUInt32(entry + 4, out var address))
        {
            outcome = BusFault();
            return false;
        }
        _moveEntry = (uint)entry;
        _moveHighByte = (byte)(count >> 24);
        _moveCount = count & 0xFF_FFFF;
        _moveAddress = !registers.Has(Reg.Ccntl1, Bit.Ccntl1En64Tibmv) ? Static(address)
            : registers.Has(Reg.Ccntl1, Bit.Ccntl1Timod) ? (ulong)_moveHighByte << 32 | address
            : (ulong)UpperBySelector(_moveHighByte & 0x1F) << 32 | address;
        return true;
    }

    /// <summary>The upper dwords that an index of table mode may name: SCRATCHC to SCRATCHR, then the six selector registers.</summary>
    private uint UpperBySelector(int index) => index switch
    {
        < 0x10 => registers.Get(Reg.ScratchC + index * 4),
        < 0x16 => registers.Get(Reg.Mmrs + (index - 0x10) * 4),
        _ => 0,
    };

    /// <summary>An address of a block move that says nothing of its upper dword: DBMS supplies it, or SBMS where that is zero.</summary>
    private ulong Static(uint address)
    {
        var upper = registers.Get(Reg.Dbms);
        return (ulong)(upper != 0 ? upper : registers.Get(Reg.Sbms)) << 32 | address;
    }

    private ulong DataStructure(uint displacement) => (ulong)registers.Get(Reg.Drs) << 32 | registers.Get(Reg.Dsa) + displacement;

    private Outcome Transfer()
    {
        var phase = _instruction.Phase;
        while (_moveLeft > 0)
        {
            if (bus.Phase == BusPhase.Undecided)
                return Park(_moveLeft < _moveCount ? ScriptsWait.Data : ScriptsWait.Phase);
            if (bus.Phase == BusPhase.BusFree)
                return MoveWithoutBus();
            if (bus.Phase != phase)
                return Mismatch();
            if (!TryMoveSome(phase))
                return BusFault();
            if (phase == BusPhase.MessageIn && options.ShortMessageMoveSilently && bus.Phase != BusPhase.MessageIn)
                break;
        }
        CompleteMove();
        Trace?.Moved(_address, _instruction, Moved, _moveCount, _moveStart);
        return Outcome.Done;
    }

    private uint Moved => _moveCount - _moveLeft;

    /// <summary>The bus went free in the middle: with SDU set that is UDC, otherwise the move waits for a phase that a reselection may bring.</summary>
    private Outcome MoveWithoutBus()
    {
        if (!bus.UnexpectedlyFree)
            return Park(ScriptsWait.Phase);
        StoreProgress();
        return Outcome.Stopped;
    }

    /// <summary>Moves what the target offers in this phase, at most what is left; false is a bus fault.</summary>
    private bool TryMoveSome(BusPhase phase) => phase switch
    {
        BusPhase.DataIn => TryDataIn(),
        BusPhase.DataOut => TryDataOut(),
        BusPhase.MessageIn or BusPhase.Status => TryBytesIn(),
        BusPhase.MessageOut => TryMessageOut(),
        _ => TryCommand(),
    };

    private bool TryDataIn()
    {
        var data = bus.Data;
        if (data.Length > _moveLeft)
            data = data[..(int)_moveLeft];
        if (!memory.TryWriteData(_moveAddress, data))
            return false;
        if (_moveLeft == _moveCount && data.Length > 0)
            registers[Reg.Sfbr] = data[0];
        Progress(data.Length, isData: true);
        bus.Advance(data.Length);
        return true;
    }

    private bool TryDataOut()
    {
        var data = bus.Data;
        if (data.Length > _moveLeft)
            data = data[..(int)_moveLeft];
        if (!memory.TryReadData(_moveAddress, data))
            return false;
        Progress(data.Length, isData: true);
        bus.Advance(data.Length);
        return true;
    }

    private bool TryBytesIn()
    {
        var count = (int)Math.Min(_moveLeft, (uint)bus.Available);
        var bytes = _bounce.AsSpan(0, count);
        for (var i = 0; i < count; i++)
            bytes[i] = bus.Peek(i);
        if (!memory.TryWriteData(_moveAddress, bytes))
            return false;
        if (_moveLeft == _moveCount)
            registers[Reg.Sfbr] = bytes[0];
        if (_instruction.Phase == BusPhase.MessageIn)
        {
            registers[Reg.Sidl] = bytes[^1];
            // The chip holds ACK behind the last byte of a message, so that the program can raise ATN before it lets go.
            registers.Raise(Reg.Socl, Bit.SoclAck);
        }
        Trace?.Bytes(bytes);
        Progress(count, isData: false);
        bus.Advance(count);
        return true;
    }

    private bool TryMessageOut()
    {
        var bytes = _bounce.AsSpan(0, (int)Math.Min(_moveLeft, LargestBounce));
        if (!memory.TryReadData(_moveAddress, bytes))
            return false;
        Trace?.Bytes(bytes);
        Progress(bytes.Length, isData: false);
        bus.SendMessage(bytes);
        return true;
    }

    private bool TryCommand()
    {
        var bytes = _bounce.AsSpan(0, (int)Math.Min(_moveLeft, LargestBounce));
        if (!memory.TryReadData(_moveAddress, bytes))
            return false;
        Trace?.Bytes(bytes);
        var taken = bus.SendCommand(bytes);
        Progress(options.TolerateLongCdb && bus.Phase != BusPhase.Command ? (int)_moveLeft : taken, isData: false);
        return true;
    }

    private void Progress(int count, bool isData)
    {
        _moveAddress += (uint)count;
        _moveLeft -= (uint)count;
        if (isData)
            registers.Set(Reg.Csbc, registers.Get(Reg.Csbc) + (uint)count);
    }

    /// <summary>Leaves the registers as a finished move leaves them; the FIFO counters say that nothing is stuck.</summary>
    private void CompleteMove()
    {
        StoreProgress();
        _isMoving = false;
    }

    private void StoreProgress()
    {
        registers.Set24(Reg.Dbc, _moveLeft);
        registers[Reg.Dfifo] = (byte)_moveLeft;
        registers[Reg.Ctest5] = (byte)(registers[Reg.Ctest5] & ~Bit.Ctest5Bo | (int)(_moveLeft >> 8) & Bit.Ctest5Bo);
        registers.Set(Reg.Dnad, (uint)_moveAddress);
        registers.Set24(Reg.Sbc, Moved);
        registers.Set(Reg.Ia, _address);
        registers.Set(Reg.Esa, _moveEntry);
        registers.Set(Reg.Rbc, (uint)_moveHighByte << 24 | _moveLeft);
        registers.Set(Reg.Ua, (uint)_moveAddress);
    }

    /// <summary>The target shows another phase than the move expects: a jump to PMJAD1 or PMJAD2 when that is enabled, M/A otherwise.</summary>
    private Outcome Mismatch()
    {
        StoreProgress();
        _isMoving = false;
        var control = registers[Reg.Ccntl0];
        var isData = _instruction.Phase <= BusPhase.DataIn;
        Trace?.Moved(_address, _instruction, Moved, _moveCount, _moveStart);
        if ((control & Bit.Ccntl0Enpmj) == 0 || (!isData && (control & Bit.Ccntl0Enndj) == 0))
        {
            StopWithScsi0(Bit.Sist0Ma);
            return Outcome.Stopped;
        }
        var second = (control & Bit.Ccntl0Pmjctl) != 0 ? !_instruction.IsOutgoing : registers.Has(Reg.Scntl2, Bit.Scntl2Wsr);
        Dsp = registers.Get(second ? Reg.Pmjad2 : Reg.Pmjad1);
        Trace?.MismatchJump(Dsp);
        return Outcome.Done;
    }
}

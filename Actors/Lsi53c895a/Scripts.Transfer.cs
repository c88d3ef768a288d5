using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>Transfer control: JUMP, CALL, RETURN, INT and INTFLY with their conditions (technical manual, 5.6).</summary>
internal sealed partial class Scripts
{
    private Outcome TransferControl()
    {
        var instruction = _instruction;
        if (instruction.IsSixtyFourBit
            || (instruction.TestsCarry && (instruction.TestsData || instruction.TestsPhase) && !options.LenientTransferControl))
            return Illegal();
        if (instruction.TestsPhase || instruction.WaitsForPhase)
        {
            if (!TryUseBus(ScriptsWait.Phase, out var outcome))
                return outcome;
            if (instruction.WaitsForPhase && bus.Phase == BusPhase.BusFree && !TryReconnect(out outcome))
                return outcome;
        }
        var taken = IsConditionMet(instruction);
        var target = instruction.IsRelative ? Dsp + instruction.Displacement : instruction.Second;
        Trace?.Transferred(_address, instruction, taken, target, TestedPhase, registers[Reg.Sfbr]);
        return taken ? Transfer(instruction, target) : Outcome.Done;
    }

    /// <summary>A test that waits for a phase on a free bus waits for a reselection.</summary>
    private bool TryReconnect(out Outcome outcome)
    {
        outcome = Outcome.Done;
        if (!bus.IsReselectionWaiting)
        {
            outcome = Park(ScriptsWait.Phase);
            return false;
        }
        AcceptReselection();
        if (IsRunning)
            return true;
        outcome = Outcome.Stopped;
        return false;
    }

    /// <summary>The phase that is compared: the one on the bus, or the last one there was.</summary>
    private BusPhase TestedPhase => bus.Phase < BusPhase.BusFree ? bus.Phase : bus.Latched;

    /// <summary>All tests that are selected must agree with the polarity; none selected is "always" or, inverted, "never".</summary>
    private bool IsConditionMet(in ScriptsInstruction instruction)
    {
        var wanted = instruction.WhenTrue;
        var isTested = instruction.TestsCarry || instruction.TestsPhase || instruction.TestsData;
        if (!isTested)
            return wanted;
        if (instruction.TestsCarry && _carry != wanted)
            return false;
        if (instruction.TestsPhase && (TestedPhase == instruction.Phase) != wanted)
            return false;
        return !instruction.TestsData
            || (((registers[Reg.Sfbr] ^ instruction.DataValue) & ~instruction.DataMask) == 0) == wanted;
    }

    private Outcome Transfer(in ScriptsInstruction instruction, uint target)
    {
        switch (instruction.Operation)
        {
            case ScriptsOperation.Call:
                registers.Set(Reg.Temp, Dsp);
                Dsp = target;
                return Outcome.Done;
            case ScriptsOperation.Return:
                Dsp = registers.Get(Reg.Temp);
                return Outcome.Done;
            case ScriptsOperation.Interrupt when instruction.IsOnTheFly:
                interrupts.OnTheFly = true;
                return Outcome.Done;
            case ScriptsOperation.Interrupt:
                return StopWithDma(Bit.DstatSir);
            default:
                Dsp = target;
                return Outcome.Done;
        }
    }
}

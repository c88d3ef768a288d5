namespace ScsiActors.Lsi53c895a;

/// <summary>The general purpose, handshake and selection timers: what the codes of STIME0 and STIME1 mean, and which expiry still counts.</summary>
internal sealed class ChipTimers(RegisterFile registers, IControllerPorts ports)
{
    private const double ShortestMicroseconds = 125;

    private readonly uint[] _generations = new uint[3];
    private readonly bool[] _running = new bool[3];
    private readonly bool[] _watched = new bool[3];

    /// <summary>STIME1 has been written: a code arms the general purpose timer anew, 0 stops it.</summary>
    public void ArmGeneral() =>
        Arm(ChipTimer.General, registers[Reg.Stime1] & Bit.Stime1Gen, registers.Has(Reg.Stime1, Bit.Stime1Gensf));

    /// <summary>Runs the selection timer while a selection is under way.</summary>
    public void WatchSelection(bool isPending)
    {
        if (IsWatchedAlready(ChipTimer.Selection, isPending))
            return;
        Arm(ChipTimer.Selection, isPending ? registers[Reg.Stime0] & Bit.Stime0Sel : 0, isScaled: false);
    }

    /// <summary>Runs the handshake timer while the target keeps the chip waiting.</summary>
    public void WatchHandshake(bool isWaiting)
    {
        if (IsWatchedAlready(ChipTimer.Handshake, isWaiting))
            return;
        Arm(ChipTimer.Handshake, isWaiting ? registers[Reg.Stime0] >> 4 : 0, registers.Has(Reg.Stime1, Bit.Stime1Hthsf));
    }

    private bool IsWatchedAlready(ChipTimer timer, bool isWatched)
    {
        var was = _watched[(int)timer];
        _watched[(int)timer] = isWatched;
        return was == isWatched;
    }

    /// <summary>True when the expiry is that of the timer as it runs now; the timer is idle then.</summary>
    public bool Accept(TimerExpired message)
    {
        if (!_running[(int)message.Timer] || message.Generation != _generations[(int)message.Timer])
            return false;
        _running[(int)message.Timer] = false;
        return true;
    }

    private void Stop(ChipTimer timer)
    {
        if (!_running[(int)timer])
            return;
        _running[(int)timer] = false;
        ports.Cancel(new CancelTimer(timer));
    }

    public void StopAll()
    {
        Stop(ChipTimer.General);
        Stop(ChipTimer.Handshake);
        Stop(ChipTimer.Selection);
    }

    private void Arm(ChipTimer timer, int code, bool isScaled)
    {
        if (code == 0)
        {
            Stop(timer);
            return;
        }
        var microseconds = ShortestMicroseconds * (1 << code - 1) * (isScaled ? 16 : 1);
        _running[(int)timer] = true;
        ports.Start(new StartTimer(timer, TimeSpan.FromMicroseconds(microseconds), ++_generations[(int)timer]));
    }
}

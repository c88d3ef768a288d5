using ScsiActors.FrontEnds.InProcess;
using ScsiActors.Messages;

namespace ScsiActors.Faults;

/// <summary>What the adapter fetches from the initiator's memory. That is no message; its memory asks.</summary>
internal sealed partial class FaultMachine<TActor>
{
    private List<(TActor To, TActor From, object Message)>? _standstill;

    /// <summary>The adapter reads an instruction (8 bytes) or a dword of a table, in its own turn.</summary>
    public FaultFetch Fetch(ulong address, int bytes, TimeSpan now)
    {
        // Beside the driver's structures lie the clients' buffers: data, not program.
        if (address - DriverMemory.StructuresAddress >= DriverMemory.StructuresLength)
            return FaultFetch.Good;
        _now = now;
        var subject = new FaultSubject(-1, -1) { Address = address, Bytes = bytes };
        foreach (var rule in _byPoint[(int)(bytes == sizeof(ulong) ? FaultPoint.InstructionFetch : FaultPoint.TableFetch)])
        {
            if (!rule.Fires(subject, now, _state, _hasFired))
                continue;
            _state = rule.Rule.When.NextState ?? _state;
            _ = Record(rule.Rule, subject);
            switch (rule.Rule.What.What)
            {
                case FaultWhat.BusFault:
                    return new FaultFetch(IsAnswered: false, -1);
                case FaultWhat.BitFlip:
                    return new FaultFetch(IsAnswered: true, (int)Math.Min(rule.Rule.What.Bit ?? rule.Random.Below(bytes * 8), bytes * 8 - 1));
                case FaultWhat.Late:
                    StandStill(rule.Rule.What.By!.Value);
                    return FaultFetch.Good;
            }
        }
        return FaultFetch.Good;
    }

    // Only where it is needed, and as soon as the adapter is known: ahead of the first register write that is seen.
    private void WatchFetches()
    {
        if (_byPoint[(int)FaultPoint.InstructionFetch].Length + _byPoint[(int)FaultPoint.TableFetch].Length > 0)
            Tell(_adapter!, new InterposeMemory(_ports.Watch), _driver!);
    }

    // A fetch that takes its time stops the adapter: what it does behind it comes later, and so does what it is told.
    private void StandStill(TimeSpan time)
    {
        if (_standstill is not null)
            return;
        _standstill = [];
        After(time, _adapter!, () =>
        {
            var waiting = _standstill;
            _standstill = null;
            foreach (var (to, from, message) in waiting)
                Tell(to, new Delayed(message), from);
        });
    }

    private bool StandsStill(TActor from, TActor to, object message)
    {
        if (_standstill is null || (!to.Equals(_adapter) && !from.Equals(_adapter)))
            return false;
        _standstill.Add((to, from, message));
        return true;
    }
}

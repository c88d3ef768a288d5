using ScsiActors.Messages;

namespace ScsiActors.Lsi53c895a;

/// <summary>A connection as the initiator knows it: who is at the other end, and the phases it has announced and the chip has not yet run
/// through. Kept for reuse when it has ended.</summary>
internal sealed class BusConnection
{
    private PhaseStep[] _steps = new PhaseStep[8];
    private int[] _moved = new int[8];
    private int _head;
    private int _count;

    public long Id { get; private set; }

    public int Target { get; private set; }

    public int Lun { get; private set; }

    /// <summary>The tag, or -1.</summary>
    public int Tag { get; private set; }

    /// <summary>Selections this reselection still lets pass.</summary>
    public int Patience { get; set; }

    /// <summary>True once the bus has been told of it: from then on the target answers.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>True while the answer to a message is awaited; what was announced before waits behind it.</summary>
    public bool AwaitsAnswer { get; set; }

    /// <summary>True while the head step is a MESSAGE OUT that the target turns to because of ATN alone.</summary>
    public bool IsHeadForAttention { get; set; }

    /// <summary>Bytes of the head step that have been moved.</summary>
    public ref int Moved => ref _moved[_head];

    public bool HasStep => _count > 0;

    public ref readonly PhaseStep Head => ref _steps[_head];

    public BusConnection Open(long id, int target, int lun, int tag)
    {
        (Id, Target, Lun, Tag) = (id, target, lun, tag);
        (_head, _count, Patience) = (0, 0, 0);
        IsAnnounced = false;
        AwaitsAnswer = false;
        IsHeadForAttention = false;
        return this;
    }

    public void Append(in PhaseStep step)
    {
        if (_count == _steps.Length)
            Grow();
        Put(_head + _count++, step);
    }

    public void Append(ReadOnlySpan<PhaseStep> steps)
    {
        foreach (ref readonly var step in steps)
            Append(step);
    }

    public void Prepend(in PhaseStep step)
    {
        if (_count == _steps.Length)
            Grow();
        _head = _head - 1 & _steps.Length - 1;
        Put(_head, step);
        _count++;
        IsHeadForAttention = false;
    }

    public void Prepend(ReadOnlySpan<PhaseStep> steps)
    {
        for (var i = steps.Length - 1; i >= 0; i--)
            Prepend(steps[i]);
    }

    public void RemoveHead()
    {
        IsHeadForAttention = false;
        _steps[_head] = default;
        _head = _head + 1 & _steps.Length - 1;
        _count--;
    }

    private void Grow()
    {
        var steps = new PhaseStep[_steps.Length * 2];
        var moved = new int[steps.Length];
        for (var i = 0; i < _count; i++)
        {
            var from = _head + i & _steps.Length - 1;
            (steps[i], moved[i]) = (_steps[from], _moved[from]);
        }
        (_steps, _moved, _head) = (steps, moved, 0);
    }

    private void Put(int position, in PhaseStep step)
    {
        var index = position & _steps.Length - 1;
        _steps[index] = step;
        _moved[index] = 0;
    }
}

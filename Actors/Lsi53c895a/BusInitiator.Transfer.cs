using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Lsi53c895a;

/// <summary>What goes over the bus in each phase.</summary>
internal sealed partial class BusInitiator
{
    /// <summary>More than any message: an extended message has at most 2 + 256 bytes.</summary>
    private const int MaximumMessage = 512;

    private const byte ExtendedMessage = 0x01;

    /// <summary>Stands for the bytes that are left of an extended message whose length byte has not come.</summary>
    private const int LengthComes = -1;

    private readonly byte[] _message = new byte[MaximumMessage];
    private readonly byte[] _command = new byte[Cdb.MaximumLength];
    private SelectionMessage _selection;
    private int _messageLength;
    private int _commandLength;
    private int _messageBytesLeft;

    /// <summary>Bytes of the head step that have not been moved; only for MESSAGE IN, STATUS and the data phases.</summary>
    public int Available => _current!.Head.Count - _current.Moved;

    /// <summary>Byte <paramref name="index"/> of those <see cref="Available"/> in MESSAGE IN or STATUS.</summary>
    public byte Peek(int index) => _current!.Head[_current.Moved + index];

    /// <summary>The bytes of the data phase that have not been moved.</summary>
    public Span<byte> Data => _current!.Head.Buffer!.Span[_current.Moved.._current.Head.Count];

    /// <summary>The byte on the data lines: the next one in MESSAGE IN, else 0.</summary>
    public byte DataLines => Phase == BusPhase.MessageIn && Available > 0 ? Peek(0) : (byte)0;

    /// <summary>Moves <paramref name="count"/> bytes of an incoming or data phase, at most <see cref="Available"/>; behind the last one the target
    /// goes on at once.</summary>
    public void Advance(int count)
    {
        var current = _current!;
        if (Phase == BusPhase.MessageIn)
            SeeMessage(count);
        else
            _lastMessageIn = byte.MaxValue;
        _freeIsExpected = false;
        current.Moved += count;
        if (current.Moved < current.Head.Count)
            return;
        var isData = current.Head.Buffer is not null;
        current.RemoveHead();
        if (isData)
            ports.Send(new DataPhaseEnded(current.Id, Moved: true));
        Settle();
    }

    // Which message it is says its first byte; the others may be any, a tag for instance.
    private void SeeMessage(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var value = Peek(i);
            if (_messageBytesLeft == LengthComes)
            {
                _messageBytesLeft = value == 0 ? 256 : value;
            }
            else if (_messageBytesLeft > 0)
            {
                _messageBytesLeft--;
            }
            else
            {
                _lastMessageIn = value;
                _messageBytesLeft = value == ExtendedMessage ? LengthComes : value is >= 0x20 and <= 0x2F ? 1 : 0;
            }
        }
    }

    /// <summary>Sends the bytes of one MESSAGE OUT move; ATN falls before the last of them. An ordinary selection message costs no message: the
    /// target is known to ask for COMMAND then.</summary>
    public void SendMessage(ReadOnlySpan<byte> bytes)
    {
        var current = _current!;
        registers.Clear(Reg.Socl, Bit.SoclAtn);
        current.RemoveHead();
        if (current.IsAnnounced)
            Announce(current, bytes);
        else
            BeginWith(current, bytes);
        Settle();
    }

    private void Announce(BusConnection current, ReadOnlySpan<byte> message)
    {
        current.IsAnnounced = true;
        current.AwaitsAnswer = true;
        LastMessageOut = message.IsEmpty ? (byte)0 : message[^1];
        _freeIsExpected = LastMessageOut is 0x04 or 0x06 or 0x0C or 0x0D or 0x0E or 0x17;
        ports.Send(new MessageOutMoved(current.Id, current.Target, message.ToArray()));
    }

    private void BeginWith(BusConnection current, ReadOnlySpan<byte> bytes)
    {
        while (current.HasStep)
            current.RemoveHead();
        var room = Math.Min(bytes.Length, MaximumMessage - _messageLength);
        bytes[..room].CopyTo(_message.AsSpan(_messageLength));
        _messageLength += room;
        var message = _message.AsSpan(0, _messageLength);
        if (SelectionMessage.TryRead(message, out _selection, out var isIncomplete))
        {
            current.Append(PhaseStep.Command);
        }
        else if (isIncomplete)
        {
            current.Append(PhaseStep.MessageOut);
        }
        else
        {
            Announce(current, message);
        }
    }

    /// <summary>Sends bytes of the CDB; returns how many the target takes, the rest it does not ask for.</summary>
    public int SendCommand(ReadOnlySpan<byte> bytes)
    {
        var current = _current!;
        var held = _commandLength;
        var room = Math.Min(bytes.Length, Cdb.MaximumLength - held);
        bytes[..room].CopyTo(_command.AsSpan(held));
        // No command here is longer: one that says it is, is cut, and the logical unit does not know it either way.
        if (held + room > 7 && _command[0] == 0x7F && _command[7] > Cdb.MaximumLength - 8)
            _command[7] = Cdb.MaximumLength - 8;
        _commandLength = held + room;
        if (!Cdb.TryParse(_command.AsSpan(0, _commandLength), out var cdb))
            return bytes.Length;
        _freeIsExpected = false;
        var selection = _messageLength == 0 ? SelectionMessage.None : _selection;
        current.IsAnnounced = true;
        current.RemoveHead();
        _commandLength = 0;
        ports.Send(new CommandMoved(current.Id, current.Target, selection, cdb));
        Settle();
        return cdb.Length - held;
    }

    /// <summary>SET ATN: a connected target turns to MESSAGE OUT, and back afterwards to what it was about to do.</summary>
    public void RaiseAttention()
    {
        registers.Raise(Reg.Socl, Bit.SoclAtn);
        if (_current is not { AwaitsAnswer: false } current || Phase == BusPhase.MessageOut)
            return;
        current.Prepend(PhaseStep.MessageOut);
        current.IsHeadForAttention = true;
        Settle();
    }

    /// <summary>CLEAR ATN: a MESSAGE OUT for which SET ATN has asked, and in which nothing has been sent, is not wanted any more. One that the target
    /// asks for, by a selection or because it wants the message once more, stays until it has been served.</summary>
    public void ClearAttention()
    {
        registers.Clear(Reg.Socl, Bit.SoclAtn);
        if (_current is not { IsHeadForAttention: true } current)
            return;
        current.RemoveHead();
        Settle();
    }
}

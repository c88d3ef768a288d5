namespace ScsiActors.Scsi.Bus;

/// <summary>What a message from the initiator asks for (SPI-3 16.2).</summary>
internal enum BusMessage : byte
{
    Identify,
    QueueTag,
    SynchronousTransfer,
    WideTransfer,
    Abort,
    BusDeviceReset,
    AbortTag,
    ClearQueue,
    LogicalUnitReset,
    MessageReject,

    /// <summary>NO OPERATION, and reports of errors that cannot happen here.</summary>
    Ignored,

    /// <summary>Anything a target here does not have: MESSAGE REJECT.</summary>
    Unsupported,
}

/// <summary>Cuts the stream of MESSAGE OUT bytes into messages. A message may be spread over several phases; its length is taken from its own
/// bytes and can not run past <see cref="Longest"/>.</summary>
internal sealed class MessageParser
{
    /// <summary>01, a length byte, and at most 256 bytes.</summary>
    private const int Longest = 258;

    private const byte Extended = 0x01;
    private const byte WideCode = 0x03;
    private const byte SynchronousCode = 0x01;

    private readonly byte[] _bytes = new byte[Longest];
    private int _length;

    /// <summary>True in the middle of a message.</summary>
    public bool IsIncomplete => _length > 0;

    /// <summary>Argument <paramref name="index"/> of the message just read, counted from its first byte.</summary>
    public byte this[int index] => _bytes[index];

    public void Reset() => _length = 0;

    /// <summary>Takes the next message from the front of <paramref name="stream"/>; false when the stream ends before the message does.</summary>
    public bool TryNext(ref ReadOnlySpan<byte> stream, out BusMessage message)
    {
        message = default;
        while (_length < Needed())
        {
            if (stream.IsEmpty)
                return false;
            var take = Math.Min(Needed() - _length, stream.Length);
            stream[..take].CopyTo(_bytes.AsSpan(_length));
            stream = stream[take..];
            _length += take;
        }
        message = Classify();
        _length = 0;
        return true;
    }

    private int Needed() => _length switch
    {
        0 => 1,
        1 => _bytes[0] == Extended || _bytes[0] is >= 0x20 and <= 0x2F ? 2 : 1,
        _ when _bytes[0] == Extended => 2 + (_bytes[1] == 0 ? 256 : _bytes[1]),
        _ => 2,
    };

    private BusMessage Classify() => _bytes[0] switch
    {
        >= 0x80 => (_bytes[0] & 0x38) == 0 ? BusMessage.Identify : BusMessage.Unsupported,
        0x20 or 0x21 or 0x22 => BusMessage.QueueTag,
        Extended => (_bytes[1], _bytes[2]) switch
        {
            (3, SynchronousCode) => BusMessage.SynchronousTransfer,
            (2, WideCode) => BusMessage.WideTransfer,
            _ => BusMessage.Unsupported,
        },
        0x06 => BusMessage.Abort,
        0x0C => BusMessage.BusDeviceReset,
        0x0D => BusMessage.AbortTag,
        0x0E => BusMessage.ClearQueue,
        0x17 => BusMessage.LogicalUnitReset,
        0x07 => BusMessage.MessageReject,
        0x05 or 0x08 or 0x09 => BusMessage.Ignored,
        _ => BusMessage.Unsupported,
    };
}

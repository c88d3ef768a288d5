using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ScsiActors.Journal;

/// <summary>Reads the compact form; the reverse of <see cref="JournalEncoder"/>. It trusts nothing: every length is checked, and the whole by its
/// hash.</summary>
internal sealed class CompactReader(Stream stream, byte first) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> _texts = [""];
    private readonly Dictionary<string, EventKind> _kinds = [];
    private readonly List<JournalEvent> _events = [];
    // The bytes of the record that is being read: they count for the hash when it is whole.
    private readonly MemoryStream _record = new();
    private long _at = 1;
    private long _time;
    private long _sequence;

    /// <summary>Reads everything.</summary>
    public JournalFile Read()
    {
        try
        {
            return ReadAll();
        }
        finally
        {
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private JournalFile ReadAll()
    {
        var header = ReadHead();
        try
        {
            for (; ; )
            {
                _record.SetLength(0);
                var kind = stream.ReadByte();
                if (kind < 0)
                    return new JournalFile(header, _events, false, null);
                _at++;
                _record.WriteByte((byte)kind);
                if ((RecordKind)kind == RecordKind.End)
                    return ReadEnd(header);
                ReadRecord((RecordKind)kind);
                _hash.AppendData(_record.GetBuffer(), 0, (int)_record.Length);
            }
        }
        catch (EndOfStreamException)
        {
            return new JournalFile(header, _events, false, null);
        }
    }

    private JournalHeader ReadHead()
    {
        try
        {
            var wrong = first != JournalFormat.Magic[0];
            foreach (var expected in JournalFormat.Magic[1..])
                wrong |= Byte() != expected;
            if (wrong)
                throw new JournalFormatException("It is no journal, or one that was changed as if it were text: its first eight bytes are not those of one.");
            var version = Byte() | Byte() << 8;
            if (version != JournalFormat.Version)
                throw new JournalFormatException($"The journal has version {version}; this program reads version {JournalFormat.Version}.");
            return new JournalHeader(Text(), Text());
        }
        catch (EndOfStreamException)
        {
            throw new JournalFormatException("The journal ends within its head.");
        }
    }

    private JournalFile ReadEnd(JournalHeader header)
    {
        var count = Number();
        var stated = new byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < stated.Length; i++)
            stated[i] = Byte();
        if (!_hash.GetHashAndReset().AsSpan().SequenceEqual(stated))
            throw new JournalFormatException("The journal is damaged: its events do not have the hash that it ends with.");
        if (count != (ulong)_events.Count)
            throw Damaged($"it ends after {count} events, but has {_events.Count}");
        return new JournalFile(header, _events, true, Convert.ToHexStringLower(stated));
    }

    private void ReadRecord(RecordKind kind)
    {
        switch (kind)
        {
            case RecordKind.Text:
                _texts.Add(Text());
                break;
            case RecordKind.Sequence:
                _sequence = (long)Number();
                break;
            case RecordKind.Event:
                _events.Add(ReadEvent());
                break;
            default:
                throw Damaged($"there is no record {(byte)kind:X2}");
        }
    }

    private JournalEvent ReadEvent()
    {
        var fields = (EventFields)(Byte() | Byte() << 8);
        _time += Varint.UnZigZag(Number());
        var entry = new JournalEvent
        {
            Sequence = _sequence++, Time = _time, From = Named(), To = Named(), Kind = JournalReader.KindOf(_kinds, Named()),
        };
        if ((fields & EventFields.Cause) != 0)
            entry.Cause = entry.Sequence - Varint.UnZigZag(Number());
        if ((fields & EventFields.FaultId) != 0)
            entry.FaultId = Small();
        if ((fields & EventFields.Initiator) != 0)
            entry.Initiator = Small();
        if ((fields & EventFields.Target) != 0)
            entry.Target = Small();
        if ((fields & EventFields.Lun) != 0)
            entry.Lun = Small();
        if ((fields & EventFields.Tag) != 0)
            entry.Tag = (long)Number();
        if ((fields & EventFields.CommandId) != 0)
            entry.CommandId = (long)Number();
        if ((fields & EventFields.Offset) != 0)
            entry.Offset = Varint.UnZigZag(Number());
        if ((fields & EventFields.Length) != 0)
            entry.Length = Varint.UnZigZag(Number());
        if ((fields & EventFields.Value) != 0)
            entry.Value = Number();
        if ((fields & EventFields.Code) != 0)
            entry.Code = Byte();
        if ((fields & EventFields.Flags) != 0)
            entry.Flags = (EventFlags)Byte();
        if ((fields & EventFields.Bytes) != 0)
            ReadBytes(ref entry);
        if ((fields & EventFields.Remark) != 0)
            entry.Remark = Text();
        if ((fields & EventFields.Node) != 0)
            entry.Node = Small();
        return entry;
    }

    private void ReadBytes(ref JournalEvent entry)
    {
        var length = Byte();
        if (length > EventBytes.Capacity)
            throw Damaged($"an event holds {EventBytes.Capacity} bytes, not {length}");
        Span<byte> bytes = stackalloc byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = Byte();
        entry.Bytes.Set(bytes);
    }

    private string Named()
    {
        var number = Number();
        return number < (ulong)_texts.Count ? _texts[(int)number] : throw Damaged($"text {number} is used before it is given");
    }

    private int Small()
    {
        var value = Number();
        return value <= int.MaxValue ? (int)value : throw Damaged($"{value} is too large for its field");
    }

    private string Text()
    {
        var length = Number();
        if (length > JournalFormat.LongestText)
            throw Damaged($"a text of {length} bytes");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        _at += bytes.Length;
        _record.Write(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Damaged("a number that does not end");
    }

    private byte Byte()
    {
        var next = stream.ReadByte();
        if (next < 0)
            throw new EndOfStreamException();
        _at++;
        _record.WriteByte((byte)next);
        return (byte)next;
    }

    private JournalFormatException Damaged(string what) => new($"The journal is damaged near byte {_at}, in event {_events.Count}: {what}.");
}

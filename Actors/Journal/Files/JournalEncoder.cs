using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ScsiActors.Journal;

/// <summary>Turns events into the bytes of the compact form, hashes these bytes, and writes them to a stream if there is one. The hash is the SHA-256 of
/// all records, and so of nothing but what the events say.</summary>
internal sealed class JournalEncoder : IDisposable
{
    private const int BlockLength = 32 << 10;
    private const int MostReferences = 4096;

    private readonly byte[] _block = new byte[BlockLength + JournalFormat.LongestEvent];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<string, int> _texts = new() { [""] = 0 };
    // The same names come again and again as the same objects, which are found faster than what they say.
    private readonly Dictionary<object, int> _references = new(ReferenceEqualityComparer.Instance);
    private readonly Stream? _file;
    private int _used;
    private long _lastTime;
    private long _nextSequence;
    private long _count;

    /// <summary>Begins a journal; with a file, writes its head.</summary>
    public JournalEncoder(JournalHeader header, Stream? file)
    {
        _file = file;
        if (file is null)
            return;
        JournalFormat.Magic.CopyTo(_block);
        _used = JournalFormat.Magic.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(_block.AsSpan(_used), JournalFormat.Version);
        _used += sizeof(ushort);
        WriteText(header.RunId);
        WriteText(header.Description);
        file.Write(_block.AsSpan(0, _used));
        _used = 0;
    }

    /// <summary>Appends an event.</summary>
    public void Write(in JournalEvent entry)
    {
        var from = NumberOf(entry.From);
        var to = NumberOf(entry.To);
        var kind = NumberOf(entry.Kind.Name);
        if (entry.Sequence != _nextSequence)
        {
            _block[_used++] = (byte)RecordKind.Sequence;
            _used = Varint.Write(_block, _used, (ulong)entry.Sequence);
        }
        _nextSequence = entry.Sequence + 1;
        _count++;
        var fields = FieldsOf(in entry);
        _block[_used] = (byte)RecordKind.Event;
        BinaryPrimitives.WriteUInt16LittleEndian(_block.AsSpan(_used + 1), (ushort)fields);
        var at = Varint.Write(_block, _used + 3, Varint.ZigZag(entry.Time - _lastTime));
        _lastTime = entry.Time;
        at = Varint.Write(_block, at, (ulong)from);
        at = Varint.Write(_block, at, (ulong)to);
        _used = Varint.Write(_block, at, (ulong)kind);
        WriteFields(in entry, fields);
        if (_used >= BlockLength)
            Flush();
    }

    /// <summary>The hash of everything until now; more may follow.</summary>
    public byte[] CurrentHash()
    {
        Flush();
        return _hash.GetCurrentHash();
    }

    /// <summary>Ends the journal: with a file, writes the end record.</summary>
    public byte[] Complete()
    {
        var hash = CurrentHash();
        if (_file is null)
            return hash;
        _block[0] = (byte)RecordKind.End;
        var end = Varint.Write(_block, 1, (ulong)_count);
        hash.CopyTo(_block, end);
        _file.Write(_block, 0, end + hash.Length);
        _file.Flush();
        return hash;
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private static EventFields FieldsOf(in JournalEvent entry) =>
        (entry.Cause >= 0 ? EventFields.Cause : 0)
        | (entry.FaultId >= 0 ? EventFields.FaultId : 0)
        | (entry.Initiator >= 0 ? EventFields.Initiator : 0)
        | (entry.Target >= 0 ? EventFields.Target : 0)
        | (entry.Lun >= 0 ? EventFields.Lun : 0)
        | (entry.Tag != JournalEvent.None ? EventFields.Tag : 0)
        | (entry.CommandId != JournalEvent.None ? EventFields.CommandId : 0)
        | (entry.Offset != 0 ? EventFields.Offset : 0)
        | (entry.Length != 0 ? EventFields.Length : 0)
        | (entry.Value != 0 ? EventFields.Value : 0)
        | (entry.Code != 0 ? EventFields.Code : 0)
        | (entry.Flags != 0 ? EventFields.Flags : 0)
        | (entry.Bytes.Length != 0 ? EventFields.Bytes : 0)
        | (entry.Remark is not null ? EventFields.Remark : 0)
        | (entry.Node != 0 ? EventFields.Node : 0);

    private void WriteFields(in JournalEvent entry, EventFields fields)
    {
        var at = _used;
        if ((fields & EventFields.Cause) != 0)
            at = Varint.Write(_block, at, Varint.ZigZag(entry.Sequence - entry.Cause));
        if ((fields & EventFields.FaultId) != 0)
            at = Varint.Write(_block, at, (ulong)entry.FaultId);
        if ((fields & EventFields.Initiator) != 0)
            at = Varint.Write(_block, at, (ulong)entry.Initiator);
        if ((fields & EventFields.Target) != 0)
            at = Varint.Write(_block, at, (ulong)entry.Target);
        if ((fields & EventFields.Lun) != 0)
            at = Varint.Write(_block, at, (ulong)entry.Lun);
        if ((fields & EventFields.Tag) != 0)
            at = Varint.Write(_block, at, (ulong)entry.Tag);
        if ((fields & EventFields.CommandId) != 0)
            at = Varint.Write(_block, at, (ulong)entry.CommandId);
        if ((fields & EventFields.Offset) != 0)
            at = Varint.Write(_block, at, Varint.ZigZag(entry.Offset));
        if ((fields & EventFields.Length) != 0)
            at = Varint.Write(_block, at, Varint.ZigZag(entry.Length));
        if ((fields & EventFields.Value) != 0)
            at = Varint.Write(_block, at, entry.Value);
        if ((fields & EventFields.Code) != 0)
            _block[at++] = entry.Code;
        if ((fields & EventFields.Flags) != 0)
            _block[at++] = (byte)entry.Flags;
        if ((fields & EventFields.Bytes) != 0)
        {
            _block[at++] = (byte)entry.Bytes.Length;
            entry.Bytes.Span.CopyTo(_block.AsSpan(at));
            at += entry.Bytes.Length;
        }
        _used = at;
        if ((fields & EventFields.Remark) != 0)
            WriteText(entry.Remark!);
        if ((fields & EventFields.Node) != 0)
            _used = Varint.Write(_block, _used, (ulong)entry.Node);
    }

    private int NumberOf(string text)
    {
        if (_references.TryGetValue(text, out var number))
            return number;
        if (!_texts.TryGetValue(text, out number))
        {
            number = _texts.Count;
            _texts.Add(text, number);
            _block[_used++] = (byte)RecordKind.Text;
            WriteText(text);
        }
        if (_references.Count == MostReferences)
            _references.Clear();
        _references.Add(text, number);
        return number;
    }

    // A text may be longer than the block: it goes out in pieces.
    private void WriteText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).AsSpan();
        bytes = bytes[..Math.Min(bytes.Length, JournalFormat.LongestText)];
        _used = Varint.Write(_block, _used, (ulong)bytes.Length);
        while (!bytes.IsEmpty)
        {
            var piece = Math.Min(bytes.Length, BlockLength - _used);
            if (piece > 0)
            {
                bytes[..piece].CopyTo(_block.AsSpan(_used));
                _used += piece;
                bytes = bytes[piece..];
            }
            if (_used >= BlockLength)
                Flush();
        }
    }

    private void Flush()
    {
        _hash.AppendData(_block, 0, _used);
        _file?.Write(_block, 0, _used);
        _used = 0;
    }
}

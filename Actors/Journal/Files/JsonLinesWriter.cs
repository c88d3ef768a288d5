using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScsiActors.Journal;

/// <summary>Writes a journal as JSON Lines: a line that describes the run, a line an event, and a line that ends it (SCHEMA.md).</summary>
internal sealed class JsonLinesWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Stream _stream;
    private readonly Utf8JsonWriter _json;
    private readonly JsonEncodedText _run;

    public JsonLinesWriter(JournalHeader header, Stream stream)
    {
        _stream = stream;
        _json = new Utf8JsonWriter(stream, Options);
        _run = JsonEncodedText.Encode(header.RunId, Options.Encoder);
        _json.WriteStartObject();
        _json.WriteString("journal", "scsi-actors");
        _json.WriteNumber("version", JournalFormat.Version);
        _json.WriteString("run", _run);
        _json.WriteString("description", header.Description);
        EndLine();
    }

    /// <summary>One event.</summary>
    public void Write(in JournalEvent entry)
    {
        _json.WriteStartObject();
        _json.WriteString("run", _run);
        _json.WriteNumber("seq", entry.Sequence);
        _json.WriteNumber("t", entry.Time);
        if (entry.Node != 0)
            _json.WriteNumber("node", entry.Node);
        _json.WriteString("from", entry.From);
        _json.WriteString("to", entry.To);
        _json.WriteString("kind", entry.Kind.Name);
        Number("cause", entry.Cause, JournalEvent.None);
        Number("fault", entry.FaultId, JournalEvent.None);
        Number("initiator", entry.Initiator, JournalEvent.None);
        Number("target", entry.Target, JournalEvent.None);
        Number("lun", entry.Lun, JournalEvent.None);
        if (entry.Tag != JournalEvent.None)
            _json.WriteNumber("tag", (ulong)entry.Tag);
        if (entry.CommandId != JournalEvent.None)
            _json.WriteNumber("command", (ulong)entry.CommandId);
        Number("offset", entry.Offset, 0);
        Number("length", entry.Length, 0);
        if (entry.Value != 0)
            _json.WriteNumber("value", entry.Value);
        Number(entry.Kind.Form.Code, entry.Code, 0);
        Number("flags", (byte)entry.Flags, 0);
        if (entry.Bytes.Length > 0)
            _json.WriteString(entry.Kind.Form.Bytes, Convert.ToHexStringLower(entry.Bytes.Span));
        if (entry.Remark is { } remark)
            _json.WriteString("remark", remark);
        _json.WriteString("text", entry.Text);
        EndLine();
    }

    /// <summary>The last line.</summary>
    public void Complete(long count, string hash)
    {
        _json.WriteStartObject();
        _json.WriteNumber("events", count);
        _json.WriteString("sha256", hash);
        EndLine();
        _json.Dispose();
        _stream.Flush();
    }

    private void Number(string name, long value, long absent)
    {
        if (value != absent)
            _json.WriteNumber(name, value);
    }

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        _stream.WriteByte((byte)'\n');
        _json.Reset();
    }
}

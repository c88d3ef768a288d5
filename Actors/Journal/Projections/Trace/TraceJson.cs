using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScsiActors.Journal;

/// <summary>A journal in the Trace Event Format, which Perfetto and Chromium read: a track an actor with a slice for each message it handles, an asynchronous span
/// a command, a request to a block device and a storage request, a flow that follows each command and each request to a block device through all tracks, and counters of what is outstanding where.</summary>
public static class TraceJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes the trace; the stream stays open.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="header">What the journal says of itself.</param>
    /// <param name="events">Its events.</param>
    public static void Write(Stream stream, JournalHeader header, IReadOnlyList<JournalEvent> events)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ns");
        json.WriteStartObject("otherData");
        json.WriteString("run", header.RunId);
        json.WriteString("description", header.Description);
        json.WriteEndObject();
        json.WriteStartArray("traceEvents");
        new TraceJsonWriter(json, events).Write();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

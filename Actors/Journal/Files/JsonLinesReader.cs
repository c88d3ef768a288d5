using System.Text;
using System.Text.Json;

namespace ScsiActors.Journal;

/// <summary>Reads JSON Lines; the reverse of <see cref="JsonLinesWriter"/>. Names that it does not know are ignored, so that a later version may add
/// some.</summary>
internal static class JsonLinesReader
{
    /// <summary>Reads everything; the first byte of the stream, a brace, has been taken.</summary>
    public static JournalFile Read(Stream stream)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: false));
        var header = Header(Parse("{" + reader.ReadLine(), 1));
        var events = new List<JournalEvent>();
        var names = new Dictionary<string, string>();
        var kinds = new Dictionary<string, EventKind>();
        for (var number = 2; reader.ReadLine() is { } line; number++)
        {
            // The last line of a run that was killed may be cut off; any other one that is not JSON is damage.
            if (reader.Peek() < 0 && !line.EndsWith('}'))
                break;
            using var json = Parse(line, number);
            if (json.RootElement.TryGetProperty("sha256", out var hash))
                return End(header, events, json.RootElement, hash, number);
            events.Add(Event(json.RootElement, names, kinds, number));
        }
        return new JournalFile(header, events, false, null);
    }

    private static JournalHeader Header(JsonDocument json)
    {
        using (json)
        {
            var root = json.RootElement;
            if (!root.TryGetProperty("journal", out var kind) || kind.ValueKind != JsonValueKind.String || kind.GetString() != "scsi-actors")
                throw new JournalFormatException("It is no journal: its first line does not say \"journal\": \"scsi-actors\".");
            var version = (int)Number(root, "version", 0, 1);
            if (version != JournalFormat.Version)
                throw new JournalFormatException($"The journal has version {version}; this program reads version {JournalFormat.Version}.");
            return new JournalHeader(Text(root, "run", 1) ?? "", Text(root, "description", 1) ?? "");
        }
    }

    private static JournalFile End(JournalHeader header, List<JournalEvent> events, JsonElement end, JsonElement hash, int line)
    {
        var count = Number(end, "events", -1, line);
        if (count != events.Count)
            throw Damaged(line, $"it ends after {count} events, but has {events.Count}");
        return new JournalFile(header, events, true, hash.ToString());
    }

    private static JournalEvent Event(JsonElement json, Dictionary<string, string> names, Dictionary<string, EventKind> kinds, int line)
    {
        var kind = JournalReader.KindOf(kinds, Text(json, "kind", line) ?? throw Damaged(line, "it has no kind"));
        var entry = new JournalEvent
        {
            Sequence = Number(json, "seq", 0, line),
            Time = Number(json, "t", 0, line),
            Node = (int)Number(json, "node", 0, line),
            From = Name(json, "from", names, line),
            To = Name(json, "to", names, line),
            Kind = kind,
            Cause = Number(json, "cause", JournalEvent.None, line),
            FaultId = (int)Number(json, "fault", JournalEvent.None, line),
            Initiator = (int)Number(json, "initiator", JournalEvent.None, line),
            Target = (int)Number(json, "target", JournalEvent.None, line),
            Lun = (int)Number(json, "lun", JournalEvent.None, line),
            Tag = (long)Unsigned(json, "tag", ulong.MaxValue, line),
            CommandId = (long)Unsigned(json, "command", ulong.MaxValue, line),
            Offset = Number(json, "offset", 0, line),
            Length = Number(json, "length", 0, line),
            Value = Unsigned(json, "value", 0, line),
            Code = (byte)Number(json, kind.Form.Code, 0, line),
            Flags = (EventFlags)Number(json, "flags", 0, line),
            Remark = Text(json, "remark", line),
        };
        if (Text(json, kind.Form.Bytes, line) is { } bytes)
            entry.Bytes.Set(Bytes(bytes, line));
        return entry;
    }

    private static string Name(JsonElement json, string property, Dictionary<string, string> names, int line)
    {
        var name = Text(json, property, line) ?? "";
        if (!names.TryGetValue(name, out var known))
            names.Add(name, known = name);
        return known;
    }

    private static byte[] Bytes(string text, int line)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException)
        {
            throw Damaged(line, $"\"{text}\" is not hexadecimal");
        }
    }

    private static long Number(JsonElement json, string property, long absent, int line) => !json.TryGetProperty(property, out var value) ? absent
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number
        : throw Damaged(line, $"\"{property}\" is no whole number");

    private static ulong Unsigned(JsonElement json, string property, ulong absent, int line) => !json.TryGetProperty(property, out var value) ? absent
        : value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number) ? number
        : throw Damaged(line, $"\"{property}\" is no whole number from 0");

    private static string? Text(JsonElement json, string property, int line) => !json.TryGetProperty(property, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Damaged(line, $"\"{property}\" is no text");

    private static JsonDocument Parse(string line, int number)
    {
        try
        {
            var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw Damaged(number, "it is no JSON object");
        }
        catch (JsonException error)
        {
            throw Damaged(number, error.Message);
        }
    }

    private static JournalFormatException Damaged(int line, string what) => new($"Line {line} of the journal is damaged: {what}");
}

namespace ScsiActors.Journal;

/// <summary>A journal that was read from a file.</summary>
/// <param name="Header">What it says of itself.</param>
/// <param name="Events">Its events.</param>
/// <param name="IsComplete">True when it has its end; false when it was cut off, as by a run that was killed. Then the events are those before.</param>
/// <param name="Hash">The SHA-256 it ends with; null without an end.</param>
public sealed record JournalFile(JournalHeader Header, IReadOnlyList<JournalEvent> Events, bool IsComplete, string? Hash);

/// <summary>A file is no journal, or is damaged; the message says where and what.</summary>
public sealed class JournalFormatException(string message) : Exception(message);

/// <summary>Reads a journal in either form, which it recognises by the first byte.</summary>
public static class JournalReader
{
    /// <summary>Reads a journal to its end.</summary>
    /// <exception cref="JournalFormatException">It is no journal, one of another version, or damaged.</exception>
    public static JournalFile Read(Stream stream)
    {
        var buffered = new BufferedStream(stream, 64 << 10);
        var first = buffered.ReadByte();
        return first switch
        {
            -1 => throw new JournalFormatException("The file is empty: it is no journal."),
            '{' => JsonLinesReader.Read(buffered),
            _ when first == JournalFormat.Magic[0] => new CompactReader(buffered, (byte)first).Read(),
            _ => throw new JournalFormatException("It is no journal: one begins with the byte 89 (compact form) or with '{' (JSON Lines)."),
        };
    }

    /// <summary>Reads the journal in a file.</summary>
    /// <exception cref="JournalFormatException">It is no journal, one of another version, or damaged.</exception>
    public static JournalFile Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file);
    }

    /// <summary>Names that a file says again and again, as one string each.</summary>
    internal static EventKind KindOf(Dictionary<string, EventKind> kinds, string name)
    {
        if (!kinds.TryGetValue(name, out var kind))
            kinds.Add(name, kind = EventKinds.Named(name));
        return kind;
    }
}

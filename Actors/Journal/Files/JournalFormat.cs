namespace ScsiActors.Journal;

/// <summary>The compact form of a journal (SCHEMA.md): what the encoder writes and the reader expects.</summary>
internal static class JournalFormat
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const ushort Version = 1;

    /// <summary>The longest text in a journal, in bytes of UTF-8.</summary>
    public const int LongestText = 64 << 10;

    /// <summary>The most bytes an event takes, without texts.</summary>
    public const int LongestEvent = 256;

    /// <summary>The first bytes of a file: the line feeds tell where one was taken for text.</summary>
    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'S', (byte)'A', (byte)'J', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
}

/// <summary>What stands at the beginning of a record.</summary>
internal enum RecordKind : byte
{
    /// <summary>The end: the number of events, and the SHA-256 of all records before.</summary>
    End = 0,

    /// <summary>A text that gets the next number.</summary>
    Text = 1,

    /// <summary>An event.</summary>
    Event = 2,

    /// <summary>The next event's sequence, where it does not follow the last.</summary>
    Sequence = 3,
}

/// <summary>Which fields of an event follow, in this order.</summary>
[Flags]
internal enum EventFields : ushort
{
    None = 0,
    Cause = 1 << 0,
    FaultId = 1 << 1,
    Initiator = 1 << 2,
    Target = 1 << 3,
    Lun = 1 << 4,
    Tag = 1 << 5,
    CommandId = 1 << 6,
    Offset = 1 << 7,
    Length = 1 << 8,
    Value = 1 << 9,
    Code = 1 << 10,
    Flags = 1 << 11,
    Bytes = 1 << 12,
    Remark = 1 << 13,
    Node = 1 << 14,
}

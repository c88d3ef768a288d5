namespace ScsiActors.Journal;

/// <summary>Bytes as hexadecimal text.</summary>
internal static class Hex
{
    private const string Digits = "0123456789ABCDEF";

    /// <summary>Upper case, with a space between two bytes, as a datasheet prints them.</summary>
    public static string Spaced(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return "";
        Span<char> text = stackalloc char[EventBytes.Capacity * 3];
        for (var i = 0; i < bytes.Length; i++)
        {
            text[i * 3] = Digits[bytes[i] >> 4];
            text[i * 3 + 1] = Digits[bytes[i] & 15];
            text[i * 3 + 2] = ' ';
        }
        return new string(text[..(bytes.Length * 3 - 1)]);
    }
}

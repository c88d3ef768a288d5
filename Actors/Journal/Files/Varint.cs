namespace ScsiActors.Journal;

/// <summary>Whole numbers in as few bytes as they need: seven bits a byte, the lowest first, bit 7 set where more follow.</summary>
internal static class Varint
{
    /// <summary>The most bytes of a number.</summary>
    public const int LongestLength = 10;

    /// <summary>Writes a number at <paramref name="at"/>; returns where it ends.</summary>
    public static int Write(byte[] destination, int at, ulong value)
    {
        while (value >= 0x80)
        {
            destination[at++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>A signed number as an unsigned one, small where it is near 0.</summary>
    public static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);

    /// <summary>The reverse of <see cref="ZigZag"/>.</summary>
    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}

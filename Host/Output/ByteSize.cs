using System.Globalization;

namespace ScsiActors.Host.Output;

/// <summary>Amounts of bytes as people write them: <c>512</c>, <c>4k</c>, <c>64KiB</c>, <c>1GiB</c>, all in powers of 1024.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, int Shift)[] Suffixes =
    [
        ("kib", 10), ("mib", 20), ("gib", 30), ("tib", 40), ("kb", 10), ("mb", 20), ("gb", 30), ("tb", 40),
        ("k", 10), ("m", 20), ("g", 30), ("t", 40), ("b", 0),
    ];

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>What an error message tells about the form.</summary>
    public const string Form = "a number of bytes such as 512, 4k, 64KiB, 16MiB or 1GiB (powers of 1024)";

    /// <summary>Reads <paramref name="text"/>; false when it is no size, is not positive or exceeds 8 EiB.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var number = text.Trim().ToLowerInvariant();
        var shift = 0;
        foreach (var (suffix, power) in Suffixes)
        {
            if (!number.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            number = number[..^suffix.Length].TrimEnd();
            shift = power;
            break;
        }
        var isNumber = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (!isNumber || count <= 0 || count > long.MaxValue >> shift)
            return false;
        bytes = count << shift;
        return true;
    }

    /// <summary>Exact and short: the largest unit that divides it, with its number of bytes only where no unit does.</summary>
    public static string Short(long bytes)
    {
        var unit = 0;
        while (unit < Units.Length - 1 && bytes != 0 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }
        return unit == 0 ? $"{bytes} B" : $"{bytes} {Units[unit]}";
    }

    /// <summary>With one decimal, for quantities that change while one looks.</summary>
    public static string Rounded(double bytes)
    {
        var unit = 0;
        for (; unit < Units.Length - 1 && bytes >= 1024; unit++)
            bytes /= 1024;
        return unit == 0 ? $"{bytes:0} B" : $"{bytes:0.0} {Units[unit]}";
    }

    /// <summary>The form of a block size in a table: <c>4k</c>, <c>512</c>.</summary>
    public static string Block(long bytes) =>
        bytes % (1 << 20) == 0 ? $"{bytes >> 20}m"
        : bytes % (1 << 10) == 0 ? $"{bytes >> 10}k"
        : $"{bytes}";
}

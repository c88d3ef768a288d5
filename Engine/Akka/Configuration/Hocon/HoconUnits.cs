using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>Numbers, switches, durations and sizes; a text that is none ends in a <see cref="FormatException"/> that says what would
/// do. What Akka.NET cannot read is refused here too: a configuration means the same on both engines.</summary>
internal static class HoconUnits
{
    private static readonly Dictionary<string, double> TicksPerUnit = Table(
        (TimeSpan.TicksPerMillisecond, "ms milli millis millisecond milliseconds"),
        (TimeSpan.TicksPerSecond, "s second seconds"),
        (TimeSpan.TicksPerMinute, "m minute minutes"),
        (TimeSpan.TicksPerHour, "h hour hours"),
        (TimeSpan.TicksPerDay, "d day days"));

    private static readonly Dictionary<string, double> BytesPerUnit = Table(
        (1, "B b byte bytes"),
        (1e3, "kB kilobyte kilobytes"), (1 << 10, "K k Ki KiB kibibyte kibibytes"),
        (1e6, "MB megabyte megabytes"), (1 << 20, "M m Mi MiB mebibyte mebibytes"),
        (1e9, "GB gigabyte gigabytes"), (1 << 30, "G g Gi GiB gibibyte gibibytes"),
        (1e12, "TB terabyte terabytes"), (1L << 40, "T t Ti TiB tebibyte tebibytes"),
        (1e15, "PB petabyte petabytes"), (1L << 50, "P p Pi PiB pebibyte pebibytes"),
        (1e18, "EB exabyte exabytes"), (1L << 60, "E e Ei EiB exbibyte exbibytes"));

    public static bool Boolean(string text) => text switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        _ => throw new FormatException("write on or off (true and false mean the same)."),
    };

    public static int Int(string text) =>
        Parsed(int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int v), v,
        "write a whole number between -2147483648 and 2147483647.");

    public static long Long(string text) =>
        Parsed(long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long v), v,
        "write a whole number of at most 63 bits.");

    public static double Double(string text) => Parsed(
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double v), v, "write a number such as 0.5 or 1e3.");

    public static decimal Decimal(string text) => Parsed(
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal v), v, "write a number such as 0.5.");

    public static TimeSpan Duration(string text, bool allowInfinite)
    {
        const string Wanted = "write a duration such as 250ms, 5s or 1 minute (units ms, s, m, h, d; none means ms).";
        if (text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
        {
            return allowInfinite ? Timeout.InfiniteTimeSpan : throw new FormatException("infinite is not allowed here; " + Wanted);
        }

        (double number, string unit) = Split(text, Wanted);
        if (unit.Length == 0) unit = "ms";
        double ticks = TicksPerUnit.TryGetValue(unit, out double factor) ? number * factor : double.NaN;
        return ticks is >= 0 and < long.MaxValue ? new TimeSpan((long)Math.Round(ticks)) : throw new FormatException(Wanted);
    }

    public static long Bytes(string text)
    {
        const string Wanted = "write a whole number with its unit, such as 512, 64KiB, 64k (1024 each) or 64kB (1000 each).";
        (double number, string unit) = Split(text, Wanted);
        if (unit.Length == 0) unit = "B";
        double bytes = double.IsInteger(number) && BytesPerUnit.TryGetValue(unit, out double factor) ? number * factor : double.NaN;
        return bytes is >= 0 and < long.MaxValue ? (long)bytes : throw new FormatException(Wanted);
    }

    private static (double Number, string Unit) Split(string text, string wanted)
    {
        int end = text.AsSpan().IndexOfAnyExcept("0123456789.");
        ReadOnlySpan<char> number = end < 0 ? text : text.AsSpan(0, end);
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            ? (value, end < 0 ? "" : text[end..].Trim())
            : throw new FormatException(wanted);
    }

    private static T Parsed<T>(bool ok, T value, string wanted) => ok ? value : throw new FormatException(wanted);

    private static Dictionary<string, double> Table(params (double Factor, string Names)[] rows) =>
        rows.SelectMany(static r => r.Names.Split(' ').Select(name => (name, r.Factor)))
            .ToDictionary(static p => p.name, static p => p.Factor, StringComparer.Ordinal);
}

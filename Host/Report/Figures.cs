using System.Globalization;

namespace ScsiActors.Host.Report;

/// <summary>Numbers as the report shows them, the same in every culture.</summary>
internal static class Figures
{
    private static readonly (double Micros, string Unit)[] TimeUnits = [(1e6, "s"), (1e3, "ms"), (1, "µs"), (1e-3, "ns")];

    /// <summary>What stands where there is no value.</summary>
    public const string None = "–";

    /// <summary>With as many decimals as its size deserves: <c>0.97</c>, <c>12.8</c>, <c>127.7</c>, <c>12,345</c>.</summary>
    public static string Short(double? value) => value switch
    {
        null => None,
        { } number when !double.IsFinite(number) => None,
        { } number when Math.Abs(number) >= 999.95 => Fixed(number, 0),
        { } number when Math.Abs(number) >= 9.995 || number == 0 => Fixed(number, 1),
        { } number => Fixed(number, 2),
    };

    /// <summary>With a fixed number of decimals, thousands separated.</summary>
    public static string Fixed(double value, int decimals)
    {
        var text = value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
        return text.StartsWith('-') && text.AsSpan(1).IndexOfAnyInRange('1', '9') < 0 ? text[1..] : text;
    }

    /// <summary>The number of an axis tick: no decimals that say nothing.</summary>
    public static string Tick(double value) => value.ToString("#,0.####", CultureInfo.InvariantCulture);

    /// <summary>A duration, given in microseconds, with three digits in the unit that suits it: <c>9.07 ms</c>.</summary>
    public static string Duration(double micros)
    {
        var (size, unit) = TimeUnits.FirstOrDefault(candidate => micros >= candidate.Micros * 0.9995, TimeUnits[^1]);
        var value = micros / size;
        return $"{value.ToString(value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture)} {unit}";
    }

    /// <summary>A round duration, given in microseconds: <c>10 ms</c>.</summary>
    public static string RoundDuration(double micros)
    {
        var (size, unit) = TimeUnits.FirstOrDefault(candidate => micros >= candidate.Micros * 0.9995, TimeUnits[^1]);
        return $"{Tick(Math.Round(micros / size, 4))} {unit}";
    }

    /// <summary>A share (0 to 1) in percent.</summary>
    public static string Percent(double share) => $"{(share * 100).ToString("0.#", CultureInfo.InvariantCulture)} %";
}

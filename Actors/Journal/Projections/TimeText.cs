using System.Globalization;

namespace ScsiActors.Journal;

/// <summary>Spans of time as people read them.</summary>
internal static class TimeText
{
    /// <summary>In the unit that suits it: <c>850 ns</c>, <c>12.5 µs</c>, <c>1.25 ms</c>, <c>3.25 s</c>.</summary>
    public static string Of(long nanoseconds) => nanoseconds switch
    {
        < 0 => "-" + Of(-nanoseconds),
        0 => "0",
        < 1_000 => nanoseconds.ToString(CultureInfo.InvariantCulture) + " ns",
        < 1_000_000 => Scaled(nanoseconds / 1e3) + " µs",
        < 1_000_000_000 => Scaled(nanoseconds / 1e6) + " ms",
        _ => Scaled(nanoseconds / 1e9) + " s",
    };

    private static string Scaled(double value) => value.ToString(value < 100 ? "0.###" : "0.#", CultureInfo.InvariantCulture);
}

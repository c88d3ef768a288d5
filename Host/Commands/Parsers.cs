using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary>Options whose values are not plain words: sizes, counts, durations, lists of them.</summary>
internal static class Parsers
{
    private static readonly TimeSpan LongestDuration = TimeSpan.FromHours(1);

    /// <summary>An option that takes one size.</summary>
    public static Option<long?> SizeOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = static result =>
            ByteSize.TryParse(result.Tokens[0].Value, out var bytes) ? bytes : Refuse<long?>(result, $"wants {ByteSize.Form}"),
    };

    /// <summary>An option that takes sizes with commas in between.</summary>
    public static Option<int[]?> SizesOption(string name, string description) => ListOption(name, description, new ListForm(
        "SIZE,...", static text => ByteSize.TryParse(text, out var bytes) && bytes <= 16 << 20 ? (int)bytes : null,
        $"wants sizes up to 16 MiB, separated by commas: {ByteSize.Form}"));

    /// <summary>An option that takes counts with commas in between.</summary>
    public static Option<int[]?> CountsOption(string name, string description, int maximum) => ListOption(name, description, new ListForm(
        "N,...", text => int.TryParse(text, out var count) && count >= 1 && count <= maximum ? count : null,
        $"wants numbers from 1 to {maximum}, separated by commas"));

    /// <summary>An option that takes one count.</summary>
    public static Option<int> CountOption(string name, string description, int value, int maximum) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => value,
        CustomParser = result => int.TryParse(result.Tokens[0].Value, out var count) && count >= 1 && count <= maximum
            ? count
            : Refuse<int>(result, $"wants a number from 1 to {maximum}"),
    };

    /// <summary>An option that takes a duration.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="least">The shortest, in whole or broken milliseconds.</param>
    public static Option<TimeSpan?> DurationOption(string name, string description, TimeSpan least) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => TryParseDuration(result.Tokens[0].Value, out var duration) && duration >= least && duration <= LongestDuration
            ? duration
            : Refuse<TimeSpan?>(result, $"wants a time such as 500ms, 1.5s or 2min, from {least.TotalMilliseconds:0.##}ms to 60min"),
    };

    /// <summary>An option that takes the seed of a random sequence.</summary>
    public static Option<ulong> SeedOption(string description) => new("--seed")
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = static _ => 1,
    };

    /// <summary>Refuses a value and names the option.</summary>
    public static T? Refuse<T>(ArgumentResult result, string wanted)
    {
        var name = result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
        result.AddError($"{name} {wanted}, not '{string.Join(' ', result.Tokens.Select(static token => token.Value))}'.");
        return default;
    }

    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        // The longest name of a unit first: "ms" ends with "s".
        foreach (var (unit, milliseconds) in new[] { ("ms", 1.0), ("us", 0.001), ("min", 60_000.0), ("s", 1000.0) })
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            var isNumber = double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count);
            // Far above what any option takes, and far below what a TimeSpan does.
            duration = TimeSpan.FromMilliseconds(isNumber ? Math.Min(count * milliseconds, 1e12) : 0);
            return isNumber;
        }
        duration = default;
        return false;
    }

    private sealed record ListForm(string HelpName, Func<string, int?> Parse, string Wanted);

    private static Option<int[]?> ListOption(string name, string description, ListForm form) => new(name)
    {
        Description = description,
        HelpName = form.HelpName,
        CustomParser = result =>
        {
            var values = result.Tokens[0].Value.Split(',').Select(form.Parse).ToArray();
            return Array.TrueForAll(values, static value => value is not null)
                ? [.. values.Select(static value => value!.Value).Distinct()]
                : Refuse<int[]?>(result, form.Wanted);
        },
    };
}

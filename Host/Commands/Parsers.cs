using System.CommandLine;
using System.CommandLine.Parsing;
using ScsiActors.Host.Output;

namespace ScsiActors.Host.Commands;

/// <summary>Options whose values are not plain words: sizes, counts, durations, lists of them.</summary>
internal static class Parsers
{
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

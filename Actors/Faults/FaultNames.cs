namespace ScsiActors.Faults;

/// <summary>Names as a rule writes them: <c>TaskSetFull</c> is <c>task-set-full</c>.</summary>
internal static class FaultNames
{
    /// <summary>The name of a value.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Names<T>.ByValue[value];

    /// <summary>All names of a type, for a sentence.</summary>
    public static string All<T>() where T : struct, Enum => string.Join(", ", Names<T>.ByValue.Values);

    /// <summary>The value of a name.</summary>
    public static bool TryParse<T>(string name, out T value) where T : struct, Enum => Names<T>.ByName.TryGetValue(name, out value);

    private static string Hyphenated(string name) =>
        string.Concat(name.Select(static (letter, at) => char.IsUpper(letter) && at > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    private static class Names<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>().ToDictionary(static value => value, static value => Hyphenated(value.ToString()));

        public static readonly Dictionary<string, T> ByName = ByValue.ToDictionary(static pair => pair.Value, static pair => pair.Key);
    }
}

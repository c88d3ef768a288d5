namespace ScsiActors.Host.Simulate.Html;

/// <summary>Names of values as a report writes them.</summary>
internal static class Names
{
    /// <summary><c>DataOut</c> is <c>data-out</c>.</summary>
    public static string Of<T>(T value) where T : struct, Enum =>
        string.Concat($"{value}".Select(static (letter, at) => char.IsUpper(letter) && at > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}

using System.Diagnostics.CodeAnalysis;

namespace ScsiActors.Tests.Properties;

/// <summary>The logical unit did what the model does not allow.</summary>
/// <param name="rule">The rule that was broken; a shrunk run must break the same one.</param>
/// <param name="what">What was seen, and what would have been legal.</param>
public sealed class DivergenceException(string rule, string what) : Exception($"{rule}: {what}")
{
    /// <summary>The rule that was broken.</summary>
    public string Rule { get; } = rule;
}

/// <summary>Short forms of "this is a divergence".</summary>
public static class Divergence
{
    /// <summary>Throws unless <paramref name="condition"/> holds.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool condition, string rule, string what)
    {
        if (!condition)
            throw new DivergenceException(rule, what);
    }
}

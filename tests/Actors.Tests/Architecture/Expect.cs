using Xunit;

namespace ScsiActors.Tests.Architecture;

/// <summary>Assertions whose failure says which rule was broken, where, one line each.</summary>
public static class Expect
{
    /// <summary>Fails with the whole list unless it is empty.</summary>
    public static void None(IEnumerable<string> violations)
    {
        var list = violations.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(list.Count == 0, string.Join(Environment.NewLine, list));
    }
}

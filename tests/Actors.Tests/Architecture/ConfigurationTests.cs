using System.Text.RegularExpressions;
using Xunit;

namespace ScsiActors.Tests.Architecture;

/// <summary>Every limit is named in config.hocon, with its reason.</summary>
public sealed partial class ConfigurationTests
{
    [Fact]
    public void Every_limit_and_switch_of_the_configuration_has_a_comment() =>
        Expect.None(WithoutComment(File.ReadAllLines(Path.Combine(CodeBase.Root, "config.hocon"))));

    [Theory]
    [InlineData("# Why.\nlimit = 4", true)]
    [InlineData("# Why both.\nlimit = 4\nother = 5", true)]
    [InlineData("limit = 4 # Why.", true)]
    [InlineData("limit = 4", false)]
    [InlineData("# Why.\nlimit = 4\n\nother = 5", false)]
    [InlineData("# Why.\npart {\nlimit = 4", false)]
    [InlineData("switch = off", false)]
    [InlineData("size = 4 KiB", false)]
    [InlineData("name = \"a text\"", true)]
    public void A_value_without_a_comment_is_found(string text, bool isGood) =>
        Assert.Equal(isGood, !WithoutComment(text.Split('\n')).Any());

    [Fact]
    public void Nothing_in_Actors_queues_without_a_bound() => Expect.None(CodeBase.TypesOf(CodeBase.Actors)
        .SelectMany(Dependencies.Of)
        .Where(static mention => mention.Member is "CreateUnbounded"
            || mention.Type.FullName.StartsWith("System.Collections.Concurrent.BlockingCollection", StringComparison.Ordinal))
        .Select(static mention =>
            $"{mention.User} uses {mention.Type.Name}.{mention.Member}: every queue has a bound, named in config.hocon"));

    // A comment counts for the values that follow it without a blank line or a section in between.
    private static IEnumerable<string> WithoutComment(string[] lines)
    {
        var isExplained = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.StartsWith('#'))
                isExplained = true;
            else if (line.Length == 0 || line.EndsWith('{') || line.EndsWith('}'))
                isExplained = false;
            else if (Value().IsMatch(line) && !isExplained && !line.Contains('#'))
                yield return $"config.hocon:{i + 1}: {line} has no comment that says its unit and reason";
        }
    }

    [GeneratedRegex("^[A-Za-z0-9.-]+\\s*[=:]\\s*(\"?-?[0-9]|on\\b|off\\b)")]
    private static partial Regex Value();
}

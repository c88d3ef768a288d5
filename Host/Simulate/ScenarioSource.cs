using System.Globalization;
using System.Text.Json;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>Where a scenario comes from: a seed, or a file.</summary>
internal static class ScenarioSource
{
    /// <summary>The scenario of a seed, or the one in a file.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static Scenario Read(string what)
    {
        if (ulong.TryParse(what, CultureInfo.InvariantCulture, out var seed))
            return ScenarioGenerator.Draw(seed);
        try
        {
            return ScenarioJson.Read(File.ReadAllText(what));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{what}' is neither a seed nor a file that can be read: {error.Message}");
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            throw new UsageException($"'{what}' is no scenario: {error.Message}");
        }
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace ScsiActors.Host.Bench;

/// <summary>Where a bench ran.</summary>
/// <param name="Processors">Logical processors.</param>
/// <param name="OperatingSystem">Its name.</param>
/// <param name="Architecture">X64, Arm64.</param>
/// <param name="Runtime">The .NET runtime.</param>
internal sealed record BenchMachine(int Processors, string OperatingSystem, string Architecture, string Runtime)
{
    /// <summary>This one.</summary>
    public static BenchMachine This { get; } = new(Environment.ProcessorCount, RuntimeInformation.OSDescription,
        RuntimeInformation.OSArchitecture.ToString(), RuntimeInformation.FrameworkDescription);
}

/// <summary>Files for programs.</summary>
internal static class BenchFiles
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>Writes a report as JSON.</summary>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public static void SaveJson<T>(T report, FileInfo file) => Save("--json", file, JsonSerializer.Serialize(report, Format) + "\n");

    /// <summary>Writes a text.</summary>
    /// <exception cref="RunFailedException">The file cannot be written.</exception>
    public static void Save(string option, FileInfo file, string text)
    {
        try
        {
            File.WriteAllText(file.FullName, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RunFailedException($"{option} {file}: {error.Message}");
        }
    }
}

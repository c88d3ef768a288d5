using System.Text.Json;

namespace ScsiActors.Host.Output;

/// <summary>The files that verbs write what they found to.</summary>
internal static class OutputFiles
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>Looks, before long work begins, whether there is a place for each file.</summary>
    /// <param name="files">The option and its file; null for one that was not given.</param>
    /// <exception cref="UsageException">One has no directory.</exception>
    public static void Require(params ReadOnlySpan<(string Option, FileInfo? File)> files)
    {
        foreach (var (option, file) in files)
        {
            if (file?.Directory is { Exists: false } directory)
                throw new UsageException($"{option} {file}: there is no directory {directory}.");
        }
    }

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

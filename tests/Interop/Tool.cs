using System.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Interop;

/// <summary>Programs of the operating system that a test needs; where one is missing the test is skipped and says so.</summary>
internal static class Tool
{
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    /// <summary>Skips the test unless all of <paramref name="names"/> are there; they come with <paramref name="package"/>.</summary>
    public static void Require(ITestOutputHelper output, string package, params string[] names)
    {
        var missing = names.Where(static name => Find(name) is null).ToArray();
        if (missing.Length == 0)
            return;
        var reason = $"skipped: {string.Join(", ", missing)} not found; install {package}";
        output.WriteLine(reason);
        Console.WriteLine(reason);
        Skip.If(true, reason);
    }

    /// <summary>Runs a program that must end with exit code 0; returns what it wrote.</summary>
    public static async Task<string> RunAsync(ITestOutputHelper output, string name, params string[] arguments)
    {
        var command = new ProcessStartInfo(Find(name)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(command)!;
        var written = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var text = await written + await errors;
        output.WriteLine($"{name} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{text}");
        Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}: {text}");
        return text;
    }

    private static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}

using Spectre.Console;

namespace ScsiActors.Host.Output;

/// <summary>Standard output and standard error: a person's terminal, or a file, a pipe, a CI log.</summary>
internal static class Screen
{
    private const int WidthOfFile = 180;

    /// <summary>True when a person can watch a display that changes.</summary>
    public static bool IsInteractive { get; } = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Standard output, for tables and displays; a file is never wrapped at 80 columns.</summary>
    public static IAnsiConsole Out { get; } = CreateOut();

    /// <summary>One line on standard output.</summary>
    public static void Line(string text = "") => Console.Out.WriteLine(text);

    /// <summary>One line on standard error: what went wrong, or what was cleaned up.</summary>
    public static void Error(string text) => Console.Error.WriteLine(text);

    private static IAnsiConsole CreateOut()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Interactive = IsInteractive ? InteractionSupport.Yes : InteractionSupport.No,
            Ansi = IsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthOfFile;
        return console;
    }
}

using System.CommandLine;

namespace ScsiActors.Host.Commands;

/// <summary>How a verb reaches its files.</summary>
internal static class FileEngineOptions
{
    /// <summary><c>--engine</c>.</summary>
    public static Option<string> Engine()
    {
        var option = new Option<string>("--engine")
        {
            Description = "How files are reached; auto is io_uring where the kernel has it.",
            DefaultValueFactory = static _ => "auto",
        };
        option.AcceptOnlyFromAmong("auto", "io-uring", "thread-pool");
        return option;
    }

    /// <summary><c>--direct</c>.</summary>
    public static Option<bool> Direct() => new("--direct") { Description = "Go past the page cache (O_DIRECT)." };
}

using System.CommandLine;
using Serilog.Events;

namespace ScsiActors.Host;

/// <summary>What every verb takes.</summary>
/// <param name="ConfigurationFile">Settings laid over the built-in config.hocon; null for none.</param>
/// <param name="LogLevel">What is logged to standard error.</param>
/// <param name="FaultFile">Fault rules; null for none.</param>
internal sealed record GlobalOptions(FileInfo? ConfigurationFile, LogLevel LogLevel, FileInfo? FaultFile = null)
{
    private static readonly Option<FileInfo?> ConfigurationOption = new("--config")
    {
        Description = "Settings laid over the built-in config.hocon; the file names only what differs.",
        HelpName = "FILE",
        Recursive = true,
    };

    private static readonly Option<string> LogLevelOption = CreateLogLevelOption();

    private static readonly Option<FileInfo?> FaultsOption = new("--faults")
    {
        Description = "Fault rules: faults { <name> { where = .., when { .. }, what { do = .. } } }.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Names of fault rules that are not to be there, wherever they are written.</summary>
    public IReadOnlyList<string> FaultsLeftOut { get; init; } = [];

    /// <summary>The options, for the root command.</summary>
    public static IEnumerable<Option> Options => [ConfigurationOption, FaultsOption, LogLevelOption];

    /// <summary>The values on a command line.</summary>
    public static GlobalOptions From(ParseResult line) =>
        new(line.GetValue(ConfigurationOption), LogLevel.All.Single(level => level.Name == line.GetValue(LogLevelOption)),
            line.GetValue(FaultsOption));

    private static Option<string> CreateLogLevelOption()
    {
        var option = new Option<string>("--log-level")
        {
            Description = "What is logged to standard error.",
            DefaultValueFactory = static _ => LogLevel.Default.Name,
            Recursive = true,
        };
        option.AcceptOnlyFromAmong([.. LogLevel.All.Select(static level => level.Name)]);
        return option;
    }
}

/// <summary>One level of logging under its three names.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="AkkaName">In akka.loglevel.</param>
/// <param name="Serilog">For Serilog.</param>
internal sealed record LogLevel(string Name, string AkkaName, LogEventLevel Serilog)
{
    /// <summary>All of them, the most talkative first.</summary>
    public static IReadOnlyList<LogLevel> All { get; } =
    [
        new("debug", "DEBUG", LogEventLevel.Debug),
        new("info", "INFO", LogEventLevel.Information),
        new("warning", "WARNING", LogEventLevel.Warning),
        new("error", "ERROR", LogEventLevel.Error),
    ];

    /// <summary>Quiet.</summary>
    public static LogLevel Default { get; } = All.Single(static level => level.Serilog == LogEventLevel.Warning);
}

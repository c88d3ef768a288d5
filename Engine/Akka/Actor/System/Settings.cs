using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>The configuration of a system, and what of it the engine reads.</summary>
public sealed class Settings
{
    private readonly Config _userConfig;
    private Config _fallback;

    public Settings(ActorSystem system, Config config) : this(system, config, Akka.Actor.Setup.ActorSystemSetup.Empty) { }

    public Settings(ActorSystem system, Config config, Setup.ActorSystemSetup setup)
    {
        System = system;
        Setup = setup;
        _userConfig = config;
        _fallback = ConfigurationFactory.Default();
        Config = _userConfig.WithFallback(_fallback);

        LogLevel = Config.GetString("akka.loglevel", "INFO");
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel", "WARNING");
        Loggers = [.. Config.GetStringList("akka.loggers")];
        LoggersDispatcher = Config.GetString("akka.loggers-dispatcher", Dispatch.Dispatchers.InternalDispatcherId);
        LoggerStartTimeout = Config.GetTimeSpan("akka.logger-startup-timeout");
        LogFormatter = ReadFormatter(Config.GetString("akka.logger-formatter"));
        LogConfigOnStart = Config.GetBoolean("akka.log-config-on-start");
        LogDeadLetters = ReadLogDeadLetters(Config.GetString("akka.log-dead-letters", "10"));
        LogDeadLettersDuringShutdown = Config.GetBoolean("akka.log-dead-letters-during-shutdown");
        LogDeadLettersSuspendDuration = Config.GetTimeSpan("akka.log-dead-letters-suspend-duration");
        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout");
        SchedulerClass = Config.GetString("akka.scheduler.implementation", "");
        SupervisorStrategyClass = Config.GetString("akka.actor.guardian-supervisor-strategy", "");
    }

    public ActorSystem System { get; }

    public Setup.ActorSystemSetup Setup { get; }

    /// <summary>The configuration of the system, over the engine's defaults.</summary>
    public Config Config { get; private set; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public IList<string> Loggers { get; }

    public string LoggersDispatcher { get; }

    public TimeSpan LoggerStartTimeout { get; }

    public ILogMessageFormatter LogFormatter { get; }

    public bool LogConfigOnStart { get; }

    /// <summary>How many dead letters are logged before the log pauses.</summary>
    public int LogDeadLetters { get; }

    public bool LogDeadLettersDuringShutdown { get; }

    public TimeSpan LogDeadLettersSuspendDuration { get; }

    public TimeSpan AskTimeout { get; }

    public string SchedulerClass { get; }

    public string SupervisorStrategyClass { get; }

    /// <summary>Adds defaults below all that is configured; for extensions.</summary>
    public void InjectTopLevelFallback(Config config)
    {
        _fallback = config.WithFallback(_fallback);
        Config = _userConfig.WithFallback(_fallback);
    }

    public override string ToString() => Config.ToString();

    private static int ReadLogDeadLetters(string text) => text.ToLowerInvariant() switch
    {
        "on" or "true" => int.MaxValue,
        "off" or "false" => 0,
        _ => int.TryParse(text, out int count)
            ? count
            : throw new ConfigurationException($"akka.log-dead-letters = \"{text}\": neither on, off nor a number"),
    };

    private static ILogMessageFormatter ReadFormatter(string? type) =>
        type is null || type.StartsWith(typeof(DefaultLogMessageFormatter).FullName!, StringComparison.Ordinal)
            ? DefaultLogMessageFormatter.Instance
            : TypeNames.Create<ILogMessageFormatter>(type, "akka.logger-formatter");
}

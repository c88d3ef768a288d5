using Akka.Actor;

namespace Akka.Event;

/// <summary>Asks a logger to begin; it answers with <see cref="LoggerInitialized"/>.</summary>
public sealed class InitializeLogger(LoggingBus loggingBus) : INoSerializationVerificationNeeded
{
    public LoggingBus LoggingBus { get; } = loggingBus;
}

/// <summary>A logger is ready for log events.</summary>
public sealed class LoggerInitialized : INoSerializationVerificationNeeded;

/// <summary>Where loggers come from.</summary>
public static class Logging
{
    /// <summary>The level at which nothing is logged.</summary>
    internal const LogLevel Off = (LogLevel)int.MaxValue;

    private static readonly Dictionary<string, LogLevel> Levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["DEBUG"] = LogLevel.DebugLevel,
        ["INFO"] = LogLevel.InfoLevel,
        ["WARNING"] = LogLevel.WarningLevel,
        ["ERROR"] = LogLevel.ErrorLevel,
        ["OFF"] = Off,
    };

    /// <summary>A level by its name in a configuration.</summary>
    /// <exception cref="ArgumentException">There is no such level.</exception>
    public static LogLevel LogLevelFor(string logLevel) => Levels.TryGetValue(logLevel, out LogLevel level)
        ? level
        : throw new ArgumentException($"Unknown log level \"{logLevel}\"; there are {string.Join(", ", Levels.Keys)}", nameof(logLevel));

    /// <summary>The event type of a level.</summary>
    public static Type ClassFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => typeof(Debug),
        LogLevel.InfoLevel => typeof(Info),
        LogLevel.WarningLevel => typeof(Warning),
        LogLevel.ErrorLevel => typeof(Error),
        _ => throw new ArgumentOutOfRangeException(nameof(logLevel), logLevel, "There is no such log level"),
    };

    /// <summary>The log of the running actor.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter? logMessageFormatter = null)
    {
        Type logClass = context is ActorCell { Props.Type: { } type } ? type : typeof(ActorBase);
        return new BusLogging(context.System.EventStream, context.Self.Path.ToString(), logClass,
            logMessageFormatter ?? context.System.Settings.LogFormatter);
    }

    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        new BusLogging(system.EventStream, SourceName(logSourceObj, system), SourceType(logSourceObj),
            logMessageFormatter ?? system.Settings.LogFormatter);

    public static ILoggingAdapter GetLogger(LoggingBus loggingBus, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        new BusLogging(loggingBus, SourceName(logSourceObj, null), SourceType(logSourceObj),
            logMessageFormatter ?? DefaultLogMessageFormatter.Instance);

    internal static LogEvent MakeEvent(LogLevel level, Exception? cause, string source, Type logClass, object message) => level switch
    {
        LogLevel.DebugLevel => new Debug(cause, source, logClass, message),
        LogLevel.InfoLevel => new Info(cause, source, logClass, message),
        LogLevel.WarningLevel => new Warning(cause, source, logClass, message),
        _ => new Error(cause, source, logClass, message),
    };

    private static string SourceName(object source, ActorSystem? system)
    {
        string name = source switch
        {
            string text => text,
            Type type => type.Name,
            IActorRef actor => actor.Path.ToString(),
            IActorContext context => context.Self.Path.ToString(),
            ActorSystem itself => itself.ToString()!,
            _ => source.GetType().Name,
        };
        return system is null || source is IActorRef or IActorContext or ActorSystem ? name : $"{name}({system.Name})";
    }

    private static Type SourceType(object source) => source switch
    {
        Type type => type,
        string => typeof(string),
        _ => source.GetType(),
    };
}

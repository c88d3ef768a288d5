using Akka.Actor;

namespace Akka.Event;

/// <summary>How important a log event is.</summary>
public enum LogLevel
{
    DebugLevel,
    InfoLevel,
    WarningLevel,
    ErrorLevel,
}

/// <summary>One line of the log, as it is published on the event stream.</summary>
public abstract class LogEvent : INoSerializationVerificationNeeded
{
    protected LogEvent() { }

    /// <summary>What went wrong, where something did.</summary>
    public Exception? Cause { get; protected set; }

    /// <summary>When, in UTC, by the wall clock.</summary>
    public DateTime Timestamp { get; } = DateTime.UtcNow;

    public Thread Thread { get; } = Thread.CurrentThread;

    /// <summary>Who says it; the path for an actor.</summary>
    public string LogSource { get; protected set; } = "";

    public Type LogClass { get; protected set; } = typeof(LogEvent);

    /// <summary>A <see cref="LogMessage"/>, a string, or anything with a text.</summary>
    public object Message { get; protected set; } = "";

    public abstract LogLevel LogLevel();

    public override string ToString()
    {
        string level = LogLevel().ToString().Replace("Level", "").ToUpperInvariant();
        string text = $"[{level}][{Timestamp:yyyy-MM-ddTHH:mm:ss.fffZ}][Thread {Thread.ManagedThreadId:0000}][{LogSource}] {Message}";
        return Cause is null ? text : $"{text}\nCause: {Cause}";
    }

    private protected void Set(Exception? cause, string logSource, Type logClass, object message)
    {
        Cause = cause;
        LogSource = logSource;
        LogClass = logClass;
        Message = message;
    }
}

/// <summary>For those who look for the reason of something.</summary>
public class Debug : LogEvent
{
    public Debug(string logSource, Type logClass, object message) : this(null, logSource, logClass, message) { }

    public Debug(Exception? cause, string logSource, Type logClass, object message) => Set(cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

/// <summary>For those who want to know what goes on.</summary>
public class Info : LogEvent
{
    public Info(string logSource, Type logClass, object message) : this(null, logSource, logClass, message) { }

    public Info(Exception? cause, string logSource, Type logClass, object message) => Set(cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>Something is not as it should be, and the work goes on.</summary>
public class Warning : LogEvent
{
    public Warning(string logSource, Type logClass, object message) : this(null, logSource, logClass, message) { }

    public Warning(Exception? cause, string logSource, Type logClass, object message) => Set(cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>Something failed.</summary>
public class Error : LogEvent
{
    public Error(string logSource, Type logClass, object message) : this(null, logSource, logClass, message) { }

    public Error(Exception? cause, string logSource, Type logClass, object message) => Set(cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}

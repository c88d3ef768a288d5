using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Event;

/// <summary>Starts the loggers that a system's settings name, and ends them.</summary>
internal sealed class LoggerRegistry(ActorSystemImpl system)
{
    private MinimalLogger? _stdoutLogger;

    private EventStream Bus => system.EventStream;

    private Settings Settings => system.Settings;

    /// <summary>The console logger, until the others are up.</summary>
    public void StartStdoutLogger()
    {
        _stdoutLogger = TypeNames.Create<MinimalLogger>(
            Settings.Config.GetString("akka.stdout-logger-class"), "akka.stdout-logger-class");
        LogLevel level = Logging.LogLevelFor(Settings.StdoutLogLevel);
        Bus.SetLogLevel(level);
        Bus.AddLogger(_stdoutLogger, level);
    }

    /// <summary>Starts the loggers and waits until they have said that they are ready.</summary>
    public void StartLoggers()
    {
        LogLevel level = Logging.LogLevelFor(Settings.LogLevel);
        bool keepStdoutLogger = false;
        int number = 0;
        foreach (string name in Settings.Loggers)
        {
            Type type = TypeNames.Resolve<object>(name, "akka.loggers");
            if (type == _stdoutLogger!.GetType()) keepStdoutLogger = true;
            else if (typeof(MinimalLogger).IsAssignableFrom(type)) Bus.AddLogger((MinimalLogger)Activator.CreateInstance(type)!, level);
            else Bus.AddLogger(StartActor(type, $"log{++number}-{type.Name}"), level);
        }

        if (!keepStdoutLogger) Bus.RemoveLogger(_stdoutLogger!);
        Bus.SetLogLevel(level);
    }

    /// <summary>Sets the console logger in the place of the others, and names those that are actors and still have to stop.</summary>
    public IReadOnlyList<IActorRef> TakeLeave()
    {
        IActorRef[] loggers = [.. Bus.Loggers];
        foreach (IActorRef logger in loggers) Bus.RemoveLogger(logger);
        LogLevel level = Logging.LogLevelFor(Settings.StdoutLogLevel);
        Bus.AddLogger(_stdoutLogger!, level);
        Bus.SetLogLevel(level);
        return [.. loggers.Where(static logger => logger is LocalActorRef)];
    }

    private IActorRef StartActor(Type type, string name)
    {
        IActorRef logger = system.SystemActorOf(Props.Create(type).WithDispatcher(Settings.LoggersDispatcher), name);
        Task<object> answer = logger.Ask<object>(new InitializeLogger(Bus), Settings.LoggerStartTimeout);
        try
        {
            if (answer.Wait(Settings.LoggerStartTimeout) && answer.Result is LoggerInitialized) return logger;
        }
        catch (AggregateException e) when (e.InnerException is AskTimeoutException)
        {
            // Said below: the same as no answer at all.
        }

        throw new ConfigurationException(
            $"Logger {type} did not answer with {nameof(LoggerInitialized)} within {Settings.LoggerStartTimeout}");
    }
}

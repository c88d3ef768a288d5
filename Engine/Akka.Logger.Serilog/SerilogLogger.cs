using Akka.Actor;
using Akka.Event;
using Serilog;
using Serilog.Core;
using Serilog.Core.Enrichers;
using Serilog.Events;

namespace Akka.Logger.Serilog;

/// <summary>Hands what actors log to <see cref="Log.Logger"/>: template and arguments as they are, and the properties ActorPath, LogSource,
/// Timestamp (of the event, UTC) and Thread. The log class becomes the SourceContext. Named in <c>akka.loggers</c>.</summary>
public class SerilogLogger : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly string _nobody = Context.System.DeadLetters.Path.ToString();

    public SerilogLogger()
    {
        Receive<InitializeLogger>(_ =>
        {
            _log.Info("SerilogLogger started");
            Sender.Tell(new LoggerInitialized());
        });
        Receive<Debug>(e => Write(e, LogEventLevel.Debug));
        Receive<Info>(e => Write(e, LogEventLevel.Information));
        Receive<Warning>(e => Write(e, LogEventLevel.Warning));
        Receive<Error>(e => Write(e, LogEventLevel.Error));
    }

    private void Write(Event.LogEvent e, LogEventLevel level)
    {
        ILogger logger = Log.Logger.ForContext(e.LogClass);
        if (!logger.IsEnabled(level)) return;
        logger = logger.ForContext([
            new PropertyEnricher("Timestamp", e.Timestamp),
            new PropertyEnricher("LogSource", e.LogSource),
            new PropertyEnricher("ActorPath", ActorPath(e)),
            new PropertyEnricher("Thread", e.Thread.ManagedThreadId.ToString("0000")),
        ]);
        if (e.Message is LogMessage message) logger.Write(level, e.Cause, message.Format, [.. message.Parameters()]);
        else logger.Write(level, e.Cause, "{Message:l}", e.Message);
    }

    // An actor logs with its path as the source; what others log counts as said by nobody.
    private string ActorPath(Event.LogEvent e) => e.LogSource.StartsWith("akka://", StringComparison.Ordinal) ? e.LogSource : _nobody;
}

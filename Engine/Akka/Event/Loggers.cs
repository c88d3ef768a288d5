using Akka.Actor;

namespace Akka.Event;

/// <summary>A logger without an actor: it writes on the thread that logs.</summary>
public abstract class MinimalLogger : MinimalActorRef
{
    private ActorPath? _path;

    public sealed override ActorPath Path => _path ??= new RootActorPath(Address.AllSystems) / GetType().Name;

    public sealed override IActorRefProvider Provider => throw new NotSupportedException("A minimal logger belongs to no system");

    protected sealed override void TellInternal(object message, IActorRef sender) => Log(message);

    /// <summary>Writes a log event; may be called by several threads at once.</summary>
    protected abstract void Log(object message);
}

/// <summary>Writes to standard output.</summary>
public class StandardOutLogger : MinimalLogger
{
    protected override void Log(object message) => Console.WriteLine(message);

    public override string ToString() => "StandardOutLogger";
}

/// <summary>Writes to standard output, as an actor.</summary>
public class DefaultLogger : ActorBase
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent) => Console.WriteLine(logEvent);
}

using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A hierarchy of actors with what they share: dispatchers, a scheduler, an event stream, settings.</summary>
public abstract partial class ActorSystem : IActorRefFactory, IDisposable
{
    public abstract Settings Settings { get; }

    public abstract string Name { get; }

    public abstract IScheduler Scheduler { get; }

    public abstract EventStream EventStream { get; }

    public abstract Dispatchers Dispatchers { get; }

    public abstract Mailboxes Mailboxes { get; }

    public abstract ILoggingAdapter Log { get; }

    /// <summary>Where messages go that reach nobody.</summary>
    public abstract IActorRef DeadLetters { get; }

    /// <summary>Where messages go that nobody wants.</summary>
    public abstract IActorRef IgnoreRef { get; }

    /// <summary>When the system was created, by the scheduler's clock, since that clock's beginning.</summary>
    public abstract TimeSpan StartTime { get; }

    public TimeSpan Uptime => Scheduler.MonotonicClock - StartTime;

    /// <summary>Ends when all actors have stopped and the system's threads are free.</summary>
    public abstract Task WhenTerminated { get; }

    /// <exception cref="ArgumentException">The name is anything but ASCII letters, digits and hyphens, or begins with a hyphen.</exception>
    public static ActorSystem Create(string name) => Create(name, Setup.ActorSystemSetup.Empty);

    public static ActorSystem Create(string name, Config config) => Create(name, BootstrapSetup.Create().WithConfig(config));

    public static ActorSystem Create(string name, BootstrapSetup setup) => Create(name, Setup.ActorSystemSetup.Create(setup));

    public static ActorSystem Create(string name, Setup.ActorSystemSetup setup)
    {
        if (name is null || !PermittedName().IsMatch(name)) throw new ArgumentException(
            $"Invalid ActorSystem name [{name}]: only ASCII letters, digits and, not in front, hyphens", nameof(name));
        BootstrapSetup bootstrap = setup.Get<BootstrapSetup>().GetOrElse(BootstrapSetup.Create());
        Config config = bootstrap.Config.HasValue ? bootstrap.Config.Value : ConfigurationFactory.Load();
        var system = new ActorSystemImpl(name, config.WithFallback(bootstrap.ConfigFallback.GetOrElse(null!)), setup);
        system.Start();
        return system;
    }

    public abstract IActorRef ActorOf(Props props, string? name = null);

    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    public abstract ActorSelection ActorSelection(string actorPath);

    public abstract void Stop(IActorRef actor);

    /// <summary>Stops all actors, by way of <see cref="CoordinatedShutdown"/>; the task is <see cref="WhenTerminated"/>.</summary>
    public abstract Task Terminate();

    /// <summary>Has <paramref name="code"/> run when all actors have stopped; the latest first.</summary>
    public abstract void RegisterOnTermination(Action code);

    public abstract object RegisterExtension(IExtensionId extension);

    public abstract T GetExtension<T>() where T : class, IExtension;

    public abstract bool HasExtension<T>() where T : class, IExtension;

    public abstract bool TryGetExtension<T>(out T extension) where T : class, IExtension;

    /// <summary>Terminates and waits for it.</summary>
    public void Dispose()
    {
        Terminate().Wait();
        GC.SuppressFinalize(this);
    }

    public override string ToString() => $"akka://{Name}";

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9-]*$")]
    private static partial Regex PermittedName();
}

/// <summary>What an extension may use of its system.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    public abstract IActorRefProvider Provider { get; }

    /// <summary>The parent of all actors made with the system's <c>ActorOf</c>: <c>/user</c>.</summary>
    public abstract IInternalActorRef Guardian { get; }

    /// <summary>The parent of the engine's own actors: <c>/system</c>.</summary>
    public abstract IInternalActorRef SystemGuardian { get; }

    /// <summary>Where a path from the root begins.</summary>
    public abstract IInternalActorRef LookupRoot { get; }

    public abstract IActorRef SystemActorOf(Props props, string? name = null);

    /// <summary>Stops all actors, without <see cref="CoordinatedShutdown"/>.</summary>
    public abstract void Abort();
}

/// <summary>What references belong to: the roots of one system.</summary>
public interface IActorRefProvider
{
    IInternalActorRef RootGuardian { get; }

    IInternalActorRef Guardian { get; }

    IInternalActorRef SystemGuardian { get; }

    IActorRef DeadLetters { get; }

    ActorPath RootPath { get; }

    /// <summary>A path for a reference that is nobody's child.</summary>
    ActorPath TempPath();
}

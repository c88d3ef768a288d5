using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Dispatch;

/// <summary>The dispatchers of a system, by the path of their configuration section.</summary>
public sealed class Dispatchers
{
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";
    internal const string InternalDispatcherId = "akka.actor.internal-dispatcher";

    private static readonly Dictionary<string, Func<Config, IDispatcherPrerequisites, MessageDispatcherConfigurator>> BuiltIn = new()
    {
        ["Dispatcher"] = static (config, prerequisites) => new DispatcherConfigurator(config, prerequisites),
        ["TaskDispatcher"] = static (config, prerequisites) => new DispatcherConfigurator(config, prerequisites),
        ["ForkJoinDispatcher"] = static (config, prerequisites) => new DispatcherConfigurator(config, prerequisites),
        ["PinnedDispatcher"] = static (config, prerequisites) => new PinnedDispatcherConfigurator(config, prerequisites),
    };

    private readonly ConcurrentDictionary<string, MessageDispatcherConfigurator> _configurators = new();
    private readonly Settings _settings;
    private readonly IDispatcherPrerequisites _prerequisites;

    internal Dispatchers(Settings settings, IDispatcherPrerequisites prerequisites)
    {
        _settings = settings;
        _prerequisites = prerequisites;
        DefaultGlobalDispatcher = Lookup(DefaultDispatcherId);
        InternalDispatcher = Lookup(InternalDispatcherId);
    }

    /// <summary>Where actors run that name no dispatcher.</summary>
    public MessageDispatcher DefaultGlobalDispatcher { get; }

    /// <summary>Where the engine's own actors run.</summary>
    internal MessageDispatcher InternalDispatcher { get; }

    /// <summary>What a configurator needs that is made by hand, for <see cref="RegisterConfigurator"/>.</summary>
    public IDispatcherPrerequisites Prerequisites => _prerequisites;

    /// <summary>The dispatcher of section <paramref name="dispatcherName"/>.</summary>
    /// <exception cref="ConfigurationException">There is no such section, or its type cannot be used.</exception>
    public MessageDispatcher Lookup(string dispatcherName) => Configurator(dispatcherName).Dispatcher();

    public bool HasDispatcher(string id) => _configurators.ContainsKey(id) || _settings.Config.HasPath(id);

    /// <summary>Names a dispatcher without a configuration section; false where the name is taken.</summary>
    public bool RegisterConfigurator(string id, MessageDispatcherConfigurator configurator) => _configurators.TryAdd(id, configurator);

    internal void ShutDown()
    {
        foreach (MessageDispatcherConfigurator configurator in _configurators.Values)
        {
            // A configurator that makes a dispatcher for each actor has none left: they ended with their actors.
            if (configurator is not PinnedDispatcherConfigurator) configurator.Dispatcher().ShutDownNow();
        }
    }

    private MessageDispatcherConfigurator Configurator(string id)
    {
        if (_configurators.TryGetValue(id, out MessageDispatcherConfigurator? known)) return known;
        if (!_settings.Config.HasPath(id)) throw new ConfigurationException($"There is no dispatcher \"{id}\"");
        lock (_configurators)
        {
            if (_configurators.TryGetValue(id, out known)) return known;
            MessageDispatcherConfigurator made = Make(id);
            _configurators[id] = made;
            return made;
        }
    }

    private MessageDispatcherConfigurator Make(string id)
    {
        Config config = ConfigurationFactory.ParseString($"id = \"{id}\"")
            .WithFallback(_settings.Config.GetConfig(id))
            .WithFallback(_settings.Config.GetConfig(DefaultDispatcherId));
        string type = config.GetString("type", "Dispatcher");
        return BuiltIn.TryGetValue(type, out var make)
            ? make(config, _prerequisites)
            : TypeNames.Create<MessageDispatcherConfigurator>(type, id + ".type", config, _prerequisites);
    }
}

/// <summary>What a dispatcher may know of its system.</summary>
internal sealed record DispatcherPrerequisites(EventStream EventStream, IScheduler Scheduler, Settings Settings, Mailboxes Mailboxes)
    : IDispatcherPrerequisites;

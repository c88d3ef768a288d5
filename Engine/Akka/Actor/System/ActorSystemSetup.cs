using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor.Setup
{
    /// <summary>One thing to set up about a system, found by its type.</summary>
    public abstract class Setup
    {
        public ActorSystemSetup And(Setup other) => ActorSystemSetup.Create(this, other);
    }

    /// <summary>Everything that is to be set up about a system.</summary>
    public sealed class ActorSystemSetup
    {
        public static readonly ActorSystemSetup Empty = new([]);

        private readonly Dictionary<Type, Setup> _setups;

        private ActorSystemSetup(Dictionary<Type, Setup> setups) => _setups = setups;

        public static ActorSystemSetup Create(params Setup[] setups)
        {
            var byType = new Dictionary<Type, Setup>();
            foreach (Setup setup in setups) byType[setup.GetType()] = setup;
            return new ActorSystemSetup(byType);
        }

        public Option<T> Get<T>() where T : Setup =>
            _setups.TryGetValue(typeof(T), out Setup? setup) ? new Option<T>((T)setup) : Option<T>.None;

        public ActorSystemSetup WithSetup<T>(T setup) where T : Setup =>
            new(new Dictionary<Type, Setup>(_setups) { [setup.GetType()] = setup });

        public ActorSystemSetup And<T>(T setup) where T : Setup => WithSetup(setup);
    }
}

namespace Akka.Actor
{
    /// <summary>The configuration that a system starts with.</summary>
    public sealed class BootstrapSetup : Setup.Setup
    {
        private BootstrapSetup(Config? config, Config? fallback)
        {
            Config = config is null ? Option<Config>.None : new Option<Config>(config);
            ConfigFallback = fallback is null ? Option<Config>.None : new Option<Config>(fallback);
        }

        public Option<Config> Config { get; }

        public Option<Config> ConfigFallback { get; }

        public static BootstrapSetup Create() => new(null, null);

        public BootstrapSetup WithConfig(Config config) => new(config, ConfigFallback.GetOrElse(null!));

        public BootstrapSetup WithConfigFallback(Config config) => new(Config.GetOrElse(null!), config);
    }
}

using Akka.Actor;
using Xunit;

namespace Engine.Tests.Actors;

/// <summary>One of a kind per system.</summary>
public sealed class ExtensionTests : EngineSpec
{
    [Fact]
    public void An_extension_is_made_once_per_system()
    {
        CounterExtension first = Sys.WithExtension<CounterExtension, CounterProvider>();
        Assert.Same(first, Sys.WithExtension<CounterExtension, CounterProvider>());
        Assert.Same(Sys, first.System);
        Assert.True(Sys.HasExtension<CounterExtension>());
        Assert.Same(first, Sys.GetExtension<CounterExtension>());
    }

    public sealed record CounterExtension(ActorSystem System) : IExtension;

    public sealed class CounterProvider : ExtensionIdProvider<CounterExtension>
    {
        public override CounterExtension CreateExtension(ExtendedActorSystem system) => new(system);
    }
}

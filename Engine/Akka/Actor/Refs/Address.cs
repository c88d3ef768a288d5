namespace Akka.Actor;

/// <summary>Where an actor system is found: <c>akka://name</c>, or <c>akka.tcp://name@host:port</c> for one that is not this
/// process's.</summary>
public sealed record Address(string Protocol, string System, string? Host = null, int? Port = null)
{
    /// <summary>The address that stands for no particular system.</summary>
    public static readonly Address AllSystems = new("akka", "all-systems");

    public override string ToString() => Host is null ? $"{Protocol}://{System}" : $"{Protocol}://{System}@{Host}:{Port}";
}

using System.Reflection;
using Akka.Actor;

namespace ScsiActors.Host;

/// <summary>Which version this is, and which actor engine it was built with.</summary>
internal static class EngineInfo
{
    private const string MetadataKey = "ActorEngine";

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = InformationalVersion(typeof(EngineInfo).Assembly);

    /// <summary>The engine's name for programs: <c>Akka</c> or <c>Embedded</c>.</summary>
    public static string Name { get; } = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(static attribute => attribute.Key == MetadataKey)?.Value ?? NameOfLoadedEngine();

    /// <summary>The engine for people.</summary>
    public static string Description { get; } = Name == "Embedded"
        ? "embedded actor engine"
        : $"Akka.NET {InformationalVersion(typeof(ActorSystem).Assembly)}";

    /// <summary>Version and engine on one line.</summary>
    public static string Line => $"ScsiActors {Version} on {Description}";

    // The embedded engine is built with this tree and carries its version.
    private static string NameOfLoadedEngine() =>
        typeof(ActorSystem).Assembly.GetName().Version == typeof(EngineInfo).Assembly.GetName().Version ? "Embedded" : "Akka";

    private static string InformationalVersion(Assembly assembly)
    {
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly.GetName().Version?.ToString() ?? "of unknown version";
        var build = version.IndexOf('+');
        return build < 0 ? version : version[..build];
    }
}

using System.Reflection;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>Makes a <see cref="Config"/> from text, from an embedded resource, or from nothing.</summary>
public static class ConfigurationFactory
{
    /// <summary>A configuration without any setting.</summary>
    public static Config Empty { get; } = new(new HoconRoot(new HoconValue(new HoconObject())));

    /// <summary>Reads HOCON text; an <c>include</c> in it is an error, because nothing says where the included text is.</summary>
    /// <exception cref="ConfigurationException">The text is not HOCON; the message names line and column.</exception>
    public static Config ParseString(string hocon) => new(Parser.Parse(hocon, null));

    /// <summary>Reads HOCON text; <paramref name="includeCallback"/> turns the name in an <c>include</c> into what that text
    /// holds.</summary>
    /// <exception cref="ConfigurationException">The text is not HOCON; the message names line and column.</exception>
    public static Config ParseString(string hocon, Func<string, HoconRoot>? includeCallback) =>
        new(Parser.Parse(hocon, includeCallback));

    /// <summary>The configuration of this process, for a system that is created without one: the text of the file named by the
    /// environment variable <c>HOCON_CONFIG</c>, or empty.</summary>
    public static Config Load()
    {
        string? file = Environment.GetEnvironmentVariable("HOCON_CONFIG");
        return string.IsNullOrEmpty(file) ? Empty : ParseString(File.ReadAllText(file));
    }

    /// <summary>The reference configuration: every setting that the engine reads, with its default.</summary>
    public static Config Default() => FromResource("Akka.Configuration.akka.conf", typeof(ConfigurationFactory).Assembly);

    /// <summary>Reads an embedded resource of the assembly in which <typeparamref name="TAssembly"/> is defined.</summary>
    public static Config FromResource<TAssembly>(string resourceName) => FromResource(resourceName, typeof(TAssembly).Assembly);

    /// <summary>Reads an embedded resource of <paramref name="assembly"/>.</summary>
    /// <exception cref="ConfigurationException">There is no such resource.</exception>
    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using Stream stream = assembly.GetManifestResourceStream(resourceName) ?? throw new ConfigurationException(
            $"Assembly {assembly.GetName().Name} has no embedded resource \"{resourceName}\"; it has: " +
            string.Join(", ", assembly.GetManifestResourceNames()));
        using var reader = new StreamReader(stream);
        return ParseString(reader.ReadToEnd());
    }
}

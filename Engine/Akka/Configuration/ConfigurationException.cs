using Akka.Actor;

namespace Akka.Configuration;

/// <summary>A configuration text cannot be read, or a setting holds a value that its reader cannot take.</summary>
public class ConfigurationException : AkkaException
{
    public ConfigurationException(string message) : base(message) { }

    public ConfigurationException(string message, Exception? cause) : base(message, cause) { }
}

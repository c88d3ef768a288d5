using Akka.Configuration;

namespace ScsiActors.Requests;

/// <summary>The bounds of a request queue: section <c>request-queue</c> of config.hocon.</summary>
/// <param name="MaxInFlight">Requests the storage may have at once, 1 or more.</param>
/// <param name="MaxQueued">Requests that may wait for a place there, 0 or more; what comes on top ends as Busy.</param>
public sealed record RequestQueueSettings(int MaxInFlight, int MaxQueued)
{
    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">A bound is out of range.</exception>
    public static RequestQueueSettings From(Config config)
    {
        var settings = new RequestQueueSettings(config.GetInt("max-in-flight"), config.GetInt("max-queued"));
        if (settings.MaxInFlight < 1)
            throw new ConfigurationException($"request-queue.max-in-flight is {settings.MaxInFlight}: 1 or more is needed");
        if (settings.MaxQueued < 0)
            throw new ConfigurationException($"request-queue.max-queued is {settings.MaxQueued}: 0 or more is needed");
        return settings;
    }
}

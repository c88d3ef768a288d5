using Akka.Actor;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>Which port actor serves an I_T nexus, learned from the sender of its last command. The last nexus is kept at hand, so that a
/// busy one costs no search.</summary>
internal sealed class PortDirectory
{
    private readonly Dictionary<ItNexus, IActorRef> _ports = [];
    private ItNexus _lastNexus;
    private IActorRef? _lastPort;

    /// <summary>Takes note of a port; true when the nexus was not served by it before.</summary>
    public bool Learn(ItNexus it, IActorRef port)
    {
        if (ReferenceEquals(_lastPort, port) && _lastNexus == it)
            return false;
        var isNew = !_ports.TryGetValue(it, out var known) || !known.Equals(port);
        if (isNew)
            _ports[it] = port;
        (_lastNexus, _lastPort) = (it, port);
        return isNew;
    }

    /// <summary>The port of a nexus; <see cref="ActorRefs.Nobody"/> when it is gone.</summary>
    public IActorRef PortOf(ItNexus it)
    {
        if (_lastPort is { } port && _lastNexus == it)
            return port;
        if (!_ports.TryGetValue(it, out var known))
            return ActorRefs.Nobody;
        (_lastNexus, _lastPort) = (it, known);
        return known;
    }

    /// <summary>Forgets a port; returns the nexuses it served.</summary>
    public List<ItNexus> Forget(IActorRef port)
    {
        List<ItNexus> served = [.. _ports.Where(entry => entry.Value.Equals(port)).Select(entry => entry.Key)];
        served.ForEach(it => _ports.Remove(it));
        _lastPort = null;
        return served;
    }
}

namespace ScsiActors.Aio.Simulated;

/// <summary>What a <see cref="DiskMechanism"/> has to say; it is never called back from here.</summary>
public interface IDiskMechanismPorts
{
    /// <summary>A request has come to its end.</summary>
    /// <param name="tag">As submitted.</param>
    /// <param name="isDurable">True when the request has been to the medium, false when it is in the volatile cache.</param>
    void Completed(int tag, bool isDurable);

    /// <summary>A write that completed into the cache is on the medium now.</summary>
    /// <param name="stamp">As submitted.</param>
    void Destaged(long stamp);
}

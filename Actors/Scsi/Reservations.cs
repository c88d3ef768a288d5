namespace ScsiActors.Scsi;

/// <summary>The reservation of the whole logical unit by RESERVE(6) (SPC-2 7.21): held by one I_T nexus, until it releases it, is lost, or
/// a reset.</summary>
internal sealed class Reservations
{
    /// <summary>Who holds it; null while the logical unit is not reserved.</summary>
    public ItlNexus? Holder { get; private set; }

    /// <summary>True when <paramref name="nexus"/> is kept out by another's reservation.</summary>
    public bool ConflictsWith(ItlNexus nexus) => Holder is not null && Holder != nexus;

    /// <summary>Reserves for <paramref name="nexus"/>, which may already hold it; conflicts have been checked.</summary>
    public void Reserve(ItlNexus nexus) => Holder = nexus;

    /// <summary>Releases if <paramref name="nexus"/> holds it; nothing otherwise, which is no error.</summary>
    public void Release(ItlNexus nexus)
    {
        if (Holder == nexus)
            Holder = null;
    }

    /// <summary>Releases whoever holds it (reset).</summary>
    public void Clear() => Holder = null;
}

using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>All that a logical unit remembers about one I_T nexus: nothing here is shared with another initiator.</summary>
internal sealed class ItlNexus(ItNexus it)
{
    /// <summary>The ports.</summary>
    public ItNexus It { get; } = it;

    /// <summary>Commands in the task set.</summary>
    public int Tasks { get; set; }

    /// <summary>Commands without a tag among them, 0 or 1.</summary>
    public int UntaggedTasks { get; set; }

    /// <summary>True after a loss of the nexus, until its next command: the entry may then be given to another nexus.</summary>
    public bool IsLost { get; set; }

    /// <summary>True while it prevents medium removal.</summary>
    public bool PreventsRemoval { get; set; }

    /// <summary>Sense data kept for REQUEST SENSE because the port does not deliver them with the status.</summary>
    public KeptSense KeptSense { get; } = new();

    /// <summary>An error of work that went on after its command had ended (SPC-4 4.5.7); null when there is none.</summary>
    public SenseData? DeferredError { get; set; }

    /// <summary>Its unit attention conditions; a field, because they change in place.</summary>
    public UnitAttentions UnitAttentions;

    /// <summary>What the search for the next command to enable has seen of this nexus (<see cref="TaskSet"/>).</summary>
    public OlderTasks Older;

    /// <summary>True when a command has to look closer before it starts.</summary>
    public bool HasNews => UnitAttentions.Any || DeferredError is not null;
}

/// <summary>The I_T nexuses a logical unit knows, up to a limit. A nexus that has not been seen before learns of the power on.</summary>
internal sealed class ItlNexuses(int limit)
{
    private readonly List<ItlNexus> _all = [];
    private ItlNexus? _last;

    /// <summary>Every nexus, in the order of their first command.</summary>
    public List<ItlNexus> All => _all;

    /// <summary>The nexus, if it is known; else null.</summary>
    public ItlNexus? Find(ItNexus it)
    {
        if (_last is { } last && last.It == it)
            return last;
        foreach (var nexus in _all)
        {
            if (nexus.It == it)
                return _last = nexus;
        }
        return null;
    }

    /// <summary>The nexus, new if need be; null when there are too many.</summary>
    public ItlNexus? FindOrAdd(ItNexus it)
    {
        if (Find(it) is { } known)
            return known;
        if (_all.Count >= limit)
        {
            var lost = _all.FindIndex(static nexus => nexus.IsLost && nexus.Tasks == 0);
            if (lost < 0)
                return null;
            _all.RemoveAt(lost);
        }
        var added = new ItlNexus(it);
        added.UnitAttentions.Establish(UnitAttention.PowerOn);
        _all.Add(added);
        return _last = added;
    }

    /// <summary>Establishes a unit attention condition for every nexus but <paramref name="except"/>.</summary>
    public void Establish(UnitAttention condition, ItlNexus? except = null)
    {
        foreach (var nexus in _all)
        {
            if (nexus != except)
                nexus.UnitAttentions.Establish(condition);
        }
    }
}

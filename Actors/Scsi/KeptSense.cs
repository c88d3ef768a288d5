using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The sense data that wait for REQUEST SENSE of one I_T nexus, because its port does not deliver them with the status: one for each command that
/// failed. Commands that fail together must not get each other's, so an initiator which asks under the tag of the command gets that command's.</summary>
internal sealed class KeptSense
{
    private const int Most = 256;

    private readonly List<(ulong Tag, SenseData Sense)> _all = [];

    /// <summary>True when there are any.</summary>
    public bool Any => _all.Count > 0;

    /// <summary>True when the sense data of the command with this tag wait.</summary>
    public bool Has(ulong tag) => _all.Exists(kept => kept.Tag == tag);

    /// <summary>Keeps the sense data of a command, in place of older ones under its tag.</summary>
    public void Keep(ulong tag, SenseData sense)
    {
        _all.RemoveAll(kept => kept.Tag == tag);
        if (_all.Count == Most)
            _all.RemoveAt(0);
        _all.Add((tag, sense));
    }

    /// <summary>The sense data of the command with this tag, which wait no longer; under another tag the latest, and then none waits any more. Null without
    /// any.</summary>
    public SenseData? Take(ulong tag)
    {
        if (_all.Count == 0)
            return null;
        var index = _all.FindIndex(kept => kept.Tag == tag);
        var sense = _all[index < 0 ? _all.Count - 1 : index].Sense;
        if (index < 0)
            _all.Clear();
        else
            _all.RemoveAt(index);
        return sense;
    }

    /// <summary>None waits any more.</summary>
    public void Clear() => _all.Clear();
}

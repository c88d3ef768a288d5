using System.Numerics;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The medium: what the storage said it is, seen as logical blocks, and whether it is in the drive.</summary>
internal sealed class Medium(LogicalUnitSettings settings)
{
    private readonly int _blockShift = BitOperations.Log2((uint)settings.BlockSize);
    private AioOpened? _opened;

    /// <summary>True as soon as the storage has said what it is, usable or not.</summary>
    public bool IsKnown => _opened is not null;

    /// <summary>Logical blocks.</summary>
    public ulong Blocks { get; private set; }

    /// <summary>True after an eject.</summary>
    public bool IsEjected { get; private set; }

    /// <summary>True when the storage or the settings refuse every write.</summary>
    public bool IsReadOnly => settings.ReadOnly || _opened is { IsReadOnly: true };

    /// <summary>True when the storage takes blocks back (<see cref="AioUnmap"/>), which then read as zeroes.</summary>
    public bool CanUnmap => _opened is { Result: AioResult.Ok, CanUnmap: true };

    /// <summary>Why commands that need the medium cannot be done; null when they can.</summary>
    public SenseData? NotReady { get; private set; } = Sense.BecomingReady;

    /// <summary>log2 of the logical block's bytes.</summary>
    public int BlockShift => _blockShift;

    /// <summary>Takes what the storage says; true when the capacity is not what it was before.</summary>
    public bool Open(AioOpened opened)
    {
        var before = _opened is null ? (ulong?)null : Blocks;
        _opened = opened;
        Blocks = opened.Result == AioResult.Ok ? (ulong)opened.Length >> _blockShift : 0;
        UpdateReadiness();
        return before is { } blocks && blocks != Blocks;
    }

    /// <summary>Takes the medium out or puts it in.</summary>
    public void SetEjected(bool ejected)
    {
        IsEjected = ejected;
        UpdateReadiness();
    }

    /// <summary>The byte of the storage at which a block starts.</summary>
    public long OffsetOf(ulong lba) => (long)(lba << _blockShift);

    private void UpdateReadiness() => NotReady = _opened switch
    {
        null => Sense.BecomingReady,
        { Result: not AioResult.Ok } => Sense.ManualInterventionRequired,
        _ => IsEjected || Blocks == 0 ? Sense.MediumNotPresent : null,
    };
}

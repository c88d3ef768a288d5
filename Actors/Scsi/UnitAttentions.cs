using System.Numerics;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The unit attention conditions, the most important first (SAM-5 5.14, table of precedence); the order of reporting.</summary>
internal enum UnitAttention : byte
{
    /// <summary>POWER ON OCCURRED, 29/01.</summary>
    PowerOn,

    /// <summary>SCSI BUS RESET OCCURRED, 29/02.</summary>
    HardReset,

    /// <summary>BUS DEVICE RESET FUNCTION OCCURRED, 29/03.</summary>
    LogicalUnitReset,

    /// <summary>I_T NEXUS LOSS OCCURRED, 29/07.</summary>
    NexusLoss,

    /// <summary>COMMANDS CLEARED BY ANOTHER INITIATOR, 2F/00.</summary>
    CommandsCleared,

    /// <summary>NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED, 28/00.</summary>
    MediumChanged,

    /// <summary>MODE PARAMETERS CHANGED, 2A/01.</summary>
    ModeParametersChanged,

    /// <summary>CAPACITY DATA HAS CHANGED, 2A/09.</summary>
    CapacityChanged,
}

/// <summary>The unit attention conditions that wait for one I_T nexus: each at most once, reported in order of precedence (SAM-5
/// 5.14).</summary>
internal struct UnitAttentions
{
    private static readonly SenseData[] SenseOf =
    [
        Make(0x29, 0x01), Make(0x29, 0x02), Make(0x29, 0x03), Make(0x29, 0x07),
        Make(0x2F, 0x00), Make(0x28, 0x00), Make(0x2A, 0x01), Make(0x2A, 0x09),
    ];

    private byte _pending;

    /// <summary>True when a condition waits.</summary>
    public readonly bool Any => _pending != 0;

    /// <summary>What would be reported next; null without a condition.</summary>
    public readonly SenseData? Next => _pending == 0 ? null : SenseOf[BitOperations.TrailingZeroCount(_pending)];

    /// <summary>Establishes a condition. A reset says all that the conditions before it would have said, so it takes their place; after a
    /// reset a lesser reset or a nexus loss says nothing new.</summary>
    public void Establish(UnitAttention condition)
    {
        var bit = (byte)(1 << (int)condition);
        if (condition > UnitAttention.NexusLoss)
            _pending |= bit;
        else if ((_pending & bit - 1) == 0)
            _pending = condition == UnitAttention.NexusLoss ? (byte)(_pending | bit) : bit;
        else if (condition != UnitAttention.NexusLoss)
            _pending &= (byte)(bit - 1);
    }

    /// <summary>Clears the condition that <see cref="Next"/> names, because it has been reported.</summary>
    public void ClearNext() => _pending &= (byte)(_pending - 1);

    private static SenseData Make(byte code, byte qualifier) => new(SenseKey.UnitAttention, new AdditionalSense(code, qualifier));
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi.Bus;

/// <summary>A command between its arrival on the bus and its status; kept for reuse afterwards.</summary>
internal sealed class BusRequest
{
    public ItlqNexus Nexus;

    /// <summary>The place in the table of nexuses, see <see cref="NexusTable"/>.</summary>
    public int Slot;

    /// <summary>The connection it has now, or had last.</summary>
    public long Connection;

    /// <summary>What is sent in that connection reaches the initiator, at once or when it has granted the reselection.</summary>
    public bool IsConnected;

    /// <summary>It has disconnected at least once.</summary>
    public bool IsQueued;

    /// <summary>BUS FREE has been announced behind the data phase under way.</summary>
    public bool EndsAfterData;

    /// <summary>Its status has been sent; the entry stays until the tag is used again, so that a status nobody has fetched can be
    /// withdrawn.</summary>
    public bool IsDone;

    /// <summary>It has been aborted: whatever the logical unit still sends for it is not passed on.</summary>
    public bool IsAborting;

    /// <summary>Buffers of the logical unit that the initiator has.</summary>
    public int LentIn;
    public int LentOut;
    public TaskId Task;

    /// <summary>True while the initiator has a buffer of it.</summary>
    public bool HoldsBuffers => Holds > 0;

    /// <summary>How many buffers of it the initiator has.</summary>
    public int Holds => LentIn + LentOut + (TooLate is null ? 0 : 1);

    /// <summary>With the historical bug of early submission: takes the data that comes too late.</summary>
    public DataBuffer? TooLate;

    /// <summary>A status that waits for the data phase to end.</summary>
    public ScsiStatus? HeldStatus;

    /// <summary>It came while an earlier command of its nexus, ended by a reset or a function, is still in the logical unit's hands; it is passed on when that one
    /// has been answered, and until then the logical unit does not know of it.</summary>
    public ScsiCommandReceived? Deferred;

    /// <summary>A younger command on the same nexus (an overlapped command): what the logical unit sends is for the older one first.</summary>
    public BusRequest? Younger;

    public byte Identify => (byte)(0x80 | Nexus.Lun.Number);

    public int Tag => NexusTable.TagOf(Slot);

    public void Begin(in ItlqNexus nexus, int slot, long connection)
    {
        (Nexus, Slot, Connection) = (nexus, slot, connection);
        IsConnected = true;
        IsQueued = false;
        EndsAfterData = false;
        IsDone = false;
        IsAborting = false;
        (LentIn, LentOut, Task) = (0, 0, default);
        TooLate = null;
        HeldStatus = null;
        Younger = null;
        Deferred = null;
    }
}

/// <summary>The commands by nexus: target, logical unit and tag make a number of 16 bits.</summary>
internal sealed class NexusTable
{
    public const int Untagged = 256;

    /// <summary>Slots of one target; what remains of a slot's number modulo this tells logical unit and tag.</summary>
    public const int SlotsPerTarget = TagsPerUnit * 8;

    private const int TagsPerUnit = 512;

    private readonly BusRequest?[]?[] _units = new BusRequest?[]?[16 * 8];

    public static int SlotOf(int target, int lun, int tag) => (target << 3 | lun) * TagsPerUnit + (tag < 0 ? Untagged : tag);

    public static int TargetOf(int slot) => slot / TagsPerUnit >> 3;

    public static int LunOf(int slot) => slot / TagsPerUnit & 7;

    /// <summary>The tag, or -1 for the untagged nexus.</summary>
    public static int TagOf(int slot) => slot % TagsPerUnit is var tag && tag == Untagged ? -1 : tag;

    /// <summary>The oldest command of a nexus.</summary>
    public ref BusRequest? this[int slot]
    {
        get
        {
            ref var unit = ref _units[slot / TagsPerUnit];
            unit ??= new BusRequest?[Untagged + 1];
            return ref unit[slot % TagsPerUnit];
        }
    }

    /// <summary>True when a command of a logical unit has not ended.</summary>
    public bool HasActive(int target, int lun)
    {
        foreach (var oldest in _units[target << 3 | lun] ?? [])
        {
            for (var request = oldest; request is not null; request = request.Younger)
            {
                if (!request.IsDone)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Puts every command into <paramref name="into"/> that is on the target and, unless it is -1, on the logical unit; target
    /// -1 is all.</summary>
    public void Collect(int target, int lun, List<BusRequest> into)
    {
        for (var unit = 0; unit < _units.Length; unit++)
        {
            if (_units[unit] is not { } requests || (target >= 0 && unit >> 3 != target) || (lun >= 0 && (unit & 7) != lun))
                continue;
            foreach (var oldest in requests)
            {
                for (var request = oldest; request is not null; request = request.Younger)
                    into.Add(request);
            }
        }
    }
}

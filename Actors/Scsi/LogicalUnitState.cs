using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>What the parts of a logical unit share: the task manager and the device server act on it, commands read and change
/// it.</summary>
internal sealed class LogicalUnitState
{
    public LogicalUnitState(LogicalUnitSettings settings)
    {
        Settings = settings.Validated();
        Medium = new Medium(settings);
        ModePages = new ModePages(settings);
        Aca = new AutoContingentAllegiance(ModePages);
        Nexuses = new ItlNexuses(settings.MaximumNexuses);
        Tasks = new TaskSet(settings.MaximumTasks);
        PieceLimit = settings.GrowTransferBuffer ? int.MaxValue : settings.TransferBuffer & -settings.BlockSize;
        ParameterDataLimit = Math.Max(
            Math.Max(DataBuffer.Alignment, ReportCommands.LunListLength(settings.Luns.Count)),
            UnmapCommand.ListLength(settings.MaximumUnmapDescriptors));
        Isolation = new BlockIsolation(this);
    }

    public LogicalUnitSettings Settings { get; }
    public Medium Medium { get; }
    public ModePages ModePages { get; }
    public AutoContingentAllegiance Aca { get; }
    public ItlNexuses Nexuses { get; }
    public Reservations Reservations { get; } = new();
    public TaskSet Tasks { get; }
    public BlockIsolation Isolation { get; }

    /// <summary>Bytes of a transfer that go in one piece.</summary>
    public int PieceLimit { get; }

    /// <summary>Room for the longest parameter data, in bytes; also the longest parameter list that is taken.</summary>
    public int ParameterDataLimit { get; }

    /// <summary>MAXIMUM TRANSFER LENGTH, in blocks.</summary>
    public uint MaximumTransferBlocks => (uint)(Settings.MaximumTransfer >> Medium.BlockShift);

    /// <summary>MAXIMUM COMPARE AND WRITE LENGTH, in blocks. It goes in one piece.</summary>
    public uint MaximumCompareAndWriteBlocks => Math.Min((uint)Settings.MaximumCompareAndWrite, MaximumPieceBlocks);

    /// <summary>MAXIMUM ATOMIC TRANSFER LENGTH, in blocks. It goes in one piece.</summary>
    public uint MaximumAtomicBlocks => Math.Min((uint)(Settings.MaximumAtomicWrite >> Medium.BlockShift), MaximumPieceBlocks);

    /// <summary>MAXIMUM WRITE SAME LENGTH, in blocks.</summary>
    public ulong MaximumWriteSameBlocks => (ulong)(Settings.MaximumWriteSame >> Medium.BlockShift);

    private uint MaximumPieceBlocks => Math.Min((uint)(PieceLimit >> Medium.BlockShift), MaximumTransferBlocks);

    /// <summary>Why nothing can be written; null when it can.</summary>
    public SenseData? WriteProtection => ModePages.SoftwareWriteProtect ? Sense.SoftwareWriteProtected
        : Medium.IsReadOnly ? Sense.WriteProtected
        : null;

    /// <summary>True while some I_T nexus prevents medium removal.</summary>
    public bool RemovalIsPrevented => Nexuses.All.Exists(static nexus => nexus.PreventsRemoval);

    /// <summary>The effects of a reset on all that is not a command (SAM-5 6.3.2 and 6.3.3).</summary>
    public void Reset(UnitAttention condition)
    {
        Reservations.Clear();
        Aca.ClearAll();
        ModePages.Reset();
        foreach (var nexus in Nexuses.All)
            Forget(nexus);
        Nexuses.Establish(condition);
    }

    /// <summary>The effects of the loss of an I_T nexus on all that is not a command (SAM-5 6.3.4).</summary>
    public void Lose(ItlNexus nexus)
    {
        Reservations.Release(nexus);
        Aca.Clear(nexus);
        Forget(nexus);
        nexus.UnitAttentions.Establish(UnitAttention.NexusLoss);
    }

    private static void Forget(ItlNexus nexus)
    {
        nexus.PreventsRemoval = false;
        nexus.KeptSense.Clear();
        nexus.DeferredError = null;
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>What a logical unit is and how much it may hold; the section <c>logical-unit</c> of config.hocon, where each value has its
/// reason.</summary>
public sealed partial record LogicalUnitSettings
{
    /// <summary>The target port that the logical unit is reached through.</summary>
    public int TargetPort { get; init; }

    /// <summary>Its number.</summary>
    public Lun Lun { get; init; }

    /// <summary>Every logical unit of the target, in ascending order, for REPORT LUNS.</summary>
    public IReadOnlyList<Lun> Luns { get; init; } = [Lun.Zero];

    /// <summary>False for the stand-in that answers in place of the logical units which a target does not have (SAM-5 5.11).</summary>
    public bool IsPresent { get; init; } = true;

    /// <summary>T10 VENDOR IDENTIFICATION, up to 8 printable ASCII characters.</summary>
    public string Vendor { get; init; } = "ScsiActr";

    /// <summary>PRODUCT IDENTIFICATION, up to 16 printable ASCII characters.</summary>
    public string Product { get; init; } = "Virtual Disk";

    /// <summary>PRODUCT REVISION LEVEL, up to 4 printable ASCII characters.</summary>
    public string Revision { get; init; } = "0001";

    /// <summary>PRODUCT SERIAL NUMBER, up to 32 printable ASCII characters; empty: made from the target port and the LUN.</summary>
    public string SerialNumber { get; init; } = "";

    /// <summary>Bytes in a logical block: a power of two from 512 to 4096.</summary>
    public int BlockSize { get; init; } = 512;

    /// <summary>Bytes in a physical block: a power of two, at least a logical block.</summary>
    public int PhysicalBlockSize { get; init; } = 4096;

    /// <summary>MEDIUM ROTATION RATE: 1 for a medium that does not rotate, otherwise revolutions a minute.</summary>
    public int RotationRate { get; init; } = 1;

    /// <summary>True when the medium can be ejected.</summary>
    public bool Removable { get; init; }

    /// <summary>True when writes are refused even if the storage would take them.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The default of WCE in the caching mode page: true when a write is complete before it is on stable storage.</summary>
    public bool WriteCache { get; init; } = true;

    /// <summary>True when INQUIRY announces the wide and synchronous transfers of a parallel bus.</summary>
    public bool ParallelBus { get; init; }

    /// <summary>Commands in the task set; more get TASK SET FULL, or BUSY when the nexus has none in it (SAM-5 5.3.1).</summary>
    public int MaximumTasks { get; init; } = 256;

    /// <summary>I_T nexuses that are remembered; commands of more get BUSY.</summary>
    public int MaximumNexuses { get; init; } = 256;

    /// <summary>Task management functions that may wait for the commands they ended; more are answered SERVICE DELIVERY OR TARGET
    /// FAILURE.</summary>
    public int MaximumTaskManagement { get; init; } = 64;

    /// <summary>Bytes of a command's buffer while <see cref="GrowTransferBuffer"/> is off: a longer transfer goes in several
    /// pieces.</summary>
    public int TransferBuffer { get; init; } = 128 * 1024;

    /// <summary>True when a command's buffer is as large as its transfer, which then is one piece and one storage request.</summary>
    public bool GrowTransferBuffer { get; init; } = true;

    /// <summary>MAXIMUM TRANSFER LENGTH, in bytes, at most 256 MiB; longer requests are refused.</summary>
    public int MaximumTransfer { get; init; } = 32 * 1024 * 1024;

    /// <summary>MAXIMUM COMPARE AND WRITE LENGTH, in blocks, 1 to 255; less when that many are no one piece of a transfer.</summary>
    public int MaximumCompareAndWrite { get; init; } = 128;

    /// <summary>MAXIMUM ATOMIC TRANSFER LENGTH, in bytes, at least a block; less when that many are no one piece of a transfer.</summary>
    public int MaximumAtomicWrite { get; init; } = 256 * 1024;

    /// <summary>MAXIMUM WRITE SAME LENGTH, in bytes, at least a block.</summary>
    public long MaximumWriteSame { get; init; } = 1024 * 1024 * 1024;

    /// <summary>MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT, 1 to 4095.</summary>
    public int MaximumUnmapDescriptors { get; init; } = 256;

    /// <summary>Bytes of buffers that all commands together may hold; a command waits when there is no room.</summary>
    public long BufferLimit { get; init; } = 128 * 1024 * 1024;

    /// <summary>Bytes of free buffers that are kept for the next command.</summary>
    public long BufferIdleLimit { get; init; } = 16 * 1024 * 1024;

    /// <summary>Throws <see cref="ArgumentException"/> that names the first value out of its bounds; returns the settings.</summary>
    public LogicalUnitSettings Validated()
    {
        Require(IsPowerOfTwo(BlockSize) && BlockSize is >= 512 and <= 4096, "block-size is a power of two from 512 to 4096");
        Require(
            IsPowerOfTwo(PhysicalBlockSize) && PhysicalBlockSize >= BlockSize,
            "physical-block-size is a power of two, at least block-size");
        Require(MaximumTransfer >= BlockSize && MaximumTransfer <= 256 * 1024 * 1024, "max-transfer is from one block to 256 MiB");
        Require(TransferBuffer >= BlockSize && TransferBuffer <= MaximumTransfer, "transfer-buffer is from one block to max-transfer");
        Require(MaximumCompareAndWrite is >= 1 and <= 255, "max-compare-and-write is from 1 to 255 blocks");
        Require(MaximumAtomicWrite >= BlockSize, "max-atomic-write is at least one block");
        Require(MaximumWriteSame >= BlockSize, "max-write-same is at least one block");
        Require(MaximumUnmapDescriptors is >= 1 and <= 4095, "max-unmap-descriptors is from 1 to 4095");
        Require(MaximumTasks is >= 1 and <= 65536, "max-tasks is from 1 to 65536");
        Require(MaximumNexuses is >= 1 and <= 65536, "max-nexuses is from 1 to 65536");
        Require(MaximumTaskManagement >= 1, "max-task-management is at least 1");
        Require(RotationRate is >= 0 and <= ushort.MaxValue, "rotation-rate is from 0 to 65535");
        RequireText(Vendor, 8, "vendor");
        RequireText(Product, 16, "product");
        RequireText(Revision, 4, "revision");
        RequireText(SerialNumber, 32, "serial");
        return this;
    }

    private static bool IsPowerOfTwo(int value) => value > 0 && (value & value - 1) == 0;

    private static void RequireText(string text, int length, string name) =>
        Require(text.Length <= length && text.All(c => c is >= ' ' and <= '~'), $"{name} is up to {length} printable ASCII characters");

    private static void Require(bool condition, string rule)
    {
        if (!condition)
            throw new ArgumentException($"logical-unit: {rule}.");
    }
}

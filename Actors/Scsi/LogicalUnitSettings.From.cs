using Akka.Configuration;

namespace ScsiActors.Scsi;

public sealed partial record LogicalUnitSettings
{
    /// <summary>Reads the section <c>logical-unit</c>; what it does not name keeps its default. Target port and LUN are the caller's to
    /// add. Throws <see cref="ArgumentException"/> that names a value out of its bounds.</summary>
    public static LogicalUnitSettings From(Config section)
    {
        var defaults = new LogicalUnitSettings();
        return new LogicalUnitSettings
        {
            Vendor = section.GetString("vendor", defaults.Vendor) ?? "",
            Product = section.GetString("product", defaults.Product) ?? "",
            Revision = section.GetString("revision", defaults.Revision) ?? "",
            SerialNumber = section.GetString("serial", defaults.SerialNumber) ?? "",
            BlockSize = Bytes(section, "block-size", defaults.BlockSize),
            PhysicalBlockSize = Bytes(section, "physical-block-size", defaults.PhysicalBlockSize),
            RotationRate = section.GetInt("rotation-rate", defaults.RotationRate),
            Removable = section.GetBoolean("removable", defaults.Removable),
            ReadOnly = section.GetBoolean("read-only", defaults.ReadOnly),
            WriteCache = section.GetBoolean("write-cache", defaults.WriteCache),
            ParallelBus = section.GetBoolean("parallel-bus", defaults.ParallelBus),
            MaximumTasks = section.GetInt("max-tasks", defaults.MaximumTasks),
            MaximumNexuses = section.GetInt("max-nexuses", defaults.MaximumNexuses),
            MaximumTaskManagement = section.GetInt("max-task-management", defaults.MaximumTaskManagement),
            TransferBuffer = Bytes(section, "transfer-buffer", defaults.TransferBuffer),
            GrowTransferBuffer = section.GetBoolean("grow-transfer-buffer", defaults.GrowTransferBuffer),
            MaximumTransfer = Bytes(section, "max-transfer", defaults.MaximumTransfer),
            MaximumCompareAndWrite = section.GetInt("max-compare-and-write", defaults.MaximumCompareAndWrite),
            MaximumAtomicWrite = Bytes(section, "max-atomic-write", defaults.MaximumAtomicWrite),
            MaximumWriteSame = section.GetByteSize("max-write-same", defaults.MaximumWriteSame) ?? defaults.MaximumWriteSame,
            MaximumUnmapDescriptors = section.GetInt("max-unmap-descriptors", defaults.MaximumUnmapDescriptors),
            BufferLimit = section.GetByteSize("buffer-limit", defaults.BufferLimit) ?? defaults.BufferLimit,
            BufferIdleLimit = section.GetByteSize("buffer-idle-limit", defaults.BufferIdleLimit) ?? defaults.BufferIdleLimit,
        }.Validated();
    }

    private static int Bytes(Config section, string path, int defaultValue) =>
        (int)Math.Min(section.GetByteSize(path, defaultValue) ?? defaultValue, int.MaxValue);
}

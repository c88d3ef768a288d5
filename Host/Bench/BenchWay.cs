using ScsiActors.Host.Session;

namespace ScsiActors.Host.Bench;

/// <summary>A way from a load generator to storage: one row of the table for each case.</summary>
/// <param name="Name">On the command line and for programs.</param>
/// <param name="Label">In the table, as the letter has it.</param>
/// <param name="Summary">For people.</param>
internal abstract record BenchWay(string Name, string Label, string Summary)
{
    /// <summary>The name of the way without any device, which others are compared with.</summary>
    public const string BareName = "bare";

    /// <summary>The name of the way through virtio-blk.</summary>
    public const string VirtioName = "virtio";

    /// <summary>All of them, as the letter has them.</summary>
    public static IReadOnlyList<BenchWay> All { get; } =
    [
        new BareWay(),
        new LsiWay("no-patch", "scsi, no patch", "LSI 53C895A before the 2008 patches: one write at a time"),
        new LsiWay("patches-1-3", "scsi, patches 1-3", "writes are queued like reads"),
        new LsiWay("patches-1-4", "scsi, patches 1-4", "and transfers are not cut up"),
        new LsiWay("default", "scsi, default", "and task attributes are honoured"),
        new VirtioWay(),
    ];

    /// <summary>True when it goes through a host adapter, over its bus.</summary>
    public virtual bool HasHostAdapter => false;

    /// <summary>True when there is a subsystem on it, and so a place for fault rules.</summary>
    public virtual bool HasSubsystem => true;

    /// <summary>Builds what lies on the way, with the device's storage at its end.</summary>
    /// <param name="options">What every verb takes.</param>
    /// <param name="device">Target 0.</param>
    /// <param name="depth">Requests outstanding.</param>
    /// <param name="cancellation">Gives it up.</param>
    public abstract Task<Station> OpenAsync(GlobalOptions options, Device device, int depth, CancellationToken cancellation);

    /// <inheritdoc/>
    public sealed override string ToString() => $"{Name} ({Summary})";
}

using System.CommandLine;

namespace ScsiActors.Host.Commands;

/// <summary>Options of the verbs that go through the host adapter or a virtio-blk device.</summary>
internal static class AdapterOptions
{
    private const int LargestQueueDepth = 128;

    /// <summary>The configuration of an adapter that is given commands to the depth that a verb works at; what an operating system's driver would hold back
    /// is a question of its own.</summary>
    public static string Settings(string preset, int depth, string driver = "interrupt") =>
        $$"""
        scsi-actors.host-adapter {
          model = lsi53c895a
          preset = {{preset}}
          driver.kind = {{driver}}
          driver.queue-depth = {{Math.Min(depth, LargestQueueDepth)}}
        }

        """;

    /// <summary>The configuration of a virtio-blk device beside every logical unit.</summary>
    public const string VirtioBlk = "scsi-actors.virtio-blk.model = on\n";

    /// <summary><c>--preset</c>.</summary>
    public static Option<string> Preset()
    {
        var option = new Option<string>("--preset")
        {
            Description = "The adapter's stage of the 2008 patch series.",
            DefaultValueFactory = static _ => "default",
        };
        option.AcceptOnlyFromAmong([.. HostAdapterSettings.PresetNames]);
        return option;
    }

    /// <summary><c>--through</c>, for a verb that goes one way.</summary>
    /// <param name="value">The way when none is named: lsi, direct or virtio.</param>
    public static Option<string> Through(string value)
    {
        var option = new Option<string>("--through")
        {
            Description = "Which way: lsi (driver, adapter, bus), direct, or virtio (driver, virtio-blk device).",
            DefaultValueFactory = _ => value,
        };
        option.AcceptOnlyFromAmong("lsi", "direct", "virtio");
        return option;
    }
}

using System.Globalization;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Who an actor is, by its name as <see cref="SubsystemActor"/> gives it.</summary>
internal static class Parties
{
    /// <summary>The driver of the host adapter.</summary>
    public const string Driver = "driver";

    /// <summary>The targets' end of the parallel bus: the port behind which the adapter's commands come.</summary>
    public const string Bus = "bus";

    /// <summary>The port without a bus.</summary>
    public const string DirectPort = "direct-port";

    private const string TargetPrefix = "target-";
    private const string LunPart = "-lun-";

    /// <summary>True for a client of the scenario.</summary>
    public static bool IsClient(string name) => name.StartsWith(CampaignClientActor.NamePrefix, StringComparison.Ordinal);

    /// <summary>True for a port that sends commands to targets.</summary>
    public static bool IsPort(string name) => name is Bus or DirectPort;

    /// <summary>True for the actor of a logical unit itself.</summary>
    public static bool IsLogicalUnit(string name) => name.StartsWith(TargetPrefix, StringComparison.Ordinal)
        && name.IndexOf(LunPart, StringComparison.Ordinal) is var at and > 0 && name.IndexOf('-', at + LunPart.Length) < 0;

    /// <summary>Target and LUN of a logical unit, or of its queue or storage; -1 for what is not given.</summary>
    public static (int Target, int Lun) UnitOf(string name)
    {
        var parts = name.Split('-');
        return parts.Length < 2 || parts[0] != "target" ? (-1, -1)
            : (NumberOf(parts[1]), parts.Length > 3 ? NumberOf(parts[3]) : -1);
    }

    /// <summary>True for a request queue.</summary>
    public static bool IsQueue(string name) => name.EndsWith("-queue", StringComparison.Ordinal);

    /// <summary>The way that a client's name tells.</summary>
    public static ScenarioPort PortOf(string client) =>
        client.Contains("adapter", StringComparison.Ordinal) ? ScenarioPort.Adapter
        : client.Contains("virtio", StringComparison.Ordinal) ? ScenarioPort.VirtioBlk : ScenarioPort.Direct;

    /// <summary>The name of a client.</summary>
    public static string NameOf(ScenarioPort port, int client) => CampaignClientActor.NamePrefix + port switch
    {
        ScenarioPort.Adapter => "adapter",
        ScenarioPort.VirtioBlk => "virtio",
        _ => "direct",
    } + $"-{client}";

    private static int NumberOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}

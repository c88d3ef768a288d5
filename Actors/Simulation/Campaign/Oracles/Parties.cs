namespace ScsiActors.Simulation.Campaign;

/// <summary>Who an actor is, by its name as <see cref="SubsystemActor"/> gives it.</summary>
internal static class Parties
{
    private const string TargetPrefix = "target-";
    private const string LunPart = "-lun-";

    /// <summary>True for a client of the scenario.</summary>
    public static bool IsClient(string name) => name.StartsWith(CampaignClientActor.NamePrefix, StringComparison.Ordinal);

    /// <summary>True for the actor of a logical unit itself.</summary>
    public static bool IsLogicalUnit(string name) => name.StartsWith(TargetPrefix, StringComparison.Ordinal)
        && name.IndexOf(LunPart, StringComparison.Ordinal) is var at and > 0 && name.IndexOf('-', at + LunPart.Length) < 0;

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
}

using System.Globalization;
using System.Text;
using Akka.Configuration;
using ScsiActors.Faults;

namespace ScsiActors.Simulation.Campaign;

// What a scenario means as a configuration.
public sealed partial class ScenarioRun
{
    /// <summary>The configuration of a scenario's devices.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="also">Ways that there are besides those of its steps.</param>
    internal static Config ConfigOf(Scenario scenario, params IReadOnlyList<ScenarioPort> also)
    {
        var text = new StringBuilder();
        Set(text, "logical-unit.block-size", $"{scenario.BlockSize} B");
        Set(text, "logical-unit.physical-block-size", $"{Math.Max(scenario.BlockSize, 4096)} B");
        Set(text, "virtio-blk.block-size", $"{scenario.BlockSize} B");
        Set(text, "aio.size", $"{scenario.Length} B");
        if (scenario.Uses(ScenarioPort.Adapter) || also.Contains(ScenarioPort.Adapter))
        {
            Set(text, "host-adapter.model", "lsi53c895a");
            Set(text, "host-adapter.preset", scenario.Preset);
            Set(text, "host-adapter.driver.queue-depth", $"{scenario.DriverDepth}");
        }
        if (scenario.Uses(ScenarioPort.VirtioBlk) || also.Contains(ScenarioPort.VirtioBlk))
            Set(text, "virtio-blk.model", "on");
        AppendDisk(text, scenario);
        for (var target = 0; target < scenario.Targets; target++)
        {
            for (var lun = 0; lun < scenario.Luns; lun++)
                text.AppendLine(CultureInfo.InvariantCulture, $"scsi-actors.targets.{target}.luns.{lun} {{}}");
        }
        var mutant = Mutants.Find(scenario.Mutant)?.Config ?? "";
        return ConfigurationFactory.ParseString(mutant)
            .WithFallback(ConfigurationFactory.ParseString($"scsi-actors {{\n{scenario.Settings}\n}}"))
            .WithFallback(ConfigurationFactory.ParseString(text.ToString()));
    }

    private static void AppendDisk(StringBuilder text, Scenario scenario)
    {
        var disk = scenario.Disk;
        if (!disk.TakesTime)
        {
            Set(text, "aio.backend", "memory");
            return;
        }
        var latency = string.Create(CultureInfo.InvariantCulture, $"{disk.Latency / 1000.0} ms");
        Set(text, "aio.backend", "simulated");
        Set(text, "aio.simulated.seed", $"{scenario.Seed & long.MaxValue}");
        Set(text, "aio.simulated.lanes", $"{disk.Lanes}");
        Set(text, "aio.simulated.read-latency", latency);
        Set(text, "aio.simulated.write-latency", latency);
        Set(text, "aio.simulated.latency-distribution", disk.Distribution);
        Set(text, "aio.simulated.coalesce-limit", $"{disk.CoalesceLimit} B");
        Set(text, "aio.simulated.write-cache", $"{disk.WriteCache} B");
    }

    private static void Set(StringBuilder text, string path, string value) =>
        text.Append("scsi-actors.").Append(path).Append(" = ").AppendLine(value);
}

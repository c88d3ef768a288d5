using Akka.Configuration;
using ScsiActors.Faults;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Simulation.Kit;

/// <summary>What a <see cref="SimulationKit"/> starts: a subsystem, in a world of its own, under a seed.</summary>
/// <param name="Seed">Decides the order of turns, the disk's times and every draw of a fault.</param>
public sealed record KitOptions(ulong Seed = 1)
{
    private const string Memory = "aio { backend = memory, size = 1 MiB }\n";
    private const string SimulatedDisk = """
        aio { backend = simulated, size = 1 MiB
        simulated { read-latency = 0.1 ms, write-latency = 0.1 ms, lanes = 4, coalesce-limit = 0, write-cache = 64 KiB } }

        """;

    /// <summary>Settings as HOCON inside <c>scsi-actors</c>, laid over config.hocon; memory of 1 MiB when nothing else is said.</summary>
    public string Config { get; init; } = Memory;

    /// <summary>Fault rules as HOCON inside <c>faults</c>.</summary>
    public string Faults { get; init; } = "";

    /// <summary>Fault rules in C#; they come behind those in <see cref="Faults"/>.</summary>
    public IReadOnlyList<FaultRule> Rules { get; init; } = [];

    /// <summary>A historical bug that is put in, by its name (<see cref="Mutants"/>); empty for none.</summary>
    public string Mutant { get; init; } = "";

    /// <summary>The order of turns.</summary>
    public TurnOrderKind Order { get; init; } = TurnOrderKind.Fifo;

    /// <summary>What a turn takes at the most, in microseconds; 0 for no time.</summary>
    public int TurnTime { get; init; }

    /// <summary>Further settings, as HOCON inside <c>scsi-actors</c>; they win over those before.</summary>
    public KitOptions With(string settings) => this with { Config = $"{Config}{settings}\n" };

    /// <summary>An LSI 53C895A with its driver and bus.</summary>
    /// <param name="preset">The stage of the patch series (config.hocon, host-adapter.preset).</param>
    public KitOptions WithAdapter(string preset = "default") => With($"host-adapter {{ model = lsi53c895a, preset = {preset} }}");

    /// <summary>A virtio-blk device beside each logical unit.</summary>
    public KitOptions WithVirtioBlk() => With("virtio-blk.model = on");

    /// <summary>A simulated disk of 1 MiB: 0.1 ms a request, four at once, a volatile write cache of 64 KiB.</summary>
    public KitOptions WithDisk() => With(SimulatedDisk);

    /// <summary>A fault rule, as HOCON inside <c>faults</c>.</summary>
    public KitOptions WithFault(string rule) => this with { Faults = $"{Faults}{rule}\n" };

    /// <summary>A fault rule in C#.</summary>
    public KitOptions WithFault(FaultRule rule) => this with { Rules = [.. Rules, rule] };

    /// <summary>The devices, disk, order, faults, bug and seed of a scenario; its steps are not sent.</summary>
    /// <param name="scenario">The scenario, from a <see cref="ScenarioBuilder"/> for instance.</param>
    /// <param name="ways">Ways that there are besides those of its steps.</param>
    public static KitOptions Of(Scenario scenario, params ScenarioPort[] ways) => new(scenario.Seed)
    {
        Config = "",
        Whole = ScenarioRun.ConfigOf(scenario, ways),
        Faults = scenario.Faults,
        Mutant = scenario.Mutant,
        Order = scenario.Order,
        TurnTime = scenario.TurnTime,
    };

    /// <summary>A configuration with <c>scsi-actors</c> in it that lies below <see cref="Config"/>.</summary>
    internal Config Whole { get; init; } = ConfigurationFactory.Empty;
}

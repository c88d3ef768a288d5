using System.Globalization;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Draws a scenario from a seed. Every scenario has a mix of its own (swarm): what is common in one does not occur in the next, so that
/// conditions which exclude each other all get their turn.</summary>
public sealed class ScenarioGenerator
{
    private static readonly string[] Presets = ["default", "default", "patches-1-4", "patches-1-3", "no-patch"];
    private static readonly string[] Distributions = ["fixed", "uniform", "exponential", "lognormal"];
    private static readonly int[] BlockSizes = [512, 512, 512, 1024, 4096];

    // Neither the adapter's own ID, nor among those that are drawn.
    private const int NoTarget = 6;
    private const int NoLun = 5;

    private readonly RandomStream _shape;
    private readonly RandomStream _work;
    private readonly CommandMix _mix;
    private readonly WorkloadShares _shares;
    private readonly Scenario _scenario;
    private readonly (ScenarioPort Port, int Clients)[] _ports;

    private ScenarioGenerator(ulong seed)
    {
        var streams = new RandomStreams(seed);
        _shape = streams["shape"];
        _work = streams["workload"];
        _ports = DrawPorts();
        _shares = WorkloadShares.Draw(streams["shares"], Uses(ScenarioPort.Adapter), Uses(ScenarioPort.Direct), Uses(ScenarioPort.VirtioBlk));
        _scenario = DrawShape(seed);
        _mix = new CommandMix(_work, _scenario, _shares);
    }

    /// <summary>The scenario of a seed.</summary>
    public static Scenario Draw(ulong seed) => new ScenarioGenerator(seed).Draw();

    private Scenario Draw()
    {
        var steps = new List<ScenarioStep>();
        var count = (int)_shape.Between(10, 160);
        var pause = _shape.Pick<int>([0, 0, 2, 20, 200, 2000]);
        var burst = (int)_shape.Between(1, 16);
        var at = 0L;
        for (var id = 1; id <= count; id++)
        {
            // In bursts: what comes together meets in queues.
            if (id % burst == 0)
                at += _work.Between(0, pause * 2L * burst) * TimeSpan.TicksPerMicrosecond;
            var (port, clients) = _ports[_work.Below(_ports.Length)];
            var place = new ScenarioPlace(
                id, new TimeSpan(at), port, (int)_work.Below(clients), (int)_work.Below(_scenario.Targets), (int)_work.Below(_scenario.Luns));
            steps.Add(Step(place, steps));
        }
        var faults = FaultMix.Draw(new RandomStream(_scenario.Seed, "fault rules"), _scenario, Uses(ScenarioPort.Adapter));
        return _scenario with { Steps = steps, Faults = faults };
    }

    private bool Uses(ScenarioPort port) => Array.Exists(_ports, one => one.Port == port);

    private ScenarioStep Step(ScenarioPlace place, List<ScenarioStep> steps)
    {
        if (_scenario.Disk.TakesTime && _work.Chance(_shares.PowerCuts))
            return new PowerCutStep(place.Id, place.At, place.Target, place.Lun, TimeSpan.FromMicroseconds(_work.Pick<int>([0, 10, 1000, 50_000])));
        if (place.Port == ScenarioPort.VirtioBlk)
            return _mix.BlockRequest(place);
        if (place.Port == ScenarioPort.Adapter && _work.Chance(_shares.BusResets))
            return new BusResetStep(place.Id, place.At, place.Client);
        if (place.Port == ScenarioPort.Direct && _work.Chance(_shares.Naca))
            return new FunctionStep(place.Id, place.At, place.Port, place.Client, place.Target, place.Lun, TaskManagementFunction.ClearAca);
        if (_work.Chance(_shares.Nowhere))
            return _mix.Command(_work.Below(2) == 0 ? place with { Target = NoTarget } : place with { Lun = NoLun });
        return _work.Chance(_shares.Functions) ? Function(place, steps) : _mix.Command(place);
    }

    private (ScenarioPort, int)[] DrawPorts()
    {
        ScenarioPort[] ports = _shape.Below(20) switch
        {
            < 5 => [ScenarioPort.Direct],
            < 12 => [ScenarioPort.Adapter],
            < 16 => [ScenarioPort.Direct, ScenarioPort.Adapter],
            < 18 => [ScenarioPort.VirtioBlk],
            _ => [ScenarioPort.Direct, ScenarioPort.VirtioBlk],
        };
        return [.. ports.Select(port => (port, (int)_shape.Between(1, 3)))];
    }

    private Scenario DrawShape(ulong seed)
    {
        var preset = DrawPreset();
        var (targets, luns) = ((int)_shape.Between(1, 3), _shape.Pick<int>([1, 1, 2]));
        return new Scenario
        {
            Seed = seed,
            Targets = targets,
            Luns = luns,
            BlockSize = _shape.Pick<int>(BlockSizes),
            Blocks = _shape.Pick<int>([64, 256, 1024, 2048, 8192]),
            Preset = preset,
            DriverDepth = _shape.Pick<int>([1, 2, 4, 16, 32, 128]),
            ClientDepth = _shape.Pick<int>([1, 2, 4, 16, 64]),
            Order = _shape.Pick<TurnOrderKind>([TurnOrderKind.Fifo, TurnOrderKind.Random, TurnOrderKind.PriorityChange, TurnOrderKind.DelayBounded]),
            TurnTime = _shape.Pick<int>([0, 0, 1, 5, 50]),
            Disk = DrawDisk(),
            Settings = DrawSettings(hasTightBuffers: preset == "default") + DrawUnits(targets, luns),
        };
    }

    // Beside units of this kind there are plain ones, if there are others at all.
    private string DrawUnits(int targets, int luns)
    {
        var text = "";
        if (_shares.HasRemovable)
            text += $"\ntargets.{_shape.Below(targets)}.luns.{_shape.Below(luns)}.logical-unit.removable = on";
        if (_shares.HasReadOnly)
            text += $"\ntargets.{_shape.Below(targets)}.luns.{_shape.Below(luns)}.logical-unit.read-only = on";
        return text;
    }

    // A target of the older presets keeps the bus while a write waits. When it waits behind an ORDERED command of another port, and that one behind a read that
    // wants the bus, nothing moves any more: so they are alone with the adapter, as in the letter. Nor do they give the bus up for want of a buffer.
    private string DrawPreset()
    {
        var preset = _shape.Pick<string>(Presets);
        return _ports.Length > 1 ? "default" : preset;
    }

    private DiskPlan DrawDisk() => _shares.PowerCuts > 0 ? DrawVolatileDisk() : _shape.Below(4) == 0 ? new DiskPlan { TakesTime = false } : new DiskPlan
    {
        Lanes = _shape.Pick<int>([1, 2, 4, 16]),
        Latency = _shape.Pick<int>([0, 5, 50, 100, 1000, 8000]),
        Distribution = _shape.Pick<string>(Distributions),
        CoalesceLimit = _shape.Pick<int>([0, 0, 65536, 262144]),
        WriteCache = _shape.Pick<int>([0, 0, 65536, 1 << 20]),
    };

    // A cut takes something away only while the cache holds it: the medium is slow, and the cache is not.
    private DiskPlan DrawVolatileDisk() => new()
    {
        Lanes = _shape.Pick<int>([1, 2, 4, 16]),
        Latency = _shape.Pick<int>([100, 1000, 8000, 3000]),
        Distribution = _shape.Pick<string>(Distributions),
        WriteCache = _shape.Pick<int>([65536, 1 << 20, 1 << 20]),
    };

    // Tight limits where they bite: waiting for buffers, places in the task set and in the request queue.
    private string DrawSettings(bool hasTightBuffers) => string.Create(CultureInfo.InvariantCulture, $"""
        logical-unit.max-tasks = {_shape.Pick<int>([4, 16, 256, 256])}
        logical-unit.transfer-buffer = {_shape.Pick<int>([4, 16, 128])} KiB
        logical-unit.grow-transfer-buffer = {(_shape.Below(2) == 0 ? "on" : "off")}
        logical-unit.buffer-limit = {_shape.Pick<int>([hasTightBuffers ? 64 : 131072, hasTightBuffers ? 1024 : 131072, 131072])} KiB
        logical-unit.write-cache = {(_shape.Below(4) == 0 ? "off" : "on")}
        request-queue.max-in-flight = {_shape.Pick<int>([1, 4, 128, 128])}
        request-queue.max-queued = {_shape.Pick<int>([2, 16, 1024, 1024])}
        """);

    private ScenarioStep Function(ScenarioPlace place, List<ScenarioStep> steps)
    {
        var function = _work.Pick<TaskManagementFunction>(
        [
            TaskManagementFunction.AbortTask, TaskManagementFunction.AbortTask, TaskManagementFunction.AbortTask, TaskManagementFunction.AbortTaskSet,
            TaskManagementFunction.ClearTaskSet, TaskManagementFunction.LogicalUnitReset,
        ]);
        if (function != TaskManagementFunction.AbortTask)
            return new FunctionStep(place.Id, place.At, place.Port, place.Client, place.Target, place.Lun, function);
        // One of the latest commands, which is likely to be under way still.
        var candidates = steps.OfType<CommandStep>().Where(step => step.Port == place.Port).TakeLast(8).ToArray();
        if (candidates.Length == 0)
            return _mix.Command(place);
        var victim = candidates[_work.Below(candidates.Length)];
        return new FunctionStep(place.Id, place.At, victim.Port, victim.Client, victim.Target, victim.Lun, function, victim.Id);
    }
}

/// <summary>Where and when a step is to be.</summary>
internal readonly record struct ScenarioPlace(int Id, TimeSpan At, ScenarioPort Port, int Client, int Target, int Lun);

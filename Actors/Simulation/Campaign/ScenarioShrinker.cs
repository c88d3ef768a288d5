using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Makes a failing scenario short and plain: leaves out steps, faults and turns out of order, and turns everything special to what is usual, as long
/// as the same oracle still finds something (delta debugging).</summary>
/// <remarks>How long it goes on is counted in runs and messages, so that it comes to the same case on every machine, however busy.</remarks>
/// <param name="run">Runs a scenario; it may end when the oracle of this name has found something.</param>
/// <param name="isOver">True when it has to end early; the best so far is then the result.</param>
public sealed partial class ScenarioShrinker(Func<Scenario, string, RunResult> run, Func<bool> isOver)
{
    /// <summary>What starting a world costs, in messages that could be handled instead.</summary>
    private const long StartCost = 1000;

    private static readonly Func<Scenario, Scenario>[] Plainer =
    [
        static one => one with { Faults = "" },
        static one => one with { Settings = "" },
        static one => one with { TurnTime = 0 },
        static one => one with { Order = TurnOrderKind.Fifo, Deviations = "" },
        static one => one.Deviations.Length > 0 ? one : one with { Order = TurnOrderKind.DelayBounded },
        static one => one with { Disk = new DiskPlan { TakesTime = false } },
        static one => one with { Disk = new DiskPlan { Lanes = 1 } },
        static one => one with { Disk = new DiskPlan() },
        static one => one with { Preset = "default" },
        static one => one with { ClientDepth = 64, DriverDepth = 64 },
        static one => one with { ClientDepth = 64 },
        static one => one with { Steps = [.. one.Steps.Select(static step => step with { Client = 0 })] },
        static one => one with { Steps = [.. one.Steps.Select(static step => step with { At = TimeSpan.Zero })] },
        static one => one with { Steps = [.. one.Steps.Select(static step => step with { At = RoundedTo(step.At, 1000) })] },
        static one => one with { Steps = [.. one.Steps.Select(static step => step with { At = RoundedTo(step.At, 1) })] },
        static one => one with { Steps = [.. one.Steps.Select(static step => step with { Target = 0, Lun = 0 })], Targets = 1, Luns = 1 },
        static one => one with { Targets = Math.Min(one.Targets, 1 + one.Steps.Select(static step => step.Target).DefaultIfEmpty(0).Max()) },
        static one => one with { Luns = Math.Min(one.Luns, 1 + one.Steps.Select(static step => step.Lun).DefaultIfEmpty(0).Max()) },
        static one => one with { Steps = [.. one.Steps.Select(Simple)] },
        static one => one with { Steps = [.. one.Steps.Select(ThroughDirectPort)] },
    ];

    /// <summary>How many messages all runs together may handle, the start of each run counted as 1,000; the best so far is then the result. The usual number
    /// is some 20 s of work.</summary>
    public long Budget { get; init; } = 6_000_000;

    /// <summary>How many scenarios have been run.</summary>
    public int Runs { get; private set; }

    /// <summary>What they have cost of the <see cref="Budget"/>.</summary>
    public long Spent { get; private set; }

    private bool IsOver => Spent >= Budget || isOver();

    /// <summary>The shortest scenario found in which <paramref name="oracle"/> finds something, its steps numbered from 1.</summary>
    public Scenario Shrink(Scenario scenario, string oracle)
    {
        Scenario before;
        do
        {
            before = scenario;
            scenario = WithoutSteps(scenario, oracle);
            scenario = WithoutLines(scenario, oracle);
            foreach (var change in Plainer)
                scenario = Try(scenario, change(scenario), oracle);
            for (var i = 0; i < scenario.Steps.Count; i++)
                scenario = Try(scenario, With(scenario, i, Simple(scenario.Steps[i])), oracle);
            scenario = WithConcreteFaults(scenario, oracle);
            scenario = WithoutStepsBefore(WithoutDeviations(scenario, oracle), oracle);
            scenario = WithConcreteBug(scenario, oracle);
        }
        while (!IsOver && IsShorter(scenario, before));
        return Try(scenario, Renumbered(scenario), oracle);
    }

    private Scenario WithoutSteps(Scenario scenario, string oracle)
    {
        for (var chunk = Math.Max(scenario.Steps.Count / 2, 1); chunk > 0; chunk = chunk == 1 ? 0 : chunk / 2)
        {
            for (var at = 0; at < scenario.Steps.Count;)
            {
                var shorter = scenario with { Steps = [.. scenario.Steps.Take(at), .. scenario.Steps.Skip(at + chunk)] };
                if (Fails(shorter, oracle))
                    scenario = shorter;
                else
                    at += chunk;
            }
        }
        return scenario;
    }

    private Scenario WithoutLines(Scenario scenario, string oracle)
    {
        foreach (var line in LinesOf(scenario.Faults))
            scenario = Try(scenario, scenario with { Faults = Without(scenario.Faults, line) }, oracle);
        foreach (var line in LinesOf(scenario.Settings))
            scenario = Try(scenario, scenario with { Settings = Without(scenario.Settings, line) }, oracle);
        return scenario;
    }

    private static bool IsShorter(Scenario scenario, Scenario before) => scenario.Steps.Count < before.Steps.Count
        || scenario.Mutant != before.Mutant || scenario.Deviations.Length < before.Deviations.Length || scenario.Faults.Length < before.Faults.Length;

    private static string[] LinesOf(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Without(string text, string line) => string.Join('\n', LinesOf(text).Where(other => other != line));

    private Scenario Try(Scenario now, Scenario plainer, string oracle) => IsSame(now, plainer) || !Fails(plainer, oracle) ? now : plainer;

    private static bool IsSame(Scenario one, Scenario other) => one.Steps.SequenceEqual(other.Steps) && one with { Steps = other.Steps } == other;

    private bool Fails(Scenario scenario, string oracle)
    {
        if (IsOver)
            return false;
        try
        {
            return Run(scenario, oracle).Findings.Any(finding => finding.Oracle == oracle);
        }
        catch (FaultPlanException)
        {
            // A plainer disk or way may have no place for a fault any more.
            return false;
        }
    }

    private RunResult Run(Scenario scenario, string oracle)
    {
        Runs++;
        var result = run(scenario, oracle);
        Spent += StartCost + result.Turns;
        return result;
    }

    private static Scenario With(Scenario scenario, int index, ScenarioStep step)
    {
        var steps = scenario.Steps.ToArray();
        steps[index] = step;
        return scenario with { Steps = steps };
    }

    private static TimeSpan RoundedTo(TimeSpan time, int microseconds)
    {
        var unit = microseconds * TimeSpan.TicksPerMicrosecond;
        return new TimeSpan(time.Ticks / unit * unit);
    }

    private static ScenarioStep Simple(ScenarioStep step) => step is CommandStep command ? command with { Attribute = TaskAttribute.Simple } : step;

    private static ScenarioStep ThroughDirectPort(ScenarioStep step) =>
        step.Port == ScenarioPort.Adapter && step is not BusResetStep ? step with { Port = ScenarioPort.Direct } : step;

    private static Scenario Renumbered(Scenario scenario)
    {
        var numbers = scenario.Steps.Select(static (step, index) => (step.Id, Number: index + 1)).ToDictionary(static one => one.Id, static one => one.Number);
        return scenario with
        {
            Steps = [.. scenario.Steps.Select((step, index) => step switch
            {
                FunctionStep function => function with { Id = index + 1, CommandId = numbers.GetValueOrDefault(function.CommandId) },
                CommandStep { Pattern: { } pattern } command => command with { Id = index + 1, Pattern = numbers.GetValueOrDefault(pattern) },
                _ => step with { Id = index + 1 },
            })],
        };
    }
}

using System.Globalization;
using System.Text;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Writes a scenario as an xUnit test in C# that fails for as long as an oracle finds something.</summary>
public static class ScenarioTest
{
    private static readonly Scenario Usual = new();
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The name of the test's class.</summary>
    public static string NameOf(Scenario scenario, Finding finding) =>
        string.Create(Invariant, $"Seed{scenario.Seed}{string.Concat(finding.Oracle.Split('-').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]))}");

    /// <summary>The file's text.</summary>
    /// <param name="scenario">What to run, its steps numbered from 1.</param>
    /// <param name="finding">What is wrong.</param>
    /// <param name="diagram">A sequence diagram for the comment, or empty.</param>
    public static string Write(Scenario scenario, Finding finding, string diagram = "")
    {
        var text = new StringBuilder();
        text.Append($$"""
            using ScsiActors.Messages;
            using ScsiActors.Messages.Scsi;
            using ScsiActors.Simulation;
            using ScsiActors.Simulation.Campaign;
            using Xunit;

            namespace ScsiActors.Tests.Simulation.Found;

            // {{finding.Sentence}}

            """);
        foreach (var line in diagram.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            text.Append("// ").AppendLine(line.TrimEnd());
        foreach (var line in Reorderings(scenario))
            text.Append("// ").AppendLine(line);
        text.Append(Invariant, $$"""
            public sealed class {{NameOf(scenario, finding)}}
            {
                [Fact]
                public void Nothing_is_found_in_the_shortest_scenario_of_seed_{{scenario.Seed}}()
                {
                    var result = ScenarioBuilder.WithSeed({{scenario.Seed}})

            """);
        foreach (var call in Calls(scenario))
            text.Append("            .").AppendLine(call);
        text.Append("""
                        .Run();
                    Assert.Empty(result.Findings);
                }
            }

            """);
        return text.ToString();
    }

    /// <summary>The turns of a scenario that are given out of order, a line each: whose turn it becomes, and whose it would have been.</summary>
    public static IReadOnlyList<string> Reorderings(Scenario scenario) => scenario.Deviations.Length == 0 ? []
        : [.. ScenarioRun.Run(scenario).Deviations.Select(static deviation => string.Create(Invariant, $"Out of order at choice {deviation.Choice}: {deviation.Text}."))];

    private static IEnumerable<string> Calls(Scenario scenario)
    {
        yield return string.Create(Invariant,
            $"Devices(targets: {scenario.Targets}, luns: {scenario.Luns}, blockSize: {scenario.BlockSize}, blocks: {scenario.Blocks})");
        if (scenario.Uses(ScenarioPort.Adapter))
            yield return string.Create(Invariant, $"Adapter(\"{scenario.Preset}\", depth: {scenario.DriverDepth})");
        if (scenario.ClientDepth != Usual.ClientDepth)
            yield return string.Create(Invariant, $"ClientDepth({scenario.ClientDepth})");
        if (scenario.Order != Usual.Order || scenario.TurnTime != 0)
            yield return string.Create(Invariant, $"Turns(TurnOrderKind.{scenario.Order}, microseconds: {scenario.TurnTime})");
        if (scenario.Deviations.Length > 0)
            yield return $"Deviations(\"{scenario.Deviations}\")";
        if (scenario.Disk != Usual.Disk)
            yield return $"Disk({DiskOf(scenario.Disk)})";
        if (scenario.Mutant.Length > 0)
            yield return $"Mutant(\"{scenario.Mutant}\")";
        foreach (var line in LinesOf(scenario.Settings))
            yield return $"Setting(\"{line}\")";
        foreach (var line in LinesOf(scenario.Faults))
            yield return $"Fault(\"{line}\")";
        var at = TimeSpan.Zero;
        var (port, place) = ((ScenarioPort.Direct, 0), (0, 0));
        foreach (var step in scenario.Steps)
        {
            var prefix = new StringBuilder();
            if ((step.Port, step.Client) != port && step is not PowerCutStep)
                prefix.Append(Invariant, $"Via(ScenarioPort.{step.Port}, client: {step.Client}).");
            if ((step.Target, step.Lun) != place && step is not BusResetStep)
                prefix.Append(Invariant, $"On({step.Target}, {step.Lun}).");
            if (step.At != at)
                prefix.Append(Invariant, $"At({(decimal)step.At.Ticks / TimeSpan.TicksPerMicrosecond}).");
            at = step.At;
            if (step is not PowerCutStep)
                port = (step.Port, step.Client);
            if (step is not BusResetStep)
                place = (step.Target, step.Lun);
            yield return prefix + CallOf(step);
        }
    }

    private static IEnumerable<string> LinesOf(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(static line => line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));

    private static string DiskOf(DiskPlan disk) => !disk.TakesTime ? "new DiskPlan { TakesTime = false }" : string.Create(Invariant,
        $"new DiskPlan {{ Lanes = {disk.Lanes}, Latency = {disk.Latency}, Distribution = \"{disk.Distribution}\", CoalesceLimit = {disk.CoalesceLimit}, WriteCache = {disk.WriteCache} }}");

    private static string CallOf(ScenarioStep step) => step switch
    {
        CommandStep command => CallOf(command),
        FunctionStep { CommandId: 0 } function => $"Function(TaskManagementFunction.{function.Function})",
        FunctionStep function => string.Create(Invariant, $"Function(TaskManagementFunction.{function.Function}, of: {function.CommandId})"),
        BlockStep block => string.Create(Invariant, $"Block(BlockOperation.{block.Operation}, {block.Offset}, {block.Length})"),
        BusResetStep => "ResetBus()",
        PowerCutStep cut => string.Create(Invariant, $"CutPower({(decimal)cut.For.Ticks / TimeSpan.TicksPerMicrosecond})"),
        _ => throw new ArgumentOutOfRangeException(nameof(step), "a step is a command, a function, a block request, a bus reset or a power cut"),
    };

    private static string CallOf(CommandStep step)
    {
        var text = new StringBuilder($"Command(\"{step.Cdb}\"");
        if (step.Direction != DataDirection.None)
            text.Append(Invariant, $", {(step.Direction == DataDirection.In ? "dataIn" : "dataOut")}: {step.Length}");
        if (step.Attribute != TaskAttribute.Simple)
            text.Append(Invariant, $", attribute: TaskAttribute.{step.Attribute}");
        if (step.Pattern is { } pattern)
            text.Append(Invariant, $", pattern: {pattern}");
        if (step.Parameters.Length > 0)
            text.Append(Invariant, $", parameters: \"{step.Parameters}\"");
        return text.Append(')').ToString();
    }
}

using Akka.Actor;
using ScsiActors.Faults;
using ScsiActors.Host.Output;
using ScsiActors.Messages;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Host.Simulate;

/// <summary>What the parts of a run hold, as text.</summary>
internal static class StateText
{
    private const string Faults = "faults";

    /// <summary>Words for parts, and which actors' names each means.</summary>
    public static IReadOnlyDictionary<string, Func<string, bool>> Parts { get; } = new Dictionary<string, Func<string, bool>>
    {
        ["state"] = static _ => true,
        ["s"] = static _ => true,
        ["task-set"] = static name => name.StartsWith("target-", StringComparison.Ordinal) && name.Count(static letter => letter == '-') == 3,
        ["driver"] = static name => name is "driver" or "direct-port" || name.EndsWith("-driver", StringComparison.Ordinal),
        ["adapter"] = static name => name == "adapter",
        ["bus"] = static name => name == "bus",
        ["queue"] = static name => name.EndsWith("-queue", StringComparison.Ordinal),
        ["disk"] = static name => name.EndsWith("-aio", StringComparison.Ordinal),
        [Faults] = static name => name == Faults,
    };

    /// <summary>Prints what those parts hold whose names are meant.</summary>
    public static void Tell(ScenarioRun run, Func<string, bool> isMeant)
    {
        foreach (var part in run.World.Actors.Where(part => isMeant(part.Path.Name)).OrderBy(static part => part.Path.Name, StringComparer.Ordinal))
        {
            if (run.World.Describe(part) is { } state)
                Tell(part.Path.Name, state.Tables);
        }
        if (isMeant(Faults))
            Tell(Faults, [Rules(run.Faults), Injections(run.Faults)]);
    }

    private static StateTable Rules(FaultLedger? ledger) => new("rules", ["rule", "passed its place", "conditions held", "acted"],
        [.. (ledger?.Rules ?? []).Select(static one => (string[])[one.Rule.Name, $"{one.Passed}", $"{one.Matched}", $"{one.Fired}"])]);

    private static StateTable Injections(FaultLedger? ledger) => new("injections", ["fault", "rule", "hit", "noticed by"],
        [.. (ledger?.Injections ?? []).Select(static one => (string[])[$"#{one.Id}", one.Rule.Name, $"{one.Hit}", one.IsNoticed ? string.Join(", ", one.Notices.Select(static notice => notice.By).Distinct()) : "nobody"])]);

    private static void Tell(string part, IReadOnlyList<StateTable> tables)
    {
        Screen.Line(part);
        foreach (var table in tables)
        {
            if (table.Rows.Count == 0)
            {
                Screen.Line($"  {table.Title}: none");
                continue;
            }
            Screen.Line($"  {table.Title}");
            var widths = table.Columns.Select((column, index) => table.Rows.Max(row => Math.Max(column.Length, row[index].Length))).ToArray();
            foreach (var row in table.Rows.Prepend(table.Columns))
                Screen.Line("    " + string.Join("  ", row.Select((text, index) => text.PadRight(widths[index]))).TrimEnd());
        }
    }
}

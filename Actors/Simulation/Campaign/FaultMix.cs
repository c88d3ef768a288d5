using System.Globalization;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Draws fault rules for a scenario, as HOCON: each row is a rule with a hole for its probability.</summary>
internal static class FaultMix
{
    private static readonly string[] Anywhere =
    [
        "where = aio, when = { operation = read, probability = P }, what = medium-error",
        "where = aio, when = { operation = write, probability = P }, what = medium-error",
        "where = aio, when = { probability = P }, what = { do = late, by = 3 ms }",
        "where = aio, when = { probability = P }, what = { do = reordered, behind = 2, for = 5 ms }",
        "where = aio, when = { probability = P }, what = never",
        "where = aio, when = { probability = P }, what = { do = duplicate, by = 1 ms }",
        "where = aio, when = { probability = P }, what = { do = unplug, for = 3 ms }",
        "where = aio, when = { operation = write, probability = P }, what = lost-write",
        "where = aio, when = { operation = write, probability = P }, what = torn-write",
        "where = aio, when = { operation = write, probability = P }, what = misdirected-write",
        "where = aio, when = { operation = read, probability = P }, what = bit-flip",
        "where = task-set, when = { probability = P }, what = busy",
        "where = task-set, when = { probability = P }, what = task-set-full",
        "where = task-set, when = { probability = P }, what = logical-unit-reset",
        "where = logical-unit, when = { probability = P }, what = { do = late, by = 2 ms }",
        "where = link, when = { probability = P }, what = { do = link-loss, for = 5 ms }",
        "where = node, when = { probability = P }, what = { do = node-loss, of = initiator, for = 5 ms }",
        "where = node, when = { probability = P }, what = { do = node-loss, of = device, for = 5 ms }",
        "where = node, when = { probability = P }, what = { do = partition, for = 5 ms }",
    ];

    private static readonly string[] OnBus =
    [
        "where = selection, when = { probability = P }, what = selection-timeout",
        "where = bus, when = { probability = P }, what = unexpected-disconnect",
        "where = bus, when = { probability = P }, what = parity-error",
        "where = bus, when = { probability = P }, what = bus-reset",
        "where = bus, when = { probability = P }, what = message-error",
        "where = bus, when = { probability = P }, what = { do = unplug, for = 3 ms }",
        "where = register, when = { probability = P }, what = { do = late, by = 1 ms }",
        "where = bus, when = { phase = data-in, probability = P }, what = unexpected-disconnect",
        "where = bus, when = { phase = data-out, probability = P }, what = unexpected-disconnect",
        "where = bus, when = { phase = status, probability = P }, what = unexpected-disconnect",
        "where = bus, when = { phase = message-in, probability = P }, what = unexpected-disconnect",
        "where = bus, when = { phase = data-in, probability = P }, what = parity-error",
        "where = bus, when = { phase = data-out, probability = P }, what = parity-error",
        "where = bus, when = { phase = status, probability = P }, what = parity-error",
        "where = bus, when = { phase = data-in, probability = P }, what = bus-reset",
        "where = message, when = { probability = P }, what = parity-error",
        "where = message, when = { probability = P }, what = message-error",
        "where = message, when = { probability = P }, what = other-byte",
        "where = scripts, when = { probability = P }, what = bus-fault",
        "where = scripts, when = { probability = P }, what = bit-flip",
        "where = scripts, when = { probability = P }, what = { do = late, by = 1 ms }",
    ];

    private static readonly string[] InDisk =
    [
        "where = disk, when = { lba = \"0..63\", probability = P }, what = { do = medium-error, cleared-by-rewrite = on }",
        "where = disk, when = { operation = write, probability = P }, what = stale-read",
        "where = disk, when = { probability = P }, what = { do = slow-down, factor = 20, for = 50 ms }",
    ];

    private static readonly string[] InCache =
    [
        "where = cache, when = { probability = P }, what = lost-write",
        "where = cache, when = { probability = P }, what = flush-lie",
        "where = cache, when = { probability = P }, what = reordered-write",
        "where = cache, when = { probability = P }, what = { do = cache-size, bytes = 4096, for = 50 ms }",
    ];

    /// <summary>None in two of three scenarios, otherwise one to three rules.</summary>
    public static string Draw(RandomStream random, Scenario scenario, bool hasAdapter)
    {
        var count = random.Below(3) > 0 ? 0 : random.Between(1, 3);
        string[] rows = [.. Anywhere, .. hasAdapter ? OnBus : [], .. scenario.Disk.TakesTime ? InDisk : [],
            .. scenario.Disk is { TakesTime: true, WriteCache: > 0 } ? InCache : []];
        return string.Concat(Enumerable.Range(1, (int)count).Select(number =>
        {
            var row = random.Pick<string>(rows).Replace(" P ", $" {random.Pick<string>(["0.01", "0.03", "0.1"])} ", StringComparison.Ordinal);
            return string.Create(CultureInfo.InvariantCulture, $"rule-{number} {{ {row}, times = {random.Between(1, 5)} }}\n");
        }));
    }
}

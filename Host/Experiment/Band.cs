namespace ScsiActors.Host.Experiment;

/// <summary>What a group of bands is about.</summary>
internal enum BandGroup
{
    /// <summary>Requests that storage has at once.</summary>
    InFlight,

    /// <summary>Bandwidth with the first three patches against that without.</summary>
    Patches1To3OverNone,

    /// <summary>Bandwidth with all patches against that with three.</summary>
    Patches1To4Over1To3,

    /// <summary>Bandwidth with all patches against bare metal.</summary>
    OverBareMetal,

    /// <summary>Bandwidth with all patches against virtio.</summary>
    OverVirtio,

    /// <summary>Writes against reads.</summary>
    WriteOverRead,

    /// <summary>64k against 16k.</summary>
    LargeOverSmall,

    /// <summary>How well the model fits over all.</summary>
    Fit,
}

/// <summary>One thing that the letter's figures ask of a model, and what ours says.</summary>
/// <param name="Group">What it is about.</param>
/// <param name="Name">For people, short.</param>
/// <param name="Target">The letter's value.</param>
/// <param name="Low">The least that is good enough.</param>
/// <param name="High">The most that is good enough.</param>
/// <param name="Ours">What the simulation came to.</param>
internal sealed record Band(BandGroup Group, string Name, double Target, double Low, double High, double Ours)
{
    /// <summary>True when ours is good enough.</summary>
    public bool Holds => Ours >= Low && Ours <= High;
}

/// <summary>The bands of an experiment: ratios of the published figures, each with the precision that those figures have.</summary>
internal static class Bands
{
    private const double Narrow = 0.02;
    private const double HalfNarrow = 0.07;
    private const double Medium = 0.10;
    private const double Wide = 0.15;

    /// <summary>The order of the four figures of a step.</summary>
    private static readonly (bool IsWrite, int Kibibytes)[] Columns = [(true, 16), (true, 64), (false, 16), (false, 64)];

    /// <summary>Which row over which, the letter's ratio, and how far off ours may be, as a share.</summary>
    private static readonly (BandGroup Group, RowKey Over, RowKey Under, double Target, double Tolerance)[] Ratios =
    [
        .. Step(BandGroup.Patches1To3OverNone, Interface.Patches1To3, Interface.NoPatch,
            [(2.87, Wide), (1.61, Wide), (0.99, Narrow), (0.99, Narrow)], [(3.58, Wide), (1.41, Wide), (0.99, Narrow), (0.99, Narrow)]),
        .. Step(BandGroup.Patches1To4Over1To3, Interface.Patches1To4, Interface.Patches1To3,
            [(1.21, Medium), (3.16, Wide), (1.0, Medium)], [(3.02, Wide), (3.92, Wide), (1.50, Medium), (1.50, Medium)]),
        .. Over(BandGroup.OverBareMetal, Machine.Kvm, Machine.BareMetal, Interface.Lvm,
            [(1.02, HalfNarrow), (0.87, HalfNarrow), (0.91, HalfNarrow), (0.96, HalfNarrow)]),
        .. Over(BandGroup.OverVirtio, Machine.Kvm, Machine.Kvm, Interface.Virtio,
            [(0.96, HalfNarrow), (0.90, HalfNarrow), (0.85, HalfNarrow), (0.99, HalfNarrow)]),
        .. Over(BandGroup.OverBareMetal, Machine.Qemu, Machine.BareMetal, Interface.Lvm,
            [(0.35, Medium), (0.76, Medium), (0.24, Medium), (0.58, Wide)]),
        .. WriteOverRead(Interface.NoPatch, 0.12, 0.22),
        .. WriteOverRead(Interface.Patches1To4, 0.84, 0.82),
    ];

    /// <summary>All bands.</summary>
    /// <param name="rows">Every row of the table, simulated.</param>
    public static IReadOnlyList<Band> Of(IReadOnlyList<RowResult> rows)
    {
        var byKey = rows.ToDictionary(static row => row.Key);
        return [.. InFlight(rows), .. Ratios.Select(ratio => Ratio(ratio, byKey)), .. Remaining(byKey), Fit(rows)];
    }

    private static Band Ratio((BandGroup Group, RowKey Over, RowKey Under, double Target, double Tolerance) ratio, Dictionary<RowKey, RowResult> rows) =>
        new(ratio.Group, NameOf(ratio.Group, ratio.Over), ratio.Target, ratio.Target * (1 - ratio.Tolerance), ratio.Target * (1 + ratio.Tolerance),
            Quotient(rows, ratio.Over, ratio.Under));

    // Two that are no plain ratio with a tolerance: the one row whose own figures differ by 15 %, and the size that should make no difference.
    private static IEnumerable<Band> Remaining(Dictionary<RowKey, RowResult> rows)
    {
        var read = new RowKey(Machine.Qemu, Interface.Patches1To4, false, 64);
        yield return new Band(BandGroup.Patches1To4Over1To3, NameOf(BandGroup.Patches1To4Over1To3, read), 0.87, 0.87 * (1 - Medium), 1 + Medium,
            Quotient(rows, read, read with { Interface = Interface.Patches1To3 }));
        foreach (var (machine, target) in ((Machine, double)[])[(Machine.Qemu, 1.16), (Machine.Kvm, 0.92)])
        {
            var large = new RowKey(machine, Interface.Patches1To3, true, 64);
            yield return new Band(BandGroup.LargeOverSmall, $"{Names.Of(machine)}, {Names.Of(large.Interface)}, write", target, 0.85, 1.25,
                Quotient(rows, large, large with { Kibibytes = 16 }));
        }
    }

    private static IEnumerable<Band> InFlight(IReadOnlyList<RowResult> rows)
    {
        foreach (var row in rows.Where(static row => row.Key is { IsWrite: true, Interface: Interface.NoPatch }))
            yield return new Band(BandGroup.InFlight, row.Key.ToString(), 1, 1, 1, row.MostInFlight);
        // Up to 16: as many as there are where the processor does not hold them back.
        foreach (var row in rows.Where(static row => row.Key is { IsWrite: true, Interface: Interface.Patches1To3 or Interface.Patches1To4 }))
            yield return new Band(BandGroup.InFlight, row.Key.ToString(), 16, 2, 16, row.MostInFlight);
    }

    private static Band Fit(IReadOnlyList<RowResult> rows)
    {
        var emulated = rows.Where(static row => row.Key.Interface is not (Interface.Lvm or Interface.Virtio)).ToArray();
        var squares = emulated.Sum(static row => Math.Pow(Math.Log(row.Figures.Bandwidth / LetterTable.Of(row.Key).Bandwidth), 2));
        return new Band(BandGroup.Fit, $"RMS of ln(ours/letter), {emulated.Length} emulated rows", 0, 0, Wide, Math.Sqrt(squares / emulated.Length));
    }

    private static double Quotient(Dictionary<RowKey, RowResult> rows, RowKey over, RowKey under) =>
        rows[over].Figures.Bandwidth / rows[under].Figures.Bandwidth;

    private static string NameOf(BandGroup group, RowKey row) => group == BandGroup.WriteOverRead
        ? $"{Names.Of(row.Machine)}, {Names.Of(row.Interface)}, {row.Kibibytes}k"
        : $"{Names.Of(row.Machine)}, {row.Direction} {row.Kibibytes}k";

    private static IEnumerable<(BandGroup, RowKey, RowKey, double, double)> Step(
        BandGroup group, Interface over, Interface under, (double, double)[] qemu, (double, double)[] kvm) =>
        Columns.Zip(qemu, (column, entry) => Row(Machine.Qemu, column, entry))
            .Concat(Columns.Zip(kvm, (column, entry) => Row(Machine.Kvm, column, entry)))
            .Select(row => (group, row.Key with { Interface = over }, row.Key with { Interface = under }, row.Target, row.Tolerance));

    private static IEnumerable<(BandGroup, RowKey, RowKey, double, double)> Over(
        BandGroup group, Machine machine, Machine other, Interface disk, (double, double)[] entries) =>
        Columns.Zip(entries, (column, entry) => Row(machine, column, entry))
            .Select(row => (group, row.Key with { Interface = Interface.Patches1To4 }, row.Key with { Machine = other, Interface = disk }, row.Target, row.Tolerance));

    private static IEnumerable<(BandGroup, RowKey, RowKey, double, double)> WriteOverRead(Interface disk, double small, double large)
    {
        foreach (var (kibibytes, target) in ((int, double)[])[(16, small), (64, large)])
        {
            var write = new RowKey(Machine.Kvm, disk, true, kibibytes);
            yield return (BandGroup.WriteOverRead, write, write with { IsWrite = false }, target, Wide);
        }
    }

    private static (RowKey Key, double Target, double Tolerance) Row(Machine machine, (bool IsWrite, int Kibibytes) column, (double, double) entry) =>
        (new RowKey(machine, default, column.IsWrite, column.Kibibytes), entry.Item1, entry.Item2);
}

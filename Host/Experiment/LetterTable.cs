using System.Globalization;

namespace ScsiActors.Host.Experiment;

/// <summary>Where the disk of a row is seen from.</summary>
internal enum Machine
{
    /// <summary>The host itself.</summary>
    BareMetal,

    /// <summary>A guest under QEMU's translator (TCG).</summary>
    Qemu,

    /// <summary>A guest under KVM.</summary>
    Kvm,
}

/// <summary>What the disk of a row is.</summary>
internal enum Interface
{
    /// <summary>The host's own volume.</summary>
    Lvm,

    /// <summary>The emulated adapter before the patches.</summary>
    NoPatch,

    /// <summary>With the first three patches: writes are queued.</summary>
    Patches1To3,

    /// <summary>With all four: and transfers are whole.</summary>
    Patches1To4,

    /// <summary>virtio-blk.</summary>
    Virtio,
}

/// <summary>Names a row of the letter's table.</summary>
/// <param name="Machine">Where.</param>
/// <param name="Interface">What disk.</param>
/// <param name="IsWrite">Write or read.</param>
/// <param name="Kibibytes">Size of a request: 16 or 64.</param>
internal readonly record struct RowKey(Machine Machine, Interface Interface, bool IsWrite, int Kibibytes)
{
    /// <summary>The row's direction in the letter's words.</summary>
    public string Direction => IsWrite ? "write" : "read";

    /// <summary>For people: "kvm, patches 1-3, write 16k".</summary>
    public override string ToString() => $"{Names.Of(Machine)}, {Names.Of(Interface)}, {Direction} {Kibibytes}k";
}

/// <summary>The four figures of a row.</summary>
/// <param name="Bandwidth">MB/s, of 2^20 bytes.</param>
/// <param name="Cpu">Load of the processor in percent.</param>
/// <param name="SubmitLatency">Average time of a submission in microseconds.</param>
/// <param name="CompletionLatency">Average time from submission to end in milliseconds.</param>
internal sealed record Figures(double Bandwidth, double Cpu, double SubmitLatency, double CompletionLatency)
{
    /// <summary>Requests outstanding by Little's law: throughput times latency.</summary>
    public double Outstanding(int kibibytes) => Bandwidth * 1024 / kibibytes * CompletionLatency / 1000;
}

/// <summary>How machines and interfaces are called, in our words and in the table's.</summary>
internal static class Names
{
    private static readonly (Machine Machine, string Table, string Text)[] Machines =
    [
        (Machine.BareMetal, "bare-metal", "bare metal"), (Machine.Qemu, "qemu", "qemu"), (Machine.Kvm, "kvm", "kvm"),
    ];

    private static readonly (Interface Interface, string Table, string Text)[] Interfaces =
    [
        (Interface.Lvm, "lvm", "lvm"), (Interface.NoPatch, "no patch", "no patch"), (Interface.Patches1To3, "patch1-3", "patches 1-3"),
        (Interface.Patches1To4, "patch1-4", "patches 1-4"), (Interface.Virtio, "virtio", "virtio"),
    ];

    /// <summary>For people.</summary>
    public static string Of(Machine machine) => Array.Find(Machines, entry => entry.Machine == machine).Text;

    /// <summary>For people.</summary>
    public static string Of(Interface disk) => Array.Find(Interfaces, entry => entry.Interface == disk).Text;

    /// <summary>The preset of the host adapter.</summary>
    public static string PresetOf(Interface disk) => Of(disk).Replace(' ', '-');

    /// <summary>From the table.</summary>
    public static Machine MachineOf(string text) => Array.Find(Machines, entry => entry.Table == text).Machine;

    /// <summary>From the table.</summary>
    public static Interface InterfaceOf(string text) => Array.Find(Interfaces, entry => entry.Table == text).Interface;
}

/// <summary>The table of the letter of October 2008, as it was published.</summary>
internal static class LetterTable
{
    private const string Resource = "ScsiActors.Host.Experiment.letter.csv";

    private static readonly Lazy<IReadOnlyList<(RowKey Key, Figures Figures)>> Read = new(Parse);

    /// <summary>Its 32 rows in its order.</summary>
    public static IReadOnlyList<(RowKey Key, Figures Figures)> Rows => Read.Value;

    /// <summary>One row.</summary>
    public static Figures Of(RowKey key) => Rows.First(row => row.Key == key).Figures;

    private static List<(RowKey Key, Figures Figures)> Parse()
    {
        using var stream = typeof(LetterTable).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        var rows = new List<(RowKey, Figures)>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            rows.Add((
                new RowKey(Names.MachineOf(cells[0]), Names.InterfaceOf(cells[3]), cells[1] == "write", (int)Number(cells[2].TrimEnd('k'))),
                new Figures(Number(cells[4]), Number(cells[5]), Number(cells[6]), Number(cells[7]))));
        }
        return rows;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

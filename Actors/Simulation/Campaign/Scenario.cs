using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>The way by which a step of a scenario reaches its logical unit.</summary>
public enum ScenarioPort
{
    /// <summary>The direct port: no bus in between.</summary>
    Direct,

    /// <summary>Driver, LSI 53C895A and parallel bus.</summary>
    Adapter,

    /// <summary>The virtio-blk device beside the logical unit, on the same request queue.</summary>
    VirtioBlk,
}

/// <summary>Something that a client does at a time.</summary>
/// <param name="Id">From 1, unique in the scenario; names the command, and marks every block that it writes.</param>
/// <param name="At">Virtual time after the subsystem is ready; a command waits longer while its client has as many outstanding as it may.</param>
/// <param name="Port">The way.</param>
/// <param name="Client">Which client of that way, from 0; all clients of a way are one initiator port.</param>
/// <param name="Target">The target.</param>
/// <param name="Lun">The logical unit.</param>
public abstract record ScenarioStep(int Id, TimeSpan At, ScenarioPort Port, int Client, int Target, int Lun);

/// <summary>A command.</summary>
/// <param name="Id">As in <see cref="ScenarioStep"/>.</param>
/// <param name="At">Likewise.</param>
/// <param name="Port">Likewise.</param>
/// <param name="Client">Likewise.</param>
/// <param name="Target">Likewise.</param>
/// <param name="Lun">Likewise.</param>
/// <param name="Cdb">The command descriptor block.</param>
/// <param name="Direction">Which way the data goes.</param>
/// <param name="Length">Bytes of the client's buffer.</param>
/// <param name="Attribute">The task attribute.</param>
public sealed record CommandStep(
    int Id, TimeSpan At, ScenarioPort Port, int Client, int Target, int Lun, Cdb Cdb, DataDirection Direction = DataDirection.None,
    int Length = 0, TaskAttribute Attribute = TaskAttribute.Simple) : ScenarioStep(Id, At, Port, Client, Target, Lun)
{
    /// <summary>The writer whose pattern the data has, for a comparison with what somebody else wrote (0: zeroes); null for its own.</summary>
    public int? Pattern { get; init; }

    /// <summary>A parameter list in hexadecimal, in place of a pattern; empty for none.</summary>
    public string Parameters { get; init; } = "";
}

/// <summary>A task management function.</summary>
/// <param name="Id">As in <see cref="ScenarioStep"/>.</param>
/// <param name="At">Likewise.</param>
/// <param name="Port">Likewise.</param>
/// <param name="Client">Likewise.</param>
/// <param name="Target">Likewise.</param>
/// <param name="Lun">Likewise.</param>
/// <param name="Function">The function.</param>
/// <param name="CommandId">The command to abort, for ABORT TASK; 0 otherwise.</param>
public sealed record FunctionStep(
    int Id, TimeSpan At, ScenarioPort Port, int Client, int Target, int Lun, TaskManagementFunction Function, int CommandId = 0)
    : ScenarioStep(Id, At, Port, Client, Target, Lun);

/// <summary>A request to the virtio-blk device.</summary>
/// <param name="Id">As in <see cref="ScenarioStep"/>.</param>
/// <param name="At">Likewise.</param>
/// <param name="Client">Likewise.</param>
/// <param name="Target">Likewise.</param>
/// <param name="Lun">Likewise.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Offset">The first byte, a multiple of the block size.</param>
/// <param name="Length">Bytes, a multiple of the block size.</param>
public sealed record BlockStep(int Id, TimeSpan At, int Client, int Target, int Lun, BlockOperation Operation, long Offset, int Length)
    : ScenarioStep(Id, At, ScenarioPort.VirtioBlk, Client, Target, Lun);

/// <summary>The driver of the adapter resets adapter and bus.</summary>
/// <param name="Id">As in <see cref="ScenarioStep"/>.</param>
/// <param name="At">Likewise.</param>
/// <param name="Client">Likewise.</param>
public sealed record BusResetStep(int Id, TimeSpan At, int Client) : ScenarioStep(Id, At, ScenarioPort.Adapter, Client, 0, 0);

/// <summary>The power of a simulated disk is cut, and comes back after a time; storage of another kind knows of no power.</summary>
/// <param name="Id">As in <see cref="ScenarioStep"/>.</param>
/// <param name="At">Likewise.</param>
/// <param name="Target">The target of the logical unit whose disk it is.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="For">How long.</param>
public sealed record PowerCutStep(int Id, TimeSpan At, int Target, int Lun, TimeSpan For) : ScenarioStep(Id, At, ScenarioPort.Direct, 0, Target, Lun);

/// <summary>What the disks of a scenario are made of; durations in microseconds, lengths in bytes.</summary>
public sealed record DiskPlan
{
    /// <summary>False for storage that answers at once.</summary>
    public bool TakesTime { get; init; } = true;

    /// <summary>Requests that it works on at once.</summary>
    public int Lanes { get; init; } = 4;

    /// <summary>Mean latency.</summary>
    public int Latency { get; init; } = 100;

    /// <summary>How latencies scatter: fixed, uniform, exponential or lognormal.</summary>
    public string Distribution { get; init; } = "fixed";

    /// <summary>Bytes that neighbouring requests are served together for; 0 for none.</summary>
    public int CoalesceLimit { get; init; }

    /// <summary>Bytes of volatile write cache.</summary>
    public int WriteCache { get; init; }
}

/// <summary>A run as data: what there is, who does what when, and every seed. It can be stored, shrunk and run again.</summary>
public sealed record Scenario
{
    /// <summary>The seed it was drawn from; also that of the disk, and of what is drawn while it runs.</summary>
    public ulong Seed { get; init; }

    /// <summary>Targets, numbered from 0; 1 to 7.</summary>
    public int Targets { get; init; } = 1;

    /// <summary>Logical units of each target, numbered from 0; 1 to 8.</summary>
    public int Luns { get; init; } = 1;

    /// <summary>Bytes in a logical block, 512 to 4096.</summary>
    public int BlockSize { get; init; } = 512;

    /// <summary>Blocks of each logical unit.</summary>
    public int Blocks { get; init; } = 2048;

    /// <summary>The stage of the patch series for the adapter (config.hocon, host-adapter.preset).</summary>
    public string Preset { get; init; } = "default";

    /// <summary>Commands that the adapter's driver gives it at once.</summary>
    public int DriverDepth { get; init; } = 16;

    /// <summary>Commands that each client has outstanding at the most.</summary>
    public int ClientDepth { get; init; } = 16;

    /// <summary>The order of turns.</summary>
    public TurnOrderKind Order { get; init; } = TurnOrderKind.Fifo;

    /// <summary>The turns that deviate from the order in which actors became ready, as <see cref="TurnDeviations"/> writes them; they take the place of
    /// <see cref="Order"/>. Empty for none.</summary>
    public string Deviations { get; init; } = "";

    /// <summary>What a turn takes at the most, in microseconds; 0 for no time. Each actor then works at its own pace, drawn anew for each message.</summary>
    public int TurnTime { get; init; }

    /// <summary>Storage.</summary>
    public DiskPlan Disk { get; init; } = new();

    /// <summary>Settings laid over all others, as HOCON inside <c>scsi-actors</c>.</summary>
    public string Settings { get; init; } = "";

    /// <summary>Fault rules, as HOCON inside <c>faults</c>; empty for none.</summary>
    public string Faults { get; init; } = "";

    /// <summary>The name of a historical bug that is put in (<see cref="ScsiActors.Faults.Mutants"/>); empty for none.</summary>
    public string Mutant { get; init; } = "";

    /// <summary>What is done.</summary>
    public IReadOnlyList<ScenarioStep> Steps { get; init; } = [];

    /// <summary>True when a line of <see cref="Settings"/> switches something on, for all logical units or for one of them
    /// (<c>targets.1.luns.0.logical-unit.read-only = on</c>).</summary>
    /// <param name="target">The target.</param>
    /// <param name="lun">The logical unit.</param>
    /// <param name="setting">For instance <c>logical-unit.read-only</c>.</param>
    public bool IsOn(int target, int lun, string setting) => Settings.Split('\n', StringSplitOptions.TrimEntries)
        .Any(line => line == $"{setting} = on" || line == $"targets.{target}.luns.{lun}.{setting} = on");

    /// <summary>True when a step goes a way.</summary>
    public bool Uses(ScenarioPort port) => Steps.Any(step => step.Port == port);

    /// <summary>Bytes of each logical unit.</summary>
    public long Length => (long)Blocks * BlockSize;
}

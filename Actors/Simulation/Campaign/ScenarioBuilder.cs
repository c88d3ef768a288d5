using ScsiActors.Dispatch;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Writes a scenario down, step after step, each with the place and the time that were said last:
/// <c>ScenarioBuilder.WithSeed(1).Via(ScenarioPort.Adapter).At(20).Write(lba: 8, blocks: 4).Function(TaskManagementFunction.AbortTask, of: 1).Run()</c>.</summary>
public sealed class ScenarioBuilder
{
    private readonly List<ScenarioStep> _steps = [];
    private Scenario _scenario;
    private ScenarioPort _port = ScenarioPort.Direct;
    private int _client;
    private int _target;
    private int _lun;
    private TimeSpan _at;

    private ScenarioBuilder(ulong seed) => _scenario = new Scenario { Seed = seed };

    /// <summary>The number of the last step; the first one is 1.</summary>
    public int LastStep => _steps.Count;

    /// <summary>An empty scenario: one logical unit of 2048 blocks of 512 bytes.</summary>
    public static ScenarioBuilder WithSeed(ulong seed) => new(seed);

    /// <summary>What there is.</summary>
    public ScenarioBuilder Devices(int targets = 1, int luns = 1, int blockSize = 512, int blocks = 2048) =>
        Set(_scenario with { Targets = targets, Luns = luns, BlockSize = blockSize, Blocks = blocks });

    /// <summary>The stage of the patch series, and the depth of the adapter's driver.</summary>
    public ScenarioBuilder Adapter(string preset = "default", int depth = 16) => Set(_scenario with { Preset = preset, DriverDepth = depth });

    /// <summary>Commands that each client has outstanding at the most.</summary>
    public ScenarioBuilder ClientDepth(int depth) => Set(_scenario with { ClientDepth = depth });

    /// <summary>The order of turns, and the most that one takes in microseconds.</summary>
    public ScenarioBuilder Turns(TurnOrderKind order, int microseconds = 0) => Set(_scenario with { Order = order, TurnTime = microseconds });

    /// <summary>The turns that deviate from the order in which actors became ready, as <see cref="TurnDeviations"/> writes them.</summary>
    public ScenarioBuilder Deviations(string deviations) => Set(_scenario with { Deviations = deviations });

    /// <summary>Storage.</summary>
    public ScenarioBuilder Disk(DiskPlan disk) => Set(_scenario with { Disk = disk });

    /// <summary>A setting, as HOCON inside <c>scsi-actors</c>.</summary>
    public ScenarioBuilder Setting(string line) => Set(_scenario with { Settings = $"{_scenario.Settings}{line}\n" });

    /// <summary>A fault rule, as HOCON inside <c>faults</c>.</summary>
    public ScenarioBuilder Fault(string rule) => Set(_scenario with { Faults = $"{_scenario.Faults}{rule}\n" });

    /// <summary>A historical bug that is put in, by its name; empty for none.</summary>
    public ScenarioBuilder Mutant(string name) => Set(_scenario with { Mutant = name });

    /// <summary>The way of the steps that follow.</summary>
    public ScenarioBuilder Via(ScenarioPort port, int client = 0)
    {
        (_port, _client) = (port, client);
        return this;
    }

    /// <summary>The logical unit of the steps that follow.</summary>
    public ScenarioBuilder On(int target, int lun = 0)
    {
        (_target, _lun) = (target, lun);
        return this;
    }

    /// <summary>The time of the steps that follow, in microseconds.</summary>
    public ScenarioBuilder At(double microseconds)
    {
        _at = TimeOf(microseconds);
        return this;
    }

    /// <summary>A command without data, or with <paramref name="dataIn"/> or <paramref name="dataOut"/> bytes of it.</summary>
    /// <param name="cdb">In hexadecimal.</param>
    /// <param name="dataIn">Bytes of room.</param>
    /// <param name="dataOut">Bytes to send, with this step's pattern.</param>
    /// <param name="attribute">The task attribute.</param>
    /// <param name="pattern">The step whose pattern is sent instead; 0 for zeroes.</param>
    /// <param name="parameters">A parameter list in hexadecimal to send instead.</param>
    public ScenarioBuilder Command(
        string cdb, int dataIn = 0, int dataOut = 0, TaskAttribute attribute = TaskAttribute.Simple, int? pattern = null, string parameters = "")
    {
        var direction = dataIn > 0 ? DataDirection.In : dataOut > 0 ? DataDirection.Out : DataDirection.None;
        var bytes = Cdb.Parse(Convert.FromHexString(cdb.Replace(" ", "", StringComparison.Ordinal)));
        _steps.Add(new CommandStep(LastStep + 1, _at, _port, _client, _target, _lun, bytes, direction, dataIn + dataOut, attribute)
        {
            Pattern = pattern,
            Parameters = parameters,
        });
        return this;
    }

    /// <summary>READ(10).</summary>
    public ScenarioBuilder Read(int lba, int blocks, TaskAttribute attribute = TaskAttribute.Simple) =>
        Command(Ten(0x28, lba, blocks), dataIn: blocks * _scenario.BlockSize, attribute: attribute);

    /// <summary>WRITE(10).</summary>
    public ScenarioBuilder Write(int lba, int blocks, TaskAttribute attribute = TaskAttribute.Simple) =>
        Command(Ten(0x2A, lba, blocks), dataOut: blocks * _scenario.BlockSize, attribute: attribute);

    /// <summary>A task management function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="of">The step to abort, for ABORT TASK.</param>
    public ScenarioBuilder Function(TaskManagementFunction function, int of = 0)
    {
        _steps.Add(new FunctionStep(LastStep + 1, _at, _port, _client, _target, _lun, function, of));
        return this;
    }

    /// <summary>A request to the virtio-blk device; offset and length in bytes.</summary>
    public ScenarioBuilder Block(BlockOperation operation, long offset = 0, int length = 0)
    {
        _steps.Add(new BlockStep(LastStep + 1, _at, _client, _target, _lun, operation, offset, length));
        return this;
    }

    /// <summary>The adapter's driver resets the bus.</summary>
    public ScenarioBuilder ResetBus()
    {
        _steps.Add(new BusResetStep(LastStep + 1, _at, _client));
        return this;
    }

    /// <summary>The power of the logical unit's simulated disk is cut, for a time in microseconds.</summary>
    public ScenarioBuilder CutPower(double microseconds)
    {
        _steps.Add(new PowerCutStep(LastStep + 1, _at, _target, _lun, TimeOf(microseconds)));
        return this;
    }

    /// <summary>The scenario.</summary>
    public Scenario Build() => _scenario with { Steps = [.. _steps] };

    /// <summary>Runs it.</summary>
    /// <param name="filter">Stands between the actors; null for none.</param>
    public RunResult Run(IMessageFilter? filter = null) => ScenarioRun.Run(Build(), filter);

    private ScenarioBuilder Set(Scenario scenario)
    {
        _scenario = scenario;
        return this;
    }

    private static TimeSpan TimeOf(double microseconds) => new((long)Math.Round(microseconds * TimeSpan.TicksPerMicrosecond));

    private static string Ten(byte code, int lba, int blocks) => $"{code:X2}00{lba:X8}00{blocks:X4}00";
}

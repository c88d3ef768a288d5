using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Shows messages to oracles, as a run would.</summary>
public abstract class OracleRig
{
    protected const string Client = "client-direct-0";
    protected const string Port = "direct-port";
    protected const string Unit = "target-0-lun-0";
    protected const string Queue = "target-0-lun-0-queue";

    protected static readonly ItNexus It = new(0, 0);
    protected static readonly ItNexus Other = new(7, 0);

    private protected readonly OracleContext Context = new(new Scenario { Blocks = 64 });
    private protected readonly DataBufferPool Pool = new(1 << 20, 1 << 20);
    private long _time;

    private protected void FindsOnly(Oracle oracle, string name, Action<Oracle> right, Action<Oracle> wrong)
    {
        right(oracle);
        Assert.Empty(Context.Findings);
        wrong(oracle);
        Assert.NotEmpty(Context.Findings);
        Assert.All(Context.Findings, finding => Assert.Equal(name, finding.Oracle));
    }

    private protected void See(Oracle oracle, string from, string to, object message)
    {
        var seen = new Observed(new TimeSpan(++_time), from, to, message);
        Context.Watch.Observe(seen);
        oracle.Observe(seen);
    }

    private protected static CommandExecuted Good(ulong id) => new(id, CommandOutcome.Complete, ScsiStatus.Good, null, 0);

    private protected static ExecuteCommand BlockCommand(string code, int id, long lba = 5)
    {
        var isWrite = code == "2A";
        var data = new byte[512];
        if (isWrite)
            BlockPattern.Fill(data, lba, 512, id);
        return new ExecuteCommand((ulong)id, 0, Lun.Zero, Cdb.Parse(Convert.FromHexString($"{code}00{lba:X8}00000100")),
            isWrite ? DataDirection.Out : DataDirection.In, data);
    }

    private protected void Write(Oracle oracle, int id, CommandOutcome outcome)
    {
        See(oracle, Client, Port, BlockCommand("2A", id));
        See(oracle, Port, Client, Good((ulong)id) with { Outcome = outcome });
    }

    private protected void Read(Oracle oracle, int id, int writer, long lba = 5)
    {
        var command = BlockCommand("28", id);
        See(oracle, Client, Port, command);
        BlockPattern.Fill(command.Data.Span, lba, 512, writer);
        See(oracle, Port, Client, Good((ulong)id));
    }

    private protected void Fail(Oracle oracle, int id, SenseData? sense)
    {
        See(oracle, Client, Port, BlockCommand("28", id));
        See(oracle, Port, Client, new CommandExecuted((ulong)id, CommandOutcome.Complete, ScsiStatus.CheckCondition, sense, 512));
    }

    private protected static ItlqNexus Name(ItNexus it, ulong tag) => new(it, Lun.Zero, tag);

    private protected void Receive(Oracle oracle, ItNexus it, ulong tag, TaskAttribute attribute = TaskAttribute.Simple, string cdb = "28 00 00 00 00 00 00 00 01 00") =>
        See(oracle, "target-0", Unit, new ScsiCommandReceived(
            Name(it, tag), Cdb.Parse(Convert.FromHexString(cdb.Replace(" ", "", StringComparison.Ordinal))), attribute, 512, 0));

    private protected void Complete(Oracle oracle, ItNexus it, ulong tag, ScsiStatus status = ScsiStatus.Good, SenseData? sense = null) =>
        See(oracle, Unit, Port, new SendCommandComplete(Name(it, tag), status, sense, 0));
}

using Akka.Actor;
using Akka.Configuration;
using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>A whole subsystem in a simulated world, ready and without a pending unit attention, with fault rules on its messages from then on.</summary>
internal sealed class FaultWorld : IDisposable
{
    /// <summary>Memory behind the direct port.</summary>
    public const string Direct = "scsi-actors { aio { backend = memory, size = 1 MiB } }";

    /// <summary>Memory behind the adapter.</summary>
    public const string Adapter = "scsi-actors { aio { backend = memory, size = 1 MiB }\nhost-adapter.model = lsi53c895a }";

    /// <summary>A simulated disk with a volatile cache, behind the direct port.</summary>
    public const string Disk = "scsi-actors { aio { backend = simulated, size = 1 MiB\nsimulated.write-cache = 64 KiB } }";

    /// <summary>Bytes of a block.</summary>
    public const int Block = 512;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly WorldProbe _probe;
    private ulong _lastId;

    /// <summary>Starts it.</summary>
    /// <param name="faults">What stands in the section <c>faults</c>.</param>
    /// <param name="config">The subsystem.</param>
    /// <param name="seed">The seed.</param>
    public FaultWorld(string faults, string config = Direct, ulong seed = 1)
    {
        var whole = ConfigurationFactory.ParseString($"{config}\nfaults {{\n{faults}\n}}");
        var plan = FaultPlan.From(whole);
        World = new SimulatedWorld(new SimulationOptions(seed));
        _probe = World.Probe();
        var subsystem = World.System.ActorOf(ScsiSubsystem.Props(whole), "scsi");
        Assert.True(_probe.Ask<ScsiSubsystem.SubsystemReady>(subsystem, ScsiSubsystem.GetReady.Instance, Limit).IsGood);
        Port = _probe.Ask<ScsiSubsystem.HostAdapter>(subsystem, ScsiSubsystem.GetHostAdapter.Instance, Limit).Driver
            ?? _probe.Ask<ScsiSubsystem.DirectPort>(subsystem, ScsiSubsystem.GetDirectPort.Instance, Limit).Port;
        while (!Execute(Command(0x00)).IsGood)
        {
        }
        Faults = new FaultInjector(plan, World.System, World.Random["faults"]);
        World.Filter = Faults;
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World { get; }

    /// <summary>The rules at work.</summary>
    public FaultInjector Faults { get; }

    /// <summary>The driver, or the direct port.</summary>
    public IActorRef Port { get; }

    /// <summary>Answers that nobody has taken.</summary>
    public int Answers => _probe.Count;

    /// <summary>The only injection.</summary>
    public FaultInjection Injection => Assert.Single(Faults.Ledger.Injections);

    /// <summary>TEST UNIT READY, or another command without data.</summary>
    public ExecuteCommand Command(byte code, int target = 0) => new(++_lastId, target, Lun.Zero, Cdb.Parse(new byte[16].Select((_, i) => i == 0 ? code : (byte)0).ToArray()));

    /// <summary>READ(10).</summary>
    public ExecuteCommand Read(int lba, byte[] data, TaskAttribute attribute = TaskAttribute.Simple) =>
        new(++_lastId, 0, Lun.Zero, Transfer(0x28, lba, data.Length), DataDirection.In, data, attribute);

    /// <summary>WRITE(10).</summary>
    public ExecuteCommand Write(int lba, byte[] data) => new(++_lastId, 0, Lun.Zero, Transfer(0x2A, lba, data.Length), DataDirection.Out, data);

    /// <summary>Bytes that differ from block to block.</summary>
    public static byte[] Pattern(int blocks, int salt = 1) => [.. Enumerable.Range(0, blocks * Block).Select(i => (byte)(i * 7 + i / Block * salt + salt))];

    /// <summary>What is on the medium as a read sees it.</summary>
    public byte[] Content(int lba, int blocks)
    {
        var data = new byte[blocks * Block];
        Assert.True(Execute(Read(lba, data)).IsGood);
        return data;
    }

    /// <summary>Sends a command and does not wait.</summary>
    public ExecuteCommand Send(ExecuteCommand command)
    {
        _probe.Tell(Port, command);
        return command;
    }

    /// <summary>Sends a command and waits for its end.</summary>
    public CommandExecuted Execute(ExecuteCommand command)
    {
        Send(command);
        return Answer();
    }

    /// <summary>The next answer.</summary>
    public CommandExecuted Answer() => _probe.Expect<CommandExecuted>(Limit);

    /// <summary>A task management function about a command.</summary>
    public void SendFunction(TaskManagementFunction function, ulong commandId = 0) =>
        _probe.Tell(Port, new ExecuteTaskManagement(++_lastId, 0, Lun.Zero, function, commandId));

    /// <summary>The next answer, to a function.</summary>
    public ServiceResponse Response() => _probe.Expect<TaskManagementExecuted>(Limit).Response;

    /// <summary>Aborts a command that has no answer; its end, and the function's, in whatever order.</summary>
    public (CommandOutcome Outcome, ServiceResponse Response) Abort(ExecuteCommand command)
    {
        SendFunction(TaskManagementFunction.AbortTask, command.Id);
        CommandExecuted? executed = null;
        TaskManagementExecuted? function = null;
        while (executed is null || function is null)
        {
            switch (_probe.Expect<object>(Limit))
            {
                case CommandExecuted answer:
                    Assert.Equal(command.Id, answer.Id);
                    executed = answer;
                    break;
                case TaskManagementExecuted answer:
                    function = answer;
                    break;
            }
        }
        return (executed.Outcome, function.Response);
    }

    /// <summary>Everything still works: the port answers, and what is written is read back.</summary>
    public void ExpectHealth()
    {
        for (var attempt = 0; !Execute(Command(0x00)).IsGood; attempt++)
            Assert.True(attempt < 4, "unit attentions do not go on for ever");
        var written = Pattern(2, 99);
        Assert.True(Execute(Write(2000, written)).IsGood);
        Assert.Equal(written, Content(2000, 2));
    }

    /// <summary>True when the subsystem's actor of this name has not stopped.</summary>
    public bool IsAlive(string actor)
    {
        World.Filter = null;
        World.System.ActorSelection($"/user/scsi/{actor}").Tell(new Identify(actor), _probe.Ref);
        while (true)
        {
            if (_probe.Expect<object>(Limit) is ActorIdentity identity && identity.MessageId is string name && name == actor)
                return identity.Subject is not null;
        }
    }

    /// <summary>How many bits differ.</summary>
    public static int DifferentBits(byte[] left, byte[] right) =>
        left.Zip(right, static (a, b) => System.Numerics.BitOperations.PopCount((uint)(a ^ b))).Sum();

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();

    private static Cdb Transfer(byte code, int lba, int bytes) => Cdb.Parse(
        [code, 0, (byte)(lba >> 24), (byte)(lba >> 16), (byte)(lba >> 8), (byte)lba, 0, (byte)(bytes / Block >> 8), (byte)(bytes / Block), 0]);
}

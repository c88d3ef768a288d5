using Akka.Actor;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Simulation.Campaign;

namespace ScsiActors.Simulation.Kit;

/// <summary>A client's actor: takes answers.</summary>
internal sealed class KitClientActor(SimulationKit kit) : UntypedActor
{
    protected override void OnReceive(object message) => kit.Answered(message);
}

/// <summary>An application client of one logical unit, by the direct port or by the adapter. Its methods send and return at once; the answer comes when the
/// world runs, at the latest in <see cref="KitRequest{TAnswer}.Answer"/>.</summary>
public sealed class KitClient
{
    private readonly SimulationKit _kit;
    private readonly IActorRef _self;
    private readonly IActorRef _port;
    private readonly int _target;
    private readonly Lun _lun;
    private readonly int _blockSize;

    internal KitClient(SimulationKit kit, IActorRef self, IActorRef port, int target, int lun, int blockSize) =>
        (_kit, _self, _port, _target, _lun, _blockSize) = (kit, self, port, target, new Lun((ushort)lun), blockSize);

    /// <summary>READ(10).</summary>
    public KitRequest<CommandExecuted> Read(int lba, int blocks, TaskAttribute attribute = TaskAttribute.Simple) =>
        Command(Ten(0x28, lba, blocks), DataDirection.In, new byte[blocks * _blockSize], attribute);

    /// <summary>WRITE(10) of bytes that no other request writes.</summary>
    public KitRequest<CommandExecuted> Write(int lba, int blocks, TaskAttribute attribute = TaskAttribute.Simple, bool forceUnitAccess = false) =>
        Write(lba, _kit.Pattern(blocks * _blockSize), attribute, forceUnitAccess);

    /// <summary>WRITE(10) of whole blocks.</summary>
    public KitRequest<CommandExecuted> Write(int lba, byte[] data, TaskAttribute attribute = TaskAttribute.Simple, bool forceUnitAccess = false)
    {
        var cdb = Ten(0x2A, lba, data.Length / _blockSize);
        if (forceUnitAccess)
            cdb[1] = 0x08;
        return Command(cdb, DataDirection.Out, data, attribute);
    }

    /// <summary>SYNCHRONIZE CACHE(10) of everything.</summary>
    public KitRequest<CommandExecuted> Flush() => Command(Ten(0x35, 0, 0), DataDirection.None, default);

    /// <summary>TEST UNIT READY.</summary>
    public KitRequest<CommandExecuted> TestUnitReady() => Command(new byte[6], DataDirection.None, default);

    /// <summary>Any command.</summary>
    /// <param name="cdb">In hexadecimal.</param>
    /// <param name="dataIn">Bytes of room.</param>
    /// <param name="dataOut">Bytes to send; null for none.</param>
    /// <param name="attribute">The task attribute.</param>
    public KitRequest<CommandExecuted> Command(string cdb, int dataIn = 0, byte[]? dataOut = null, TaskAttribute attribute = TaskAttribute.Simple) => Command(
        Convert.FromHexString(cdb.Replace(" ", "", StringComparison.Ordinal)),
        dataOut is not null ? DataDirection.Out : dataIn > 0 ? DataDirection.In : DataDirection.None, dataOut ?? new byte[dataIn], attribute);

    /// <summary>ABORT TASK.</summary>
    public KitRequest<TaskManagementExecuted> Abort(KitRequest command) => Function(TaskManagementFunction.AbortTask, command);

    /// <summary>A task management function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="of">The command it is about, for ABORT TASK and QUERY TASK.</param>
    public KitRequest<TaskManagementExecuted> Function(TaskManagementFunction function, KitRequest? of = null) => _kit.Send(_self, _port, id =>
        new KitRequest<TaskManagementExecuted>(_kit, id, of is null ? $"{function}" : $"{function} of #{of.Id}",
            new ExecuteTaskManagement(id, _target, _lun, function, of?.Id ?? 0)));

    private KitRequest<CommandExecuted> Command(byte[] cdb, DataDirection direction, byte[]? data, TaskAttribute attribute = TaskAttribute.Simple)
    {
        var parsed = Cdb.Parse(cdb);
        var use = BlockCommand.Of(parsed);
        var name = OperationNames.Of(cdb);
        if (use.Count > 0)
            name = $"{name} LBA {use.Lba}+{use.Count}";
        return _kit.Send(_self, _port, id => new KitRequest<CommandExecuted>(
            _kit, id, name, new ExecuteCommand(id, _target, _lun, parsed, direction, data, attribute), data));
    }

    private static byte[] Ten(byte code, int lba, int blocks) =>
        [code, 0, (byte)(lba >> 24), (byte)(lba >> 16), (byte)(lba >> 8), (byte)lba, 0, (byte)(blocks >> 8), (byte)blocks, 0];
}

/// <summary>A client of a virtio-blk device; otherwise as <see cref="KitClient"/>.</summary>
public sealed class KitBlockClient
{
    private readonly SimulationKit _kit;
    private readonly IActorRef _self;
    private readonly IActorRef _driver;

    internal KitBlockClient(SimulationKit kit, IActorRef self, IActorRef driver) => (_kit, _self, _driver) = (kit, self, driver);

    /// <summary>Reads bytes; offset and length are multiples of the block size.</summary>
    public KitRequest<BlockRequestExecuted> Read(long offset, int length) => Send(BlockOperation.Read, offset, new byte[length]);

    /// <summary>Writes bytes that no other request writes.</summary>
    public KitRequest<BlockRequestExecuted> Write(long offset, int length) => Send(BlockOperation.Write, offset, _kit.Pattern(length));

    /// <summary>Writes bytes.</summary>
    public KitRequest<BlockRequestExecuted> Write(long offset, byte[] data) => Send(BlockOperation.Write, offset, data);

    /// <summary>Brings every completed write to stable storage.</summary>
    public KitRequest<BlockRequestExecuted> Flush() => Send(BlockOperation.Flush, 0, []);

    private KitRequest<BlockRequestExecuted> Send(BlockOperation operation, long offset, byte[] data) => _kit.Send(_self, _driver, id =>
        new KitRequest<BlockRequestExecuted>(_kit, id, data.Length > 0 ? $"virtio {operation} {offset}+{data.Length}" : $"virtio {operation}",
            new ExecuteBlockRequest(id, operation, offset, data), data));
}

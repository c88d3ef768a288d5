using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Akka.Actor;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Guest;

/// <summary>How a guest reaches its disk.</summary>
public enum GuestDisk
{
    /// <summary>By READ(10) and WRITE(10) to a SCSI driver.</summary>
    Scsi,

    /// <summary>By requests to a virtio-blk driver.</summary>
    VirtioBlk,

    /// <summary>There is no guest: the host's own storage.</summary>
    BareMetal,
}

/// <summary>The shell of <see cref="BlockLayer"/>: speaks to a driver, or to storage, in its own messages.</summary>
public sealed class BlockLayerActor : UntypedActor, IBlockLayerPorts
{
    private const int BlockLength = 512;

    private readonly GuestDisk _disk;
    private readonly bool _isWrite;
    private readonly IActorRef _driver;
    private readonly BlockLayer _layer;
    private readonly Memory<byte> _memory;
    private readonly List<uint> _generations = [];
    private IActorRef _application = ActorRefs.Nobody;

    /// <summary>Use <see cref="Props"/>.</summary>
    public BlockLayerActor(GuestDisk disk, bool isWrite, BlockLayerSettings settings, IActorRef driver)
    {
        _disk = disk;
        _isWrite = isWrite;
        _driver = driver;
        _layer = new BlockLayer(settings, this);
        // All requests share one piece of memory: nobody looks at what the bytes are.
        _memory = MemoryMarshal.CreateFromPinnedArray(
            GC.AllocateArray<byte>(Math.Max(settings.MergeLimit, LargestRequest), pinned: true), 0, Math.Max(settings.MergeLimit, LargestRequest));
    }

    /// <summary>The most bytes that an application asks for at once.</summary>
    public const int LargestRequest = 1 << 20;

    /// <summary>A block layer.</summary>
    /// <param name="disk">How it reaches its disk.</param>
    /// <param name="isWrite">True when it writes, false when it reads.</param>
    /// <param name="settings">How it treats the disk.</param>
    /// <param name="driver">The driver; of bare metal the storage's queue.</param>
    public static Props Props(GuestDisk disk, bool isWrite, BlockLayerSettings settings, IActorRef driver) =>
        Akka.Actor.Props.Create(() => new BlockLayerActor(disk, isWrite, settings, driver));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SubmitGuestIo submit:
                _application = Sender;
                _layer.Handle(submit.Io);
                Sender.Tell(new GuestIoSubmitted(submit.Io.Slot), Self);
                break;
            case CommandExecuted executed:
                Ended((int)executed.Id, executed.IsGood);
                break;
            case BlockRequestExecuted executed:
                Ended((int)executed.Id, executed.IsGood);
                break;
            case AioCompleted completed:
                Ended(completed.Id.Slot, completed.Result == AioResult.Ok);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    void IBlockLayerPorts.Start(int request, long offset, int length)
    {
        switch (_disk)
        {
            case GuestDisk.Scsi:
                _driver.Tell(new ExecuteCommand((ulong)request, 0, Lun.Zero, Transfer(offset, length),
                    _isWrite ? DataDirection.Out : DataDirection.In, _memory[..length]), Self);
                break;
            case GuestDisk.VirtioBlk:
                _driver.Tell(new ExecuteBlockRequest(
                    (ulong)request, _isWrite ? BlockOperation.Write : BlockOperation.Read, offset, _memory[..length]), Self);
                break;
            default:
                _driver.Tell(Aio(request, offset, length), Self);
                break;
        }
    }

    void IBlockLayerPorts.Completed(int slot) => _application.Tell(new GuestIoCompleted(slot), Self);

    private void Ended(int request, bool isGood)
    {
        Invariant.Holds(isGood, "the disk of an experiment has no faults");
        _layer.HandleEnd(request);
    }

    private Cdb Transfer(long offset, int length)
    {
        Span<byte> cdb = stackalloc byte[10];
        cdb.Clear();
        cdb[0] = (byte)(_isWrite ? 0x2A : 0x28);
        BinaryPrimitives.WriteUInt32BigEndian(cdb[2..], (uint)(offset / BlockLength));
        BinaryPrimitives.WriteUInt16BigEndian(cdb[7..], (ushort)(length / BlockLength));
        return Cdb.Parse(cdb);
    }

    private AioRequest Aio(int request, long offset, int length)
    {
        while (_generations.Count <= request)
            _generations.Add(0);
        var id = new AioId(request, ++_generations[request]);
        var data = new ScatterGatherList(_memory[..length]);
        return _isWrite ? new AioWrite(id, offset, data) : new AioRead(id, offset, data);
    }
}

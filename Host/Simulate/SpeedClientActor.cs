using Akka.Actor;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Host.Session;
using ScsiActors.Simulation;

namespace ScsiActors.Host.Simulate;

/// <summary>A client that keeps a number of transfers outstanding for ever, two reads for each write, at random places.</summary>
internal sealed class SpeedClientActor : UntypedActor
{
    /// <summary>Bytes of a transfer.</summary>
    public const int Length = 16 << 10;

    private const int BlockLength = 512;
    private const int BlocksPerTransfer = Length / BlockLength;

    private readonly IActorRef _port;
    private readonly RandomStream _random;
    private readonly int _transfers;
    private readonly byte[][] _buffers;
    private Counter? _counter;

    /// <summary>For <see cref="Props"/>.</summary>
    public SpeedClientActor(IActorRef port, RandomStream random, int depth, long diskLength)
    {
        (_port, _random, _transfers) = (port, random, (int)(diskLength / Length));
        _buffers = [.. Enumerable.Range(0, depth).Select(static _ => new byte[Length])];
    }

    /// <summary>Transfers that have ended well.</summary>
    public sealed class Counter
    {
        /// <summary>The number.</summary>
        public long Good { get; set; }
    }

    /// <summary>A client of a port; it begins when it is sent a <see cref="Counter"/>.</summary>
    public static Props Props(IActorRef port, RandomStream random, int depth, long diskLength) =>
        Akka.Actor.Props.Create(() => new SpeedClientActor(port, random, depth, diskLength));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Counter counter:
                _counter = counter;
                for (var slot = 0; slot < _buffers.Length; slot++)
                    Send(slot);
                break;
            case CommandExecuted executed:
                if (executed.IsGood)
                    _counter!.Good++;
                Send((int)executed.Id);
                break;
        }
    }

    private void Send(int slot)
    {
        var isWrite = _random.Below(3) == 0;
        var cdb = Cdbs.Transfer(isWrite, _random.Below(_transfers) * BlocksPerTransfer, BlocksPerTransfer);
        _port.Tell(new ExecuteCommand((ulong)slot, 0, Lun.Zero, cdb, isWrite ? DataDirection.Out : DataDirection.In, _buffers[slot]), Self);
    }
}

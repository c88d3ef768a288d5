using ScsiActors.Host.Commands;
using ScsiActors.Host.Session;
using ScsiActors.Messages;

namespace ScsiActors.Host.Bench;

/// <summary>Through a driver and a virtio-blk device, beside the logical unit and above the same request queue.</summary>
internal sealed record VirtioWay() : BenchWay(VirtioName, "virtio", "virtio-blk, on the same request queue")
{
    /// <inheritdoc/>
    public override async Task<Station> OpenAsync(GlobalOptions options, Device device, int depth, CancellationToken cancellation)
    {
        var session = await SubsystemSession.StartAsync(options, [device], cancellation, AdapterOptions.VirtioBlk);
        try
        {
            if (session.Devices[0].Storage is { Result: not AioResult.Ok } storage)
                throw new RunFailedException(storage.Description);
            var driver = await session.VirtioBlkDriverAsync(device.Target, cancellation);
            return await Station.InSessionAsync(session, driver, new BlockWayIn());
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Requests to a block device.</summary>
    private sealed class BlockWayIn : IWayIn
    {
        public int Fences => 1;

        public object Request(int slot, bool isWrite, long offset, Memory<byte> data) =>
            new ExecuteBlockRequest((ulong)slot, isWrite ? BlockOperation.Write : BlockOperation.Read, offset, data);

        public bool TryRead(object message, out WayAnswer answer)
        {
            if (message is not BlockRequestExecuted done)
            {
                answer = default;
                return false;
            }
            answer = new WayAnswer((int)done.Id, done.IsGood ? null : $"the block device answered {done.Status}");
            return true;
        }
    }
}

using ScsiActors.Messages;

namespace ScsiActors.Virtio;

/// <summary>What a virtio-blk device says to others: downwards to its request queue, upwards to its driver.</summary>
public interface IVirtioBlkPorts
{
    /// <summary>Asks the storage what it is.</summary>
    void Open(AioOpen open);

    /// <summary>A request for storage.</summary>
    void Aio(AioRequest request);

    /// <summary>Gives up a request, if that is still possible.</summary>
    void Cancel(AioCancel cancel);

    /// <summary>Asks the request queue to tell when it has come so far.</summary>
    void Drain(AioDrain drain);

    /// <summary>The answer to the driver's <see cref="ReadVirtioDevice"/>.</summary>
    void State(VirtioDeviceState state);

    /// <summary>The device has used buffers: its interrupt.</summary>
    void UsedBuffers(UsedBufferNotification notification);

    /// <summary>The configuration space or the device status has changed.</summary>
    void ConfigurationChanged(ConfigurationChangeNotification notification);

    /// <summary>A turn has been long enough: <see cref="VirtioBlk.Continue"/> is to be called in another.</summary>
    void GoOnLater();

    /// <summary>The driver has done what it may not do, in words; the device needs a reset.</summary>
    void Warn(string fault);
}

using Akka.Configuration;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>How an in-process driver of a virtio-blk device behaves: section <c>virtio-blk.driver</c> of config.hocon.</summary>
/// <param name="MaximumWaiting">Requests that may wait in the driver while the virtqueue is full; one more is answered Busy.</param>
/// <param name="SegmentBytes">Bytes of a client's buffer that one descriptor covers; a multiple of 4096.</param>
public sealed record VirtioBlkDriverSettings(int MaximumWaiting = 4096, int SegmentBytes = 65536)
{
    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">A value is out of its bounds.</exception>
    public static VirtioBlkDriverSettings From(Config section)
    {
        var waiting = section.GetInt("max-waiting");
        if (waiting is < 0 or > 1 << 20)
            throw new ConfigurationException($"scsi-actors.virtio-blk.driver.max-waiting is {waiting}; it is from 0 to {1 << 20}.");
        var segment = section.GetByteSize("segment") ?? 0;
        return segment is >= 4096 and <= 1 << 30 && segment % 4096 == 0
            ? new VirtioBlkDriverSettings(waiting, (int)segment)
            : throw new ConfigurationException($"scsi-actors.virtio-blk.driver.segment is {segment} bytes; it is a multiple of 4 KiB, up to 1 GiB.");
    }
}

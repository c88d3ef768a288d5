using ScsiActors.Host.Output;
using ScsiActors.Host.Session;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Host.Bench;

/// <summary>SCSI commands to logical unit 0 of a target, through a driver or the direct port.</summary>
/// <param name="target">The target.</param>
/// <param name="blockLength">Bytes of a logical block.</param>
internal sealed class ScsiWayIn(int target, int blockLength) : IWayIn
{
    /// <inheritdoc/>
    public int Fences => 1;

    /// <inheritdoc/>
    public object Request(int slot, bool isWrite, long offset, Memory<byte> data) =>
        new ExecuteCommand((ulong)slot, target, Lun.Zero, Cdbs.Transfer(isWrite, offset / blockLength, data.Length / blockLength),
            isWrite ? DataDirection.Out : DataDirection.In, data);

    /// <inheritdoc/>
    public bool TryRead(object message, out WayAnswer answer)
    {
        if (message is not CommandExecuted done)
        {
            answer = default;
            return false;
        }
        answer = new WayAnswer((int)done.Id, ErrorOf(done));
        return true;
    }

    // A unit attention reports an event, not an error (SAM-5 5.14).
    private static string? ErrorOf(CommandExecuted done) =>
        done.IsGood || done.Sense?.Key == SenseKey.UnitAttention ? null
        : done.Status == ScsiStatus.TaskSetFull
            ? $"{CommandText.Outcome(done)}: it takes fewer commands than that at once; lower --depth, or raise scsi-actors.logical-unit.max-tasks"
            : CommandText.Outcome(done);
}

using ScsiActors.Messages;

namespace ScsiActors.Scsi.Bus;

// What it holds, for people.
internal sealed partial class ParallelBus
{
    /// <summary>The commands that have no status yet, and the targets; reads only.</summary>
    public IReadOnlyList<StateTable> Describe()
    {
        var requests = new List<BusRequest>();
        _nexuses.Collect(-1, -1, requests);
        return
        [
            new StateTable("commands", ["nexus", "connection", "state", "buffers with the initiator"],
                [.. requests.Where(static request => !request.IsDone).Select(Describe)]),
            new StateTable("bus", ["targets", "reset epoch"], [[$"{_present:X4}", $"{_epoch}"]]),
        ];
    }

    private static string[] Describe(BusRequest request) =>
    [
        $"{request.Nexus}", $"{request.Connection}", request.IsAborting ? "aborting" : request.IsConnected ? "connected" : request.IsQueued ? "disconnected" : "waits", $"{request.Holds}",
    ];
}

using ScsiActors.Messages;

namespace ScsiActors.Aio.Simulated;

// What it holds, for people.
public sealed partial class SimulatedDisk
{
    /// <summary>The requests under way, the volatile cache and the overlays; reads only.</summary>
    public IReadOnlyList<StateTable> Describe() =>
    [
        new StateTable("requests", ["request", "what", "offset", "bytes"],
            [.. _pending.Where(static pending => pending.Request is not null).OrderBy(static pending => pending.Stamp).Select(static pending => Describe(pending.Request!))]),
        new StateTable("disk", ["power", "volatile writes", "cache in use", "slowness"],
            [[_isOff ? "off" : "on", $"{_contents?.VolatileCount ?? 0}", $"{_mechanism.CacheUsed} bytes", FormattableString.Invariant($"{_mechanism.Slowness}")]]),
        new StateTable("overlays", ["overlay", "damage", "offset", "bytes", "hits", "damaged bytes", "spent"],
            [.. _overlays.List(_ports.Now).Select(Describe)]),
    ];

    private static string[] Describe(AioRequest request) => request switch
    {
        AioRead m => [$"{m.Id}", "read", $"{m.Offset}", $"{m.Data.Length}"],
        AioWrite m => [$"{m.Id}", m.WriteThrough ? "write through" : "write", $"{m.Offset}", $"{m.Data.Length}"],
        AioUnmap m => [$"{m.Id}", "unmap", $"{m.Offset}", $"{m.Length}"],
        _ => [$"{request.Id}", "flush", "", ""],
    };

    private static string[] Describe(OverlayState state) =>
    [
        state.Overlay.Id, $"{state.Overlay.Damage}", $"{state.Overlay.Offset}", $"{state.Overlay.Length}", $"{state.Hits}", $"{state.DamagedBytes}", state.IsSpent ? "yes" : "no",
    ];
}

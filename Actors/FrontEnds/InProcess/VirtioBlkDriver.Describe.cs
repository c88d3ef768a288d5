using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

// What it holds, for people.
public sealed partial class VirtioBlkDriver<TClient>
{
    /// <summary>The requests in the virtqueue and those that wait for descriptors; reads only.</summary>
    public IReadOnlyList<StateTable> Describe() =>
    [
        new StateTable("requests", ["request", "what", "offset", "bytes", "where"],
        [
            .. _entries.Where(static entry => entry.Request is not null).Select(static entry => Describe(entry.Request!, "in the virtqueue")),
            .. _waiting.Select(static waiting => Describe(waiting.Request, "waits for descriptors")),
        ]),
        new StateTable("driver", ["state"], [[$"{_phase}".ToLowerInvariant()]]),
    ];

    private static string[] Describe(ExecuteBlockRequest request, string place) =>
        [$"{request.Id}", $"{request.Operation}", $"{request.Offset}", $"{Math.Max(request.Data.Length, request.Length)}", place];
}

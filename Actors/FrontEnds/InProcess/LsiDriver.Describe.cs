using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

// What it holds, for people.
public sealed partial class LsiDriver<TClient>
{
    /// <summary>The commands that the adapter has been given, those that wait for a tag, and the functions; reads only.</summary>
    public IReadOnlyList<StateTable> Describe() =>
    [
        new StateTable("commands", ["tag", "command", "to", "CDB", "attribute", "state"],
        [
            .. Enumerable.Range(0, _commands.Bound).Where(tag => _commands[tag] is not null)
                .OrderBy(tag => _running[tag].Sequence)
                .Select(tag => Describe($"{tag}", _commands[tag]!, _running[tag].IsSensing ? "fetches its sense data" : "at the adapter")),
            .. _waiting.Select(static waiting => Describe("", waiting.Command, "waits for a tag")),
        ]),
        new StateTable("functions", ["function", "to", "command", "state"],
        [
            .. _function is null ? [] : (string[][])[Describe(_function.Value.Request, "at the adapter")],
            .. _functionsWaiting.Select(static waiting => Describe(waiting.Request, "waits")),
        ]),
        new StateTable("driver", ["state"], [[_isResetting ? "resets the bus" : "works"]]),
    ];

    private static string[] Describe(string tag, ExecuteCommand command, string state) =>
        [tag, $"{command.Id}", $"T{command.Target}_L{command.Lun}", $"{command.Cdb}", $"{command.Attribute}", state];

    private static string[] Describe(ExecuteTaskManagement request, string state) =>
        [$"{request.Function}", $"T{request.Target}_L{request.Lun}", request.CommandId == 0 ? "" : $"{request.CommandId}", state];
}

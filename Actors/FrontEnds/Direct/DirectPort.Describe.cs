using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.Direct;

// What it holds, for people.
public sealed partial class DirectPort<TClient>
{
    /// <summary>The commands and functions that have not been answered; reads only.</summary>
    public IReadOnlyList<StateTable> Describe() =>
    [
        new StateTable("commands", ["command", "to", "CDB", "attribute", "tag"],
        [
            .. Enumerable.Range(0, _commands.Bound).Where(slot => _commands[slot] is not null).Select(slot => Describe(_commands[slot]!, TagOf(slot))),
        ]),
        new StateTable("functions", ["function", "to", "command"],
            [.. _functions.Values.Select(static one => (string[])[$"{one.Request.Function}", $"T{one.Request.Target}_L{one.Request.Lun}", $"{one.Request.CommandId}"])]),
    ];

    private static string[] Describe(ExecuteCommand command, ulong tag) =>
        [$"{command.Id}", $"T{command.Target}_L{command.Lun}", $"{command.Cdb}", $"{command.Attribute}", $"{tag:x}"];
}

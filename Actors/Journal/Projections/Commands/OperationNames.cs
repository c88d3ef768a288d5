using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Journal;

/// <summary>Commands by the names of the standards, as the command table has them.</summary>
public static class OperationNames
{
    /// <summary>The name of a command; its operation code in hexadecimal where the table does not have it.</summary>
    /// <param name="cdb">As it was sent; empty for a command that nobody knows.</param>
    public static string Of(ReadOnlySpan<byte> cdb) => cdb.IsEmpty ? "unknown command"
        : Of(cdb[0], cdb.Length > 1 ? (byte)(cdb[1] & CommandRow.ServiceActionMask) : (byte)0);

    /// <summary>The name of a command; its operation code, and service action, in hexadecimal where the table does not have it.</summary>
    /// <param name="code">The operation code.</param>
    /// <param name="serviceAction">The service action; of no meaning for a command without one.</param>
    public static string Of(byte code, byte serviceAction)
    {
        var row = CommandTable.FindOperationCode(code);
        return row is { HasServiceAction: true } ? CommandTable.FindServiceAction(code, serviceAction)?.Name ?? $"operation code {code:X2}h/{serviceAction:X2}h"
            : row?.Name ?? $"operation code {code:X2}h";
    }

    /// <summary>The name of a command with the blocks that it names: <c>READ(10) of 8 blocks at block 4096</c>.</summary>
    public static string WithBlocks(in Cdb cdb)
    {
        var name = Of(cdb.OperationCode, (byte)(cdb[1] & CommandRow.ServiceActionMask));
        return CommandTable.TryGetBlocks(cdb, out var lba, out var count) ? $"{name} of {count} blocks at block {lba}" : name;
    }
}

using ScsiActors.Scsi;

namespace ScsiActors.Journal;

/// <summary>Commands by the names of the standards, as the command table has them.</summary>
internal static class OperationNames
{
    private const int ServiceActionMask = 0x1F;

    /// <summary>The name of a command; its operation code in hexadecimal where the table does not have it.</summary>
    public static string Of(ReadOnlySpan<byte> cdb)
    {
        if (cdb.IsEmpty)
            return "unknown command";
        foreach (var row in CommandTable.Rows)
        {
            var usage = row.Usage;
            if (usage[0] == cdb[0] && (!row.HasServiceAction || (cdb.Length > 1 && (usage[1] & ServiceActionMask) == (cdb[1] & ServiceActionMask))))
                return row.Name;
        }
        return $"operation {cdb[0]:X2}h";
    }
}

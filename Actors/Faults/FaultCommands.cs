using ScsiActors.Messages.Scsi;
using ScsiActors.Scsi;

namespace ScsiActors.Faults;

/// <summary>Commands as rules name them and as their CDBs say what they touch; all from the command table.</summary>
internal static class FaultCommands
{
    /// <summary>REQUEST SENSE.</summary>
    public const byte RequestSense = 0x03;

    private static readonly Dictionary<string, byte[]> ByName = Names();

    /// <summary>The names there are, for a sentence.</summary>
    public static string AllNames => string.Join(", ", ByName.Keys.Where(static name => !name.Contains('(')));

    /// <summary>The operation codes of a name: <c>read</c> (of every length), <c>read(10)</c>, <c>0x28</c> or <c>28h</c>; null when it is none.</summary>
    public static byte[]? Parse(string name)
    {
        if (ByName.TryGetValue(name, out var codes))
            return codes;
        var digits = name.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? name[2..] : name.EndsWith('h') ? name[..^1] : "";
        return digits.Length is 1 or 2 && byte.TryParse(digits, System.Globalization.NumberStyles.HexNumber, null, out var code) ? [code] : null;
    }

    /// <summary>True when commands of this code bring data to the initiator.</summary>
    public static bool HasDataIn(byte code) => CommandTable.FindOperationCode(code) is { } row && (row.Plan & Steps.DataIn) != 0;

    /// <summary>True when commands of this code take data from the initiator.</summary>
    public static bool HasDataOut(byte code) => CommandTable.FindOperationCode(code) is { } row && (row.Plan & Steps.DataOut) != 0;

    /// <summary>True when commands of this code name blocks.</summary>
    public static bool HasBlocks(byte code) => CommandTable.FindOperationCode(code) is { BlockFields: not BlockFields.None };

    /// <summary>Bytes of a command that has no blocks: its allocation or parameter list length.</summary>
    public static long ParameterBytes(in Cdb cdb) => CommandTable.FindOperationCode(cdb.OperationCode)?.LengthOf(cdb) ?? 0;

    private static Dictionary<string, byte[]> Names()
    {
        var names = new Dictionary<string, byte[]>();
        foreach (var row in CommandTable.Rows)
        {
            var name = row.Name.ToLowerInvariant().Replace(' ', '-');
            Add(name, row.OperationCode);
            if (name.IndexOf('(') is var bracket and > 0)
                Add(name[..bracket], row.OperationCode);
        }
        return names;

        void Add(string name, byte code) => names[name] = names.TryGetValue(name, out var codes) && !codes.Contains(code) ? [.. codes, code] : [code];
    }
}

using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi.Bus;

/// <summary>When a target gives the bus up while it works on a command.</summary>
internal enum CommandWork : byte
{
    /// <summary>The answer is at hand: the target stays connected.</summary>
    Short,

    /// <summary>The medium is involved.</summary>
    Long,

    /// <summary>The medium is involved, and the initiator's data comes first.</summary>
    LongWrite,

    /// <summary>The medium is involved, and other commands at the same blocks may have to end first, some of which need the bus for that.</summary>
    Exclusive,
}

/// <summary>Which commands are worth a disconnection: those that touch the medium. A guess that is wrong costs a message and nothing else.</summary>
internal static class DisconnectPolicy
{
    private const byte VariableLength = 0x7F;

    private static readonly CommandWork[] Work = CreateTable();

    public static CommandWork Of(in Cdb cdb) => cdb.OperationCode != VariableLength ? Work[cdb.OperationCode]
        : cdb.UInt16(8) is >= 0x000B and <= 0x000E ? CommandWork.LongWrite
        : CommandWork.Long;

    private static CommandWork[] CreateTable()
    {
        var work = new CommandWork[256];
        // FORMAT UNIT, READ, START STOP UNIT, PRE-FETCH, SYNCHRONIZE CACHE, VERIFY, SANITIZE
        foreach (var code in (ReadOnlySpan<byte>)[0x04, 0x08, 0x1B, 0x28, 0x2F, 0x34, 0x35, 0x48, 0x88, 0x8F, 0x90, 0x91, 0xA8, 0xAF])
            work[code] = CommandWork.Long;
        // COMPARE AND WRITE, WRITE ATOMIC
        foreach (var code in (ReadOnlySpan<byte>)[0x89, 0x9C])
            work[code] = CommandWork.Exclusive;
        // WRITE, WRITE AND VERIFY, WRITE SAME, UNMAP
        foreach (var code in (ReadOnlySpan<byte>)[0x0A, 0x2A, 0x2E, 0x41, 0x42, 0x8A, 0x8E, 0x93, 0xAA, 0xAE])
            work[code] = CommandWork.LongWrite;
        return work;
    }
}

using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using static ScsiActors.Tests.Properties.SenseCodes;

namespace ScsiActors.Tests.Properties;

/// <summary>The commands that touch blocks (SBC-3 5).</summary>
public sealed partial class CommandRules
{
    /// <summary>The blocks that <paramref name="cdb"/> names.</summary>
    public static BlockRange Range(Cdb cdb)
    {
        var use = cdb.OperationCode switch
        {
            0x08 or 0x28 or 0xA8 or 0x88 => MediumUse.Read,
            0x0A or 0x2A or 0xAA or 0x8A or 0x9C => MediumUse.Write,
            0x89 => MediumUse.CompareAndWrite,
            0x41 or 0x93 => MediumUse.WriteSame,
            0x2E or 0xAE or 0x8E => MediumUse.WriteAndVerify,
            0x2F or 0xAF or 0x8F => MediumUse.Verify,
            0x35 or 0x91 => MediumUse.Synchronize,
            _ => MediumUse.None,
        };
        if (use == MediumUse.None)
            return default;
        return cdb.Length switch
        {
            16 when cdb.OperationCode == 0x89 => new BlockRange(use, cdb.UInt64(2), cdb[13]),
            16 when cdb.OperationCode == 0x9C => new BlockRange(use, cdb.UInt64(2), cdb.UInt16(12)),
            6 => new BlockRange(use, cdb.UInt24(1) & 0x1FFFFF, cdb[4] == 0 ? 256u : cdb[4]),
            10 => new BlockRange(use, cdb.UInt32(2), cdb.UInt16(7)),
            12 => new BlockRange(use, cdb.UInt32(2), cdb.UInt32(6)),
            _ => new BlockRange(use, cdb.UInt64(2), cdb.UInt32(10)),
        };
    }

    /// <summary>True when data must be on stable storage at GOOD, whatever the write cache.</summary>
    public static bool IsForced(Cdb cdb) => cdb.OperationCode is 0x2A or 0xAA or 0x8A or 0x89 or 0x9C && (cdb[1] & 0x08) != 0;

    /// <summary>BYTCHK of VERIFY and WRITE AND VERIFY: 0 none, 1 compare, 3 compare one block with all.</summary>
    public static int ByteCheck(Cdb cdb) => cdb[1] >> 1 & 3;

    private IEnumerable<Outcome> Read(ModelCommand command)
    {
        var range = Range(command.Cdb);
        foreach (var refusal in RangeRefusals(range))
            yield return refusal;
        if (IsOutOfRange(range))
            yield break;
        if (IsTooLong(range))
        {
            yield return BadField;
            yield break;
        }
        var bytes = range.Count * (long)facts.BlockSize;
        var room = command.Request.DataInLength;
        yield return Outcome.Read(room == ScsiCommandReceived.UnknownLength ? bytes : Math.Min(bytes, room));
    }

    private IEnumerable<Outcome> Write(ModelCommand command, ModelState state)
    {
        var range = Range(command.Cdb);
        foreach (var refusal in RangeRefusals(range))
            yield return refusal;
        // A reserved value of a field that has meaning may be seen before or after the range.
        if (range.Use == MediumUse.WriteAndVerify && ByteCheck(command.Cdb) >= 2)
        {
            yield return BadField;
            if (facts.ReadOnly || state.Modes.WriteProtect)
                yield return Outcome.Check(SenseKey.DataProtect, WriteProtected);
            yield break;
        }
        if (IsOutOfRange(range))
            yield break;
        if (facts.ReadOnly || state.Modes.WriteProtect)
        {
            yield return Outcome.Check(SenseKey.DataProtect, WriteProtected);
            if (range.Count > 0)
                yield break;
        }
        if (IsTooLong(range))
        {
            yield return BadField;
            yield break;
        }
        foreach (var outcome in Supplied(command, range.Count * (long)facts.BlockSize, static bytes => Outcome.Good(@out: bytes)))
            yield return outcome;
        if (range.Use == MediumUse.WriteAndVerify && ByteCheck(command.Cdb) == 1)
            yield return Outcome.Check(SenseKey.Miscompare, Asc(0x1D));
    }

    private IEnumerable<Outcome> Verify(ModelCommand command)
    {
        var range = Range(command.Cdb);
        var check = ByteCheck(command.Cdb);
        foreach (var refusal in RangeRefusals(range))
            yield return refusal;
        if (check == 2)
        {
            yield return BadField;
            yield break;
        }
        if (IsOutOfRange(range))
            yield break;
        if (IsTooLong(range))
            yield return BadField;
        if (check == 0 || range.Count == 0)
        {
            // Data that an initiator sends although BYTCHK is 0 may be swallowed or left.
            yield return Outcome.Good(@out: null);
            yield break;
        }
        // Comparing one block with a whole range is optional: a maker may refuse it.
        if (check == 3)
            yield return BadField;
        foreach (var outcome in Supplied(command, (check == 3 ? 1 : range.Count) * (long)facts.BlockSize, static bytes =>
            Outcome.Compared(bytes)))
            yield return outcome;
        yield return Outcome.Check(SenseKey.Miscompare, Asc(0x1D));
    }

    private IEnumerable<Outcome> Synchronize(ModelCommand command)
    {
        var range = Range(command.Cdb);
        foreach (var refusal in RangeRefusals(range))
            yield return refusal;
        if (!IsOutOfRange(range))
            yield return Outcome.Good();
    }

    private IEnumerable<Outcome> FormatUnit(ModelCommand command, ModelState state)
    {
        if (facts.ReadOnly || state.Modes.WriteProtect)
        {
            yield return Outcome.Check(SenseKey.DataProtect, WriteProtected);
            // Options that the maker does not support are refused before or after.
            if (command.Cdb[1] != 0)
                yield return BadField;
            yield break;
        }
        // With FMTDATA there is a parameter list, whose options are the maker's to accept.
        if ((command.Cdb[1] & 0x10) != 0)
            yield return Outcome.Check(SenseKey.IllegalRequest, InvalidFieldInCdb, InvalidFieldInList, ListLengthError, TooFewBytes);
        else if (command.Cdb[1] != 0)
            yield return BadField;
        yield return Outcome.Good(@out: null);
    }

    // An initiator that supplies fewer bytes than the CDB asks for may be refused, or served as far as it goes: every byte, or every
    // whole block.
    private IEnumerable<Outcome> Supplied(ModelCommand command, long bytes, Func<long, Outcome> good)
    {
        var room = command.Request.DataOutLength;
        if (room == ScsiCommandReceived.UnknownLength || room >= bytes)
        {
            yield return good(bytes);
            yield break;
        }
        yield return good(room);
        yield return good(room - room % facts.BlockSize);
        yield return Outcome.Check(SenseKey.IllegalRequest, TooFewBytes, InvalidFieldInCdb);
    }

    private bool IsOutOfRange(BlockRange range) =>
        range.Start > (ulong)facts.Blocks || range.Count > (ulong)facts.Blocks - range.Start;

    private bool IsTooLong(BlockRange range) => facts.MaximumTransfer > 0 && range.Count > facts.MaximumTransfer;

    private IEnumerable<Outcome> RangeRefusals(BlockRange range)
    {
        // No block at the very end of the medium: standards differ on whether that address is one.
        if (IsOutOfRange(range) || range.Start == (ulong)facts.Blocks)
            yield return Outcome.Check(SenseKey.IllegalRequest, OutOfRange);
    }
}

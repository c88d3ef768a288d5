using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using static ScsiActors.Tests.Properties.SenseCodes;

namespace ScsiActors.Tests.Properties;

/// <summary>COMPARE AND WRITE, WRITE ATOMIC, WRITE SAME and UNMAP (SBC-3 5.2, 5.28, 5.43; SBC-4 5.48).</summary>
public sealed partial class CommandRules
{
    private const int HeaderLength = 8;
    private const int DescriptorLength = 16;

    /// <summary>The blocks that a command works on: several ranges for UNMAP; and without a number of blocks WRITE SAME goes on to the end of the
    /// medium.</summary>
    public IEnumerable<BlockRange> Reach(ModelCommand command)
    {
        if (command.Cdb.OperationCode == Unmapping)
            return RangesOf(ListOf(command));
        var range = Range(command.Cdb);
        return range.Use == MediumUse.None ? [] : [WithCount(range)];
    }

    /// <summary>True when a WRITE SAME or UNMAP may have no data of its own to write: its blocks become zeroes.</summary>
    public static bool Zeroes(ModelCommand command) => command.Cdb.OperationCode == Unmapping
        || command.Supplied == 0 || !command.DataOut.AsSpan().ContainsAnyExcept((byte)0);

    private BlockRange WithCount(BlockRange range) => range is { Use: MediumUse.WriteSame, Count: 0 } && range.Start <= (ulong)facts.Blocks
        ? range with { Count = (uint)Math.Min((ulong)facts.Blocks - range.Start, uint.MaxValue) } : range;

    private IEnumerable<Outcome> WriteAtomic(ModelCommand command, ModelState state) => Changing(command, state, Range(command.Cdb), facts.MaximumAtomic,
        bytes => Exactly(command, bytes, orMore: true, Outcome.Good(@out: bytes)));

    private IEnumerable<Outcome> CompareAndWrite(ModelCommand command, ModelState state) =>
        Changing(command, state, Range(command.Cdb), facts.MaximumCompareAndWrite, bytes =>
            Exactly(command, 2 * bytes, orMore: false, Outcome.Good(@out: 2 * bytes)).Append(Outcome.Check(SenseKey.Miscompare, Asc(0x1D))));

    private IEnumerable<Outcome> WriteSame(ModelCommand command, ModelState state)
    {
        var range = WithCount(Range(command.Cdb));
        return Changing(command, state, range, facts.MaximumWriteSame, bytes => WriteSame(command, bytes));
    }

    private IEnumerable<Outcome> WriteSame(ModelCommand command, long bytes)
    {
        var unmaps = (command.Cdb[1] & 0x08) != 0;
        if (unmaps && !facts.CanUnmap)
            return [BadField];
        var withoutData = (command.Cdb.OperationCode == 0x93 && (command.Cdb[1] & 0x01) != 0)
            || (unmaps && command.Request.DataOutLength == 0);
        if (withoutData)
            return [Outcome.Good()];
        var outcomes = Exactly(command, facts.BlockSize, orMore: false, Outcome.Good(@out: bytes == 0 ? 0 : facts.BlockSize));
        return bytes == 0 ? outcomes.Append(Outcome.Good()) : outcomes;
    }

    private IEnumerable<Outcome> Unmap(ModelCommand command, ModelState state)
    {
        var length = (int)command.Cdb.UInt16(7);
        if (facts.ReadOnly || state.Modes.WriteProtect)
        {
            yield return Outcome.Check(SenseKey.DataProtect, WriteProtected);
            yield break;
        }
        if (length == 0)
        {
            yield return Outcome.Good();
            yield break;
        }
        var list = ListOf(command);
        if (length < HeaderLength || list.Length < length)
        {
            yield return Outcome.Check(SenseKey.IllegalRequest, ListLengthError, TooFewBytes, InvalidFieldInList);
            yield break;
        }
        if (BinaryPrimitives.ReadUInt16BigEndian(list.AsSpan(2)) / DescriptorLength > facts.MaximumUnmapRanges)
        {
            yield return Outcome.Check(SenseKey.IllegalRequest, InvalidFieldInList);
            yield break;
        }
        var ranges = RangesOf(list).ToList();
        if (ranges.Exists(range => IsOutOfRange(range) || range.Start == (ulong)facts.Blocks))
            yield return Outcome.Check(SenseKey.IllegalRequest, OutOfRange);
        if (!ranges.Exists(IsOutOfRange))
            yield return Outcome.Good(@out: length);
    }

    /// <summary>What all commands that change a range of blocks have in common: range, protection, limit.</summary>
    private IEnumerable<Outcome> Changing(
        ModelCommand command, ModelState state, BlockRange range, long maximum, Func<long, IEnumerable<Outcome>> ends)
    {
        foreach (var refusal in RangeRefusals(range))
            yield return refusal;
        if (IsOutOfRange(range))
            yield break;
        if (facts.ReadOnly || state.Modes.WriteProtect)
        {
            yield return Outcome.Check(SenseKey.DataProtect, WriteProtected);
            yield break;
        }
        if (range.Count > maximum || (range.Use != MediumUse.WriteSame && IsTooLong(range)))
        {
            yield return BadField;
            yield break;
        }
        foreach (var outcome in ends(range.Count * (long)facts.BlockSize))
            yield return outcome;
    }

    // The bytes the initiator has must be those that the command needs: less can be no whole, and more is a mistake.
    private static IEnumerable<Outcome> Exactly(ModelCommand command, long bytes, bool orMore, Outcome good)
    {
        var room = command.Request.DataOutLength;
        if (room == ScsiCommandReceived.UnknownLength || room == bytes || (orMore && room > bytes))
            return [good];
        return [Outcome.Check(SenseKey.IllegalRequest, TooFewBytes, InvalidFieldInCdb)];
    }

    private static byte[] ListOf(ModelCommand command) => command.DataOut[..Math.Min(command.DataOut.Length, command.Cdb.UInt16(7))];

    private static IEnumerable<BlockRange> RangesOf(byte[] list)
    {
        if (list.Length < HeaderLength)
            yield break;
        var named = BinaryPrimitives.ReadUInt16BigEndian(list.AsSpan(2)) / DescriptorLength;
        for (var i = 0; i < named && HeaderLength + DescriptorLength * (i + 1) <= list.Length; i++)
        {
            var descriptor = list.AsSpan(HeaderLength + DescriptorLength * i);
            yield return new BlockRange(
                MediumUse.Unmap, BinaryPrimitives.ReadUInt64BigEndian(descriptor), BinaryPrimitives.ReadUInt32BigEndian(descriptor[8..]));
        }
    }
}

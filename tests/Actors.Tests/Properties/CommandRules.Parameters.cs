using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>The commands that answer parameter data, and those that change the state without a list (SPC-4 6, SBC-3 5).</summary>
public sealed partial class CommandRules
{
    private static long Room(ModelCommand command, long allocationLength)
    {
        var room = command.Request.DataInLength;
        return room == ScsiCommandReceived.UnknownLength ? allocationLength : Math.Min(allocationLength, room);
    }

    private IEnumerable<Outcome> Inquire(ModelCommand command)
    {
        var cdb = command.Cdb;
        var room = Room(command, cdb.UInt16(3));
        if ((cdb[1] & 1) == 0)
            return [cdb[2] == 0 ? Outcome.Parameters(facts.Inquiry, room) : BadField];
        return [facts.VitalProductData.TryGetValue(cdb[2], out var page) ? Outcome.Parameters(page, room) : BadField];
    }

    private IEnumerable<Outcome> ReadCapacity(ModelCommand command)
    {
        var cdb = command.Cdb;
        var isLong = cdb.OperationCode == 0x9E;
        var last = (ulong)facts.Blocks - 1;
        var partial = isLong ? cdb[14] & 1 : cdb[8] & 1;
        var address = isLong ? cdb.UInt64(2) : cdb.UInt32(2);
        if (partial == 0 && address != 0)
            return [BadField];
        if (isLong)
            return [Outcome.Parameters(facts.Capacity, Room(command, cdb.UInt32(10)))];
        var data = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)Math.Min(last, uint.MaxValue));
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), (uint)facts.BlockSize);
        return [Outcome.Parameters(data, Room(command, 8))];
    }

    private IEnumerable<Outcome> ReportLogicalUnits(ModelCommand command)
    {
        var allocation = command.Cdb.UInt32(6);
        // Older standards refuse an allocation length that does not hold one entry.
        if (allocation < 16)
            yield return BadField;
        var room = Room(command, allocation);
        switch (command.Cdb[2])
        {
            case 0 or 2:
                yield return Outcome.Parameters(facts.LogicalUnits, room);
                break;
            case 1:
                yield return Outcome.Parameters(new byte[8], room);
                break;
            default:
                yield return BadField;
                break;
        }
    }

    private IEnumerable<Outcome> ReportManagement(ModelCommand command)
    {
        var allocation = command.Cdb.UInt32(6);
        // Older standards refuse an allocation length below 4.
        if (allocation < 4)
            yield return BadField;
        var withTimeouts = (command.Cdb[2] & 0x80) != 0;
        yield return Outcome.Parameters(withTimeouts ? facts.ManagementWithTimeouts : facts.Management, Room(command, allocation));
    }

    private IEnumerable<Outcome> ReportCommands(ModelCommand command)
    {
        var cdb = command.Cdb;
        var room = Room(command, cdb.UInt32(6));
        var timeouts = (cdb[2] & 0x80) != 0;
        var (operationCode, serviceAction) = (cdb[3], (int)cdb.UInt16(4));
        var hasServiceActions = facts.HasServiceActions(operationCode);
        switch (cdb[2] & 7)
        {
            case 0:
                yield return Outcome.Parameters(timeouts ? facts.SupportedCommandsWithTimeouts : facts.SupportedCommands, room);
                break;
            case 1 when hasServiceActions:
                yield return BadField;
                break;
            case 2 when !hasServiceActions:
                // An unknown operation code has no service actions either: not supported, or a wrong question.
                yield return BadField;
                if (!facts.Usage.ContainsKey((operationCode, -1)))
                    yield return OneCommand(null, timeouts, room);
                break;
            case 1 or 2:
                yield return OneCommand(facts.Usage.GetValueOrDefault((operationCode, hasServiceActions ? serviceAction : -1)), timeouts,
                    room);
                break;
            case 3:
                // Reporting option 3 came with SPC-5: a device of an older version may refuse it.
                yield return BadField;
                var found = facts.Usage.GetValueOrDefault((operationCode, serviceAction))
                    ?? (serviceAction == 0 ? facts.Usage.GetValueOrDefault((operationCode, -1)) : null);
                yield return OneCommand(found, timeouts, room);
                break;
            default:
                yield return BadField;
                break;
        }
    }

    // Only the part that the standard fixes: a maker's timeouts are those of the complete list.
    private Outcome OneCommand(byte[]? usage, bool timeouts, long room)
    {
        if (usage is null)
            return Outcome.Parameters([0, 1, 0, 0], room);
        var data = new List<byte> { 0, (byte)(timeouts ? 0x83 : 0x03), 0, (byte)usage.Length };
        data.AddRange(usage);
        if (timeouts)
        {
            for (var at = 4; at < facts.SupportedCommandsWithTimeouts.Length; at += 20)
            {
                var descriptor = facts.SupportedCommandsWithTimeouts.AsSpan(at, 20);
                if (descriptor[0] == usage[0] && ((descriptor[5] & 1) == 0 || (usage[1] & 0x1F) == descriptor[3]))
                    data.AddRange(descriptor[8..]);
            }
        }
        return Outcome.Parameters(data.ToArray(), room);
    }

    private static IEnumerable<Outcome> Reserve(ModelCommand command) => [Outcome.Good(state => state with { Holder = command.Initiator })];

    // RELEASE by one who does not hold the reservation is no error, and does nothing.
    private static IEnumerable<Outcome> Release(ModelCommand command) =>
        [Outcome.Good(state => state.Holder == command.Initiator ? state with { Holder = -1 } : state)];

    private IEnumerable<Outcome> PreventAllow(ModelCommand command, ModelState state)
    {
        var prevent = command.Cdb[4] & 3;
        if (prevent >= 2)
        {
            yield return BadField;
            yield break;
        }
        if (!facts.Removable && prevent == 1)
            yield return BadField;
        if (!state.Loaded)
            yield return Outcome.Check(SenseKey.NotReady, SenseCodes.NoMedium);
        var mask = 1u << command.Initiator;
        yield return Outcome.Good(before =>
            before with { Preventing = prevent == 1 ? before.Preventing | mask : before.Preventing & ~mask });
    }

    private IEnumerable<Outcome> StartStop(ModelCommand command, ModelState state)
    {
        var flags = command.Cdb[4];
        var (condition, eject, start) = (flags >> 4, (flags & 2) != 0, (flags & 1) != 0);
        if (condition != 0)
        {
            // Which power conditions there are is the maker's choice; none of them moves the medium.
            yield return BadField;
            yield return Outcome.Good();
            yield break;
        }
        if (!eject)
        {
            yield return Outcome.Good();
            yield break;
        }
        if (!facts.Removable)
        {
            yield return BadField;
            yield return Outcome.Good();
            yield break;
        }
        if (state.Preventing != 0)
        {
            yield return Outcome.Check(SenseKey.IllegalRequest, SenseCodes.Asc(0x53, 2));
            if (state.Loaded == start)
                yield return Outcome.Good();
            yield break;
        }
        yield return Outcome.Good(before => before with { Loaded = start });
    }
}

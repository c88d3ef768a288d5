using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using static ScsiActors.Scsi.CommandTraits;

namespace ScsiActors.Scsi;

/// <summary>The one table of commands: dispatch, CDB checks, reservation conflicts, unit attention and medium rules, plans, and REPORT
/// SUPPORTED OPERATION CODES all read it, so that they cannot disagree.</summary>
internal static class CommandTable
{
    private const Steps ReadSteps = Steps.Read | Steps.DataIn;
    private const Steps WriteSteps = Steps.DataOut | Steps.Write;
    private const Steps WriteAndVerifySteps = WriteSteps | Steps.Read | Steps.Compare;
    private const Steps CompareAndWriteSteps = Steps.DataOut | Steps.Read | Steps.Compare | Steps.WriteCompared;
    private const Steps WriteSameSteps = Steps.DataOut | Steps.Process | Steps.Write;
    private const Steps VerifySteps = Steps.DataOut | Steps.Read | Steps.Compare;
    private const Steps DataSteps = Steps.Process | Steps.DataIn;
    private const Steps ListSteps = Steps.DataOut | Steps.Process;

    /// <summary>Every command, by operation code and service action.</summary>
    public static CommandRow[] Rows { get; } =
    [
        new("TEST UNIT READY", "00 00 00 00 00 04") { Traits = CommandTraits.Medium },
        DataIn("REQUEST SENSE", "03 01 00 00 FF 04", (4, 1), SenseCommands.RequestSense, Always),
        new("FORMAT UNIT", "04 3F 00 00 00 04")
        {
            Traits = CommandTraits.Medium | Writes, Plan = ListSteps,
            Decode = FormatUnit.Decode, Process = FormatUnit.Accept,
        },
        Read("READ(6)", "08 1F FF FF FF 04", BlockFields.Six),
        Write("WRITE(6)", "0A 1F FF FF FF 04", BlockFields.Six, WriteSteps),
        DataIn("INQUIRY", "12 01 FF FF FF 04", (3, 2), InquiryCommand.Process, Always),
        ListOut("MODE SELECT(6)", "15 11 00 00 FF 04", (4, 1)),
        new("RESERVE(6)", "16 1E FF FF FF 04") { Plan = Steps.Process, Process = ReserveCommands.Reserve },
        new("RELEASE(6)", "17 1E FF FF FF 04") { Traits = AllowedWhenReserved, Plan = Steps.Process, Process = ReserveCommands.Release },
        DataIn("MODE SENSE(6)", "1A 08 FF FF FF 04", (4, 1), ModeCommands.Sense),
        new("START STOP UNIT", "1B 01 00 0F F7 04")
        {
            Plan = Steps.AnswerEarly | Steps.Flush | Steps.Conclude, Decode = StartStopUnit.Decode, Process = StartStopUnit.Conclude,
        },
        new("PREVENT ALLOW MEDIUM REMOVAL", "1E 00 00 00 03 04")
        {
            Traits = AllowedWhenReservedToAllow, Plan = Steps.Process, Process = PreventAllow.Process,
        },
        DataIn("READ CAPACITY(10)", "25 00 FF FF FF FF 00 00 01 04", default, CapacityCommands.ReadCapacity10, CommandTraits.Medium),
        Read("READ(10)", "28 18 FF FF FF FF 1F FF FF 04", BlockFields.Ten),
        Write("WRITE(10)", "2A 18 FF FF FF FF 1F FF FF 04", BlockFields.Ten, WriteSteps),
        Write("WRITE AND VERIFY(10)", "2E 12 FF FF FF FF 1F FF FF 04", BlockFields.Ten, WriteAndVerifySteps),
        Verify("VERIFY(10)", "2F 16 FF FF FF FF 1F FF FF 04", BlockFields.Ten),
        Synchronize("SYNCHRONIZE CACHE(10)", "35 06 FF FF FF FF 1F FF FF 04", BlockFields.Ten),
        WriteSame("WRITE SAME(10)", "41 08 FF FF FF FF 1F FF FF 04", BlockFields.Ten),
        new("UNMAP", "42 00 00 00 00 00 1F FF FF 04")
        {
            Traits = CommandTraits.Medium | Writes | NeedsUnmap, Length = (7, 2), Plan = ListSteps | Steps.Unmap,
            Decode = UnmapCommand.Decode, Process = UnmapCommand.Accept,
        },
        ListOut("MODE SELECT(10)", "55 11 00 00 00 00 00 FF FF 04", (7, 2)),
        DataIn("MODE SENSE(10)", "5A 18 FF FF 00 00 00 FF FF 04", (7, 2), ModeCommands.Sense),
        Read("READ(16)", "88 18 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", BlockFields.Sixteen),
        new("COMPARE AND WRITE", "89 18 FF FF FF FF FF FF FF FF 00 00 00 FF 1F 04")
        {
            Traits = CommandTraits.Medium | Writes | Isolated, BlockFields = BlockFields.SixteenShort, Plan = CompareAndWriteSteps,
            Decode = MediumCommands.DecodeCompareAndWrite,
        },
        Write("WRITE(16)", "8A 18 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", BlockFields.Sixteen, WriteSteps),
        Write("WRITE AND VERIFY(16)", "8E 12 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", BlockFields.Sixteen, WriteAndVerifySteps),
        Verify("VERIFY(16)", "8F 16 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", BlockFields.Sixteen),
        Synchronize("SYNCHRONIZE CACHE(16)", "91 06 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", BlockFields.Sixteen),
        WriteSame("WRITE SAME(16)", "93 09 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", BlockFields.Sixteen),
        new("WRITE ATOMIC(16)", "9C 18 FF FF FF FF FF FF FF FF 00 00 FF FF 1F 04")
        {
            Traits = CommandTraits.Medium | Writes | Isolated, BlockFields = BlockFields.SixteenMedium, Plan = WriteSteps,
            Decode = MediumCommands.DecodeWriteAtomic,
        },
        ServiceAction(
            "READ CAPACITY(16)", "9E 10 FF FF FF FF FF FF FF FF FF FF FF FF 01 04", (10, 4), CapacityCommands.ReadCapacity16,
            CommandTraits.Medium),
        DataIn("REPORT LUNS", "A0 00 FF 00 00 00 FF FF FF FF 00 04", (6, 4), ReportCommands.Luns, Always),
        ServiceAction("REPORT SUPPORTED OPERATION CODES", "A3 0C 87 FF FF FF FF FF FF FF 00 04", (6, 4), ReportCommands.OperationCodes),
        ServiceAction(
            "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", "A3 0D 80 00 00 00 FF FF FF FF 00 04", (6, 4),
            ReportCommands.TaskManagementFunctions),
        Read("READ(12)", "A8 18 FF FF FF FF FF FF FF FF 1F 04", BlockFields.Twelve),
        Write("WRITE(12)", "AA 18 FF FF FF FF FF FF FF FF 1F 04", BlockFields.Twelve, WriteSteps),
        Write("WRITE AND VERIFY(12)", "AE 12 FF FF FF FF FF FF FF FF 1F 04", BlockFields.Twelve, WriteAndVerifySteps),
        Verify("VERIFY(12)", "AF 16 FF FF FF FF FF FF FF FF 1F 04", BlockFields.Twelve),
    ];

    private static readonly CommandRow?[] ByOperationCode = IndexByOperationCode();

    /// <summary>The row of a CDB; null with the reason when there is none.</summary>
    public static CommandRow? Find(in Cdb cdb, out SenseData? why)
    {
        why = null;
        var row = ByOperationCode[cdb.OperationCode];
        if (row is { HasServiceAction: false })
            return row;
        if (row is null)
        {
            why = Sense.InvalidOperationCode;
            return null;
        }
        var serviceAction = (byte)(cdb[1] & CommandRow.ServiceActionMask);
        row = FindServiceAction(cdb.OperationCode, serviceAction);
        if (row is null)
            why = Sense.InvalidFieldInCdb(1, 4);
        return row;
    }

    /// <summary>The first row of an operation code, whatever its service action; null when the code is not supported.</summary>
    public static CommandRow? FindOperationCode(byte operationCode) => ByOperationCode[operationCode];

    /// <summary>The row of an operation code and service action; null when it is not supported.</summary>
    public static CommandRow? FindServiceAction(byte operationCode, byte serviceAction) => Array.Find(
        Rows, row => row.HasServiceAction && row.OperationCode == operationCode && row.ServiceAction == serviceAction);

    /// <summary>The blocks of a command; false when it has none.</summary>
    public static bool TryGetBlocks(in Cdb cdb, out long lba, out long count)
    {
        (lba, count) = FindOperationCode(cdb.OperationCode)?.BlockFields switch
        {
            BlockFields.Six => (cdb.UInt24(1) & 0x1FFFFF, cdb[4] == 0 ? 256 : cdb[4]),
            BlockFields.Ten => (cdb.UInt32(2), cdb.UInt16(7)),
            BlockFields.Twelve => (cdb.UInt32(2), cdb.UInt32(6)),
            BlockFields.Sixteen => ((long)Math.Min(cdb.UInt64(2), long.MaxValue), cdb.UInt32(10)),
            BlockFields.SixteenShort => ((long)Math.Min(cdb.UInt64(2), long.MaxValue), cdb[13]),
            BlockFields.SixteenMedium => ((long)Math.Min(cdb.UInt64(2), long.MaxValue), cdb.UInt16(12)),
            _ => (-1L, 0L),
        };
        return lba >= 0;
    }

    private static CommandRow?[] IndexByOperationCode()
    {
        var index = new CommandRow?[256];
        foreach (var row in Rows)
            index[row.OperationCode] ??= row;
        return index;
    }

    private static CommandRow DataIn(
        string name, string usage, (byte, byte) length, CommandPart process, CommandTraits traits = CommandTraits.None) =>
        new(name, usage) { Traits = traits, Length = length, Plan = DataSteps, Process = process };

    private static CommandRow ServiceAction(
        string name, string usage, (byte, byte) length, CommandPart process, CommandTraits traits = CommandTraits.None) =>
        new(name, usage, true) { Traits = traits, Length = length, Plan = DataSteps, Process = process };

    private static CommandRow ListOut(string name, string usage, (byte, byte) length) => new(name, usage)
    {
        Length = length, Plan = ListSteps, Decode = ModeCommands.DecodeSelect, Process = ModeCommands.Select,
    };

    private static CommandRow Read(string name, string usage, BlockFields fields) => new(name, usage)
    {
        Traits = CommandTraits.Medium, BlockFields = fields, Plan = ReadSteps,
        Decode = MediumCommands.DecodeRead,
    };

    private static CommandRow Write(string name, string usage, BlockFields fields, Steps plan) => new(name, usage)
    {
        Traits = CommandTraits.Medium | Writes, BlockFields = fields, Plan = plan,
        Decode = plan == WriteSteps ? MediumCommands.DecodeWrite : MediumCommands.DecodeWriteAndVerify,
    };

    private static CommandRow WriteSame(string name, string usage, BlockFields fields) => new(name, usage)
    {
        Traits = CommandTraits.Medium | Writes, BlockFields = fields, Plan = WriteSameSteps,
        Decode = WriteSameCommand.Decode, Process = WriteSameCommand.Fill,
    };

    private static CommandRow Verify(string name, string usage, BlockFields fields) => new(name, usage)
    {
        Traits = CommandTraits.Medium, BlockFields = fields, Plan = VerifySteps,
        Decode = MediumCommands.DecodeVerify,
    };

    private static CommandRow Synchronize(string name, string usage, BlockFields fields) => new(name, usage)
    {
        Traits = CommandTraits.Medium, BlockFields = fields, Plan = Steps.AnswerEarly | Steps.Flush,
        Decode = MediumCommands.DecodeSynchronize,
    };
}

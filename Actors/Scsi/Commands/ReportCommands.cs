using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>REPORT LUNS, REPORT SUPPORTED OPERATION CODES and REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-4 6.33, 6.35,
/// 6.36).</summary>
internal static class ReportCommands
{
    private const byte Rctd = 0x80;
    private const byte ExtendedFormat = 0x80;
    private const byte OnlyWellKnown = 1;
    private const byte LastSelectReport = 2;
    private const int TimeoutsLength = 12;
    private const byte Ctdp = 0x02;
    private const byte OneCommandCtdp = 0x80;
    private const byte ServActv = 0x01;
    private const byte NotSupported = 1;
    private const byte SupportedAsInStandard = 3;

    /// <summary>ABORT TASK, ABORT TASK SET, CLEAR ACA, CLEAR TASK SET, LOGICAL UNIT RESET, QUERY TASK, TARGET RESET; then QUERY
    /// ASYNCHRONOUS EVENT, QUERY TASK SET, I_T NEXUS RESET.</summary>
    private static readonly byte[] SupportedFunctions = [0x80 | 0x40 | 0x20 | 0x10 | 0x08 | 0x04 | 0x02, 0x04 | 0x02 | 0x01];

    /// <summary>Bytes of the REPORT LUNS data for a number of logical units.</summary>
    public static int LunListLength(int count) => 8 + 8 * count;

    public static SenseData? Luns(LogicalUnitState unit, ScsiTask task)
    {
        var selectReport = task.Command.Cdb[2];
        if (selectReport > LastSelectReport)
            return Sense.InvalidFieldInCdb(2);
        var luns = unit.Settings.Luns;
        var count = selectReport == OnlyWellKnown ? 0 : luns.Count;
        var data = task.Buffer!.Span;
        data[..8].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(8 * count));
        for (var i = 0; i < count; i++)
            luns[i].Write(data[LunListLength(i)..]);
        task.SetParameterData(LunListLength(count));
        return null;
    }

    public static SenseData? OperationCodes(LogicalUnitState unit, ScsiTask task)
    {
        var cdb = task.Command.Cdb;
        var data = task.Buffer!.Span;
        data.Clear();
        var withTimeouts = (cdb[2] & Rctd) != 0;
        var options = cdb[2] & 7;
        if (options == 0)
        {
            task.SetParameterData(WriteAll(unit, data, withTimeouts));
            return null;
        }
        var first = CommandTable.FindOperationCode(cdb[3]);
        var serviceAction = cdb.UInt16(4);
        // 1: a code that has no service actions; 2: one that has; 3: either, the service action being 0 without.
        switch (options)
        {
            case 1 when first is { HasServiceAction: true }:
            case 2 when first is { HasServiceAction: false }:
                return Sense.InvalidFieldInCdb(2, 2);
            case > 3:
                return Sense.InvalidFieldInCdb(2, 2);
        }
        var row = first is { HasServiceAction: true }
            ? serviceAction <= CommandRow.ServiceActionMask ? CommandTable.FindServiceAction(cdb[3], (byte)serviceAction) : null
            : options == 3 && serviceAction != 0 ? null : first;
        task.SetParameterData(WriteOne(data, row is not null && row.IsSupportedBy(unit) ? row : null, withTimeouts));
        return null;
    }

    public static SenseData? TaskManagementFunctions(LogicalUnitState unit, ScsiTask task)
    {
        var isExtended = (task.Command.Cdb[2] & ExtendedFormat) != 0;
        var length = isExtended ? 16 : 4;
        var data = task.Buffer!.Span[..length];
        data.Clear();
        SupportedFunctions.CopyTo(data);
        data[3] = (byte)(length - 4);
        task.SetParameterData(length);
        return null;
    }

    private static int WriteAll(LogicalUnitState unit, Span<byte> data, bool withTimeouts)
    {
        var at = 4;
        foreach (var row in CommandTable.Rows)
        {
            if (!row.IsSupportedBy(unit))
                continue;
            data[at] = row.OperationCode;
            BinaryPrimitives.WriteUInt16BigEndian(data[(at + 2)..], row.ServiceAction);
            data[at + 5] = (byte)((withTimeouts ? Ctdp : 0) | (row.HasServiceAction ? ServActv : 0));
            BinaryPrimitives.WriteUInt16BigEndian(data[(at + 6)..], (ushort)row.Usage.Length);
            at += 8;
            if (withTimeouts)
                at += WriteTimeouts(data[at..]);
        }
        BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(at - 4));
        return at;
    }

    private static int WriteOne(Span<byte> data, CommandRow? row, bool withTimeouts)
    {
        if (row is null)
        {
            data[1] = NotSupported;
            return 4;
        }
        data[1] = (byte)(SupportedAsInStandard | (withTimeouts ? OneCommandCtdp : 0));
        BinaryPrimitives.WriteUInt16BigEndian(data[2..], (ushort)row.Usage.Length);
        row.Usage.CopyTo(data[4..]);
        var length = 4 + row.Usage.Length;
        return withTimeouts ? length + WriteTimeouts(data[length..]) : length;
    }

    // How long a command takes is the storage's affair: no timeout is named, which the zeroes say.
    private static int WriteTimeouts(Span<byte> data)
    {
        BinaryPrimitives.WriteUInt16BigEndian(data, TimeoutsLength - 2);
        return TimeoutsLength;
    }
}

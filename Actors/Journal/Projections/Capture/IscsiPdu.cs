using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Journal;

/// <summary>The iSCSI PDUs in which a capture shows commands, whatever carried them (RFC 7143 section 11). Each is a basic header segment and what follows
/// it.</summary>
internal static class IscsiPdu
{
    /// <summary>Bytes of a basic header segment.</summary>
    public const int HeaderLength = 48;

    private const int CdbInHeader = 16;
    private const byte Immediate = 0x40;
    private const byte Final = 0x80;
    private const byte ExtendedCdb = 1;

    /// <summary>NOP-In (11.19) that asks for nothing: what a remark stands on that belongs to no command.</summary>
    public static byte[] NopIn(uint statusNumber)
    {
        var pdu = Header(0x20, Final, 0, uint.MaxValue, 0);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(20), uint.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(24), statusNumber);
        return pdu;
    }

    /// <summary>SCSI Command (11.3); a CDB of more than 16 bytes goes on in an additional header segment.</summary>
    public static byte[] Command(in JournalEvent entry, CommandStory command, long expected, uint commandNumber)
    {
        var reads = command.DataIn > 0 || command.Direction == DataDirection.In;
        var writes = command.DataOut > 0 || command.Direction == DataDirection.Out;
        var flags = Final | (reads ? 0x40 : 0) | (writes ? 0x20 : 0) | AttributeOf((TaskAttribute)entry.Code);
        var cdb = entry.Bytes.Span;
        var more = Math.Max(0, cdb.Length - CdbInHeader);
        var extension = more == 0 ? 0 : (4 + more + 3) & ~3;
        var pdu = Header(0x01, (byte)flags, entry.Lun, (uint)command.Number, extension);
        pdu[4] = (byte)(extension / 4);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(20), (uint)expected);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(24), commandNumber);
        cdb[..Math.Min(cdb.Length, CdbInHeader)].CopyTo(pdu.AsSpan(32));
        if (more > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(HeaderLength), (ushort)(more + 1));
            pdu[HeaderLength + 2] = ExtendedCdb;
            cdb[CdbInHeader..].CopyTo(pdu.AsSpan(HeaderLength + 4));
        }
        return pdu;
    }

    /// <summary>SCSI Data-In (11.7), without its data.</summary>
    public static byte[] DataIn(in JournalEvent entry, uint tag, uint dataNumber)
    {
        var pdu = Header(0x25, Final, entry.Lun, tag, 0);
        SetDataLength(pdu, entry.Length);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(20), uint.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(36), dataNumber);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(40), (uint)entry.Offset);
        return pdu;
    }

    /// <summary>Ready To Transfer (11.8).</summary>
    public static byte[] ReadyToTransfer(in JournalEvent entry, uint tag, uint number)
    {
        var pdu = Header(0x31, Final, entry.Lun, tag, 0);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(20), number);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(36), number);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(40), (uint)entry.Offset);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(44), (uint)entry.Length);
        return pdu;
    }

    /// <summary>SCSI Data-Out (11.7), without its data: the answer to a <see cref="ReadyToTransfer"/>.</summary>
    public static byte[] DataOut(in JournalEvent asked, uint tag, uint number)
    {
        var pdu = Header(0x05, Final, asked.Lun, tag, 0);
        SetDataLength(pdu, asked.Length);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(20), number);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(40), (uint)asked.Offset);
        return pdu;
    }

    /// <summary>SCSI Response (11.4), with its sense data.</summary>
    public static byte[] Response(in JournalEvent entry, uint tag, long residual, uint statusNumber)
    {
        var sense = entry.Bytes.Span;
        var data = sense.IsEmpty ? 0 : 2 + sense.Length;
        var pdu = Header(0x21, (byte)(Final | (residual > 0 ? 0x02 : 0)), JournalEvent.None, tag, (data + 3) & ~3);
        SetDataLength(pdu, data);
        pdu[3] = entry.Code;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(24), statusNumber);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(44), (uint)Math.Max(0, residual));
        if (data > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(HeaderLength), (ushort)sense.Length);
            sense.CopyTo(pdu.AsSpan(HeaderLength + 2));
        }
        return pdu;
    }

    /// <summary>Task Management Function Request (11.5).</summary>
    public static byte[] TaskManagement(in JournalEvent entry, uint tag, uint referenced, uint commandNumber)
    {
        var pdu = Header(0x02 | Immediate, (byte)(Final | FunctionOf((TaskManagementFunction)entry.Code)), entry.Lun, tag, 0);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(20), referenced);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(24), commandNumber);
        return pdu;
    }

    /// <summary>Task Management Function Response (11.6).</summary>
    public static byte[] TaskManagementResponse(in JournalEvent entry, uint tag, uint statusNumber)
    {
        var pdu = Header(0x22, Final, JournalEvent.None, tag, 0);
        pdu[2] = (ServiceResponse)entry.Code switch
        {
            ServiceResponse.FunctionComplete or ServiceResponse.FunctionSucceeded => 0,
            ServiceResponse.IncorrectLogicalUnitNumber => 2,
            _ => 255,
        };
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(24), statusNumber);
        return pdu;
    }

    private static byte[] Header(int operation, byte flags, int lun, uint tag, int following)
    {
        var pdu = new byte[HeaderLength + following];
        (pdu[0], pdu[1]) = ((byte)operation, flags);
        if (lun >= 0)
            new Lun((ushort)lun).Write(pdu.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(16), tag);
        return pdu;
    }

    private static void SetDataLength(byte[] pdu, long length)
    {
        pdu[5] = (byte)(length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(pdu.AsSpan(6), (ushort)length);
    }

    private static int AttributeOf(TaskAttribute attribute) => attribute switch
    {
        TaskAttribute.Simple => 1,
        TaskAttribute.Ordered => 2,
        TaskAttribute.HeadOfQueue => 3,
        TaskAttribute.Aca => 4,
        _ => 0,
    };

    // RFC 7143 11.5.1, RFC 7144 for the queries; 0 is reserved: what iSCSI cannot say.
    private static byte FunctionOf(TaskManagementFunction function) => function switch
    {
        TaskManagementFunction.AbortTask => 1,
        TaskManagementFunction.AbortTaskSet => 2,
        TaskManagementFunction.ClearAca => 3,
        TaskManagementFunction.ClearTaskSet => 4,
        TaskManagementFunction.LogicalUnitReset => 5,
        TaskManagementFunction.TargetReset => 6,
        TaskManagementFunction.QueryTask => 9,
        TaskManagementFunction.QueryTaskSet => 10,
        TaskManagementFunction.ItNexusReset => 11,
        TaskManagementFunction.QueryAsynchronousEvent => 12,
        _ => 0,
    };
}

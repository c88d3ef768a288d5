using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>The sense data this logical unit has to say, by name; made once, since errors may come in floods.</summary>
internal static class Sense
{
    public static readonly SenseData BecomingReady = Make(SenseKey.NotReady, 0x04, 0x01);
    public static readonly SenseData ManualInterventionRequired = Make(SenseKey.NotReady, 0x04, 0x03);
    public static readonly SenseData MediumNotPresent = Make(SenseKey.NotReady, 0x3A, 0x00);
    public static readonly SenseData UnrecoveredReadError = Make(SenseKey.MediumError, 0x11, 0x00);
    public static readonly SenseData WriteError = Make(SenseKey.MediumError, 0x0C, 0x00);
    public static readonly SenseData InternalTargetFailure = Make(SenseKey.HardwareError, 0x44, 0x00);
    public static readonly SenseData ParameterListLengthError = Make(SenseKey.IllegalRequest, 0x1A, 0x00);
    public static readonly SenseData InvalidOperationCode =
        Make(SenseKey.IllegalRequest, 0x20, 0x00) with { Field = new FieldPointer(true, 0) };
    public static readonly SenseData LbaOutOfRange = Make(SenseKey.IllegalRequest, 0x21, 0x00);
    public static readonly SenseData LogicalUnitNotSupported = Make(SenseKey.IllegalRequest, 0x25, 0x00);
    public static readonly SenseData SavingParametersNotSupported = Make(SenseKey.IllegalRequest, 0x39, 0x00);
    public static readonly SenseData InvalidMessage = Make(SenseKey.IllegalRequest, 0x49, 0x00);
    public static readonly SenseData MediumRemovalPrevented = Make(SenseKey.IllegalRequest, 0x53, 0x02);
    public static readonly SenseData WriteProtected = Make(SenseKey.DataProtect, 0x27, 0x00);
    public static readonly SenseData SoftwareWriteProtected = Make(SenseKey.DataProtect, 0x27, 0x02);
    public static readonly SenseData SpaceAllocationFailed = Make(SenseKey.DataProtect, 0x27, 0x07);
    public static readonly SenseData CommandAborted = Make(SenseKey.AbortedCommand, 0x00, 0x00);
    public static readonly SenseData DataPhaseError = Make(SenseKey.AbortedCommand, 0x4B, 0x00);
    public static readonly SenseData OverlappedCommands = Make(SenseKey.AbortedCommand, 0x4E, 0x00);

    /// <summary>Storage had no room for the request. It stands for a status rather than for sense data: the initiator is to try again later.</summary>
    public static readonly SenseData StorageBusy = CommandAborted with { };

    /// <summary>INVALID FIELD IN CDB; <paramref name="bit"/> is the leftmost bit of the field.</summary>
    public static SenseData InvalidFieldInCdb(int field, int? bit = null) => Invalid(0x24, true, field, bit);

    /// <summary>INVALID FIELD IN PARAMETER LIST.</summary>
    public static SenseData InvalidFieldInParameterList(int field, int? bit = null) => Invalid(0x26, false, field, bit);

    /// <summary>MISCOMPARE DURING VERIFY OPERATION; INFORMATION is the offset of the first byte that differs in the Data-Out
    /// buffer.</summary>
    public static SenseData Miscompare(long offset) => Make(SenseKey.Miscompare, 0x1D, 0x00) with { Information = (ulong)offset };

    /// <summary>What a failed storage request means to the initiator; null for success.</summary>
    /// <param name="result">How the request ended.</param>
    /// <param name="lba">The first block it did not get done; null for a request without blocks.</param>
    /// <param name="isWrite">Which way it went.</param>
    public static SenseData? Of(AioResult result, ulong? lba, bool isWrite) => result switch
    {
        AioResult.Ok => null,
        AioResult.ReadError => UnrecoveredReadError with { Information = lba },
        AioResult.WriteError => WriteError with { Information = lba },
        AioResult.NoSpace => SpaceAllocationFailed,
        AioResult.ReadOnly => WriteProtected,
        // The range was checked against the capacity, so the storage has shrunk: its blocks are lost, the request was right.
        AioResult.OutOfRange => (isWrite ? WriteError : UnrecoveredReadError) with { Information = lba },
        AioResult.Unavailable => ManualInterventionRequired,
        AioResult.Cancelled => CommandAborted,
        AioResult.Busy => StorageBusy,
        _ => InternalTargetFailure,
    };

    private static SenseData Make(SenseKey key, byte code, byte qualifier) => new(key, new AdditionalSense(code, qualifier));

    private static SenseData Invalid(byte code, bool inCdb, int field, int? bit) =>
        Make(SenseKey.IllegalRequest, code, 0x00) with { Field = new FieldPointer(inCdb, (ushort)field, (byte?)bit) };
}

using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>The additional sense codes the model knows by name.</summary>
public static class SenseCodes
{
    /// <summary>An additional sense code.</summary>
    public static AdditionalSense Asc(int code, int qualifier = 0) => new((byte)code, (byte)qualifier);

    /// <summary>INVALID COMMAND OPERATION CODE.</summary>
    public static readonly AdditionalSense InvalidOperationCode = Asc(0x20);

    /// <summary>LOGICAL BLOCK ADDRESS OUT OF RANGE.</summary>
    public static readonly AdditionalSense OutOfRange = Asc(0x21);

    /// <summary>INVALID FIELD IN CDB.</summary>
    public static readonly AdditionalSense InvalidFieldInCdb = Asc(0x24);

    /// <summary>INVALID FIELD IN PARAMETER LIST.</summary>
    public static readonly AdditionalSense InvalidFieldInList = Asc(0x26);

    /// <summary>PARAMETER LIST LENGTH ERROR.</summary>
    public static readonly AdditionalSense ListLengthError = Asc(0x1A);

    /// <summary>MEDIUM NOT PRESENT, and with tray closed or open.</summary>
    public static readonly AdditionalSense[] NoMedium = [Asc(0x3A), Asc(0x3A, 1), Asc(0x3A, 2)];

    /// <summary>WRITE PROTECTED, hardware or software.</summary>
    public static readonly AdditionalSense[] WriteProtected = [Asc(0x27), Asc(0x27, 1), Asc(0x27, 2)];

    /// <summary>INVALID FIELD IN COMMAND INFORMATION UNIT: fewer bytes offered than the CDB asks for.</summary>
    public static readonly AdditionalSense TooFewBytes = Asc(0x0E, 3);
}

using System.Buffers.Binary;
using System.Numerics;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>What the rest of the logical unit has to know of a command.</summary>
[Flags]
internal enum CommandTraits : byte
{
    None = 0,

    /// <summary>Needs the medium: NOT READY without it.</summary>
    Medium = 1,

    /// <summary>Changes the medium: DATA PROTECT when it is write protected.</summary>
    Writes = 2,

    /// <summary>Is executed while another I_T nexus holds a reservation (SPC-2 5.5.1).</summary>
    AllowedWhenReserved = 4,

    /// <summary>Is executed while a unit attention condition waits, which stays (SAM-5 5.14).</summary>
    IgnoresUnitAttention = 8,

    /// <summary>Is executed on behalf of a logical unit that is not there (SPC-4 table 164 and 6.33).</summary>
    WorksWithoutLogicalUnit = 16,

    /// <summary>As <see cref="AllowedWhenReserved"/>, if it allows medium removal rather than preventing it (SPC-2 table 9).</summary>
    AllowedWhenReservedToAllow = 32,

    /// <summary>Has its blocks to itself while storage works for it (SBC-4 4.27, 5.3).</summary>
    Isolated = 64,

    /// <summary>Exists only where storage can take blocks back.</summary>
    NeedsUnmap = 128,

    /// <summary>All of INQUIRY, REPORT LUNS and REQUEST SENSE.</summary>
    Always = AllowedWhenReserved | IgnoresUnitAttention | WorksWithoutLogicalUnit,
}

/// <summary>Where a CDB has its logical block address and transfer length.</summary>
internal enum BlockFields : byte
{
    None,
    Six,
    Ten,
    Twelve,
    Sixteen,

    /// <summary>The address as in a 16-byte CDB, the number of blocks in byte 13 (COMPARE AND WRITE).</summary>
    SixteenShort,

    /// <summary>The address as in a 16-byte CDB, the number of blocks in bytes 12 and 13 (WRITE ATOMIC).</summary>
    SixteenMedium,
}

/// <summary>A part of a command that the table names: checks a CDB and makes the plan, or does one of its steps. Returns null, or sense
/// data that ends the command.</summary>
internal delegate SenseData? CommandPart(LogicalUnitState unit, ScsiTask task);

/// <summary>One row of the command table.</summary>
internal sealed class CommandRow
{
    private readonly ulong _allowedHigh, _allowedLow;

    /// <param name="name">The command's name.</param>
    /// <param name="usage">The CDB usage data of REPORT SUPPORTED OPERATION CODES in hexadecimal: the operation code, then 1 for each bit
    /// that is looked at; for a service action its number in byte 1.</param>
    /// <param name="hasServiceAction">True when byte 1 says which of several commands it is.</param>
    public CommandRow(string name, string usage, bool hasServiceAction = false)
    {
        Name = name;
        Usage = Convert.FromHexString(usage.Replace(" ", ""));
        HasServiceAction = hasServiceAction;
        Span<byte> allowed = stackalloc byte[16];
        Usage.CopyTo(allowed);
        allowed[0] = byte.MaxValue;
        if (hasServiceAction)
            allowed[1] |= ServiceActionMask;
        _allowedHigh = BinaryPrimitives.ReadUInt64BigEndian(allowed);
        _allowedLow = BinaryPrimitives.ReadUInt64BigEndian(allowed[8..]);
    }

    /// <summary>The bits of byte 1 that hold a service action.</summary>
    public const byte ServiceActionMask = 0x1F;

    public string Name { get; }
    public byte[] Usage { get; }
    public bool HasServiceAction { get; }
    public byte OperationCode => Usage[0];
    public byte ServiceAction => HasServiceAction ? (byte)(Usage[1] & ServiceActionMask) : (byte)0;
    public CommandTraits Traits { get; init; }
    public BlockFields BlockFields { get; init; }

    /// <summary>Where the CDB has its allocation length or parameter list length: first byte, number of bytes.</summary>
    public (byte At, byte Size) Length { get; init; }

    /// <summary>The steps it takes, and with them the direction of its data, unless <see cref="Decode"/> adds to them or removes
    /// some.</summary>
    public Steps Plan { get; init; }

    /// <summary>Checks the CDB's fields and lays out the work; null when the table has said all.</summary>
    public CommandPart? Decode { get; init; }

    /// <summary>Does the step <see cref="Steps.Process"/> or <see cref="Steps.Conclude"/>.</summary>
    public CommandPart? Process { get; init; }

    public bool Has(CommandTraits trait) => (Traits & trait) != 0;

    /// <summary>False for a command that needs what this logical unit's storage cannot do.</summary>
    public bool IsSupportedBy(LogicalUnitState unit) => !Has(CommandTraits.NeedsUnmap) || unit.Medium.CanUnmap;

    /// <summary>True when the command is executed in spite of another nexus's reservation.</summary>
    public bool IsAllowedWhenReserved(in Cdb cdb) =>
        Has(CommandTraits.AllowedWhenReserved) || (Has(CommandTraits.AllowedWhenReservedToAllow) && !PreventAllow.Prevents(cdb));

    /// <summary>INVALID FIELD IN CDB that points to the first bit which is set and not looked at; null when there is none.</summary>
    public SenseData? CheckUsage(in Cdb cdb)
    {
        var high = cdb.UInt64(0) & ~_allowedHigh;
        var low = cdb.UInt64(8) & ~_allowedLow;
        if ((high | low) == 0)
            return null;
        var bit = high != 0 ? BitOperations.LeadingZeroCount(high) : 64 + BitOperations.LeadingZeroCount(low);
        return Sense.InvalidFieldInCdb(bit / 8, 7 - bit % 8);
    }

    /// <summary>The allocation length or parameter list length of a CDB; 0 for a command that has none.</summary>
    public uint LengthOf(in Cdb cdb) => Length.Size switch
    {
        1 => cdb[Length.At],
        2 => cdb.UInt16(Length.At),
        3 => cdb.UInt24(Length.At),
        4 => cdb.UInt32(Length.At),
        _ => 0,
    };
}

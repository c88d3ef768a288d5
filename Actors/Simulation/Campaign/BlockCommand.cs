using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>What a command does with blocks.</summary>
internal enum BlockUse : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>READ.</summary>
    Read,

    /// <summary>WRITE.</summary>
    Write,

    /// <summary>WRITE AND VERIFY.</summary>
    WriteAndVerify,

    /// <summary>VERIFY.</summary>
    Verify,

    /// <summary>SYNCHRONIZE CACHE.</summary>
    Synchronize,

    /// <summary>COMPARE AND WRITE: the initiator sends as many blocks again, ahead of those that it writes.</summary>
    CompareAndWrite,

    /// <summary>WRITE SAME: the initiator sends one block for all, or none for zeroes.</summary>
    WriteSame,

    /// <summary>UNMAP: its ranges are in the parameter list.</summary>
    Unmap,
}

/// <summary>A command on blocks, as SBC-3 lays it out; the campaign reads CDBs by itself, so that it does not share the device server's mistakes.</summary>
/// <param name="Use">What it does.</param>
/// <param name="Lba">The first block.</param>
/// <param name="Count">How many.</param>
/// <param name="ByteCheck">BYTCHK of VERIFY and WRITE AND VERIFY, 0 to 3.</param>
internal readonly record struct BlockCommand(BlockUse Use, long Lba, long Count, int ByteCheck)
{
    /// <summary>Reads a CDB.</summary>
    public static BlockCommand Of(Cdb cdb) => cdb.OperationCode switch
    {
        0x08 => Six(cdb, BlockUse.Read),
        0x0A => Six(cdb, BlockUse.Write),
        0x28 => Ten(cdb, BlockUse.Read),
        0x2A => Ten(cdb, BlockUse.Write),
        0x2E => Ten(cdb, BlockUse.WriteAndVerify),
        0x2F => Ten(cdb, BlockUse.Verify),
        0x35 => Ten(cdb, BlockUse.Synchronize),
        0xA8 => Twelve(cdb, BlockUse.Read),
        0xAA => Twelve(cdb, BlockUse.Write),
        0xAE => Twelve(cdb, BlockUse.WriteAndVerify),
        0xAF => Twelve(cdb, BlockUse.Verify),
        0x41 => Ten(cdb, BlockUse.WriteSame),
        0x42 => new BlockCommand(BlockUse.Unmap, 0, 0, 0),
        0x88 => Sixteen(cdb, BlockUse.Read),
        0x89 => new BlockCommand(BlockUse.CompareAndWrite, (long)cdb.UInt64(2), cdb[13], 0) { IsThrough = HasFua(cdb) },
        0x8A => Sixteen(cdb, BlockUse.Write),
        0x8E => Sixteen(cdb, BlockUse.WriteAndVerify),
        0x8F => Sixteen(cdb, BlockUse.Verify),
        0x91 => Sixteen(cdb, BlockUse.Synchronize),
        0x93 => Sixteen(cdb, BlockUse.WriteSame) with { IsWithoutData = (cdb[1] & 0x01) != 0 },
        0x9C => new BlockCommand(BlockUse.Write, (long)cdb.UInt64(2), cdb.UInt16(12), 0) { IsThrough = HasFua(cdb), IsAtomic = true },
        _ => default,
    };

    /// <summary>True when it changes blocks.</summary>
    public bool Writes => Changes(Use);

    /// <summary>True for what changes blocks.</summary>
    public static bool Changes(BlockUse use) =>
        use is BlockUse.Write or BlockUse.WriteAndVerify or BlockUse.CompareAndWrite or BlockUse.WriteSame or BlockUse.Unmap;

    /// <summary>True when it ends only with its blocks on the medium, or brings to the medium what it reads: FUA, and WRITE AND VERIFY.</summary>
    public bool IsThrough { get; init; }

    /// <summary>True when all its blocks are written or none.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>NDOB of WRITE SAME(16): zeroes are written, and nothing is sent.</summary>
    public bool IsWithoutData { get; init; }

    /// <summary>True when the initiator sends blocks.</summary>
    public bool TakesData => Compares || Use is BlockUse.Write or BlockUse.WriteAndVerify || (Use == BlockUse.WriteSame && !IsWithoutData);

    /// <summary>True when what the initiator sends is compared with what is there.</summary>
    public bool Compares => Use is BlockUse.WriteAndVerify or BlockUse.CompareAndWrite || (Use == BlockUse.Verify && ByteCheck != 0);

    /// <summary>True when the whole range lies on a medium of <paramref name="blocks"/> blocks.</summary>
    public bool IsInside(long blocks) => Lba <= blocks && Count <= blocks - Lba;

    /// <summary>How many blocks of a medium of <paramref name="blocks"/> blocks: WRITE SAME of none is of all to the end (SBC-3 5.43).</summary>
    public long CountOn(long blocks) => Use == BlockUse.WriteSame && Count == 0 ? Math.Max(0, blocks - Lba) : Count;

    /// <summary>The ranges of an UNMAP that end inside its parameter list (SBC-3 5.28).</summary>
    /// <param name="list">The parameter list.</param>
    public static IReadOnlyList<(long Lba, long Count)> RangesOf(ReadOnlySpan<byte> list)
    {
        const int header = 8;
        const int descriptor = 16;
        var ranges = new List<(long, long)>();
        for (var at = header; at + descriptor <= list.Length && at + descriptor <= header + BinaryPrimitives.ReadUInt16BigEndian(list[2..]); at += descriptor)
            ranges.Add(((long)BinaryPrimitives.ReadUInt64BigEndian(list[at..]), BinaryPrimitives.ReadUInt32BigEndian(list[(at + 8)..])));
        return ranges;
    }

    private static BlockCommand Six(Cdb cdb, BlockUse use) => new(use, (cdb[1] & 0x1F) << 16 | cdb[2] << 8 | cdb[3], cdb[4] == 0 ? 256 : cdb[4], 0);

    private static BlockCommand Ten(Cdb cdb, BlockUse use) => new(use, cdb.UInt32(2), cdb.UInt16(7), CheckOf(cdb, use)) { IsThrough = IsThroughOf(cdb, use) };

    private static BlockCommand Twelve(Cdb cdb, BlockUse use) => new(use, cdb.UInt32(2), cdb.UInt32(6), CheckOf(cdb, use)) { IsThrough = IsThroughOf(cdb, use) };

    private static BlockCommand Sixteen(Cdb cdb, BlockUse use) => new(use, (long)cdb.UInt64(2), cdb.UInt32(10), CheckOf(cdb, use)) { IsThrough = IsThroughOf(cdb, use) };

    private static bool IsThroughOf(Cdb cdb, BlockUse use) => use == BlockUse.WriteAndVerify || (use is BlockUse.Read or BlockUse.Write && HasFua(cdb));

    private static bool HasFua(Cdb cdb) => (cdb[1] & 0x08) != 0;

    private static int CheckOf(Cdb cdb, BlockUse use) => use is BlockUse.Verify or BlockUse.WriteAndVerify ? cdb[1] >> 1 & 3 : 0;
}

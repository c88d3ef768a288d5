namespace ScsiActors.Lsi53c895a;

/// <summary>What a register does beyond storing bits; the controller carries it out.</summary>
internal enum RegisterEffect : byte
{
    None,
    Dstat,
    Sist0,
    Sist1,
    Istat0,
    Istat1,
    Ctest2,
    Sstat0,
    Sstat1,
    Sstat2,
    Sbcl,
    Sbdl,
    Gpreg,
    ScratchA,
    ScratchB,
    Sfbr,
    Scntl1,
    Ctest3,
    Ctest5,
    Dsp3,
    Dcntl,
    Stime1,
    Stest2,
    Stest3,
}

/// <summary>One operating register: a row of the datasheet's register summary.</summary>
/// <param name="Offset">Byte offset in BAR0 and BAR1.</param>
/// <param name="Name">The datasheet's name.</param>
/// <param name="Width">Bytes: 1, 2, 3 or 4.</param>
/// <param name="Reset">The value after a PCI reset or ISTAT0.SRST.</param>
/// <param name="Writable">The bits that a write stores; the others keep their value.</param>
/// <param name="Read">What reading does; it then also supplies the value.</param>
/// <param name="Write">What writing does, after the writable bits have been stored.</param>
internal readonly record struct RegisterRow(
    byte Offset, string Name, byte Width, uint Reset, uint Writable, RegisterEffect Read = RegisterEffect.None,
    RegisterEffect Write = RegisterEffect.None);

/// <summary>The operating registers as one table (technical manual, chapter 4). What the table does not name reads 0 and ignores writes.</summary>
internal static class RegisterMap
{
    public const int Size = 256;

    private const uint All = 0xFFFF_FFFF;

    public static readonly RegisterRow[] Rows =
    [
        new(0x00, "SCNTL0", 1, 0xC0, All),
        new(0x01, "SCNTL1", 1, 0x00, 0xFE, Write: RegisterEffect.Scntl1),
        new(0x02, "SCNTL2", 1, 0x00, 0xF6),
        new(0x03, "SCNTL3", 1, 0x00, All),
        new(0x04, "SCID", 1, 0x07, 0x6F),
        new(0x05, "SXFER", 1, 0x00, All),
        new(0x06, "SDID", 1, 0x00, 0x0F),
        new(0x07, "GPREG", 1, 0x7F, 0x1F, Read: RegisterEffect.Gpreg),
        new(0x08, "SFBR", 1, 0x00, 0x00, Write: RegisterEffect.Sfbr),
        new(0x09, "SOCL", 1, 0x00, All),
        new(0x0A, "SSID", 1, 0x00, 0x00),
        new(0x0B, "SBCL", 1, 0x00, 0x00, Read: RegisterEffect.Sbcl),
        new(0x0C, "DSTAT", 1, 0x80, 0x00, Read: RegisterEffect.Dstat),
        new(0x0D, "SSTAT0", 1, 0x00, 0x00, Read: RegisterEffect.Sstat0),
        new(0x0E, "SSTAT1", 1, 0x00, 0x00, Read: RegisterEffect.Sstat1),
        new(0x0F, "SSTAT2", 1, 0x02, 0x00, Read: RegisterEffect.Sstat2),
        new(0x10, "DSA", 4, 0, All),
        new(0x14, "ISTAT0", 1, 0x00, 0x00, RegisterEffect.Istat0, RegisterEffect.Istat0),
        new(0x15, "ISTAT1", 1, 0x00, 0x01, RegisterEffect.Istat1),
        new(0x16, "MBOX0", 1, 0x00, All),
        new(0x17, "MBOX1", 1, 0x00, All),
        new(0x18, "CTEST0", 1, 0x00, All),
        new(0x19, "CTEST1", 1, 0xF0, 0x00),
        new(0x1A, "CTEST2", 1, 0x01, 0x08, Read: RegisterEffect.Ctest2),
        new(0x1B, "CTEST3", 1, 0x00, 0x0F, Write: RegisterEffect.Ctest3),
        new(0x1C, "TEMP", 4, 0, All),
        new(0x20, "DFIFO", 1, 0x00, All),
        new(0x21, "CTEST4", 1, 0x00, All),
        new(0x22, "CTEST5", 1, 0x00, All, Write: RegisterEffect.Ctest5),
        new(0x23, "CTEST6", 1, 0x00, All),
        new(0x24, "DBC", 3, 0, All),
        new(0x27, "DCMD", 1, 0x40, All),
        new(0x28, "DNAD", 4, 0, All),
        new(0x2C, "DSP", 4, 0, All, Write: RegisterEffect.Dsp3),
        new(0x30, "DSPS", 4, 0, All),
        new(0x34, "SCRATCHA", 4, 0, All, Read: RegisterEffect.ScratchA),
        new(0x38, "DMODE", 1, 0x00, All),
        new(0x39, "DIEN", 1, 0x00, 0x7D),
        new(0x3A, "SBR", 1, 0x00, All),
        new(0x3B, "DCNTL", 1, 0x00, All, Write: RegisterEffect.Dcntl),
        new(0x3C, "ADDER", 4, 0, 0),
        new(0x40, "SIEN0", 1, 0x00, All),
        new(0x41, "SIEN1", 1, 0x00, 0x17),
        new(0x42, "SIST0", 1, 0x00, 0x00, Read: RegisterEffect.Sist0),
        new(0x43, "SIST1", 1, 0x00, 0x00, Read: RegisterEffect.Sist1),
        // Any write clears the accumulated parity, and none is accumulated here.
        new(0x44, "SLPAR", 1, 0x00, 0x00),
        new(0x45, "SWIDE", 1, 0x00, 0x00),
        new(0x46, "MACNTL", 1, 0x0F, 0x0F),
        new(0x47, "GPCNTL", 1, 0x0F, 0xDF),
        new(0x48, "STIME0", 1, 0x00, All),
        new(0x49, "STIME1", 1, 0x00, 0x7F, Write: RegisterEffect.Stime1),
        new(0x4A, "RESPID0", 1, 0x80, All),
        new(0x4B, "RESPID1", 1, 0x00, All),
        new(0x4C, "STEST0", 1, 0x03, 0x00),
        new(0x4D, "STEST1", 1, 0x00, 0xCC),
        new(0x4E, "STEST2", 1, 0x00, 0xBF, Write: RegisterEffect.Stest2),
        new(0x4F, "STEST3", 1, 0x00, All, Write: RegisterEffect.Stest3),
        new(0x50, "SIDL", 2, 0, 0),
        new(0x52, "STEST4", 1, 0xE0, 0x00),
        new(0x54, "SODL", 2, 0, All),
        new(0x56, "CCNTL0", 1, 0x00, 0xF3),
        new(0x57, "CCNTL1", 1, 0x00, 0x8F),
        new(0x58, "SBDL", 2, 0, 0, Read: RegisterEffect.Sbdl),
        new(0x5C, "SCRATCHB", 4, 0, All, Read: RegisterEffect.ScratchB),
        new(0x60, "SCRATCHC", 4, 0, All),
        new(0x64, "SCRATCHD", 4, 0, All),
        new(0x68, "SCRATCHE", 4, 0, All),
        new(0x6C, "SCRATCHF", 4, 0, All),
        new(0x70, "SCRATCHG", 4, 0, All),
        new(0x74, "SCRATCHH", 4, 0, All),
        new(0x78, "SCRATCHI", 4, 0, All),
        new(0x7C, "SCRATCHJ", 4, 0, All),
        new(0x80, "SCRATCHK", 4, 0, All),
        new(0x84, "SCRATCHL", 4, 0, All),
        new(0x88, "SCRATCHM", 4, 0, All),
        new(0x8C, "SCRATCHN", 4, 0, All),
        new(0x90, "SCRATCHO", 4, 0, All),
        new(0x94, "SCRATCHP", 4, 0, All),
        new(0x98, "SCRATCHQ", 4, 0, All),
        new(0x9C, "SCRATCHR", 4, 0, All),
        new(0xA0, "MMRS", 4, 0, All),
        new(0xA4, "MMWS", 4, 0, All),
        new(0xA8, "SFS", 4, 0, All),
        new(0xAC, "DRS", 4, 0, All),
        new(0xB0, "SBMS", 4, 0, All),
        new(0xB4, "DBMS", 4, 0, All),
        new(0xB8, "DNAD64", 4, 0, All),
        new(0xC0, "PMJAD1", 4, 0, All),
        new(0xC4, "PMJAD2", 4, 0, All),
        new(0xC8, "RBC", 4, 0, All),
        new(0xCC, "UA", 4, 0, All),
        new(0xD0, "ESA", 4, 0, All),
        new(0xD4, "IA", 4, 0, All),
        new(0xD8, "SBC", 3, 0, 0),
        new(0xDC, "CSBC", 4, 0, All),
    ];

    /// <summary>Reset value, writable bits and effects of each byte, taken from <see cref="Rows"/>.</summary>
    public static readonly byte[] Reset = new byte[Size];
    public static readonly byte[] Writable = new byte[Size];
    public static readonly RegisterEffect[] ReadEffect = new RegisterEffect[Size];
    public static readonly RegisterEffect[] WriteEffect = new RegisterEffect[Size];

    /// <summary>Bit n: the aligned dword n can be read, or written, as a whole: no byte of it has an effect or keeps bits.</summary>
    public static readonly ulong PlainReads;
    public static readonly ulong PlainWrites;

    static RegisterMap()
    {
        foreach (var row in Rows)
        {
            for (var i = 0; i < row.Width; i++)
            {
                Reset[row.Offset + i] = (byte)(row.Reset >> (i * 8));
                Writable[row.Offset + i] = (byte)(row.Writable >> (i * 8));
                ReadEffect[row.Offset + i] = row.Read;
            }
            // Only the last byte of a wider register acts: a 32-bit write of DSP starts SCRIPTS once.
            WriteEffect[row.Offset + row.Width - 1] = row.Write;
        }
        for (var offset = 0; offset < Size; offset += sizeof(uint))
        {
            if (ReadEffect.AsSpan(offset, sizeof(uint)).IndexOfAnyExcept(RegisterEffect.None) < 0)
                PlainReads |= 1UL << offset / sizeof(uint);
            if (WriteEffect.AsSpan(offset, sizeof(uint)).IndexOfAnyExcept(RegisterEffect.None) < 0
                && Writable.AsSpan(offset, sizeof(uint)).IndexOfAnyExcept((byte)0xFF) < 0)
                PlainWrites |= 1UL << offset / sizeof(uint);
        }
    }

    /// <summary>The name of the register that contains the byte, with the byte's number in wider ones; null for a hole.</summary>
    public static string? NameOf(int offset)
    {
        foreach (var row in Rows)
        {
            if (offset - row.Offset is var index && index >= 0 && index < row.Width)
                return row.Width == 1 ? row.Name : $"{row.Name}{index}";
        }
        return null;
    }
}

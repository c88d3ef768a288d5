using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Scsi;

/// <summary>One mode page: its code, its default bytes and the bits of them that MODE SELECT may change, both from byte 2 of the page
/// on.</summary>
internal sealed record ModePageRow(byte Code, string Name, byte[] Default, byte[] Changeable)
{
    /// <summary>Bytes of the page with its two-byte header.</summary>
    public int Length => 2 + Default.Length;
}

/// <summary>The mode pages (SPC-4 7.5, SBC-3 6.5): a table of rows, the current values, and what they mean for the other parts. They are
/// the same for every I_T nexus. Nothing is saved: a reset brings back the defaults.</summary>
internal sealed class ModePages
{
    /// <summary>PAGE CODE 3Fh: all pages.</summary>
    public const byte AllPages = 0x3F;

    private const byte CachingPage = 0x08;
    private const byte ControlPage = 0x0A;
    private const byte Wce = 0x04;
    private const byte TaskSetType = 0xE0;
    private const byte DSense = 0x04;
    private const byte QErrMask = 0x06;
    private const byte QErrReserved = 0x04;
    private const byte Swp = 0x08;
    private const byte Tas = 0x40;

    private static readonly ModePageRow[] Rows =
    [
        // AWRE and ARRE: bad blocks are the storage's to reassign.
        new(0x01, "Read-Write Error Recovery", Bytes("C0 00 00 00 00 00 00 00 00 00"), new byte[10]),
        new(0x02, "Disconnect-Reconnect", new byte[14], new byte[14]),
        new(CachingPage, "Caching", Bytes("04 00 FF FF 00 00 FF FF FF FF 00 00 00 00 00 00 00 00"), First(18, Wce)),
        // QUEUE ALGORITHM MODIFIER 1: SIMPLE commands run in any order, also where they overlap. BUSY TIMEOUT PERIOD: no limit.
        new(ControlPage, "Control", Bytes("00 10 00 00 00 00 FF FF 00 00"), Bytes("24 06 08 40 00 00 00 00 00 00")),
        // DEXCPT: nothing to report.
        new(0x1C, "Informational Exceptions Control", Bytes("08 00 00 00 00 00 00 00 00 00"), new byte[10]),
    ];

    private readonly LogicalUnitSettings _settings;
    private readonly byte[][] _current = new byte[Rows.Length][];

    public ModePages(LogicalUnitSettings settings)
    {
        _settings = settings;
        Reset();
    }

    /// <summary>WCE: a write may be complete before it is on stable storage.</summary>
    public bool WriteCacheEnabled { get; private set; }

    /// <summary>TST=1: every I_T nexus has a task set of its own.</summary>
    public bool TaskSetPerNexus { get; private set; }

    /// <summary>D_SENSE: sense data in descriptor format.</summary>
    public bool DescriptorSense { get; private set; }

    /// <summary>QERR: 0 other commands go on after a CHECK CONDITION, 1 all are aborted, 3 those of the same nexus are.</summary>
    public int QErr { get; private set; }

    /// <summary>SWP: writes are refused.</summary>
    public bool SoftwareWriteProtect { get; private set; }

    /// <summary>TAS: commands that another nexus aborts end with TASK ABORTED status.</summary>
    public bool TaskAbortedStatus { get; private set; }

    /// <summary>Brings back the defaults.</summary>
    public void Reset()
    {
        for (var i = 0; i < Rows.Length; i++)
            _current[i] = DefaultOf(Rows[i]);
        Decode();
    }

    /// <summary>Writes one page or all of them with their headers; 0 when there is no such page.</summary>
    /// <param name="code">PAGE CODE.</param>
    /// <param name="pageControl">PC: 0 current, 1 changeable, 2 default values.</param>
    /// <param name="destination">Has room for all pages.</param>
    public int Write(byte code, int pageControl, Span<byte> destination)
    {
        var at = 0;
        for (var i = 0; i < Rows.Length; i++)
        {
            var row = Rows[i];
            if (code != AllPages && code != row.Code)
                continue;
            destination[at] = row.Code;
            destination[at + 1] = (byte)row.Default.Length;
            var values = pageControl switch { 0 => _current[i], 1 => row.Changeable, _ => DefaultOf(row) };
            values.CopyTo(destination[(at + 2)..]);
            at += row.Length;
        }
        return at;
    }

    /// <summary>Checks the mode pages of a MODE SELECT parameter list and takes over their values, all or none.</summary>
    /// <param name="list">The pages, one after the other.</param>
    /// <param name="listOffset">Where they start in the parameter list, for the field pointer.</param>
    /// <param name="changed">True when a value is not what it was.</param>
    public SenseData? Select(ReadOnlySpan<byte> list, int listOffset, out bool changed)
    {
        changed = false;
        var selected = (byte[][])_current.Clone();
        for (var at = 0; at < list.Length;)
        {
            if (list.Length - at < 2)
                return Sense.ParameterListLengthError;
            var index = Array.FindIndex(Rows, Matches(list[at]));
            if (index < 0)
                return Sense.InvalidFieldInParameterList(listOffset + at, 5);
            var row = Rows[index];
            if (list[at + 1] != row.Default.Length)
                return Sense.InvalidFieldInParameterList(listOffset + at + 1);
            if (list.Length - at < row.Length)
                return Sense.ParameterListLengthError;
            var values = list.Slice(at + 2, row.Default.Length);
            if (FirstFault(row, values, _current[index]) is { } fault)
                return Sense.InvalidFieldInParameterList(listOffset + at + 2 + fault);
            changed |= !values.SequenceEqual(selected[index]);
            selected[index] = values.ToArray();
            at += row.Length;
        }
        selected.CopyTo(_current, 0);
        Decode();
        return null;
    }

    private static int? FirstFault(ModePageRow row, ReadOnlySpan<byte> values, byte[] current)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (((values[i] ^ current[i]) & ~row.Changeable[i]) != 0)
                return i;
        }
        return row.Code == ControlPage && (values[1] & QErrMask) == QErrReserved ? 1 : null;
    }

    // SPF=1 announces a subpage, and there is none; PS (bit 7) is reserved in MODE SELECT, and initiators echo it.
    private static Predicate<ModePageRow> Matches(byte first) => row => row.Code == (first & 0x7F);

    private byte[] DefaultOf(ModePageRow row)
    {
        var values = (byte[])row.Default.Clone();
        if (row.Code == CachingPage && !_settings.WriteCache)
            values[0] = (byte)(values[0] & ~Wce);
        return values;
    }

    private void Decode()
    {
        var caching = _current[Array.FindIndex(Rows, row => row.Code == CachingPage)];
        WriteCacheEnabled = (caching[0] & Wce) != 0;
        var control = _current[Array.FindIndex(Rows, row => row.Code == ControlPage)];
        TaskSetPerNexus = (control[0] & TaskSetType) != 0;
        DescriptorSense = (control[0] & DSense) != 0;
        QErr = (control[1] & QErrMask) >> 1;
        SoftwareWriteProtect = (control[2] & Swp) != 0;
        TaskAbortedStatus = (control[3] & Tas) != 0;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));

    private static byte[] First(int length, byte first)
    {
        var bytes = new byte[length];
        bytes[0] = first;
        return bytes;
    }
}

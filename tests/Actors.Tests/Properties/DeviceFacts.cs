using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Where a mode page lies in an image of all pages.</summary>
/// <param name="Page">Page code.</param>
/// <param name="Subpage">Subpage code.</param>
/// <param name="Offset">The page's first byte.</param>
/// <param name="Length">Its bytes, header included.</param>
public readonly record struct PageSpot(byte Page, byte Subpage, int Offset, int Length);

/// <summary>What a standard leaves to the maker, asked of the device once, before the random commands: identification, pages, limits, usage
/// bitmaps. Their form is checked here; afterwards they may not change, and whatever they announce must be kept.</summary>
public sealed class DeviceFacts
{
    /// <summary>An answer to <see cref="Learn"/>'s commands.</summary>
    public readonly record struct Answer(ScsiStatus Status, byte[] Data);

    private DeviceFacts(long blocks, int blockSize, bool readOnly)
    {
        Blocks = blocks;
        BlockSize = blockSize;
        ReadOnly = readOnly;
    }

    /// <summary>Capacity in blocks.</summary>
    public long Blocks { get; }

    /// <summary>Bytes in a block.</summary>
    public int BlockSize { get; }

    /// <summary>True when the storage refuses writes.</summary>
    public bool ReadOnly { get; }

    /// <summary>Standard INQUIRY data, all of it.</summary>
    public byte[] Inquiry { get; private set; } = [];

    /// <summary>Vital product data pages, header included.</summary>
    public SortedDictionary<byte, byte[]> VitalProductData { get; } = [];

    /// <summary>Mode pages: where each lies in the images.</summary>
    public List<PageSpot> Pages { get; } = [];

    /// <summary>The default values of all mode pages.</summary>
    public byte[] Defaults { get; private set; } = [];

    /// <summary>The changeable bits of all mode pages.</summary>
    public byte[] Changeable { get; private set; } = [];

    /// <summary>CDB usage data by operation code and service action (-1: none).</summary>
    public SortedDictionary<(byte OperationCode, int ServiceAction), byte[]> Usage { get; } = [];

    /// <summary>REPORT SUPPORTED OPERATION CODES, all, without timeouts.</summary>
    public byte[] SupportedCommands { get; private set; } = [];

    /// <summary>REPORT SUPPORTED OPERATION CODES, all, with timeouts.</summary>
    public byte[] SupportedCommandsWithTimeouts { get; private set; } = [];

    /// <summary>REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS.</summary>
    public byte[] Management { get; private set; } = [];

    /// <summary>REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS with timeouts (REPD).</summary>
    public byte[] ManagementWithTimeouts { get; private set; } = [];

    /// <summary>REPORT LUNS, select report 0.</summary>
    public byte[] LogicalUnits { get; private set; } = [];

    /// <summary>READ CAPACITY(16).</summary>
    public byte[] Capacity { get; private set; } = [];

    /// <summary>NORMACA: a command may ask for an auto contingent allegiance.</summary>
    public bool NormalAca => (Inquiry[3] & 0x20) != 0;

    /// <summary>RMB: the medium can be removed.</summary>
    public bool Removable => (Inquiry[1] & 0x80) != 0;

    /// <summary>DPO and FUA are understood.</summary>
    public bool DpoFua { get; private set; }

    /// <summary>The most blocks of one transfer; 0 for no limit.</summary>
    public long MaximumTransfer =>
        VitalProductData.TryGetValue(0xB0, out var limits) ? BinaryPrimitives.ReadUInt32BigEndian(limits.AsSpan(8)) : 0;

    /// <summary>LBPME: blocks can be given back.</summary>
    public bool CanUnmap => (Capacity[14] & 0x80) != 0;

    /// <summary>The most blocks of a COMPARE AND WRITE.</summary>
    public long MaximumCompareAndWrite => VitalProductData[0xB0][5];

    /// <summary>The most blocks of a WRITE ATOMIC.</summary>
    public long MaximumAtomic => BinaryPrimitives.ReadUInt32BigEndian(VitalProductData[0xB0].AsSpan(44));

    /// <summary>The most blocks of a WRITE SAME; 0 for no limit.</summary>
    public long MaximumWriteSame => BinaryPrimitives.ReadInt64BigEndian(VitalProductData[0xB0].AsSpan(36));

    /// <summary>The most ranges of an UNMAP.</summary>
    public long MaximumUnmapRanges => BinaryPrimitives.ReadUInt32BigEndian(VitalProductData[0xB0].AsSpan(24));

    /// <summary>The page, if there is one.</summary>
    public PageSpot? FindPage(int page, int subpage)
    {
        foreach (var spot in Pages)
        {
            if (spot.Page == page && spot.Subpage == subpage)
                return spot;
        }
        return null;
    }

    /// <summary>True when any service action of <paramref name="operationCode"/> is supported.</summary>
    public bool HasServiceActions(byte operationCode) =>
        Usage.Keys.Any(key => key.OperationCode == operationCode && key.ServiceAction >= 0);

    /// <summary>Asks a device that has just been opened.</summary>
    /// <param name="execute">Runs one command, with room for its allocation length, to its end.</param>
    /// <param name="blocks">The capacity it must report.</param>
    /// <param name="blockSize">The block size it must report.</param>
    /// <param name="readOnly">Whether it must report write protection.</param>
    public static DeviceFacts Learn(Func<byte[], Answer> execute, long blocks, int blockSize, bool readOnly)
    {
        var facts = new DeviceFacts(blocks, blockSize, readOnly);
        byte[] Ask(params byte[] cdb)
        {
            var (status, data) = execute(cdb);
            Divergence.Unless(status == ScsiStatus.Good, "facts", $"[{Convert.ToHexString(cdb)}] ended with {status}");
            return data;
        }

        facts.Inquiry = Ask(0x12, 0, 0, 0x02, 0, 0);
        foreach (var page in Ask(0x12, 1, 0, 0x02, 0, 0).AsSpan(4).ToArray())
            facts.VitalProductData.Add(page, Ask(0x12, 1, page, 0x02, 0, 0));
        facts.Capacity = Ask(0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0);
        facts.LogicalUnits = Ask(0xA0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0);
        facts.Management = Ask(0xA3, 0x0D, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0);
        facts.ManagementWithTimeouts = Ask(0xA3, 0x0D, 0x80, 0, 0, 0, 0, 0, 0, 0x80, 0, 0);
        facts.LearnModes(Ask);
        facts.LearnCommands(Ask);
        ParameterDataForm.Check(facts);
        return facts;
    }

    private void LearnModes(Func<byte[], byte[]> ask)
    {
        var current = ask([0x5A, 0x08, 0x3F, 0xFF, 0, 0, 0, 0x08, 0, 0]);
        DpoFua = (current[3] & 0x10) != 0;
        ParameterDataForm.CheckModeHeader(current, ReadOnly);
        Defaults = ask([0x5A, 0x08, 0xBF, 0xFF, 0, 0, 0, 0x08, 0, 0])[8..];
        Changeable = ask([0x5A, 0x08, 0x7F, 0xFF, 0, 0, 0, 0x08, 0, 0])[8..];
        Divergence.Unless(current.AsSpan(8).SequenceEqual(Defaults), "facts",
            "the current mode pages of a fresh device are not the default ones");
        Divergence.Unless(Changeable.Length == Defaults.Length, "facts", "changeable and default mode pages differ in length");
        for (var at = 0; at < Defaults.Length;)
        {
            var hasSubpage = (Defaults[at] & 0x40) != 0;
            var length = hasSubpage ? 4 + BinaryPrimitives.ReadUInt16BigEndian(Defaults.AsSpan(at + 2)) : 2 + Defaults[at + 1];
            Pages.Add(new PageSpot((byte)(Defaults[at] & 0x3F), hasSubpage ? Defaults[at + 1] : (byte)0, at, length));
            // The header of a page is not a changeable field: it identifies the page in every image.
            Divergence.Unless(Changeable.AsSpan(at, 2).SequenceEqual(Defaults.AsSpan(at, 2)), "facts",
                "a changeable mask has another page header");
            at += length;
        }
    }

    private void LearnCommands(Func<byte[], byte[]> ask)
    {
        SupportedCommands = ask([0xA3, 0x0C, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]);
        SupportedCommandsWithTimeouts = ask([0xA3, 0x0C, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0]);
        ParameterDataForm.CheckSupportedCommands(SupportedCommands, SupportedCommandsWithTimeouts);
        for (var at = 4; at < SupportedCommands.Length; at += 8)
        {
            var descriptor = SupportedCommands.AsSpan(at, 8);
            var hasServiceAction = (descriptor[5] & 1) != 0;
            int serviceAction = BinaryPrimitives.ReadUInt16BigEndian(descriptor[2..]);
            var one = ask([0xA3, 0x0C, (byte)(hasServiceAction ? 2 : 1), descriptor[0], descriptor[2], descriptor[3], 0, 0, 0, 0xFF, 0, 0]);
            Divergence.Unless((one[1] & 7) == 3, "facts", $"{descriptor[0]:x2} is listed as supported but not reported alone");
            Divergence.Unless(BinaryPrimitives.ReadUInt16BigEndian(one.AsSpan(2)) == descriptor[7] && one.Length == 4 + descriptor[7],
                "facts", $"the CDB length of {descriptor[0]:x2} differs between the two reports");
            Usage.Add((descriptor[0], hasServiceAction ? serviceAction : -1), one[4..]);
        }
    }
}

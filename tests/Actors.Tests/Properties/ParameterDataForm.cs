using System.Buffers.Binary;

namespace ScsiActors.Tests.Properties;

/// <summary>The form of parameter data whose contents are the maker's (SPC-4 6.4, 6.11, 6.27, 7.5, 7.8; SBC-3 5.16).</summary>
public static class ParameterDataForm
{
    /// <summary>Checks everything that was learned of a device.</summary>
    public static void Check(DeviceFacts facts)
    {
        CheckInquiry(facts.Inquiry);
        foreach (var (page, data) in facts.VitalProductData)
            CheckPage(page, data, facts.Inquiry[0]);
        That(facts.VitalProductData[0x00].AsSpan(4).SequenceEqual(facts.VitalProductData.Keys.ToArray()),
            "VPD pages are listed in ascending order");
        foreach (var page in (byte[])[0x00, 0x80, 0x83, 0xB0, 0xB1, 0xB2])
            That(facts.VitalProductData.ContainsKey(page), $"VPD page {page:x2} exists");
        CheckCapacity(facts);
        CheckLimits(facts);
        CheckLogicalUnits(facts.LogicalUnits);
        CheckModePages(facts);
        CheckManagement(facts);
        CommandRules.CheckUsage(facts);
    }

    /// <summary>Checks the header of MODE SENSE(10) without block descriptor.</summary>
    public static void CheckModeHeader(byte[] data, bool readOnly)
    {
        That(BinaryPrimitives.ReadUInt16BigEndian(data) == data.Length - 2, "MODE DATA LENGTH counts what follows it");
        That(data[2] == 0, "MEDIUM TYPE is 0");
        That((data[3] & 0x80) != 0 == readOnly, "WP tells whether the medium is write protected");
        That((data[3] & 0x6F) == 0, "the reserved bits of the device-specific parameter are 0");
        That(data[4] == 0 && data[5] == 0 && data[6] == 0 && data[7] == 0, "DBD leaves the block descriptor out");
    }

    /// <summary>Checks both forms of the list of all supported commands against each other.</summary>
    public static void CheckSupportedCommands(byte[] plain, byte[] timed)
    {
        That(BinaryPrimitives.ReadUInt32BigEndian(plain) == plain.Length - 4, "COMMAND DATA LENGTH counts what follows it");
        That(BinaryPrimitives.ReadUInt32BigEndian(timed) == timed.Length - 4, "COMMAND DATA LENGTH counts what follows it");
        That((plain.Length - 4) % 8 == 0 && (plain.Length - 4) / 8 * 20 == timed.Length - 4,
            "descriptors have 8 bytes, or 20 with timeouts");
        for (int at = 4, timedAt = 4; at < plain.Length; at += 8, timedAt += 20)
        {
            var descriptor = plain.AsSpan(at, 8);
            var withTimeouts = timed.AsSpan(timedAt, 20);
            That((descriptor[5] & 0xFE) == 0 && withTimeouts[5] == (descriptor[5] | 2),
                "CTDP tells of timeouts, SERVACTV of service actions");
            That(descriptor[0] == withTimeouts[0] && descriptor[2..4].SequenceEqual(withTimeouts[2..4]), "both lists have one order");
            That((descriptor[5] & 1) != 0 || (descriptor[2] == 0 && descriptor[3] == 0), "without SERVACTV the service action is 0");
            That(BinaryPrimitives.ReadUInt16BigEndian(withTimeouts[8..]) == 0x000A, "a timeouts descriptor is 12 bytes long");
        }
    }

    private static void CheckInquiry(byte[] data)
    {
        That(data.Length >= 36 && data[4] == data.Length - 5, "ADDITIONAL LENGTH counts what follows it");
        That(data[0] == 0, "a connected direct-access device");
        That((data[1] & 0x7F) == 0, "byte 1 is RMB");
        That(data[2] is >= 4 and <= 7, "VERSION is SPC-2 or later");
        That((data[3] & 0xCF) == 2, "RESPONSE DATA FORMAT is 2, and the obsolete bits are 0");
        That((data[7] & 2) != 0, "CMDQUE tells of command queueing");
        That(!data.AsSpan(8, 28).ContainsAnyExceptInRange((byte)0x20, (byte)0x7E), "identification is printable ASCII");
    }

    private static void CheckPage(byte page, byte[] data, byte device)
    {
        That(data.Length >= 4 && data[0] == device && data[1] == page, $"VPD page {page:x2} begins with device type and page code");
        That(BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(2)) == data.Length - 4, $"PAGE LENGTH of {page:x2} counts what follows it");
        switch (page)
        {
            case 0x80:
                That(data.Length > 4 && !data.AsSpan(4).ContainsAnyExceptInRange((byte)0x20, (byte)0x7E),
                    "the serial number is printable ASCII");
                break;
            case 0x83:
                CheckDesignators(data.AsSpan(4));
                break;
            case 0xB0 or 0xB1:
                That(data.Length == 0x40, $"page {page:x2} is 3Ch bytes long");
                break;
            case 0xB2:
                That(data.Length >= 8, "page B2 is at least 4 bytes long");
                break;
        }
    }

    private static void CheckDesignators(ReadOnlySpan<byte> data)
    {
        var namesUnit = false;
        while (!data.IsEmpty)
        {
            That(data.Length >= 4 && data.Length >= 4 + data[3], "a designator lies inside the page");
            var (association, type, length) = (data[1] >> 4 & 3, data[1] & 0xF, data[3]);
            That((data[0] & 0xF) is 1 or 2 or 3, "a designator's code set is binary, ASCII or UTF-8");
            That(type != 3 || length is 8 or 16, "an NAA designator has 8 or 16 bytes");
            That(type is not (4 or 5) || length == 4, "a port designator has 4 bytes");
            namesUnit |= association == 0 && type is 2 or 3 or 8;
            data = data[(4 + length)..];
        }
        That(namesUnit, "a worldwide designator names the logical unit");
    }

    private static void CheckCapacity(DeviceFacts facts)
    {
        var data = facts.Capacity;
        That(data.Length == 32, "READ CAPACITY(16) answers 32 bytes");
        That(BinaryPrimitives.ReadUInt64BigEndian(data) == (ulong)facts.Blocks - 1, "RETURNED LOGICAL BLOCK ADDRESS is the last block");
        That(BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(8)) == facts.BlockSize, "BLOCK LENGTH IN BYTES");
        That((facts.Inquiry[5] & 1) != 0 || (data[12] == 0 && (data[13] & 0xF0) == 0),
            "without PROTECT there is no protection information");
        var provisioning = facts.VitalProductData[0xB2];
        That((data[14] & 0x80) != 0 || (provisioning[5] & 0xE0) == 0, "without LBPME nothing can be unmapped");
        That((data[14] & 0x40) != 0 == ((provisioning[5] & 0x04) != 0), "LBPRZ agrees between READ CAPACITY(16) and page B2");
    }

    private static void CheckLimits(DeviceFacts facts)
    {
        var (limits, provisioning) = (facts.VitalProductData[0xB0], facts.VitalProductData[0xB2]);
        That(facts.MaximumCompareAndWrite is > 0 and <= 255, "COMPARE AND WRITE has a limit");
        That(facts.MaximumAtomic > 0 && facts.MaximumAtomic <= facts.MaximumTransfer, "WRITE ATOMIC has a limit within that of all transfers");
        That(facts.CanUnmap == ((provisioning[5] & 0xE0) == 0xE0), "UNMAP and both forms of WRITE SAME give back, or none of them");
        That(facts.CanUnmap == ((provisioning[6] & 7) != 0), "what can be unmapped is not fully provisioned");
        var blocks = BinaryPrimitives.ReadUInt32BigEndian(limits.AsSpan(20));
        That(facts.CanUnmap == blocks > 0 && facts.CanUnmap == facts.MaximumUnmapRanges > 0, "UNMAP has limits where it exists");
        That(blocks is <= 1 << 20 or uint.MaxValue, "the limit of UNMAP's blocks is small, or none");
    }

    private static void CheckLogicalUnits(byte[] data)
    {
        That(data.Length >= 16 && BinaryPrimitives.ReadUInt32BigEndian(data) == data.Length - 8, "LUN LIST LENGTH counts the entries");
        That(data.Length % 8 == 0, "entries have 8 bytes");
        That(Enumerable.Range(1, data.Length / 8 - 1).Any(entry => !data.AsSpan(entry * 8, 8).ContainsAnyExcept((byte)0)),
            "LUN 0 is listed");
    }

    private static void CheckManagement(DeviceFacts facts)
    {
        const int ClearAca = 0x20;
        const int Others = 0xDC;
        That(facts.Management.Length == 4 && facts.ManagementWithTimeouts.Length == 16,
            "supported functions take 4 bytes, 16 with timeouts");
        That(facts.Management.AsSpan(0, 3).SequenceEqual(facts.ManagementWithTimeouts.AsSpan(0, 3)), "both forms name the same functions");
        That(facts.Management[3] == 0 && facts.ManagementWithTimeouts[3] == 12, "the additional length counts what follows it");
        That((facts.Management[0] & Others) == Others && (facts.Management[1] & 7) == 7, "every task management function is supported");
        That((facts.Management[0] & ClearAca) != 0 == facts.NormalAca, "CLEAR ACA is supported where NORMACA is set");
    }

    private static void CheckModePages(DeviceFacts facts)
    {
        var keys = facts.Pages.Select(static spot => spot.Page << 8 | spot.Subpage).ToList();
        That(keys.SequenceEqual(keys.Order().Distinct()), "mode pages come once, in ascending order");
        foreach (var (page, length) in ((byte, int)[])[(0x01, 0x0A), (0x02, 0x0E), (0x08, 0x12), (0x0A, 0x0A), (0x1C, 0x0A)])
        {
            var spot = facts.FindPage(page, 0);
            That(spot is not null, $"mode page {page:x2} exists");
            That(spot!.Value.Length == length + 2, $"mode page {page:x2} has {length} bytes behind its header");
        }
        var control = facts.FindPage(0x0A, 0)!.Value.Offset;
        That((facts.Changeable[control + 4] & 0x08) != 0, "SWP is changeable");
        That((facts.Defaults[control + 3] >> 1 & 3) != 2, "QERR is not 2");
    }

    private static void That(bool condition, string rule) => Divergence.Unless(condition, "form", "it does not hold that " + rule);
}

using System.Buffers.Binary;
using System.Text;
using ScsiActors.Host.Session;
using ScsiActors.Host.Output;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Spectre.Console;

namespace ScsiActors.Host.Disk;

/// <summary>What there is to know of a disk image: as a file, as storage, and as a logical unit presents it.</summary>
internal sealed class DiskInfo
{
    private const byte AnswerLength = 255;
    private const byte UnitSerialNumber = 0x80;
    private const byte DeviceIdentification = 0x83;
    private const byte LogicalBlockProvisioning = 0xB2;

    private readonly List<(string Section, string Name, string Value)> _rows = [];

    /// <summary>The file's own data.</summary>
    public async Task AddFileAsync(FileInfo file, CancellationToken cancellation)
    {
        Add("File", "path", file.FullName);
        Add("File", "size", $"{ByteSize.Short(file.Length)} ({file.Length:N0} bytes)");
        Add("File", "allocated", await AllocatedBytes.OfAsync(file, cancellation) is { } bytes
            ? $"{ByteSize.Rounded(bytes)}{(bytes < file.Length ? ", sparse" : "")}"
            : "unknown");
        Add("File", "blocks of 512", Blocks(file.Length, 512));
        Add("File", "blocks of 4096", Blocks(file.Length, 4096));
    }

    /// <summary>How the backend opened it, having been asked for <paramref name="engine"/>.</summary>
    public void AddStorage(AioOpened storage, string engine)
    {
        Add("Storage", "opened as", storage.Description);
        Add("Storage", "io_uring", storage.Description.Contains("io_uring", StringComparison.Ordinal) ? "in use"
            : engine == "thread-pool" ? "not asked for"
            : "refused by the kernel");
        Add("Storage", "writable", storage.IsReadOnly ? "no" : "yes");
        Add("Storage", "deallocates", storage.CanUnmap ? "yes" : "no");
    }

    /// <summary>What an initiator sees.</summary>
    public async Task AddLogicalUnitAsync(Initiator initiator, CancellationToken cancellation)
    {
        var standard = await QueryAsync(initiator, "INQUIRY", Cdbs.Inquiry(null, AnswerLength), 36, cancellation);
        if (standard is not null)
        {
            Add("INQUIRY", "device type", (standard[0] & 0x1F) == 0 ? "00h, direct access block device" : $"{standard[0] & 0x1F:x2}h");
            string[] names = [Ascii(standard, 8, 8), Ascii(standard, 16, 16), Ascii(standard, 32, 4)];
            Add("INQUIRY", "vendor, product, revision", string.Join(", ", names));
            Add("INQUIRY", "version", VersionName(standard[2]));
            Add("INQUIRY", "command queuing", (standard[7] & 0x02) != 0 ? "yes" : "no");
        }
        if (await QueryAsync(initiator, "VPD 80", Cdbs.Inquiry(UnitSerialNumber, AnswerLength), 4, cancellation) is { } serial)
            Add("INQUIRY", "unit serial number", Ascii(serial, 4, serial.Length - 4));
        if (await QueryAsync(initiator, "VPD 83", Cdbs.Inquiry(DeviceIdentification, AnswerLength), 4, cancellation) is { } identification)
            Add("INQUIRY", "identification", Designators(identification));
        if (await QueryAsync(initiator, "VPD B2", Cdbs.Inquiry(LogicalBlockProvisioning, AnswerLength), 8, cancellation) is { } provisioning)
        {
            Add("INQUIRY", "provisioning", Provisioning(provisioning[6] & 0x07));
            Add("INQUIRY", "blocks can be given back by", Unmapping(provisioning[5]));
        }
        var capacity = await initiator.ReadCapacityAsync(0, cancellation);
        Add("READ CAPACITY(16)", "blocks", $"{capacity.Blocks:N0} of {capacity.BlockLength} bytes, {ByteSize.Short(capacity.Bytes)}");
        Add("READ CAPACITY(16)", "physical block", ByteSize.Short((long)capacity.BlockLength * capacity.BlocksPerPhysical));
        await AddModePagesAsync(initiator, cancellation);
    }

    /// <summary>Writes it all.</summary>
    public void Write(IAnsiConsole console)
    {
        var section = "";
        foreach (var (name, label, value) in _rows)
        {
            if (name != section)
                console.WriteLine(section.Length == 0 ? name : $"\n{name}");
            section = name;
            console.WriteLine($"  {label,-28} {value}");
        }
    }

    private async Task AddModePagesAsync(Initiator initiator, CancellationToken cancellation)
    {
        const int header = 4;
        if (await QueryAsync(initiator, "MODE SENSE(6) 08", Cdbs.ModeSense6(0x08, AnswerLength), header + 3, cancellation) is { } caching)
        {
            Add("MODE SENSE(6)", "write protected", (caching[2] & 0x80) != 0 ? "yes" : "no");
            Add("MODE SENSE(6)", "DPO and FUA", (caching[2] & 0x10) != 0 ? "yes" : "no");
            Add("MODE SENSE(6)", "write cache (WCE)", (caching[header + 2] & 0x04) != 0 ? "on" : "off");
            Add("MODE SENSE(6)", "read cache (RCD)", (caching[header + 2] & 0x01) != 0 ? "off" : "on");
        }
        if (await QueryAsync(initiator, "MODE SENSE(6) 0A", Cdbs.ModeSense6(0x0A, AnswerLength), header + 4, cancellation) is { } control)
        {
            Add("MODE SENSE(6)", "task set type (TST)", (control[header + 2] >> 5) == 1 ? "one for each I_T nexus" : "one for all");
            Add("MODE SENSE(6)", "sense data (D_SENSE)", (control[header + 2] & 0x04) != 0 ? "descriptor format" : "fixed format");
            Add("MODE SENSE(6)", "reordering (QUEUE ALGORITHM)", (control[header + 3] >> 4) == 1 ? "unrestricted" : "restricted");
        }
    }

    // What is refused is part of the answer: it is shown, not hidden.
    private async Task<byte[]?> QueryAsync(Initiator initiator, string name, Cdb cdb, int shortest, CancellationToken cancellation)
    {
        var (data, answer) = await initiator.InquireAsync(0, cdb, AnswerLength, cancellation);
        if (data is not null && data.Length >= shortest)
            return data;
        Add(name, "refused", data is null ? CommandText.Outcome(answer) : $"only {data.Length} bytes came");
        return null;
    }

    private void Add(string section, string name, string value) => _rows.Add((section, name, value));

    private static string Blocks(long length, int block) =>
        length % block == 0 ? $"{length / block:N0}" : $"{length / block:N0}, and {length % block} bytes that are no whole block";

    private static string Ascii(byte[] data, int at, int count) =>
        Encoding.ASCII.GetString(data, at, Math.Min(count, data.Length - at)).Trim();

    private static string VersionName(byte version) => version switch
    {
        0x04 => "SPC-2",
        0x05 => "SPC-3",
        0x06 => "SPC-4",
        0x07 => "SPC-5",
        _ => $"{version:x2}h",
    };

    // LBPU, LBPWS and LBPWS10, and LBPRZ in its one bit of SBC-3 6.6.4.
    private static string Unmapping(byte flags)
    {
        (int Flag, string Name)[] commands = [(0x80, "UNMAP"), (0x40, "WRITE SAME(16)"), (0x20, "WRITE SAME(10)")];
        var names = commands.Where(command => (flags & command.Flag) != 0).Select(static command => command.Name).ToArray();
        return names.Length == 0 ? "nothing" : $"{string.Join(", ", names)}; they then read as {((flags & 0x04) != 0 ? "zeroes" : "anything")}";
    }

    private static string Provisioning(int type) => type switch
    {
        0 => "full, or not said",
        1 => "resource",
        2 => "thin",
        _ => $"type {type}",
    };

    private static string Designators(byte[] page)
    {
        var found = new List<string>();
        var end = Math.Min(page.Length, 4 + BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(2)));
        for (var at = 4; at + 4 <= end && at + 4 + page[at + 3] <= end; at += 4 + page[at + 3])
        {
            var text = page.AsSpan(at + 4, page[at + 3]);
            var type = page[at + 1] & 0x0F;
            found.Add(type switch
            {
                3 => $"naa.{Convert.ToHexStringLower(text)}",
                2 => $"eui.{Convert.ToHexStringLower(text)}",
                4 when text.Length == 4 => $"relative port {BinaryPrimitives.ReadUInt16BigEndian(text[2..])}",
                _ when (page[at] & 0x0F) != 1 => Encoding.UTF8.GetString(text).TrimEnd('\0', ' '),
                _ => $"type {type} {Convert.ToHexStringLower(text)}",
            });
        }
        return string.Join(", ", found);
    }
}

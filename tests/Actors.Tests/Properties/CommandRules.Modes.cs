using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;
using static ScsiActors.Tests.Properties.SenseCodes;

namespace ScsiActors.Tests.Properties;

/// <summary>MODE SENSE and MODE SELECT (SPC-4 6.9 to 6.12).</summary>
public sealed partial class CommandRules
{
    private IEnumerable<Outcome> ModeSense(ModelCommand command, ModelState state)
    {
        var cdb = command.Cdb;
        var isLong = cdb.OperationCode == 0x5A;
        var (control, page, subpage) = (cdb[2] >> 6, cdb[2] & 0x3F, cdb[3]);
        var pages = SelectPages(page, subpage);
        if (pages.Count == 0)
            yield return BadField;
        if (control == 3)
            yield return Outcome.Check(SenseKey.IllegalRequest, Asc(0x39));
        if (pages.Count == 0 || control == 3)
            yield break;
        // A page that has no subpages may be refused, or answer for all its subpages.
        if (page != 0x3F && subpage == 0xFF)
            yield return BadField;
        var image = control switch { 0 => state.Modes.Image.ToArray(), 1 => facts.Changeable, _ => facts.Defaults };
        var body = new List<byte>();
        foreach (var spot in pages)
            body.AddRange(image.AsSpan(spot.Offset, spot.Length));
        var room = Room(command, isLong ? cdb.UInt16(7) : cdb[4]);
        foreach (var descriptor in BlockDescriptors(cdb, state))
        {
            yield return Outcome.Parameters([.. Header(isLong, descriptor.Length == 16, descriptor, body.Count, state), .. descriptor, .. body], room);
            // LONGLBA tells the form of descriptors; where there are none, that of those there might have been.
            if (isLong && descriptor.Length == 0 && (cdb[1] & 0x10) != 0)
                yield return Outcome.Parameters([.. Header(isLong, true, descriptor, body.Count, state), .. body], room);
        }
    }

    private List<PageSpot> SelectPages(int page, int subpage)
    {
        var selected = new List<PageSpot>();
        foreach (var spot in facts.Pages)
        {
            if ((page == 0x3F || spot.Page == page) && (subpage == 0xFF || spot.Subpage == subpage))
                selected.Add(spot);
        }
        return selected;
    }

    private byte[] Header(bool isLong, bool isLongForm, byte[] descriptor, int body, ModelState state)
    {
        var device = (byte)((facts.ReadOnly || state.Modes.WriteProtect ? 0x80 : 0) | (facts.DpoFua ? 0x10 : 0));
        if (!isLong)
            return [(byte)(3 + descriptor.Length + body), 0, device, (byte)descriptor.Length];
        var header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)(6 + descriptor.Length + body));
        header[3] = device;
        header[4] = (byte)(isLongForm ? 1 : 0);
        header[7] = (byte)descriptor.Length;
        return header;
    }

    private IEnumerable<byte[]> BlockDescriptors(Cdb cdb, ModelState state)
    {
        var disable = (cdb[1] & 0x08) != 0;
        if (disable || !state.Loaded)
            yield return [];
        if (disable)
            yield break;
        foreach (var blocks in state.Loaded ? (long[])[facts.Blocks] : [facts.Blocks, 0])
        {
            var shortForm = new byte[8];
            BinaryPrimitives.WriteUInt32BigEndian(shortForm, (uint)Math.Min(blocks, uint.MaxValue));
            BinaryPrimitives.WriteUInt32BigEndian(shortForm.AsSpan(4), (uint)facts.BlockSize);
            yield return shortForm;
            if (cdb.OperationCode != 0x5A || (cdb[1] & 0x10) == 0)
                continue;
            var longForm = new byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(longForm, (ulong)blocks);
            BinaryPrimitives.WriteUInt32BigEndian(longForm.AsSpan(12), (uint)facts.BlockSize);
            yield return longForm;
        }
    }

    private IEnumerable<Outcome> ModeSelect(ModelCommand command, ModelState state)
    {
        var cdb = command.Cdb;
        var isLong = cdb.OperationCode == 0x55;
        var length = isLong ? cdb.UInt16(7) : cdb[4];
        if ((cdb[1] & 0x01) != 0)
            return [BadField];
        var outcomes = new List<Outcome>();
        // Without PF the list has the maker's format: refused, or taken as if PF were set.
        if ((cdb[1] & 0x10) == 0)
            outcomes.Add(BadField);
        if (length == 0)
        {
            outcomes.Add(Outcome.Good());
            return outcomes;
        }
        var list = command.DataOut.AsSpan(0, Math.Min(command.DataOut.Length, length));
        var parsed = new ModeParameterList(facts, list, isLong, state.Modes.Image);
        if (parsed.Errors.Count > 0)
            outcomes.Add(Outcome.Check(SenseKey.IllegalRequest, [.. parsed.Errors]));
        if (parsed.MayBeAccepted)
        {
            var image = parsed.Image;
            outcomes.Add(Outcome.Good(before => before with { Modes = before.Modes.With(image) }, length));
        }
        return outcomes;
    }
}

/// <summary>A mode parameter list laid over the current pages, and everything that is wrong with it.</summary>
public sealed class ModeParameterList
{
    private readonly DeviceFacts _facts;

    /// <summary>Reads <paramref name="list"/>.</summary>
    public ModeParameterList(DeviceFacts facts, ReadOnlySpan<byte> list, bool isLong, ReadOnlySpan<byte> current)
    {
        _facts = facts;
        Image = current.ToArray();
        var header = isLong ? 8 : 4;
        // Longer than all that could be said: a device need not look at it.
        if (list.Length > 24 + facts.Defaults.Length)
            Errors.Add(ListLengthError);
        if (list.Length < header)
        {
            Fail(ListLengthError);
            return;
        }
        // Reserved here: a device may insist on zero, or not look.
        if (list[0] != 0 || list[1] != 0 || (isLong && (list[2] != 0 || (list[4] & 0xFE) != 0 || list[5] != 0)))
            Errors.Add(InvalidFieldInList);
        var isLongDescriptor = isLong && (list[4] & 1) != 0;
        var descriptor = isLong ? BinaryPrimitives.ReadUInt16BigEndian(list[6..]) : list[3];
        if (descriptor > list.Length - header)
        {
            Fail(ListLengthError, InvalidFieldInList);
            return;
        }
        if (descriptor != 0)
            CheckDescriptor(list.Slice(header, descriptor), isLongDescriptor);
        if (MayBeAccepted)
            ReadPages(list[(header + descriptor)..]);
    }

    /// <summary>The sense codes with which the list may be refused; several when several things are wrong.</summary>
    public HashSet<AdditionalSense> Errors { get; } = [];

    /// <summary>False when it must be refused.</summary>
    public bool MayBeAccepted { get; private set; } = true;

    /// <summary>The pages afterwards.</summary>
    public byte[] Image { get; }

    private void Fail(params ReadOnlySpan<AdditionalSense> codes)
    {
        foreach (var code in codes)
            Errors.Add(code);
        MayBeAccepted = false;
    }

    private void CheckDescriptor(ReadOnlySpan<byte> descriptor, bool isLongForm)
    {
        if (descriptor.Length != (isLongForm ? 16 : 8))
        {
            Fail(InvalidFieldInList, ListLengthError);
            return;
        }
        var blocks = isLongForm ? BinaryPrimitives.ReadUInt64BigEndian(descriptor) : BinaryPrimitives.ReadUInt32BigEndian(descriptor);
        var blockLength = BinaryPrimitives.ReadUInt32BigEndian(descriptor[(isLongForm ? 12 : 4)..]) & (isLongForm ? uint.MaxValue : 0xFFFFFF);
        if (isLongForm)
            Errors.Add(InvalidFieldInList);
        if (blockLength != _facts.BlockSize)
            Fail(InvalidFieldInList);
        else if (blocks != 0 && blocks != (ulong)_facts.Blocks && blocks != uint.MaxValue)
            Fail(InvalidFieldInList);
        else if (blocks == 0 || (!isLongForm && blocks == uint.MaxValue && _facts.Blocks < uint.MaxValue))
            Errors.Add(InvalidFieldInList);
    }

    private void ReadPages(ReadOnlySpan<byte> list)
    {
        while (!list.IsEmpty)
        {
            var headerLength = (list[0] & 0x40) != 0 ? 4 : 2;
            if (list.Length < headerLength)
            {
                Fail(ListLengthError);
                return;
            }
            var page = list[0] & 0x3F;
            var subpage = headerLength == 4 ? list[1] : 0;
            var length = headerLength + (headerLength == 4 ? BinaryPrimitives.ReadUInt16BigEndian(list[2..]) : list[1]);
            // PS is reserved in a MODE SELECT.
            if ((list[0] & 0x80) != 0)
                Errors.Add(InvalidFieldInList);
            if (_facts.FindPage(page, subpage) is not { } spot)
                Fail(InvalidFieldInList);
            else if (length != spot.Length)
                Fail(InvalidFieldInList, ListLengthError);
            else if (list.Length >= length)
                Lay(spot, headerLength, list[..length]);
            if (length > list.Length)
            {
                Fail(ListLengthError);
                return;
            }
            list = list[length..];
        }
    }

    private void Lay(PageSpot spot, int headerLength, ReadOnlySpan<byte> page)
    {
        for (var i = headerLength; i < page.Length; i++)
        {
            ref var current = ref Image[spot.Offset + i];
            if (((page[i] ^ current) & ~_facts.Changeable[spot.Offset + i]) != 0)
                Fail(InvalidFieldInList);
            current = page[i];
        }
        if (spot is not { Page: 0x0A, Subpage: 0 })
            return;
        // Values that are reserved in a field may be refused even where all bits of the field can be changed.
        if (page[2] >> 5 > 1 || (page[3] >> 1 & 3) == 2 || (page[4] >> 4 & 3) == 1 || (page[5] & 7) > 2 || (page[3] >> 4) is > 1 and < 8)
            Fail(InvalidFieldInList);
    }
}

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
            yield return Outcome.Parameters([.. Header(isLong, descriptor.Length == 16, descriptor, body.Count, state), .. descriptor,
                .. body], room);
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

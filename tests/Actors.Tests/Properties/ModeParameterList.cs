using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;
using static ScsiActors.Tests.Properties.SenseCodes;

namespace ScsiActors.Tests.Properties;

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
        var blockLength = BinaryPrimitives.ReadUInt32BigEndian(descriptor[(isLongForm ? 12 : 4)..]) & (isLongForm ? uint.MaxValue
            : 0xFFFFFF);
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

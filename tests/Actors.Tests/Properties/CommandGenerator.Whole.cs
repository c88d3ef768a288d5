using System.Buffers.Binary;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>COMPARE AND WRITE, WRITE ATOMIC, WRITE SAME and UNMAP: mostly of a few blocks in the same place, so that they meet.</summary>
public sealed partial class CommandGenerator
{
    private const int Header = 8;
    private const int Descriptor = 16;

    private byte[] Whole(RandomStream random)
    {
        var cdb = new byte[16];
        cdb[0] = random.Pick<byte>(0x89, 0x89, 0x9C, 0x9C, 0x41, 0x93, 0x42);
        var start = FewBlocks(random, out var count);
        cdb[1] = Flags(random, cdb[0]);
        switch (cdb[0])
        {
            case 0x89:
                BinaryPrimitives.WriteInt64BigEndian(cdb.AsSpan(2), start);
                cdb[13] = (byte)(random.OneIn(30) ? random.Pick(0, facts.MaximumCompareAndWrite, facts.MaximumCompareAndWrite + 1) : count);
                break;
            case 0x9C:
                BinaryPrimitives.WriteInt64BigEndian(cdb.AsSpan(2), start);
                BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(12),
                    (ushort)(random.OneIn(30) ? random.Pick(0, facts.MaximumAtomic, facts.MaximumAtomic + 1) : count));
                break;
            case 0x41 or 0x93:
                cdb[1] = random.Pick<byte>(0, 0, 0x08, 0x08, cdb[0] == 0x93 ? (byte)0x01 : (byte)0, cdb[0] == 0x93 ? (byte)0x09 : (byte)0x08, 0x10);
                if (random.OneIn(30))
                    count = random.Pick(0, facts.MaximumWriteSame, facts.MaximumWriteSame + 1);
                if (cdb[0] == 0x41)
                {
                    BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), (uint)start);
                    BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), (ushort)count);
                    break;
                }
                BinaryPrimitives.WriteInt64BigEndian(cdb.AsSpan(2), start);
                BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(10), (uint)count);
                break;
            default:
                cdb[1] = 0;
                var length = Header + Descriptor * random.Pick(1, 1, 2, 3, 8);
                BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), (ushort)(random.OneIn(12) ? random.Pick(0, 7, 8, length - 1, length + 1) : length));
                break;
        }
        return cdb;
    }

    private byte[] WholeData(RandomStream random, Cdb cdb, int serial)
    {
        switch (cdb.OperationCode)
        {
            case 0x89:
                return Exchange(random, cdb, serial);
            case 0x42:
                return Ranges(random, cdb);
            case 0x93 when (cdb[1] & 0x01) != 0:
                return [];
            default:
                var block = new byte[facts.BlockSize];
                if ((cdb[1] & 0x08) == 0 || random.OneIn(2))
                    FillUniquely(block, serial);
                return block;
        }
    }

    // What the blocks hold now, most of the time, and what they shall hold.
    private byte[] Exchange(RandomStream random, Cdb cdb, int serial)
    {
        var range = CommandRules.Range(cdb);
        var half = (int)range.Count * facts.BlockSize;
        var data = new byte[2 * half];
        for (var at = 0; at < half && range.Start < (ulong)facts.Blocks; at += facts.BlockSize)
            storage.Current((long)range.Start + at / facts.BlockSize).CopyTo(data.AsSpan(at));
        if (half > 0 && random.OneIn(4))
            data[random.Below(half)] ^= 1;
        FillUniquely(data.AsSpan(half), serial);
        return data;
    }

    private byte[] Ranges(RandomStream random, Cdb cdb)
    {
        var list = new byte[cdb.UInt16(7)];
        if (list.Length < Header)
            return list;
        var named = random.OneIn(20) ? (facts.MaximumUnmapRanges + 1) * Descriptor : list.Length - Header + random.Pick(0, 0, 0, 5);
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), (ushort)named);
        for (var at = Header; at + Descriptor <= list.Length; at += Descriptor)
        {
            var start = FewBlocks(random, out var count);
            BinaryPrimitives.WriteInt64BigEndian(list.AsSpan(at), start);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(at + 8), (uint)(random.OneIn(10) ? 0 : count));
        }
        return list;
    }

    private long FewBlocks(RandomStream random, out long count)
    {
        count = random.OneIn(12) ? 1 + random.Below(60) : 1 + random.Below(4);
        return random.Weighted(70, 20, 4, 1) switch
        {
            0 => random.Below(24L),
            1 => random.Below(facts.Blocks),
            2 => facts.Blocks - count + random.Pick(0, 0, 0, 1),
            _ => random.Pick(facts.Blocks, facts.Blocks + 1, long.MinValue, -1L),
        };
    }
}

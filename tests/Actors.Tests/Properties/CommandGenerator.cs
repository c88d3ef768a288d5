using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Tests.Properties;

/// <summary>Makes commands, valid and invalid, of all CDB groups.</summary>
public sealed partial class CommandGenerator(DeviceFacts facts, SimulatedStorage storage)
{
    /// <summary>Weights for a bit of everything.</summary>
    public static readonly int[] Balanced = [25, 25, 4, 7, 3, 4, 4, 4, 5, 5, 2, 4, 4, 3, 3, 2, 3, 1, 6];

    /// <summary>Weights for reading and writing.</summary>
    public static readonly int[] MostlyBlocks = [45, 40, 5, 5, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>Weights for commands that change the state.</summary>
    public static readonly int[] MostlyState = [10, 10, 1, 2, 2, 8, 8, 4, 12, 18, 4, 8, 8, 8, 3, 2, 2, 1, 3];

    private const int MostBytes = 1 << 20;

    private static readonly byte[] Reads = [0x08, 0x28, 0xA8, 0x88];
    private static readonly byte[] Writes = [0x0A, 0x2A, 0xAA, 0x8A];
    private static readonly byte[] WritesAndVerifies = [0x2E, 0xAE, 0x8E];
    private static readonly byte[] Verifies = [0x2F, 0xAF, 0x8F];
    private static readonly byte[] Synchronizes = [0x35, 0x91];

    /// <summary>A CDB.</summary>
    public Cdb Next(RandomStream random, Swarm swarm, ModelState state)
    {
        byte[] bytes = swarm.WholeEvery > 0 && random.OneIn(swarm.WholeEvery) ? Whole(random) : random.Weighted(swarm.Kinds) switch
        {
            0 => Blocks(random, Reads),
            1 => Blocks(random, Writes),
            2 => Blocks(random, WritesAndVerifies),
            3 => Blocks(random, Verifies),
            4 => Blocks(random, Synchronizes),
            5 => [0x00, 0, 0, 0, 0, 0],
            6 => [0x03, (byte)random.Pick(0, 0, 1), 0, 0, random.Pick<byte>(18, 252, 8, 0, 36), 0],
            7 => Inquiry(random),
            8 => ModeSense(random),
            9 => ModeSelect(random),
            10 => [0x16, 0, 0, 0, 0, 0],
            11 => [0x17, 0, 0, 0, 0, 0],
            12 => StartStop(random, state),
            13 => [0x1E, 0, 0, 0, random.Pick<byte>(0, 0, 1, 1, 2), 0],
            14 => Capacity(random),
            15 => [0xA0, 0, random.Pick<byte>(0, 0, 1, 2, 3), 0, 0, 0, 0, 0, random.Pick<byte>(0, 1), random.Pick<byte>(0, 8, 16, 255), 0,
                0],
            16 => SupportedCommands(random),
            17 => [0x04, 0, 0, 0, 0, 0],
            _ => Anything(random),
        };
        var length = Cdb.LengthOf(bytes);
        if (random.OneIn(swarm.MutateEvery))
            bytes[1 + random.Below(length - 1)] ^= (byte)(1 << random.Below(8));
        // Random bytes would have NACA set every other time, and the initiators would spend their days in contingent allegiances.
        ref var control = ref bytes[bytes[0] == 0x7F ? 1 : length - 1];
        var naca = swarm.NacaEvery > 0 && random.OneIn(swarm.NacaEvery);
        control = (byte)(control & ~0x04 | (naca ? 0x04 : 0));
        return Cdb.Parse(bytes);
    }

    /// <summary>How many bytes a port would offer for the command's data-in.</summary>
    public int DataInLength(Cdb cdb)
    {
        var range = CommandRules.Range(cdb);
        if (range.Use == MediumUse.Read)
            return (int)Math.Min(range.Count * (long)facts.BlockSize, 1 << 28);
        uint allocation = cdb.OperationCode switch
        {
            0x03 or 0x1A => cdb[4],
            0x12 => cdb.UInt16(3),
            0x5A => cdb.UInt16(7),
            0x25 => 8,
            0x9E => cdb.UInt32(10),
            0xA0 or 0xA3 => cdb.UInt32(6),
            _ => 0u,
        };
        return (int)Math.Min(allocation, 1 << 20);
    }

    /// <summary>What the initiator has to offer as data-out.</summary>
    public byte[] DataOut(RandomStream random, Cdb cdb, int serial, ModelState state)
    {
        var range = CommandRules.Range(cdb);
        if (cdb.OperationCode is 0x15 or 0x55)
            return ModeList(random, cdb, state);
        if (cdb.OperationCode == 0x04)
            return (cdb[1] & 0x10) == 0 ? [] : new byte[(cdb[1] & 0x20) != 0 ? 8 : 4];
        if (range.Use is MediumUse.CompareAndWrite or MediumUse.WriteSame || cdb.OperationCode == 0x42)
            return WholeData(random, cdb, serial);
        var count = range.Use switch
        {
            MediumUse.Write or MediumUse.WriteAndVerify => range.Count,
            MediumUse.Verify when CommandRules.ByteCheck(cdb) == 3 => Math.Min(range.Count, 1),
            MediumUse.Verify when CommandRules.ByteCheck(cdb) == 1 || random.OneIn(2) => range.Count,
            _ => 0u,
        };
        var data = new byte[Math.Min(count * (long)facts.BlockSize, MostBytes)];
        if (range.Use == MediumUse.Verify && range.Start < (ulong)facts.Blocks && !random.OneIn(4))
        {
            for (var at = 0; at < data.Length; at += facts.BlockSize)
                storage.Current((long)range.Start + at / facts.BlockSize).CopyTo(data.AsSpan(at));
            if (data.Length > 0 && random.OneIn(2))
                data[random.Below(data.Length)] ^= 1;
            return data;
        }
        FillUniquely(data, serial);
        return data;
    }

    private static void FillUniquely(Span<byte> data, int serial)
    {
        for (var at = 0; at < data.Length; at += 8)
            BinaryPrimitives.WriteUInt64LittleEndian(data[at..], RandomStream.Mix(((ulong)serial << 32) + (ulong)at + 1));
    }

    private byte[] Blocks(RandomStream random, byte[] operationCodes)
    {
        var cdb = new byte[16];
        cdb[0] = random.Pick(operationCodes);
        var length = Cdb.LengthOf(cdb);
        var most = Math.Min(MostBytes, (int)Math.Max(facts.MaximumTransfer * facts.BlockSize, facts.BlockSize)) / facts.BlockSize;
        var count = random.Weighted(60, 20, 4, 4, 3, 2) switch
        {
            0 => 1L + random.Below(8),
            1 => 1L + random.Below(Math.Min(64, most)),
            2 => 1L + random.Below(most),
            3 => 0L,
            4 => random.Pick<long>(most, most + 1, 256, 255, 65535),
            _ => random.Pick<long>(uint.MaxValue, 1L << 31, facts.Blocks, facts.Blocks + 1),
        };
        var start = random.Weighted(60, 30, 12, 4) switch
        {
            0 => random.Below(48L),
            1 => random.Below(facts.Blocks),
            2 => Math.Max(facts.Blocks - count + random.Pick(-1, 0, 0, 0, 1), 0),
            _ => random.Pick(facts.Blocks, facts.Blocks - 1, facts.Blocks + 1, 1L << 31, long.MinValue, -1L, (1L << 32) - 1, 1L << 21),
        };
        switch (length)
        {
            case 6:
                BinaryPrimitives.WriteUInt32BigEndian(cdb, (uint)start & 0x1FFFFF | (uint)cdb[0] << 24);
                cdb[4] = (byte)count;
                return cdb;
            case 10:
                BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), (uint)start);
                BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), (ushort)count);
                break;
            case 12:
                BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), (uint)start);
                BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(6), (uint)count);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), (ulong)start);
                BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(10), (uint)count);
                break;
        }
        cdb[1] = Flags(random, cdb[0]);
        return cdb;
    }

    private static byte Flags(RandomStream random, byte operationCode) => operationCode switch
    {
        0x35 or 0x91 => random.Pick<byte>(0, 0, 0x02),
        0x2F or 0xAF or 0x8F => random.Pick<byte>(0, 0x02, 0x02, 0x06, 0x10, 0x04, 0x20),
        0x2E or 0xAE or 0x8E => random.Pick<byte>(0, 0x02, 0x10, 0x04, 0x20),
        _ => random.Pick<byte>(0, 0, 0, 0x08, 0x10, 0x18, 0x20, 0x02),
    };

    private byte[] Inquiry(RandomStream random)
    {
        var page = random.OneIn(4) ? random.Byte() : random.Pick<byte>([.. facts.VitalProductData.Keys]);
        var vital = !random.OneIn(3);
        return [0x12, (byte)(vital ? 1 : 0), vital || random.OneIn(6) ? page : (byte)0, random.Pick<byte>(0, 0, 2),
            random.Pick<byte>(36, 255, 0, 5, 96), 0];
    }

    private byte[] ModeSense(RandomStream random)
    {
        var page = random.OneIn(8) ? random.Byte() & 0x3F : random.Pick(0x3F, random.Pick<PageSpot>([.. facts.Pages]).Page);
        var second = (byte)(random.Pick(0, 0, 0, 1, 2, 3) << 6 | page);
        var subpage = random.Pick<byte>(0, 0, 0, 0, 0xFF, random.OneIn(3) ? random.Byte() : (byte)0);
        var disable = random.Pick<byte>(0, 0x08);
        return random.OneIn(2)
            ? [0x1A, disable, second, subpage, random.Pick<byte>(255, 192, 4, 12, 0), 0]
            : [0x5A, (byte)(disable | random.Pick(0, 0, 0x10)), second, subpage, 0, 0, 0, random.Pick<byte>(0, 1),
                random.Pick<byte>(255, 8, 16, 0), 0];
    }

    private static byte[] ModeSelect(RandomStream random)
    {
        var flags = random.Weighted(40, 1, 1) switch { 0 => (byte)0x10, 1 => (byte)0x11, _ => (byte)0x00 };
        // The length is filled in by the list: one byte here says how many pages it has, for DataOut to read.
        return random.OneIn(2) ? [0x15, flags, 0, 0, ListLength(random, 4), 0] : [0x55, flags, 0, 0, 0, 0, 0, 0, ListLength(random, 8), 0];
    }

    private static byte ListLength(RandomStream random, int header)
    {
        var length = header + random.Pick(0, 0, 0, 8) + random.Pick(12, 12, 12, 20, 20, 24, 32, 16);
        return (byte)(random.OneIn(20) ? random.Pick(0, header, header - 1, length - 1, length + 1) : length);
    }

    // Header, block descriptor and pages that fill the length which the CDB announces, as well as they can.
    private byte[] ModeList(RandomStream random, Cdb cdb, ModelState state)
    {
        var isLong = cdb.OperationCode == 0x55;
        var list = new byte[isLong ? cdb.UInt16(7) : cdb[4]];
        var at = isLong ? 8 : 4;
        if (list.Length < at)
            return list;
        var fitting = facts.Pages.Where(spot => spot.Length <= list.Length - at && (list.Length - at - spot.Length) is 0 or 12 or 20 or 32)
            .ToList();
        var withDescriptor = facts.Pages.Where(spot =>
            spot.Length <= list.Length - at - 8 && (list.Length - at - 8 - spot.Length) is 0 or 12 or 20).ToList();
        if (withDescriptor.Count > 0 && (fitting.Count == 0 || random.OneIn(3)))
        {
            list[at - 1] = 8;
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(at), (uint)Math.Min(facts.Blocks, uint.MaxValue));
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(at + 4), (uint)facts.BlockSize);
            at += 8;
        }
        while (at < list.Length)
        {
            var candidates = facts.Pages.Where(spot => spot.Length <= list.Length - at).ToList();
            if (candidates.Count == 0)
                break;
            var exact = candidates.Where(spot => spot.Length == list.Length - at).ToList();
            var spot = exact.Count > 0 ? random.Pick<PageSpot>([.. exact]) : random.Pick<PageSpot>([.. candidates]);
            Page(random, spot, state).CopyTo(list, at);
            at += spot.Length;
        }
        if (list.Length > 0 && random.OneIn(15))
            list[random.Below(list.Length)] ^= (byte)(1 << random.Below(8));
        return list;
    }

    private byte[] Page(RandomStream random, PageSpot spot, ModelState state)
    {
        // Back to the defaults often enough, so that no run ends its days write protected.
        var image = random.OneIn(2) ? facts.Defaults : state.Modes.Image;
        var page = image.Slice(spot.Offset, spot.Length).ToArray();
        page[0] &= 0x7F;
        var mask = facts.Changeable.AsSpan(spot.Offset, spot.Length);
        for (var i = 2; i < page.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((mask[i] >> bit & 1) != 0 && random.OneIn(6))
                    page[i] ^= (byte)(1 << bit);
            }
        }
        return page;
    }

    private static byte[] StartStop(RandomStream random, ModelState state)
    {
        if (!state.Loaded && random.OneIn(2))
            return [0x1B, 0, 0, 0, 0x03, 0];
        return [0x1B, random.Pick<byte>(0, 1), 0, random.Pick<byte>(0, 0, 1), random.Pick<byte>(0, 1, 2, 2, 3, 4, 0x10, 0x32), 0];
    }

    private static byte[] Capacity(RandomStream random) => random.OneIn(2)
        ? [0x25, 0, 0, 0, 0, random.Pick<byte>(0, 0, 0, 5), 0, 0, random.Pick<byte>(0, 0, 0, 1), 0]
        : [0x9E, random.Pick<byte>(0x10, 0x10, 0x10, 0x11), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, random.Pick<byte>(0, 8, 15, 32, 64),
            random.Pick<byte>(0, 0, 0, 1), 0];

    private static byte[] SupportedCommands(RandomStream random)
    {
        var option = random.Pick<byte>(0, 1, 1, 2, 3, 5);
        var (operationCode, serviceAction) = random.Pick<(byte, int)>([.. CommandRules.Known]);
        if (random.OneIn(5))
            operationCode = random.Byte();
        return [0xA3, random.OneIn(12) ? random.Byte() : random.Pick<byte>(0x0C, 0x0C, 0x0C, 0x0D), (byte)(option | random.Pick(0, 0x80)),
            operationCode,
            0, (byte)(random.OneIn(6) ? random.Below(32) : Math.Max(serviceAction, 0)), 0, 0, random.Pick<byte>(0, 4),
                random.Pick<byte>(255, 4, 0), 0, 0];
    }

    private static byte[] Anything(RandomStream random)
    {
        var bytes = new byte[32];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = random.Byte();
        if (bytes[0] == 0x7F)
            bytes[7] = (byte)random.Below(25);
        return bytes;
    }
}

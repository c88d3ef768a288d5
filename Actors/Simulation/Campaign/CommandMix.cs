using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;

namespace ScsiActors.Simulation.Campaign;

/// <summary>Draws commands: each mix has weights of its own, and about a third of the kinds does not occur in it.</summary>
internal sealed class CommandMix
{
    private const int LargestTransfer = 256 << 10;
    private const int MostCompared = 8;
    private const int MostRanges = 4;
    private const int AtTheEnd = 64;
    private const int Contended = 4;
    private const int AllTagged = int.MaxValue;
    private const string CachingPage = "0812";
    private const string RestOfCachingPage = "00FFFF0000FFFFFFFF0000000000000000";
    private const int ModeListLength = 4 + 20;
    private const int ControlListLength = 4 + 12;

    private static readonly int[] Nothing = [0, 0];

    private static readonly string[] Parameterless =
    [
        "00 00 00 00 00 00", "25 00 00 00 00 00 00 00 00 00", "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00", "12 00 00 00 60 00",
        "12 01 00 00 FF 00", "12 01 83 00 FF 00", "A0 00 00 00 00 00 00 00 01 00 00 00", "1A 00 3F 00 FF 00", "5A 00 08 00 00 00 00 00 FF 00",
        "1E 00 00 00 00 00", "C1 00 00 00 00 00",
    ];

    private readonly RandomStream _random;
    private readonly WorkloadShares _shares;
    private readonly int _blockSize;
    private readonly int _blocks;
    private readonly int _hot;
    private readonly long _hotStart;
    private readonly int _longest;
    private readonly int[] _weights;
    private readonly (TaskAttribute Attribute, int Weight)[] _attributes;
    private readonly Func<ScenarioPlace, CommandStep>[] _kinds;
    private readonly int _firstUntaggedLun;
    private readonly Dictionary<(int Target, int Lun, long Lba), int> _writers = [];
    private int _lastWriter;

    /// <summary>Draws a mix.</summary>
    /// <param name="random">Decides it, and then every command.</param>
    /// <param name="scenario">What there is.</param>
    /// <param name="shares">What else there is to be.</param>
    public CommandMix(RandomStream random, Scenario scenario, WorkloadShares shares)
    {
        (_random, _shares, _blockSize, _blocks) = (random, shares, scenario.BlockSize, scenario.Blocks);
        var blocks = _blocks;
        _kinds = [Read, Write, WriteAndVerify, Verify, Synchronize, Inquire, SelectCaching, Reserve, Release, BeyondTheEnd, SelectControl, Prevent, LoadOrEject,
            CompareAndWrite, WriteAtomic, WriteSame, Unmap];
        int[] usual = [10, 10, 2, 2, 2, 1, 1, 1, 1, 1, shares.HasControlPage ? 1 : 0, shares.HasRemovable ? 1 : 0, shares.HasRemovable ? 2 : 0,
            shares.HasCompareAndWrite ? 10 : 0, shares.HasAtomic ? 2 : 0];
        _weights = [.. usual.Select((weight, kind) => kind > 1 && random.Below(3) == 0 ? 0 : weight * (int)random.Between(1, 4))];
        _weights = [.. _weights, .. shares.HasSame ? [3 * (int)random.Between(1, 4), 3 * (int)random.Between(1, 4)] : Nothing];
        // RESERVE without RELEASE soon ends all work of the others.
        if (_weights[7] > 0)
            _weights[8] = Math.Max(_weights[8], _weights[7] * 2);
        _hot = Math.Min(blocks, random.Pick<int>([8, 32, 128, 1024]));
        _hotStart = random.Below(blocks - _hot + 1);
        _longest = (int)Math.Min(_hot, Math.Max(1, random.Pick<int>([1, 8, 32, 128, 512])));
        _longest = Math.Min(_longest, LargestTransfer / _blockSize);
        _attributes =
        [
            (TaskAttribute.Simple, 10), (TaskAttribute.Ordered, random.Pick<int>([0, 1, 5])),
            (TaskAttribute.HeadOfQueue, random.Pick<int>([0, 1, 3])),
        ];
        _firstUntaggedLun = random.Pick<int>([0, 1, 1, AllTagged, AllTagged, AllTagged, AllTagged, AllTagged]);
    }

    /// <summary>The next command.</summary>
    public CommandStep Command(ScenarioPlace place)
    {
        var at = _random.Below(_weights.Sum());
        var kind = 0;
        while (at >= _weights[kind])
            at -= _weights[kind++];
        var step = _kinds[kind](place);
        Remember(step);
        step = step with { Attribute = Attribute(place) };
        return place.Port == ScenarioPort.Direct && _shares.Naca > 0 ? WithAca(step) : step;
    }

    // What a block probably holds then: of a WRITE SAME only the first block holds the pattern of its own place.
    private void Remember(CommandStep step)
    {
        var blocks = BlockCommand.Of(step.Cdb);
        if (!blocks.Writes)
            return;
        if (blocks.Use != BlockUse.Unmap)
            _lastWriter = step.Id;
        if (!_shares.HasCompareAndWrite)
            return;
        if (blocks.Use == BlockUse.Unmap)
        {
            foreach (var (lba, count) in BlockCommand.RangesOf(Convert.FromHexString(step.Parameters)))
                Remember(step, lba, count, writer: 0);
        }
        else
        {
            var writer = blocks.IsWithoutData ? 0 : step.Pattern is 0 && blocks.Use == BlockUse.WriteSame ? 0 : step.Id;
            Remember(step, blocks.Lba, blocks.CountOn(_blocks), writer);
        }
    }

    private void Remember(CommandStep step, long lba, long count, int writer)
    {
        for (var i = 0L; i < count; i++)
            _writers[(step.Target, step.Lun, lba + i)] = writer;
    }

    /// <summary>The next request to a block device.</summary>
    public BlockStep BlockRequest(ScenarioPlace place)
    {
        var operation = _random.Pick<BlockOperation>(
        [
            BlockOperation.Read, BlockOperation.Read, BlockOperation.Read, BlockOperation.Write, BlockOperation.Write, BlockOperation.Write,
            BlockOperation.Flush, BlockOperation.Discard, BlockOperation.WriteZeroes,
        ]);
        var (lba, count) = Range(long.MaxValue, int.MaxValue);
        return operation == BlockOperation.Flush
            ? new BlockStep(place.Id, place.At, place.Client, place.Target, place.Lun, operation, 0, 0)
            : new BlockStep(place.Id, place.At, place.Client, place.Target, place.Lun, operation, lba * _blockSize, count * _blockSize);
    }

    private CommandStep WithAca(CommandStep step)
    {
        if (_random.Chance(_shares.Naca))
            step = step with { Cdb = WithNaca(step.Cdb) };
        return _random.Chance(_shares.Naca) ? step with { Attribute = TaskAttribute.Aca } : step;
    }

    // NACA is bit 2 of the last byte (SAM-5 5.2).
    private static Cdb WithNaca(Cdb cdb)
    {
        Span<byte> bytes = stackalloc byte[cdb.Length];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = cdb[i];
        bytes[^1] |= 0x04;
        return Cdb.Parse(bytes);
    }

    private TaskAttribute Attribute(ScenarioPlace place)
    {
        var at = _random.Below(_attributes.Sum(static one => one.Weight));
        var index = 0;
        while (at >= _attributes[index].Weight)
            at -= _attributes[index++].Weight;
        // All commands of a driver to one logical unit have tags or none has: a command without one takes away the sense data of those with one. At the direct
        // port they would overlap; a driver lets the second one wait.
        return place.Port == ScenarioPort.Adapter && place.Lun >= _firstUntaggedLun ? TaskAttribute.Untagged : _attributes[index].Attribute;
    }

    private CommandStep Read(ScenarioPlace place) => Transfer(place, [0x08, 0x28, 0xA8, 0x88], DataDirection.In, Fua());

    private CommandStep Write(ScenarioPlace place) => Transfer(place, [0x0A, 0x2A, 0xAA, 0x8A], DataDirection.Out, Fua());

    private CommandStep WriteAndVerify(ScenarioPlace place) => Transfer(place, [0x2E, 0xAE, 0x8E], DataDirection.Out, Flags(0x02));

    private CommandStep Verify(ScenarioPlace place)
    {
        var isCompare = _random.Below(2) == 0;
        var step = Transfer(place, [0x2F, 0xAF, 0x8F], isCompare ? DataDirection.Out : DataDirection.None, isCompare ? (byte)0x02 : (byte)0);
        return isCompare ? step with { Pattern = _lastWriter } : step;
    }

    // On a few blocks, compared with what was probably written last: of several that come together one succeeds.
    private CommandStep CompareAndWrite(ScenarioPlace place)
    {
        var count = _random.Below(4) == 0 ? (int)_random.Between(1, Math.Min(_hot, MostCompared)) : 1;
        var lba = _hotStart + _random.Below(Math.Min(Contended, _hot - count + 1));
        var cdb = Block(0x89, Fua(), lba, count);
        return Of(place, cdb, DataDirection.Out, 2 * count * _blockSize) with { Pattern = _writers.GetValueOrDefault((place.Target, place.Lun, lba)) };
    }

    private CommandStep WriteAtomic(ScenarioPlace place)
    {
        var (lba, count) = Range(long.MaxValue, ushort.MaxValue);
        return Of(place, Block(0x9C, Fua(), lba, count), DataDirection.Out, count * _blockSize);
    }

    // With data of its own or zeroes (without data where the CDB can say so), to be unmapped or not; sometimes to the end of the medium.
    private CommandStep WriteSame(ScenarioPlace place)
    {
        const byte unmap = 0x08;
        const byte noData = 0x01;
        var code = _random.Pick<byte>([0x41, 0x93]);
        var (lba, count) = _random.Below(16) > 0 ? Range(long.MaxValue, ushort.MaxValue) : (_blocks - _random.Between(1, Math.Min(_blocks, AtTheEnd)), 0);
        var flags = Flags(unmap);
        if (code == 0x93 && _random.Below(3) == 0)
            return Of(place, Block(code, (byte)(flags | noData), lba, count));
        var step = Of(place, Block(code, flags, lba, count), DataDirection.Out, _blockSize);
        return _random.Below(flags == unmap ? 2 : 4) == 0 ? step with { Pattern = 0 } : step;
    }

    // Ranges may overlap; sometimes the last one is behind the end, and then nothing is unmapped.
    private CommandStep Unmap(ScenarioPlace place)
    {
        const int header = 8;
        const int descriptor = 16;
        var ranges = (int)_random.Between(1, MostRanges);
        var list = new byte[header + ranges * descriptor];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - 2));
        BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(2), (ushort)(list.Length - header));
        for (var at = header; at < list.Length; at += descriptor)
        {
            var (lba, count) = Range(long.MaxValue, int.MaxValue);
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(at), (ulong)lba);
            BinaryPrimitives.WriteUInt32BigEndian(list.AsSpan(at + 8), (uint)count);
        }
        if (_random.Below(16) == 0)
            BinaryPrimitives.WriteUInt64BigEndian(list.AsSpan(list.Length - descriptor), (ulong)_blocks);
        return Of(place, Cdb.Parse([0x42, 0, 0, 0, 0, 0, 0, 0, (byte)list.Length, 0]), DataDirection.Out, list.Length) with
        {
            Parameters = Convert.ToHexString(list),
        };
    }

    private CommandStep Synchronize(ScenarioPlace place)
    {
        var (lba, count) = Range(long.MaxValue, ushort.MaxValue);
        return Of(place, Block(_random.Pick<byte>([0x35, 0x91]), Flags(0x02), lba, _random.Below(2) == 0 ? 0 : count));
    }

    private CommandStep Inquire(ScenarioPlace place)
    {
        var cdb = Cdb.Parse(Convert.FromHexString(_random.Pick<string>(Parameterless).Replace(" ", "", StringComparison.Ordinal)));
        return cdb.OperationCode is 0x00 or 0x1E or 0xC1 ? Of(place, cdb) : Of(place, cdb, DataDirection.In, 256);
    }

    // TST and D_SENSE, QERR, SWP and TAS of the control page, the other bytes as MODE SENSE shows them (SPC-4 7.5.8). SWP is mostly taken back again.
    private CommandStep SelectControl(ScenarioPlace place)
    {
        var format = _random.Pick<byte>([0x00, 0x00, 0x04, 0x20, 0x24]);
        var errors = _random.Pick<byte>([0x10, 0x10, 0x12, 0x16]);
        var protect = _random.Pick<byte>([0x00, 0x00, 0x00, 0x08]);
        var aborts = _random.Pick<byte>([0x00, 0x40]);
        return Of(place, Cdb.Parse([0x15, 0x10, 0, 0, ControlListLength, 0]), DataDirection.Out, ControlListLength) with
        {
            Parameters = $"000000000A0A{format:X2}{errors:X2}{protect:X2}{aborts:X2}0000FFFF0000",
        };
    }

    private CommandStep Prevent(ScenarioPlace place) => Of(place, Cdb.Parse([0x1E, 0, 0, 0, (byte)_random.Below(2), 0]));

    // Loaded more often than ejected: without a medium nothing else can be done.
    private CommandStep LoadOrEject(ScenarioPlace place) =>
        Of(place, Cdb.Parse([0x1B, (byte)_random.Below(2), 0, 0, _random.Pick<byte>([0x02, 0x03, 0x03, 0x03, 0x00, 0x01]), 0]));

    // The caching page alone, with its other bytes as MODE SENSE shows them.
    private CommandStep SelectCaching(ScenarioPlace place) =>
        Of(place, Cdb.Parse([0x15, 0x10, 0, 0, ModeListLength, 0]), DataDirection.Out, ModeListLength) with
        {
            Parameters = $"00000000{CachingPage}{(_random.Below(2) == 0 ? "04" : "00")}{RestOfCachingPage}",
        };

    private CommandStep Reserve(ScenarioPlace place) => Of(place, Cdb.Parse([0x16, 0, 0, 0, 0, 0]));

    private CommandStep Release(ScenarioPlace place) => Of(place, Cdb.Parse([0x17, 0, 0, 0, 0, 0]));

    private CommandStep BeyondTheEnd(ScenarioPlace place)
    {
        var count = (int)_random.Between(1, 8);
        var isWrite = _random.Below(2) == 0;
        return Of(place, Block((byte)(isWrite ? 0x2A : 0x28), 0, _blocks - _random.Below(count), count), isWrite ? DataDirection.Out : DataDirection.In,
            count * _blockSize);
    }

    private CommandStep Transfer(ScenarioPlace place, ReadOnlySpan<byte> codes, DataDirection direction, byte flags)
    {
        var code = _random.Pick(codes);
        var isSix = code < 0x20;
        var (lba, count) = Range(isSix ? 0x1FFFFF : long.MaxValue, isSix ? 256 : ushort.MaxValue);
        var cdb = isSix ? Six(code, lba, count) : Block(code, flags, lba, count);
        return Of(place, cdb, direction, direction == DataDirection.None ? 0 : count * _blockSize);
    }

    private (long Lba, int Count) Range(long lastStart, int longest)
    {
        var count = (int)_random.Between(1, Math.Min(_longest, longest));
        return (Math.Min(_hotStart + _random.Below(_hot - count + 1), lastStart), count);
    }

    private byte Fua() => _random.Chance(_shares.Fua) ? (byte)0x08 : (byte)0;

    private byte Flags(byte flag) => _random.Below(4) == 0 ? flag : (byte)0;

    private static CommandStep Of(ScenarioPlace place, Cdb cdb, DataDirection direction = DataDirection.None, int length = 0) =>
        new(place.Id, place.At, place.Port, place.Client, place.Target, place.Lun, cdb, direction, length);

    private static Cdb Six(byte code, long lba, int count) =>
        Cdb.Parse([code, (byte)(lba >> 16 & 0x1F), (byte)(lba >> 8), (byte)lba, (byte)count, 0]);

    private static Cdb Block(byte code, byte flags, long lba, long count)
    {
        Span<byte> cdb = stackalloc byte[16];
        cdb.Clear();
        cdb[0] = code;
        cdb[1] = flags;
        switch (code >> 5)
        {
            // SBC-3 5.2 and 5.48: a short number of blocks at the end.
            case 4 when code is 0x89 or 0x9C:
                BinaryPrimitives.WriteUInt64BigEndian(cdb[2..], (ulong)lba);
                BinaryPrimitives.WriteUInt16BigEndian(cdb[12..], (ushort)count);
                break;
            case 1 or 2:
                BinaryPrimitives.WriteUInt32BigEndian(cdb[2..], (uint)lba);
                BinaryPrimitives.WriteUInt16BigEndian(cdb[7..], (ushort)count);
                break;
            case 5:
                BinaryPrimitives.WriteUInt32BigEndian(cdb[2..], (uint)lba);
                BinaryPrimitives.WriteUInt32BigEndian(cdb[6..], (uint)count);
                break;
            default:
                BinaryPrimitives.WriteUInt64BigEndian(cdb[2..], (ulong)lba);
                BinaryPrimitives.WriteUInt32BigEndian(cdb[10..], (uint)count);
                break;
        }
        return Cdb.Parse(cdb);
    }
}

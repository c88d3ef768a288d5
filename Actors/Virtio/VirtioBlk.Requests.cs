using System.Buffers.Binary;
using System.Text;
using ScsiActors.Messages;

namespace ScsiActors.Virtio;

/// <summary>Requests (VIRTIO 1.2, 5.2.6): struct virtio_blk_req is a header that the device reads, data one way or the other, and a status byte.</summary>
public sealed partial class VirtioBlk
{
    private const int HeaderLength = 16;
    private const int SectorOffset = 8;
    private const int RangeLength = 16;
    private const int RangeSectorsOffset = 8;
    private const int RangeFlagsOffset = 12;
    private const uint UnmapFlag = 1;
    private const int ZeroesLength = 64 << 10;

    // Read by storage, never written; shared by all devices. Aligned and pinned, so that storage need not bounce it.
    private static readonly Memory<byte> Zeroes = AllocateZeroes();

    private long MaxTransfer => (long)_settings.SizeMax * _settings.SegMax;

    private void Start(DescriptorChain chain)
    {
        var request = _requests[chain.Head] ??= new VirtioBlkRequest(_firstSlot + chain.Head);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (!request.TryBegin(chain, _memory) || chain.ReadableLength < HeaderLength)
        {
            _queue.Break("a request without a header or a status byte");
            return;
        }
        if (!DescriptorChain.TryRead(_memory, chain.Readable, 0, header))
        {
            End(request, chain.Head, VirtioBlkStatus.IoError);
            return;
        }
        var sector = BinaryPrimitives.ReadUInt64LittleEndian(header[SectorOffset..]);
        var status = (VirtioBlkRequestType)BinaryPrimitives.ReadUInt32LittleEndian(header) switch
        {
            VirtioBlkRequestType.In => Read(request, chain, sector),
            VirtioBlkRequestType.Out => Write(request, chain, sector),
            VirtioBlkRequestType.Flush => Flush(request),
            VirtioBlkRequestType.Discard => Discard(request, chain),
            VirtioBlkRequestType.WriteZeroes => WriteZeroes(request, chain),
            VirtioBlkRequestType.GetId => GetId(request, chain),
            _ => VirtioBlkStatus.Unsupported,
        };
        if (status is { } end)
            End(request, chain.Head, end);
    }

    // Each of these answers how the request has ended, or null when storage has it.

    private VirtioBlkStatus? Read(VirtioBlkRequest request, DescriptorChain chain, ulong sector)
    {
        var length = chain.WritableLength - 1;
        if (!IsOnDevice(sector, length, MaxTransfer) || !request.TryCollect(_memory, chain.Writable, 0, length))
            return VirtioBlkStatus.IoError;
        request.FillsBuffer = true;
        Submit(request, new AioRead(request.AioId, OffsetOf(sector), request.Data));
        return null;
    }

    private VirtioBlkStatus? Write(VirtioBlkRequest request, DescriptorChain chain, ulong sector)
    {
        var length = chain.ReadableLength - HeaderLength;
        if (IsReadOnly || !IsOnDevice(sector, length, MaxTransfer) || !request.TryCollect(_memory, chain.Readable, HeaderLength, length))
            return VirtioBlkStatus.IoError;
        Submit(request, new AioWrite(request.AioId, OffsetOf(sector), request.Data, !IsWriteback));
        return null;
    }

    private VirtioBlkStatus? Flush(VirtioBlkRequest request)
    {
        if (!_driverFeatures.HasFlag(VirtioFeatures.Flush))
            return VirtioBlkStatus.Unsupported;
        Submit(request, new AioFlush(request.AioId));
        return null;
    }

    private VirtioBlkStatus? Discard(VirtioBlkRequest request, DescriptorChain chain)
    {
        if (ReadRange(chain, VirtioFeatures.Discard, _settings.MaxDiscard, out var sector, out var length, out var flags) is { } refused)
            return refused;
        // No flag has a meaning here, unmap least of all (5.2.6.2).
        if (flags != 0)
            return VirtioBlkStatus.Unsupported;
        Submit(request, new AioUnmap(request.AioId, OffsetOf(sector), length));
        return null;
    }

    private VirtioBlkStatus? WriteZeroes(VirtioBlkRequest request, DescriptorChain chain)
    {
        if (ReadRange(chain, VirtioFeatures.WriteZeroes, _settings.MaxWriteZeroes, out var sector, out var length, out var flags) is { } refused)
            return refused;
        if ((flags & ~UnmapFlag) != 0)
            return VirtioBlkStatus.Unsupported;
        // Zeroes by deallocating are not on stable storage when they are complete, so that without a write cache they are written.
        if ((flags & UnmapFlag) != 0 && IsWriteback && _storage!.CanUnmap)
        {
            Submit(request, new AioUnmap(request.AioId, OffsetOf(sector), length));
            return null;
        }
        request.Collect(Zeroes, length);
        Submit(request, new AioWrite(request.AioId, OffsetOf(sector), request.Data, !IsWriteback));
        return null;
    }

    private VirtioBlkStatus? GetId(VirtioBlkRequest request, DescriptorChain chain)
    {
        // NUL-padded, and without a NUL where it takes all the room there is.
        Span<byte> id = stackalloc byte[VirtioBlkSettings.IdLength];
        id.Clear();
        Encoding.ASCII.GetBytes(_settings.Id, id);
        var room = (int)Math.Min(chain.WritableLength - 1, id.Length);
        request.FillsBuffer = chain.WritableLength - 1 <= id.Length;
        return DescriptorChain.TryWrite(_memory, chain.Writable, id[..room]) ? VirtioBlkStatus.Ok : VirtioBlkStatus.IoError;
    }

    /// <summary>Reads the one segment of a discard or of zeroes (struct virtio_blk_discard_write_zeroes); answers a status when it is to be refused.</summary>
    private VirtioBlkStatus? ReadRange(
        DescriptorChain chain, VirtioFeatures feature, long maximum, out ulong sector, out long length, out uint flags)
    {
        sector = 0;
        length = 0;
        flags = 0;
        if (!_driverFeatures.HasFlag(feature))
            return VirtioBlkStatus.Unsupported;
        Span<byte> range = stackalloc byte[RangeLength];
        if (IsReadOnly || chain.ReadableLength != HeaderLength + RangeLength
            || !DescriptorChain.TryRead(_memory, chain.Readable, HeaderLength, range))
            return VirtioBlkStatus.IoError;
        sector = BinaryPrimitives.ReadUInt64LittleEndian(range);
        length = (long)BinaryPrimitives.ReadUInt32LittleEndian(range[RangeSectorsOffset..]) * VirtioBlkConfiguration.Sector;
        flags = BinaryPrimitives.ReadUInt32LittleEndian(range[RangeFlagsOffset..]);
        return IsOnDevice(sector, length, maximum) ? null : VirtioBlkStatus.IoError;
    }

    private bool IsOnDevice(ulong sector, long length, long maximum) => length % VirtioBlkConfiguration.Sector == 0 && length <= maximum
        && sector <= _capacity && (ulong)length / VirtioBlkConfiguration.Sector <= _capacity - sector;

    private static Memory<byte> AllocateZeroes()
    {
        var buffer = new DataBufferPool(ZeroesLength, maximumIdleBytes: 0).TryRent(ZeroesLength)!;
        buffer.Span.Clear();
        return buffer.Memory;
    }

    private static long OffsetOf(ulong sector) => (long)sector * VirtioBlkConfiguration.Sector;
}

using System.Text;
using ScsiActors.Messages;
using ScsiActors.Virtio;
using Xunit;

namespace ScsiActors.Tests.Machines.Virtio;

/// <summary>VIRTIO 1.2, 5.2.6: requests of a block device.</summary>
public sealed class RequestTests
{
    private const uint Unmap = 1;

    private readonly DeviceRig _rig = new DeviceRig().Up();

    [Fact]
    public void The_buffers_of_a_read_are_what_storage_reads_into()
    {
        _rig.Request(0, VirtioBlkRequestType.In, 7, (DeviceRig.Data, 512), (DeviceRig.Data + 0x1000, 1024));
        _rig.Execute(0);

        var read = Assert.IsType<AioRead>(Assert.Single(_rig.Aio));
        Assert.Equal((7 * 512, 1536, 2), (read.Offset, read.Data.Length, read.Data.Count));
        read.Data[1].Span.Fill(0x77);
        Assert.True(_rig.Bytes(DeviceRig.Data + 0x1000, 1024).IndexOfAnyExcept((byte)0x77) < 0);
        Assert.Equal(0, _rig.UsedIndex);

        _rig.Complete(0, AioResult.Ok, 1536);
        Assert.Equal((0u, 1537u), _rig.TakeUsed());
        Assert.Equal(VirtioBlkStatus.Ok, _rig.StatusOf(0));
    }

    [Fact]
    public void The_buffers_of_a_write_are_what_storage_writes_from()
    {
        _rig.Bytes(DeviceRig.Data, 512).Fill(0x42);
        _rig.Request(3, VirtioBlkRequestType.Out, 1, (DeviceRig.Data, 512));
        _rig.Execute(3);

        var write = Assert.IsType<AioWrite>(Assert.Single(_rig.Aio));
        Assert.Equal((512, 512, 1, false), (write.Offset, write.Data.Length, write.Data.Count, write.WriteThrough));
        Assert.Equal(new AioId(DeviceRig.FirstSlot + 3, 1), write.Id);
        Assert.Equal(0x42, write.Data[0].Span[511]);

        _rig.Complete(0, AioResult.Ok, 512);
        Assert.Equal((3u, 1u), _rig.TakeUsed());
        Assert.Equal(VirtioBlkStatus.Ok, _rig.StatusOf(3));
    }

    [Fact]
    public void Buffers_that_lie_side_by_side_are_one_segment()
    {
        _rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512), (DeviceRig.Data + 512, 512), (DeviceRig.Data + 1024, 512));
        _rig.Execute(0);
        Assert.Equal((1536, 1), (((AioRead)_rig.Aio[0]).Data.Length, ((AioRead)_rig.Aio[0]).Data.Count));
    }

    [Fact]
    public void A_device_makes_no_assumption_about_how_a_request_is_cut_into_descriptors()
    {
        // 2.7.4.1: the header in two pieces, the second with the data; data and status in one.
        var header = _rig.Header(0, (uint)VirtioBlkRequestType.Out, 2);
        _rig.Descriptor(0, header, 5, DescriptorFlags.Next, 1);
        _rig.Descriptor(1, header + 5, 11 + 100, DescriptorFlags.Next, 2);
        _rig.Descriptor(2, header + 116, 412, DescriptorFlags.Next, 3);
        _rig.Descriptor(3, _rig.StatusAt(0), 1, DescriptorFlags.Write);
        _rig.Execute(0);
        var write = Assert.IsType<AioWrite>(_rig.Aio[0]);
        Assert.Equal((1024, 512, 1), (write.Offset, write.Data.Length, write.Data.Count));

        _rig.Descriptor(8, _rig.Header(8, (uint)VirtioBlkRequestType.In), 16, DescriptorFlags.Next, 9);
        _rig.Descriptor(9, DeviceRig.Statuses + 8 - 512, 513, DescriptorFlags.Write);
        _rig.Execute(8);
        Assert.Equal(512, Assert.IsType<AioRead>(_rig.Aio[1]).Data.Length);
        _rig.Complete(1, AioResult.ReadError);
        Assert.Equal((8u, 0u), _rig.TakeUsed());
        Assert.Equal(VirtioBlkStatus.IoError, _rig.StatusOf(8));
    }

    [Theory]
    [InlineData(VirtioBlkRequestType.In, 2048, 512)]
    [InlineData(VirtioBlkRequestType.Out, 2047, 1024)]
    [InlineData(VirtioBlkRequestType.In, ulong.MaxValue, 512)]
    [InlineData(VirtioBlkRequestType.Out, 1ul << 55, 512)]
    [InlineData(VirtioBlkRequestType.In, 0, 511)]
    [InlineData(VirtioBlkRequestType.Out, 0, 513)]
    public void A_request_beyond_the_capacity_or_not_of_whole_sectors_ends_with_IOERR(VirtioBlkRequestType type, ulong sector, uint length)
    {
        _rig.Request(0, type, sector, (DeviceRig.Data, length));
        _rig.Execute(0);
        Assert.Empty(_rig.Aio);
        Assert.Equal(0u, _rig.TakeUsed().Head);
        Assert.Equal(VirtioBlkStatus.IoError, _rig.StatusOf(0));
        Assert.False(_rig.NeedsReset);
    }

    [Theory]
    [InlineData(VirtioBlkRequestType.In)]
    [InlineData(VirtioBlkRequestType.Out)]
    public void Data_that_is_not_in_memory_ends_with_IOERR(VirtioBlkRequestType type)
    {
        _rig.Request(0, type, 0, (DeviceRig.Data, 512), (DeviceRig.Unmapped, 512));
        _rig.Execute(0);
        Assert.Empty(_rig.Aio);
        Assert.Equal(VirtioBlkStatus.IoError, _rig.StatusOf(0));
        Assert.Equal(0u, _rig.TakeUsed().Head);
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(7u)]
    [InlineData(10u)]
    [InlineData(14u)]
    [InlineData(uint.MaxValue)]
    public void A_type_that_the_device_does_not_know_ends_with_UNSUPP(uint type)
    {
        _rig.Request(0, (VirtioBlkRequestType)type, 0, (DeviceRig.Data, 512));
        _rig.Execute(0);
        Assert.Equal(VirtioBlkStatus.Unsupported, _rig.StatusOf(0));
    }

    [Theory]
    [InlineData(AioResult.Ok, VirtioBlkStatus.Ok)]
    [InlineData(AioResult.WriteError, VirtioBlkStatus.IoError)]
    [InlineData(AioResult.NoSpace, VirtioBlkStatus.IoError)]
    [InlineData(AioResult.Unavailable, VirtioBlkStatus.IoError)]
    [InlineData(AioResult.NotSupported, VirtioBlkStatus.Unsupported)]
    public void The_status_byte_says_how_storage_ended_it(AioResult result, VirtioBlkStatus status)
    {
        _rig.Request(0, VirtioBlkRequestType.Out, 0, (DeviceRig.Data, 512));
        _rig.Execute(0);
        _rig.Complete(0, result);
        Assert.Equal(status, _rig.StatusOf(0));
    }

    [Fact]
    public void A_flush_is_a_flush_of_storage()
    {
        _rig.Request(0, VirtioBlkRequestType.Flush, 0);
        _rig.Execute(0);
        Assert.IsType<AioFlush>(_rig.Aio[0]);
        _rig.Complete(0);
        Assert.Equal((0u, 1u), _rig.TakeUsed());
    }

    [Theory]
    [InlineData(DeviceRig.AllFeatures, true, false)]
    [InlineData(DeviceRig.AllFeatures, false, true)]
    [InlineData(~VirtioFeatures.ConfigWce, true, false)]
    [InlineData(~(VirtioFeatures.ConfigWce | VirtioFeatures.Flush), true, true)]
    public void Without_a_write_cache_a_write_is_complete_when_it_is_on_stable_storage(VirtioFeatures features, bool writeback, bool isThrough)
    {
        var rig = new DeviceRig().Up(features);
        rig.Device.Handle(new WriteVirtioConfiguration(VirtioBlkConfiguration.WritebackOffset, writeback ? (byte)1 : (byte)0));
        rig.Request(0, VirtioBlkRequestType.Out, 0, (DeviceRig.Data, 512));
        rig.Execute(0);
        Assert.Equal(isThrough, ((AioWrite)rig.Aio[0]).WriteThrough);
    }

    [Fact]
    public void A_discard_deallocates()
    {
        Ranged(VirtioBlkRequestType.Discard, 8, 16, 0);
        Assert.Equal(new AioUnmap(_rig.Aio[0].Id, 4096, 8192), _rig.Aio[0]);
    }

    [Fact]
    public void Zeroes_without_the_unmap_flag_are_written()
    {
        Ranged(VirtioBlkRequestType.WriteZeroes, 1, 300, 0);
        var write = Assert.IsType<AioWrite>(_rig.Aio[0]);
        Assert.Equal((512, 300 * 512), (write.Offset, write.Data.Length));
        for (var i = 0; i < write.Data.Count; i++)
            Assert.True(write.Data[i].Span.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Zeroes_with_the_unmap_flag_may_be_made_by_deallocating()
    {
        Ranged(VirtioBlkRequestType.WriteZeroes, 8, 16, Unmap);
        Assert.Equal(new AioUnmap(_rig.Aio[0].Id, 4096, 8192), _rig.Aio[0]);
    }

    [Theory]
    [InlineData(VirtioBlkRequestType.Discard, Unmap)]
    [InlineData(VirtioBlkRequestType.Discard, 2u)]
    [InlineData(VirtioBlkRequestType.WriteZeroes, 2u)]
    [InlineData(VirtioBlkRequestType.WriteZeroes, 0x8000_0001u)]
    public void A_flag_that_has_no_meaning_ends_with_UNSUPP(VirtioBlkRequestType type, uint flags)
    {
        Ranged(type, 0, 8, flags);
        Assert.Equal(VirtioBlkStatus.Unsupported, _rig.StatusOf(0));
    }

    [Theory]
    [InlineData(VirtioBlkRequestType.Discard, 2048, 1)]
    [InlineData(VirtioBlkRequestType.Discard, 0, uint.MaxValue)]
    [InlineData(VirtioBlkRequestType.WriteZeroes, ulong.MaxValue, 1)]
    [InlineData(VirtioBlkRequestType.WriteZeroes, 2040, 9)]
    public void A_range_that_is_not_on_the_device_ends_with_IOERR(VirtioBlkRequestType type, ulong sector, uint sectors)
    {
        Ranged(type, sector, sectors, 0);
        Assert.Empty(_rig.Aio);
        Assert.Equal(VirtioBlkStatus.IoError, _rig.StatusOf(0));
    }

    [Theory]
    [InlineData(VirtioBlkRequestType.Flush, VirtioFeatures.Flush)]
    [InlineData(VirtioBlkRequestType.Discard, VirtioFeatures.Discard)]
    [InlineData(VirtioBlkRequestType.WriteZeroes, VirtioFeatures.WriteZeroes)]
    public void A_feature_that_was_not_negotiated_is_not_supported(VirtioBlkRequestType type, VirtioFeatures feature)
    {
        var rig = new DeviceRig().Up(~feature);
        rig.Request(0, type, 0, (rig.Range(0, 0, 8), 16));
        rig.Execute(0);
        Assert.Equal(VirtioBlkStatus.Unsupported, rig.StatusOf(0));
    }

    [Fact]
    public void A_read_only_device_says_so_and_writes_nothing()
    {
        var rig = new DeviceRig().Up(storage: new AioOpened(AioResult.Ok, DeviceRig.DiskLength, IsReadOnly: true, CanUnmap: false, ""));
        Assert.Equal(VirtioFeatures.ReadOnly, rig.Device.DeviceFeatures & (VirtioFeatures.ReadOnly | VirtioFeatures.Discard | VirtioFeatures.WriteZeroes));
        rig.Request(0, VirtioBlkRequestType.Out, 0, (DeviceRig.Data, 512));
        rig.Execute(0);
        Assert.Empty(rig.Aio);
        Assert.Equal(VirtioBlkStatus.IoError, rig.StatusOf(0));
    }

    [Theory]
    [InlineData(20u, 21u)]
    [InlineData(8u, 9u)]
    [InlineData(64u, 0u)]
    public void The_name_is_padded_with_NULs_to_20_characters(uint room, uint written)
    {
        _rig.Bytes(DeviceRig.Data, 64).Fill(0xAA);
        _rig.Request(0, VirtioBlkRequestType.GetId, 0, (DeviceRig.Data, room));
        _rig.Execute(0);
        Assert.Equal((0u, written), _rig.TakeUsed());
        Assert.Equal(VirtioBlkStatus.Ok, _rig.StatusOf(0));
        var length = (int)Math.Min(room, 20);
        Assert.Equal("disk-1".PadRight(20, '\0')[..length], Encoding.ASCII.GetString(_rig.Bytes(DeviceRig.Data, length)));
        Assert.Equal(0xAA, _rig.Bytes(DeviceRig.Data, 64)[length]);
    }

    [Fact]
    public void A_request_that_the_request_queue_has_no_room_for_is_submitted_again_when_it_has()
    {
        _rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        _rig.Request(4, VirtioBlkRequestType.In, 1, (DeviceRig.Data + 512, 512));
        _rig.Execute(0, 4);
        _rig.Complete(0, AioResult.Busy);
        _rig.Complete(1, AioResult.Busy);
        Assert.Equal(["drain"], _rig.Said);
        Assert.Equal(0, _rig.UsedIndex);

        _rig.Device.Handle(AioDrained.Instance);
        Assert.Equal(4, _rig.Aio.Count);
        Assert.Same(_rig.Aio[0], _rig.Aio[2]);
        _rig.Complete(2, AioResult.Ok, 512);
        _rig.Complete(3, AioResult.Ok, 512);
        Assert.Equal((0u, 4u), (_rig.TakeUsed().Head, _rig.TakeUsed().Head));
    }

    [Fact]
    public void A_request_longer_than_all_segments_together_is_refused()
    {
        var rig = new DeviceRig(new VirtioBlkSettings(QueueSize: 16, SegMax: 2, SizeMax: 4096)).Up();
        rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 8192));
        rig.Request(4, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 8192 + 512));
        rig.Execute(0, 4);
        Assert.Single(rig.Aio);
        Assert.Equal(VirtioBlkStatus.IoError, rig.StatusOf(4));
    }

    private void Ranged(VirtioBlkRequestType type, ulong sector, uint sectors, uint flags)
    {
        _rig.Request(0, type, 0, (_rig.Range(0, sector, sectors, flags), 16));
        _rig.Execute(0);
    }
}

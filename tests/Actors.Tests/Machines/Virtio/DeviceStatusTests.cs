using ScsiActors.Messages;
using ScsiActors.Virtio;
using Xunit;

namespace ScsiActors.Tests.Machines.Virtio;

/// <summary>VIRTIO 1.2, 2.1 to 2.5 and 3.1: status, features, configuration and reset.</summary>
public sealed class DeviceStatusTests
{
    private const VirtioDeviceStatus Found = VirtioDeviceStatus.Acknowledge | VirtioDeviceStatus.Driver;

    private static readonly AioOpened Storage = new(AioResult.Ok, (1 << 20) + 700, IsReadOnly: false, CanUnmap: true, "test");

    [Fact]
    public void A_driver_hears_of_the_device_as_soon_as_its_storage_is_open()
    {
        var rig = new DeviceRig();
        rig.Device.Start();
        rig.Device.Handle(ReadVirtioDevice.Instance);
        Assert.Null(rig.LastState);
        rig.Device.Handle(Storage);
        Assert.Equal(VirtioDeviceStatus.Reset, rig.LastState!.Status);
        Assert.Equal(2049, rig.LastState.Configuration.Capacity);
    }

    [Theory]
    [InlineData(VirtioFeatures.Version1 | (VirtioFeatures)(1ul << 34))]
    [InlineData(VirtioFeatures.Version1 | (VirtioFeatures)(1ul << 12))]
    [InlineData(VirtioFeatures.Flush)]
    [InlineData(VirtioFeatures.None)]
    public void Features_that_are_not_offered_and_drivers_from_before_version_1_are_refused(VirtioFeatures features)
    {
        var rig = Opened();
        rig.Device.Handle(new WriteDeviceStatus(Found));
        rig.Device.Handle(new WriteDriverFeatures(features));
        rig.Device.Handle(new WriteDeviceStatus(Found | VirtioDeviceStatus.FeaturesOk));
        Assert.Equal(Found, rig.Status);
        rig.Device.Handle(new WriteDeviceStatus(Found | VirtioDeviceStatus.FeaturesOk | VirtioDeviceStatus.DriverOk));
        Assert.Equal(Found, rig.Status);
    }

    [Fact]
    public void Features_cannot_be_changed_after_FEATURES_OK()
    {
        var rig = new DeviceRig().Up(~VirtioFeatures.Flush);
        rig.Device.Handle(new WriteDriverFeatures(rig.Device.DeviceFeatures));
        rig.Request(0, VirtioBlkRequestType.Flush, 0);
        rig.Execute(0);
        Assert.Equal(VirtioBlkStatus.Unsupported, rig.StatusOf(0));
    }

    [Theory]
    [InlineData(true, true, VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex)]
    [InlineData(false, true, VirtioFeatures.EventIndex)]
    [InlineData(true, false, VirtioFeatures.IndirectDescriptors)]
    public void What_is_switched_off_is_not_offered(bool indirect, bool eventIndex, VirtioFeatures offered)
    {
        var rig = new DeviceRig(new VirtioBlkSettings { Indirect = indirect, EventIndex = eventIndex });
        rig.Device.Handle(Storage);
        Assert.Equal(offered, rig.Device.DeviceFeatures & (VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex));
    }

    [Fact]
    public void A_discard_is_offered_only_where_storage_can_do_it_and_zeroes_always()
    {
        var rig = new DeviceRig();
        rig.Device.Handle(Storage with { CanUnmap = false });
        Assert.Equal(VirtioFeatures.WriteZeroes, rig.Device.DeviceFeatures & (VirtioFeatures.Discard | VirtioFeatures.WriteZeroes));
    }

    [Fact]
    public void Nothing_is_used_before_DRIVER_OK_and_what_was_offered_by_then_is_used_at_it()
    {
        var rig = new DeviceRig().Up();
        rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        rig.Device.Handle(new WriteDriverFeatures(rig.Features));
        rig.Device.Handle(new WriteDeviceStatus(Found | VirtioDeviceStatus.FeaturesOk));
        rig.Device.Handle(new EnableVirtqueue(0, rig.Settings.QueueSize, DeviceRig.Descriptors, DeviceRig.Available, DeviceRig.Used));
        rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        rig.Execute(0);
        Assert.Empty(rig.Aio);
        rig.Device.Handle(new WriteDeviceStatus(Found | VirtioDeviceStatus.FeaturesOk | VirtioDeviceStatus.DriverOk));
        Assert.Single(rig.Aio);
    }

    [Fact]
    public void A_reset_is_over_when_all_memory_has_come_back_and_none_of_it_is_written_after_that()
    {
        var rig = new DeviceRig().Up();
        rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        rig.Request(4, VirtioBlkRequestType.Out, 0, (DeviceRig.Data + 512, 512));
        rig.Execute(0, 4);
        rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        var before = rig.LastState;
        rig.Device.Handle(ReadVirtioDevice.Instance);
        Assert.Equal(["cancel 0", "cancel 4"], rig.Said);
        rig.Complete(0, AioResult.Cancelled);
        Assert.Same(before, rig.LastState);

        rig.Complete(1, AioResult.Ok, 512);

        Assert.Equal(VirtioDeviceStatus.Reset, rig.LastState!.Status);
        Assert.Equal(0, rig.UsedIndex);
        Assert.Equal(DeviceRig.NoStatus, (byte)rig.StatusOf(0));
        Assert.Equal(0, rig.Notifications);
    }

    [Fact]
    public void A_reset_forgets_a_request_that_waits_for_room()
    {
        var rig = new DeviceRig().Up();
        rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        rig.Execute(0);
        rig.Complete(0, AioResult.Busy);
        rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        Assert.Equal(VirtioDeviceStatus.Reset, rig.Status);
        rig.Initialize();
        rig.Device.Handle(AioDrained.Instance);
        Assert.Empty(rig.Aio);
        rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        rig.Execute(0);
        Assert.Equal(2u, rig.Aio.Single().Id.Generation);
    }

    [Fact]
    public void A_late_completion_of_an_earlier_use_of_a_descriptor_is_dropped()
    {
        var rig = new DeviceRig().Up();
        rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        rig.Execute(0);
        rig.Complete(0, AioResult.Ok, 512);
        rig.Execute(0);
        rig.Complete(0, AioResult.Ok, 512);
        Assert.Equal(1, rig.UsedIndex);
        rig.Complete(1, AioResult.Ok, 512);
        Assert.Equal(2, rig.UsedIndex);
    }

    [Fact]
    public void The_write_cache_is_what_the_configuration_says_again_after_a_reset()
    {
        var rig = new DeviceRig().Up();
        rig.Device.Handle(new WriteVirtioConfiguration(VirtioBlkConfiguration.WritebackOffset, 0));
        rig.Device.Handle(ReadVirtioDevice.Instance);
        Assert.False(rig.LastState!.Configuration.Writeback);
        rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        rig.Device.Handle(ReadVirtioDevice.Instance);
        Assert.True(rig.LastState!.Configuration.Writeback);
    }

    [Fact]
    public void Only_writeback_can_be_written()
    {
        var rig = new DeviceRig().Up();
        rig.Device.Handle(ReadVirtioDevice.Instance);
        var before = rig.LastState!.Configuration;
        for (var offset = 0; offset < VirtioBlkConfiguration.Length; offset++)
        {
            if (offset != VirtioBlkConfiguration.WritebackOffset)
                rig.Device.Handle(new WriteVirtioConfiguration(offset, 0x55));
        }
        rig.Device.Handle(ReadVirtioDevice.Instance);
        Assert.Equal(before, rig.LastState.Configuration);
    }

    [Fact]
    public void The_configuration_space_is_laid_out_as_the_specification_says()
    {
        var rig = new DeviceRig(new VirtioBlkSettings(SegMax: 126, SizeMax: 1 << 20, BlockSize: 512, PhysicalBlockSize: 4096));
        rig.Device.Handle(Storage);
        rig.Device.Handle(ReadVirtioDevice.Instance);
        var space = new byte[VirtioBlkConfiguration.Length];
        rig.LastState!.Configuration.CopyTo(space);
        // capacity, size_max, seg_max, geometry, blk_size, topology (3, 0, 8, 0), writeback, unused, num_queues, discard (max, segments, alignment),
        // write zeroes (max, segments, may unmap), unused: 5.2.4.
        Assert.Equal("0108000000000000" + "00001000" + "7E000000" + "00000000" + "00020000" + "0300080000000000" + "01000100"
            + "00002000" + "01000000" + "01000000" + "00800000" + "01000000" + "01000000", Convert.ToHexString(space));
        Assert.Equal(rig.LastState.Configuration, VirtioBlkConfiguration.Parse(space));
    }

    [Fact]
    public void A_device_whose_storage_could_not_be_opened_has_no_sectors()
    {
        var rig = new DeviceRig().Up(storage: new AioOpened(AioResult.Unavailable, 0, false, false, ""));
        Assert.Equal(0, rig.LastState?.Configuration.Capacity ?? 0);
        rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        rig.Execute(0);
        Assert.Equal(VirtioBlkStatus.IoError, rig.StatusOf(0));
    }

    private static DeviceRig Opened()
    {
        var rig = new DeviceRig();
        rig.Device.Start();
        rig.Device.Handle(Storage);
        return rig;
    }
}

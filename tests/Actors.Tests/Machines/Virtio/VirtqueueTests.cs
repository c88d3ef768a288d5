using ScsiActors.Messages;
using ScsiActors.Virtio;
using Xunit;

namespace ScsiActors.Tests.Machines.Virtio;

/// <summary>VIRTIO 1.2, 2.7: split virtqueues, as drivers must make them and as they must not.</summary>
public sealed class VirtqueueTests
{
    private const DescriptorFlags Next = DescriptorFlags.Next;
    private const DescriptorFlags Write = DescriptorFlags.Write;
    private const DescriptorFlags Indirect = DescriptorFlags.Indirect;

    private readonly DeviceRig _rig = new DeviceRig().Up();

    [Fact]
    public void An_indirect_table_stands_for_its_descriptors()
    {
        Table(DeviceRig.Tables);
        _rig.Descriptor(5, DeviceRig.Tables, 48, Indirect);
        _rig.Execute(5);
        Assert.Equal(512, Assert.IsType<AioRead>(Assert.Single(_rig.Aio)).Data.Length);
        _rig.Complete(0, AioResult.Ok, 512);
        Assert.Equal((5u, 513u), _rig.TakeUsed());
    }

    [Fact]
    public void The_write_flag_of_an_indirect_descriptor_is_ignored()
    {
        Table(DeviceRig.Tables);
        _rig.Descriptor(5, DeviceRig.Tables, 48, Indirect | Write);
        _rig.Execute(5);
        Assert.Single(_rig.Aio);
    }

    [Fact]
    public void An_indirect_table_may_follow_ordinary_descriptors()
    {
        _rig.Descriptor(0, _rig.Header(0, 0, 3), 16, Next, 1);
        _rig.Descriptor(1, DeviceRig.Tables, 32, Indirect);
        _rig.Descriptor(0, DeviceRig.Data, 512, Next | Write, 1, DeviceRig.Tables);
        _rig.Descriptor(1, _rig.StatusAt(0), 1, Write, 0, DeviceRig.Tables);
        _rig.Execute(0);
        Assert.Equal(3 * 512, Assert.IsType<AioRead>(Assert.Single(_rig.Aio)).Offset);
    }

    [Fact]
    public void The_rings_go_on_past_65535()
    {
        for (var i = 0; i < 70_000; i++)
        {
            _rig.Request(0, VirtioBlkRequestType.GetId, 0, (DeviceRig.Data, 20));
            _rig.Execute(0);
            Assert.Equal(0u, _rig.TakeUsed().Head);
        }
        Assert.Equal(70_000 & 0xFFFF, _rig.UsedIndex);
        Assert.False(_rig.NeedsReset);
    }

    [Fact]
    public void Requests_come_back_in_the_order_in_which_they_end()
    {
        for (var head = 0; head < 12; head += 4)
            _rig.Request(head, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        _rig.Execute(0, 4, 8);
        _rig.Complete(2, AioResult.Ok, 512);
        _rig.Complete(0, AioResult.Ok, 512);
        _rig.Complete(1, AioResult.Ok, 512);
        Assert.Equal((8u, 0u, 4u), (_rig.TakeUsed().Head, _rig.TakeUsed().Head, _rig.TakeUsed().Head));
    }

    [Fact]
    public void The_device_says_at_which_index_it_wants_to_be_notified()
    {
        _rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        _rig.Request(4, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        _rig.Execute(0, 4);
        Assert.Equal(2, _rig.AvailableEvent);
    }

    [Fact]
    public void With_the_event_index_the_device_notifies_only_when_that_index_is_used()
    {
        _rig.SetUsedEvent(1);
        for (var head = 0; head < 9; head += 3)
            _rig.Request(head, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        _rig.Execute(0, 3, 6);
        int[] expected = [0, 1, 1];
        for (var i = 0; i < expected.Length; i++)
        {
            _rig.Complete(i, AioResult.Ok, 512);
            Assert.Equal(expected[i], _rig.Notifications);
        }
    }

    [Fact]
    public void Without_the_event_index_a_flag_of_the_driver_says_whether_to_notify()
    {
        var rig = new DeviceRig().Up(~VirtioFeatures.EventIndex);
        rig.SetAvailableFlags(VirtqueueLayout.NoNotification);
        rig.Request(0, VirtioBlkRequestType.GetId, 0, (DeviceRig.Data, 20));
        rig.Execute(0);
        Assert.Equal(0, rig.Notifications);
        rig.SetAvailableFlags(0);
        rig.Execute(0);
        Assert.Equal(1, rig.Notifications);
        Assert.Equal(0, rig.UsedFlags);
    }

    [Fact]
    public void A_turn_is_bounded_by_the_size_of_the_queue()
    {
        // As if another processor offered the same request again as often as it is used.
        _rig.Request(0, VirtioBlkRequestType.GetId, 0, (DeviceRig.Data, 20));
        for (var i = 0; i < 16; i++)
            _rig.Offer(0);
        _rig.Notify();
        Assert.Equal(16, _rig.UsedIndex);
        Assert.Equal(["later"], _rig.Said);
        _rig.Device.Continue();
        Assert.Equal(16, _rig.UsedIndex);
    }

    [Theory]
    [InlineData("a head outside the table")]
    [InlineData("a next outside the table")]
    [InlineData("a loop")]
    [InlineData("a loop of one")]
    [InlineData("a head twice")]
    [InlineData("readable behind writable")]
    [InlineData("no status byte")]
    [InlineData("no header")]
    [InlineData("a short header")]
    [InlineData("an index too far ahead")]
    [InlineData("more than 4 GiB")]
    [InlineData("past the end of the address space")]
    [InlineData("a status byte that is not in memory")]
    [InlineData("an empty indirect table")]
    [InlineData("half a descriptor in an indirect table")]
    [InlineData("too long an indirect table")]
    [InlineData("an indirect table in an indirect table")]
    [InlineData("an indirect table that is the queue's own")]
    [InlineData("an indirect table that goes on")]
    [InlineData("an indirect table that loops")]
    [InlineData("an indirect table that is not in memory")]
    [InlineData("an indirect table at the end of the address space")]
    public void What_no_driver_may_do_makes_the_device_need_a_reset(string mistake)
    {
        Make(mistake);
        _rig.Notify();
        Assert.Equal(2, _rig.Said.Count);
        Assert.StartsWith("warn: ", _rig.Said[0]);
        Assert.Equal("configuration changed", _rig.Said[1]);
        Assert.True(_rig.NeedsReset);
        Assert.Equal(0, _rig.UsedIndex);

        // Until then nothing is taken or given.
        _rig.Said.Clear();
        _rig.Request(0, VirtioBlkRequestType.GetId, 0, (DeviceRig.Data, 20));
        _rig.Execute(0);
        foreach (var request in _rig.Aio.ToArray())
            _rig.Device.Handle(new AioCompleted(request.Id, AioResult.Ok, 512));
        Assert.Equal(0, _rig.UsedIndex);
        Assert.Empty(_rig.Said);

        _rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        Assert.Equal(VirtioDeviceStatus.Reset, _rig.Status);
        _rig.Initialize();
        _rig.Request(0, VirtioBlkRequestType.GetId, 0, (DeviceRig.Data, 20));
        _rig.Execute(0);
        Assert.Equal(1, _rig.UsedIndex);
    }

    [Fact]
    public void An_indirect_table_needs_its_feature()
    {
        var rig = new DeviceRig().Up(~VirtioFeatures.IndirectDescriptors);
        rig.Descriptor(0, DeviceRig.Tables, 48, Indirect);
        rig.Execute(0);
        Assert.True(rig.NeedsReset);
    }

    [Theory]
    [InlineData(0, 0x1000, 0x5000, 0x6000)]
    [InlineData(3, 0x1000, 0x5000, 0x6000)]
    [InlineData(32, 0x1000, 0x5000, 0x6000)]
    [InlineData(16, 0x1008, 0x5000, 0x6000)]
    [InlineData(16, 0x1000, 0x5001, 0x6000)]
    [InlineData(16, 0x1000, 0x5000, 0x6002)]
    [InlineData(16, 0x1_0000_0000, 0x5000, 0x6000)]
    [InlineData(16, 0x1000, 0x1_0000_0000, 0x6000)]
    [InlineData(16, 0x1000, 0x5000, 0x1F_FFF0)]
    public void A_queue_that_cannot_be_makes_the_device_need_a_reset(int size, ulong descriptors, ulong available, ulong used)
    {
        var rig = new DeviceRig().Up();
        rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        rig.Device.Handle(new WriteDriverFeatures(VirtioFeatures.Version1));
        rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.FeaturesOk));
        rig.Device.Handle(new EnableVirtqueue(0, size, descriptors, available, used));
        Assert.True(rig.NeedsReset);
        rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.FeaturesOk | VirtioDeviceStatus.DriverOk));
        rig.Notify();
        Assert.Empty(rig.Aio);
    }

    private void Table(ulong at)
    {
        _rig.Descriptor(0, _rig.Header(5, (uint)VirtioBlkRequestType.In), 16, Next, 1, at);
        _rig.Descriptor(1, DeviceRig.Data, 512, Next | Write, 2, at);
        _rig.Descriptor(2, _rig.StatusAt(5), 1, Write, 0, at);
    }

    private void Make(string mistake)
    {
        var header = _rig.Header(0, 0);
        var status = _rig.StatusAt(0);
        _rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
        _rig.Descriptor(0, header, 16, Next, 1, DeviceRig.Tables);
        _rig.Descriptor(1, status, 1, Write, 0, DeviceRig.Tables);
        switch (mistake)
        {
            case "a head outside the table": _rig.Offer(16); return;
            case "a next outside the table": _rig.Descriptor(1, DeviceRig.Data, 512, Next | Write, 16); break;
            case "a loop": _rig.Descriptor(2, status, 1, Next | Write, 1); break;
            case "a loop of one": _rig.Descriptor(0, header, 16, Next, 0); break;
            case "a head twice": _rig.Offer(0, 0); return;
            case "readable behind writable": _rig.Descriptor(2, header, 16, Next, 3); _rig.Descriptor(3, status, 1, Write); break;
            case "no status byte": _rig.Descriptor(1, DeviceRig.Data, 512); break;
            case "no header": _rig.Descriptor(0, status, 1, Write); break;
            case "a short header": _rig.Descriptor(0, header, 15, Next, 1); break;
            case "an index too far ahead": _rig.SetAvailableIndex(17); return;
            case "more than 4 GiB": _rig.Descriptor(1, DeviceRig.Data, uint.MaxValue, Next | Write, 2); break;
            case "past the end of the address space": _rig.Descriptor(1, ulong.MaxValue - 100, 512, Next | Write, 2); break;
            case "a status byte that is not in memory": _rig.Descriptor(2, DeviceRig.Unmapped, 1, Write); break;
            case "an empty indirect table": _rig.Descriptor(0, DeviceRig.Tables, 0, Indirect); break;
            case "half a descriptor in an indirect table": _rig.Descriptor(0, DeviceRig.Tables, 40, Indirect); break;
            case "too long an indirect table": _rig.Descriptor(0, DeviceRig.Tables, 17 * 16, Indirect); break;
            case "an indirect table in an indirect table":
                _rig.Descriptor(0, DeviceRig.Tables, 32, Indirect);
                _rig.Descriptor(1, DeviceRig.Tables, 32, Indirect, 0, DeviceRig.Tables);
                break;
            case "an indirect table that is the queue's own": _rig.Descriptor(0, DeviceRig.Descriptors, 32, Indirect); break;
            case "an indirect table that goes on": _rig.Descriptor(0, DeviceRig.Tables, 32, Indirect | Next, 1); break;
            case "an indirect table that loops":
                _rig.Descriptor(0, DeviceRig.Tables, 32, Indirect);
                _rig.Descriptor(1, status, 1, Write | Next, 1, DeviceRig.Tables);
                break;
            case "an indirect table that is not in memory": _rig.Descriptor(0, DeviceRig.Unmapped, 32, Indirect); break;
            case "an indirect table at the end of the address space": _rig.Descriptor(0, ulong.MaxValue - 15, 32, Indirect); break;
            default: Assert.Fail(mistake); break;
        }
        _rig.Offer(0);
    }
}

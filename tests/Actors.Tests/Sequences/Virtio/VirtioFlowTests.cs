using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ScsiActors.Dispatch;
using ScsiActors.FrontEnds.InProcess;
using ScsiActors.Journal;
using ScsiActors.Messages;
using ScsiActors.Virtio;
using Xunit;

namespace ScsiActors.Tests.Sequences.Virtio;

/// <summary>The whole life of one request through a virtio-blk device, every message of it, as golden files: the lines that
/// <c>Host trace --through virtio</c> prints.</summary>
public sealed class VirtioFlowTests : TestKit
{
    // One message a turn, so that what an actor sends follows what it was told.
    private static readonly Config OneMessageATurn = ConfigurationFactory.ParseString("scsi-actors.dispatcher.throughput = 1");

    private TestProbe? _client;

    public VirtioFlowTests()
        : base(OneMessageATurn.WithFallback(ScsiSubsystem.DefaultConfig))
    {
    }

    [Theory]
    [InlineData("read", BlockOperation.Read)]
    [InlineData("write", BlockOperation.Write)]
    public void The_life_of_a_request(string name, BlockOperation operation) => GoldenFile.Check($"virtio_{name}", Flow(operation));

    [Fact]
    public void Read_and_write_are_the_same_sequence() => Assert.Equal(
        Flow(BlockOperation.Write).Select(static line => line.Replace("Write", "Read", StringComparison.Ordinal)), Flow(BlockOperation.Read));

    [Fact]
    public void A_driver_brings_its_device_up_in_the_order_of_the_specification()
    {
        // 3.1.1: reset, ACKNOWLEDGE, DRIVER, features, FEATURES_OK and a look whether it stays, the queue, DRIVER_OK.
        var device = CreateTestProbe("virtio-blk");
        Sys.ActorOf(VirtioBlkDriverActor.Props(device.Ref, new VirtioDriverMemory(8), new VirtioBlkDriverSettings()), "driver");
        const VirtioDeviceStatus found = VirtioDeviceStatus.Acknowledge | VirtioDeviceStatus.Driver;
        const VirtioFeatures offered = VirtioFeatures.Version1 | VirtioFeatures.EventIndex | VirtioFeatures.Flush | (VirtioFeatures)(1ul << 40);
        var configuration = new VirtioBlkConfiguration { Capacity = 100, SegMax = 6, SizeMax = 4096 };

        device.ExpectMsg(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        device.ExpectMsg<ReadVirtioDevice>();
        device.Reply(new VirtioDeviceState(offered, VirtioDeviceStatus.Reset, 8, configuration));
        device.ExpectMsg(new WriteDeviceStatus(VirtioDeviceStatus.Acknowledge));
        device.ExpectMsg(new WriteDeviceStatus(found));
        device.ExpectMsg(new WriteDriverFeatures(VirtioFeatures.Version1 | VirtioFeatures.EventIndex | VirtioFeatures.Flush));
        device.ExpectMsg(new WriteDeviceStatus(found | VirtioDeviceStatus.FeaturesOk));
        device.ExpectMsg<ReadVirtioDevice>();
        device.Reply(new VirtioDeviceState(offered, found | VirtioDeviceStatus.FeaturesOk, 8, configuration));
        Assert.Equal((0, 8), device.ExpectMsg<EnableVirtqueue>() is var queue ? (queue.Queue, queue.Size) : default);
        device.ExpectMsg(new WriteDeviceStatus(found | VirtioDeviceStatus.FeaturesOk | VirtioDeviceStatus.DriverOk));
    }

    [Fact]
    public void A_driver_gives_up_a_device_that_refuses_its_features()
    {
        var device = CreateTestProbe();
        var driver = Sys.ActorOf(VirtioBlkDriverActor.Props(device.Ref, new VirtioDriverMemory(8), new VirtioBlkDriverSettings()));
        driver.Tell(new ExecuteBlockRequest(1, BlockOperation.Flush), TestActor);
        BringUp(device, VirtioDeviceStatus.Driver);
        Assert.True(device.FishForMessage<WriteDeviceStatus>(static write => write.Status.HasFlag(VirtioDeviceStatus.Failed)) is not null);
        ExpectMsg(new BlockRequestExecuted(1, BlockStatus.Lost, 0));
    }

    [Fact]
    public void A_driver_resets_a_device_that_needs_it_and_ends_what_it_had_there()
    {
        var device = CreateTestProbe();
        var driver = Sys.ActorOf(VirtioBlkDriverActor.Props(device.Ref, new VirtioDriverMemory(8), new VirtioBlkDriverSettings()));
        BringUp(device, VirtioDeviceStatus.FeaturesOk);
        driver.Tell(new ExecuteBlockRequest(1, BlockOperation.Read, 0, new byte[512]), TestActor);
        device.FishForMessage<AvailableBufferNotification>(static _ => true);

        device.Send(driver, ConfigurationChangeNotification.Instance);
        device.ExpectMsg<ReadVirtioDevice>();
        device.Reply(State(VirtioDeviceStatus.DriverOk | VirtioDeviceStatus.DeviceNeedsReset));
        device.ExpectMsg(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        device.ExpectMsg<ReadVirtioDevice>();
        ExpectNoMsg(TimeSpan.Zero);
        device.Reply(State(VirtioDeviceStatus.Reset));

        // Not before the reset is over: until then the device may still use the buffer.
        ExpectMsg(new BlockRequestExecuted(1, BlockStatus.IoError, 0));
    }

    [Fact]
    public void A_device_ends_with_its_request_queue()
    {
        var queue = CreateTestProbe();
        var device = Sys.ActorOf(VirtioBlkActor.Props(new VirtioDriverMemory(8), new VirtioBlkSettings(8, 6), 0, queue.Ref));
        queue.ExpectMsg<AioOpen>();
        Watch(device);
        Sys.Stop(queue.Ref);
        ExpectTerminated(device);
    }

    private static VirtioDeviceState State(VirtioDeviceStatus status) =>
        new(VirtioFeatures.Version1, status, 8, new VirtioBlkConfiguration { Capacity = 100, SegMax = 6, SizeMax = 4096 });

    private static void BringUp(TestProbe device, VirtioDeviceStatus status)
    {
        device.FishForMessage<ReadVirtioDevice>(static _ => true);
        device.Reply(State(VirtioDeviceStatus.Reset));
        device.FishForMessage<ReadVirtioDevice>(static _ => true);
        device.Reply(State(status));
    }

    private List<string> Flow(BlockOperation operation)
    {
        var subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString(
            "scsi-actors.targets.0.luns.0 { aio { backend = memory, size = 16MiB }\n virtio-blk.model = on }")));
        subsystem.Tell(new ScsiSubsystem.GetVirtioBlk(), TestActor);
        var driver = ExpectMsg<ScsiSubsystem.VirtioBlk>().Driver!;
        driver.Tell(new ExecuteBlockRequest(0, BlockOperation.Flush), TestActor);
        Assert.True(ExpectMsg<BlockRequestExecuted>().IsGood);

        using var tap = JournalTap.Live(MessageTaps.Of(Sys), new ScsiActors.Journal.Journal(new JournalHeader("virtio"), new JournalOptions { Keep = int.MaxValue }));
        // One for both flows: a name is free again only some time after its actor has stopped.
        var client = _client ??= CreateTestProbe("client");
        client.Send(driver, new ExecuteBlockRequest(1, operation, 32768, new byte[4096]));
        Assert.True(client.ExpectMsg<BlockRequestExecuted>().IsGood);
        var events = tap.Events;
        Sys.Stop(subsystem);

        // The driver's last message goes to the test, which is not one of the subsystem's actors.
        var last = events.Select(static entry => entry.Kind.Name).ToList().IndexOf(nameof(UsedBufferNotification));
        return [.. MessageFlow.Lines([.. events.Take(last + 1)])];
    }
}

using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Embedding;

/// <summary>A whole subsystem with a virtio-blk device, as actors.</summary>
public sealed class VirtioBlkTests : TestKit
{
    private const int DiskLength = 16 << 20;

    private IActorRef _subsystem = ActorRefs.Nobody;
    private ulong _lastId;

    public static TheoryData<string> Variants => new()
    {
        "",
        "indirect = off",
        "event-idx = off",
        "indirect = off, event-idx = off",
        "queue-size = 8, seg-max = 6",
        "queue-size = 1024, seg-max = 126",
        "driver.segment = 4 KiB",
        "queue-size = 4, seg-max = 2, indirect = off",
        "block-size = 4 KiB",
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void What_is_written_is_read_back(string variant)
    {
        var driver = Start(variant).Driver!;
        var written = Enumerable.Range(0, 300 * 1024).Select(static i => (byte)(i * 7 + (i >> 9))).ToArray();

        Assert.Equal(written.Length, Good(driver, BlockOperation.Write, 8192, written));
        Assert.Equal(0, Good(driver, BlockOperation.Flush));
        var read = new byte[written.Length];
        Assert.Equal(read.Length, Good(driver, BlockOperation.Read, 8192, read));

        Assert.Equal(written, read);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void More_requests_than_the_queue_has_descriptors_are_each_executed_once(string variant)
    {
        var driver = Start(variant).Driver!;
        const int requests = 2000;
        var buffers = Enumerable.Range(0, requests).Select(static i => Enumerable.Repeat((byte)i, 4096).ToArray()).ToArray();
        for (var i = 0; i < requests; i++)
            driver.Tell(new ExecuteBlockRequest((ulong)i, BlockOperation.Write, i * 4096L, buffers[i]), TestActor);
        var ids = ReceiveN(requests).Cast<BlockRequestExecuted>().Where(static executed => executed.IsGood).Select(static executed => executed.Id);
        Assert.Equal(Enumerable.Range(0, requests).Select(static i => (ulong)i), ids.Order());

        var all = new byte[requests * 4096];
        for (var offset = 0; offset < all.Length; offset += 64 << 10)
            Good(driver, BlockOperation.Read, offset, all.AsMemory(offset, Math.Min(64 << 10, all.Length - offset)));
        Assert.Equal(buffers.SelectMany(static buffer => buffer), all);
    }

    [Fact]
    public void The_logical_unit_and_the_device_share_the_storage_at_the_same_time()
    {
        var driver = Start("").Driver!;
        var data = Enumerable.Repeat((byte)0x5A, 4096).ToArray();
        Good(driver, BlockOperation.Write, 0, data);
        var read = new byte[4096];
        CommandExecuted answer;
        do
        {
            _subsystem.Tell(new ExecuteCommand(1, 0, Lun.Zero, Cdb.Parse([0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0]), DataDirection.In, read), TestActor);
            answer = ExpectMsg<CommandExecuted>();
        }
        while (!answer.IsGood);
        Assert.Equal(data, read);

        // Interleaved: slots of one that the other uses too would be found by the request queue.
        for (var i = 0; i < 400; i++)
        {
            driver.Tell(new ExecuteBlockRequest((ulong)i, BlockOperation.Read, i * 512, new byte[512]), TestActor);
            _subsystem.Tell(new ExecuteCommand((ulong)i, 0, Lun.Zero, Cdb.Parse([0x28, 0, 0, 0, 0, (byte)i, 0, 0, 1, 0]), DataDirection.In, new byte[512]), TestActor);
        }
        var answers = ReceiveN(800);
        Assert.Equal(400, answers.Count(static message => message is BlockRequestExecuted { IsGood: true }));
        Assert.Equal(400, answers.Count(static message => message is CommandExecuted));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zeroes_are_zeroes_and_what_lies_around_them_stays(bool mayUnmap)
    {
        var driver = Start("").Driver!;
        var data = Enumerable.Repeat((byte)0xFF, 1 << 20).ToArray();
        Good(driver, BlockOperation.Write, 0, data);

        Assert.Equal(BlockStatus.Ok, Execute(driver, new ExecuteBlockRequest(1, BlockOperation.WriteZeroes, 512, Length: 300 << 10, MayUnmap: mayUnmap)).Status);

        Good(driver, BlockOperation.Read, 0, data);
        Assert.True(data.AsSpan(0, 512).IndexOfAnyExcept((byte)0xFF) < 0);
        Assert.True(data.AsSpan(512, 300 << 10).IndexOfAnyExcept((byte)0) < 0);
        Assert.True(data.AsSpan(512 + (300 << 10)).IndexOfAnyExcept((byte)0xFF) < 0);
    }

    [Fact]
    public void A_discard_gives_back_and_the_name_is_told()
    {
        var driver = Start("id = \"vd-2008\"").Driver!;
        Assert.Equal(BlockStatus.Ok, Execute(driver, new ExecuteBlockRequest(1, BlockOperation.Discard, 4096, Length: 8192)).Status);
        var id = new byte[20];
        Good(driver, BlockOperation.GetId, 0, id);
        Assert.Equal("vd-2008", Encoding.ASCII.GetString(id).TrimEnd('\0'));
    }

    [Theory]
    [InlineData(BlockOperation.Read, DiskLength, 512, BlockStatus.IoError)]
    [InlineData(BlockOperation.Write, DiskLength - 512, 1024, BlockStatus.IoError)]
    [InlineData(BlockOperation.Read, 100, 512, BlockStatus.IoError)]
    [InlineData(BlockOperation.Read, 0, 100, BlockStatus.IoError)]
    [InlineData(BlockOperation.Read, -512, 512, BlockStatus.IoError)]
    [InlineData(BlockOperation.GetId, 0, 512, BlockStatus.Unsupported)]
    public void What_cannot_be_done_ends_with_the_status_that_says_so(BlockOperation operation, long offset, int length, BlockStatus expected)
    {
        var driver = Start("").Driver!;
        Assert.Equal(new BlockRequestExecuted(5, expected, 0), Execute(driver, new ExecuteBlockRequest(5, operation, offset, new byte[length])));
    }

    [Fact]
    public void Nothing_is_written_to_a_read_only_device()
    {
        var driver = Start("read-only = on").Driver!;
        Assert.Equal(BlockStatus.IoError, Execute(driver, new ExecuteBlockRequest(1, BlockOperation.Write, 0, new byte[512])).Status);
        Assert.Equal(BlockStatus.Unsupported, Execute(driver, new ExecuteBlockRequest(2, BlockOperation.WriteZeroes, 0, Length: 512)).Status);
    }

    [Fact]
    public void A_device_without_storage_ends_every_request_with_an_error()
    {
        var driver = Start("", "backend = file, file.path = \"/nowhere/at/all\"").Driver!;
        Assert.Equal(BlockStatus.IoError, Execute(driver, new ExecuteBlockRequest(1, BlockOperation.Read, 0, new byte[512])).Status);
    }

    [Fact]
    public void Requests_to_a_device_that_has_stopped_are_answered_and_say_so()
    {
        var virtio = Start("");
        Good(virtio.Driver!, BlockOperation.Flush);
        Watch(virtio.Device!);
        Sys.Stop(virtio.Device!);
        ExpectTerminated(virtio.Device!);
        // The driver's own notice may be on its way still: what it had given the device until then is lost too.
        Assert.Equal(BlockStatus.Lost, Execute(virtio.Driver!, new ExecuteBlockRequest(1, BlockOperation.Flush)).Status);
        Assert.Equal(BlockStatus.Lost, Execute(virtio.Driver!, new ExecuteBlockRequest(2, BlockOperation.Flush)).Status);
    }

    [Fact]
    public void Without_the_section_there_is_no_device()
    {
        _subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString("scsi-actors.targets.0.luns.0.aio.size = 16MiB")));
        _subsystem.Tell(new ScsiSubsystem.GetVirtioBlk(), TestActor);
        Assert.Equal(new ScsiSubsystem.VirtioBlk(null, null), ExpectMsg<ScsiSubsystem.VirtioBlk>());
    }

    private ScsiSubsystem.VirtioBlk Start(string settings, string aio = "backend = memory")
    {
        _subsystem = Sys.ActorOf(ScsiSubsystem.Props(ConfigurationFactory.ParseString(
            $"scsi-actors {{ targets.0.luns.0 {{ aio {{ {aio}, size = {DiskLength} }}\n virtio-blk {{ model = on\n {settings} }} }} }}")));
        _subsystem.Tell(new ScsiSubsystem.GetVirtioBlk(), TestActor);
        return ExpectMsg<ScsiSubsystem.VirtioBlk>();
    }

    private long Good(IActorRef driver, BlockOperation operation, long offset = 0, Memory<byte> data = default)
    {
        var executed = Execute(driver, new ExecuteBlockRequest(++_lastId, operation, offset, data));
        Assert.Equal(BlockStatus.Ok, executed.Status);
        return executed.Bytes;
    }

    private BlockRequestExecuted Execute(IActorRef driver, ExecuteBlockRequest request)
    {
        driver.Tell(request, TestActor);
        var executed = ExpectMsg<BlockRequestExecuted>(TimeSpan.FromSeconds(10));
        Assert.Equal(request.Id, executed.Id);
        return executed;
    }
}

using System.Globalization;
using ScsiActors.FrontEnds.InProcess;
using ScsiActors.Messages;
using ScsiActors.Tests.Properties;
using ScsiActors.Virtio;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Machines.Virtio;

/// <summary>The driver and the device as two machines that nobody synchronises: their messages and the completions of storage come in any order that the
/// seed likes. Every request is executed once and none waits for ever, whatever notifications were suppressed; every byte is right.</summary>
public sealed class DriverAndDeviceTests(ITestOutputHelper output)
{
    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("SCSIACTORS_FUZZ"), CultureInfo.InvariantCulture, out var runs) ? runs : 400;

    [Fact]
    public void Every_request_is_executed_once_in_any_order_of_messages()
    {
        var first = Environment.TickCount;
        output.WriteLine($"seeds {first} to {first + Runs - 1}");
        for (var seed = first; seed < first + Runs; seed++)
        {
            try
            {
                new Run((ulong)seed).Go();
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {seed}: {failure}");
            }
        }
    }

    [Fact]
    public void A_driver_that_finds_its_queue_full_notifies_once_and_is_notified_once()
    {
        var run = new Run(1, new VirtioBlkSettings(QueueSize: 8, SegMax: 6)) { IsNeverBusy = true };
        run.StartUp();
        run.OfferReads(8);
        Assert.Equal(1, run.Notifications);
        run.DeliverAll(completeInOneGo: true);
        Assert.Equal(1, run.Interrupts);
    }

    private sealed class Run : IVirtioBlkPorts, IVirtioBlkDriverPorts<string>
    {
        private const int DiskLength = 256 << 10;
        private const int Requests = 150;

        private readonly RandomStream _random;
        private readonly VirtioBlk _device;
        private readonly VirtioBlkDriver<string> _driver;
        private readonly byte[] _disk = new byte[DiskLength];
        private readonly byte[] _expected = new byte[DiskLength];
        private readonly Queue<Action> _toDevice = new();
        private readonly Queue<Action> _toDriver = new();
        private readonly List<AioRequest> _storage = [];
        private readonly Dictionary<ulong, (ExecuteBlockRequest Request, byte[]? Wanted)> _outstanding = [];
        private readonly HashSet<long> _busyBlocks = [];
        private ulong _lastId;
        private bool _breaks;

        public Run(ulong seed, VirtioBlkSettings? settings = null)
        {
            _random = new RandomStream(seed, "driver and device");
            var size = _random.Pick(4, 8, 16, 128);
            settings ??= new VirtioBlkSettings(size, Math.Min(size - 2, 14), 4096 << _random.Below(4))
            {
                Indirect = _random.OneIn(2),
                EventIndex = _random.OneIn(2),
            };
            var memory = new VirtioDriverMemory(settings.QueueSize);
            _device = new VirtioBlk(memory, settings, 0, this);
            _driver = new VirtioBlkDriver<string>(memory, new VirtioBlkDriverSettings(1000, 4096), this);
        }

        public bool IsNeverBusy { get; init; }

        public int Notifications { get; private set; }

        public int Interrupts { get; private set; }

        public void StartUp()
        {
            _device.Start();
            _driver.Start();
            _device.Handle(new AioOpened(AioResult.Ok, DiskLength, false, true, ""));
            DeliverAll();
        }

        public void Go()
        {
            if (_random.OneIn(2))
                StartUp();
            else
            {
                _driver.Start();
                _toDevice.Enqueue(() => _device.Handle(new AioOpened(AioResult.Ok, DiskLength, false, true, "")));
            }
            for (var sent = 0; sent < Requests;)
            {
                switch (_random.Weighted(3, 3, 3, 2))
                {
                    case 0: Send(); sent++; break;
                    case 1: Deliver(_toDevice); break;
                    case 2: Deliver(_toDriver); break;
                    default: CompleteOne(); break;
                }
            }
            DeliverAll();
            Assert.Empty(_outstanding);
            Assert.Equal(_expected, _disk);
            Assert.False(_breaks);
        }

        public void OfferReads(int count)
        {
            for (var i = 0; i < count; i++)
                SendRequest(new ExecuteBlockRequest(++_lastId, BlockOperation.Read, i * 4096, new byte[4096]), new byte[4096]);
        }

        public void DeliverAll(bool completeInOneGo = false)
        {
            while (_toDevice.Count + _toDriver.Count + _storage.Count > 0)
            {
                while (Deliver(_toDevice))
                {
                }
                while (completeInOneGo && _storage.Count > 0)
                    CompleteOne();
                while (Deliver(_toDriver))
                {
                }
                CompleteOne();
            }
        }

        void IVirtioBlkPorts.Open(AioOpen open)
        {
        }

        void IVirtioBlkPorts.Aio(AioRequest request) => _storage.Add(request);

        void IVirtioBlkPorts.Cancel(AioCancel cancel)
        {
        }

        void IVirtioBlkPorts.Drain(AioDrain drain) => _toDevice.Enqueue(() => _device.Handle(AioDrained.Instance));

        void IVirtioBlkPorts.State(VirtioDeviceState state) => _toDriver.Enqueue(() => _driver.Handle(state));

        void IVirtioBlkPorts.UsedBuffers(UsedBufferNotification notification)
        {
            Interrupts++;
            _toDriver.Enqueue(() => _driver.Handle(notification));
        }

        void IVirtioBlkPorts.ConfigurationChanged(ConfigurationChangeNotification notification) => _breaks = true;

        void IVirtioBlkPorts.GoOnLater() => _toDevice.Enqueue(_device.Continue);

        void IVirtioBlkPorts.Warn(string fault) => Assert.Fail(fault);

        void IVirtioBlkDriverPorts<string>.Read(ReadVirtioDevice read) => _toDevice.Enqueue(() => _device.Handle(read));

        void IVirtioBlkDriverPorts<string>.Write(WriteDriverFeatures write) => _toDevice.Enqueue(() => _device.Handle(write));

        void IVirtioBlkDriverPorts<string>.Write(WriteDeviceStatus write) => _toDevice.Enqueue(() => _device.Handle(write));

        void IVirtioBlkDriverPorts<string>.Enable(EnableVirtqueue enable) => _toDevice.Enqueue(() => _device.Handle(enable));

        void IVirtioBlkDriverPorts<string>.Notify(AvailableBufferNotification notification)
        {
            Notifications++;
            _toDevice.Enqueue(() => _device.Handle(notification));
        }

        void IVirtioBlkDriverPorts<string>.Executed(string client, BlockRequestExecuted executed)
        {
            Assert.True(_outstanding.Remove(executed.Id, out var asked), "a request is executed once");
            Assert.Equal(new BlockRequestExecuted(executed.Id, BlockStatus.Ok, asked.Request.Data.Length), executed);
            if (asked.Wanted is not null)
                Assert.True(asked.Wanted.AsSpan().SequenceEqual(asked.Request.Data.Span), "what is read is what was written");
            foreach (var block in Blocks(asked.Request))
                _busyBlocks.Remove(block);
        }

        private static IEnumerable<long> Blocks(ExecuteBlockRequest request)
        {
            for (var offset = request.Offset; offset < request.Offset + Math.Max(request.Length, request.Data.Length); offset += 512)
                yield return offset / 512;
        }

        private static bool Deliver(Queue<Action> queue)
        {
            if (!queue.TryDequeue(out var message))
                return false;
            message();
            return true;
        }

        // Only where nothing is outstanding: no order is promised between overlapping requests.
        private void Send()
        {
            var operation = _random.Pick(BlockOperation.Read, BlockOperation.Write, BlockOperation.Write, BlockOperation.WriteZeroes, BlockOperation.Flush,
                BlockOperation.Discard);
            var length = operation == BlockOperation.Flush ? 0 : 512 * (1 + _random.Below(_random.Pick(1, 8, 40)));
            var offset = length == 0 ? 0 : 512 * _random.Below((DiskLength - length) / 512 + 1);
            var hasData = operation is BlockOperation.Read or BlockOperation.Write;
            var data = hasData ? new byte[length] : [];
            var request = new ExecuteBlockRequest(++_lastId, operation, offset, data, hasData ? 0 : length, _random.OneIn(2));
            if (length > 4096 * 2 || Blocks(request).Any(_busyBlocks.Contains))
                return;
            var there = _expected.AsSpan(offset, length);
            if (operation == BlockOperation.Write)
            {
                for (var i = 0; i < length; i++)
                    data[i] = _random.Byte();
                data.CopyTo(there);
            }
            else if (operation != BlockOperation.Read)
                there.Clear();
            SendRequest(request, operation == BlockOperation.Read ? there.ToArray() : null);
        }

        private void SendRequest(ExecuteBlockRequest request, byte[]? wanted)
        {
            foreach (var block in Blocks(request))
                _busyBlocks.Add(block);
            _outstanding.Add(request.Id, (request, wanted));
            _driver.Handle("client", request);
        }

        private void CompleteOne()
        {
            if (_storage.Count == 0)
                return;
            var index = _random.Below(_storage.Count);
            var request = _storage[index];
            _storage.RemoveAt(index);
            if (!IsNeverBusy && _random.OneIn(10))
            {
                _device.Handle(new AioCompleted(request.Id, AioResult.Busy, 0));
                return;
            }
            var bytes = 0L;
            switch (request)
            {
                case AioRead read:
                    for (var i = 0; i < read.Data.Count; bytes += read.Data[i++].Length)
                        _disk.AsSpan((int)(read.Offset + bytes), read.Data[i].Length).CopyTo(read.Data[i].Span);
                    break;
                case AioWrite write:
                    for (var i = 0; i < write.Data.Count; bytes += write.Data[i++].Length)
                        write.Data[i].Span.CopyTo(_disk.AsSpan((int)(write.Offset + bytes)));
                    break;
                case AioUnmap unmap:
                    _disk.AsSpan((int)unmap.Offset, (int)unmap.Length).Clear();
                    break;
            }
            _device.Handle(new AioCompleted(request.Id, AioResult.Ok, bytes));
        }
    }
}

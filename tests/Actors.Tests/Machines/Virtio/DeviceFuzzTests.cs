using System.Globalization;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using ScsiActors.Tests.Properties;
using ScsiActors.Virtio;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Machines.Virtio;

/// <summary>Random descriptors, rings, registers and storage, by seed: nothing throws, every turn is bounded, storage is given nothing but the driver's
/// memory, and after a reset a good request is served. SCSIACTORS_FUZZ sets the number of runs.</summary>
public sealed class DeviceFuzzTests(ITestOutputHelper output)
{
    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("SCSIACTORS_FUZZ"), CultureInfo.InvariantCulture, out var runs) ? runs : 1_000;

    [Fact]
    public void Random_drivers_do_no_harm()
    {
        var first = Environment.TickCount;
        output.WriteLine($"seeds {first} to {first + Runs - 1}");
        var (served, broken) = (0, 0);
        for (var seed = first; seed < first + Runs; seed++)
        {
            try
            {
                var run = new Run((ulong)seed);
                run.Go();
                served += run.Served;
                broken += run.Broken;
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {seed}: {failure}");
            }
        }
        output.WriteLine($"{served} requests were used, {broken} resets were needed");
        Assert.True(served > Runs && broken > Runs / 10, $"{served} requests were used and {broken} resets needed: the runs say nothing");
    }

    private sealed class Run(ulong seed)
    {
        private const int Steps = 120;

        private readonly RandomStream _random = new(seed, "virtio driver");
        private readonly DeviceRig _rig = new DeviceRig().Up();
        private int _completed;

        public int Served { get; private set; }

        public int Broken { get; private set; }

        public void Go()
        {
            for (var step = 0; step < Steps; step++)
            {
                Step();
                Check();
            }
            while (_completed < _rig.Aio.Count)
                CompleteOne();
            Served += _rig.UsedIndex;
            ServeOneAfterReset();
        }

        private void Step()
        {
            switch (_random.Weighted(20, 8, 16, 30, 1, 1, 1, 1))
            {
                case 0: Good(); break;
                case 1: Bad(); break;
                case 2: _rig.Notify(); break;
                case 3: CompleteOne(); break;
                case 4: _rig.SetUsedEvent((ushort)_random.Next()); break;
                case 5: _rig.Device.Handle(AioDrained.Instance); break;
                case 6: Control(); break;
                default: Restart(); break;
            }
        }

        // A request as drivers make them, of random shape and sense.
        private void Good()
        {
            var head = _random.Below(13);
            var type = _random.Pick(VirtioBlkRequestType.In, VirtioBlkRequestType.Out, VirtioBlkRequestType.Flush, VirtioBlkRequestType.Discard,
                VirtioBlkRequestType.WriteZeroes, VirtioBlkRequestType.GetId, (VirtioBlkRequestType)_random.Below(32));
            var data = DeviceRig.Data + (ulong)_random.Below(1 << 19);
            var length = _random.Pick(512u, 1024u, 4096u, 20u, 16u, (uint)_random.Below(100_000));
            if (type is VirtioBlkRequestType.Discard or VirtioBlkRequestType.WriteZeroes)
                (data, length) = (_rig.Range(head, (ulong)_random.Below(3000), (uint)_random.Below(600), (uint)_random.Below(3)), 16);
            _rig.Request(head, type, (ulong)_random.Below(2100), (data, length));
            _rig.Offer(head);
        }

        // Any bits at all, but more often those that get further.
        private void Bad()
        {
            var table = _random.OneIn(2) ? DeviceRig.Descriptors : DeviceRig.Tables;
            _rig.Descriptor(_random.Below(16), Address(), Length(), (DescriptorFlags)_random.Below(8), _random.Below(18), table);
            if (_random.OneIn(3))
                _rig.Offer(_random.Below(17));
            if (_random.OneIn(20))
                _rig.SetAvailableIndex((ushort)_random.Next());
        }

        private ulong Address() => _random.Pick<ulong>(DeviceRig.Tables, DeviceRig.Headers, DeviceRig.Statuses, DeviceRig.Descriptors, DeviceRig.Used,
            DeviceRig.Unmapped, 0x1F_FFFF, _random.Next(), ulong.MaxValue, DeviceRig.Data + (ulong)_random.Below(1 << 19));

        private uint Length() => _random.Pick(0u, 1u, 16u, 17u, 32u, 48u, 512u, 528u, 4096u, uint.MaxValue, (uint)_random.Next());

        private void CompleteOne()
        {
            if (_completed == _rig.Aio.Count)
                return;
            var request = _rig.Aio[_completed++];
            _rig.Device.Handle(new AioCompleted(request.Id, _random.Pick(AioResult.Ok, AioResult.Ok, AioResult.Ok, AioResult.ReadError, AioResult.Busy), 0));
        }

        private void Control()
        {
            _rig.Device.Handle(new WriteDeviceStatus((VirtioDeviceStatus)_random.Below(256)));
            _rig.Device.Handle(new WriteDriverFeatures((VirtioFeatures)_random.Next()));
            _rig.Device.Handle(new WriteVirtioConfiguration(_random.Below(64), _random.Byte()));
            _rig.Device.Handle(new EnableVirtqueue(_random.Below(2), _random.Below(33), Address(), Address(), Address()));
            _rig.Device.Handle(new AvailableBufferNotification(_random.Below(3)));
            _rig.Device.Handle(new AioCompleted(new AioId(_random.Below(600), (uint)_random.Below(4)), AioResult.Ok, 0));
        }

        private void Restart()
        {
            if (_rig.NeedsReset)
                Broken++;
            while (_completed < _rig.Aio.Count)
                CompleteOne();
            Served += _rig.UsedIndex;
            _rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
            while (_completed < _rig.Aio.Count)
                CompleteOne();
            Assert.Equal(0, _rig.Device.Outstanding);
            _rig.Initialize(_random.OneIn(2) ? DeviceRig.AllFeatures : (VirtioFeatures)_random.Next());
            _completed = 0;
        }

        private void Check()
        {
            Assert.InRange(_rig.Device.Outstanding, 0, _rig.Settings.QueueSize);
            for (var i = _completed; i < _rig.Aio.Count; i++)
            {
                Assert.InRange(_rig.Aio[i].Id.Slot, DeviceRig.FirstSlot, DeviceRig.FirstSlot + _rig.Settings.QueueSize - 1);
                if (_rig.Aio[i] is AioRead { Data: var data })
                    CheckMemory(data);
            }
        }

        private void CheckMemory(ScatterGatherList data)
        {
            var all = _rig.Bytes(0, 0x20_0000);
            for (var i = 0; i < data.Count; i++)
                Assert.True(data[i].IsEmpty || all.Overlaps(data[i].Span), "storage is to read into the driver's memory only");
        }

        private void ServeOneAfterReset()
        {
            Restart();
            _rig.Device.Handle(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
            _rig.Initialize();
            _rig.Request(0, VirtioBlkRequestType.In, 0, (DeviceRig.Data, 512));
            _rig.Execute(0);
            _rig.Complete(0, AioResult.Ok, 512);
            Assert.Equal((0u, 513u), _rig.TakeUsed());
        }
    }
}

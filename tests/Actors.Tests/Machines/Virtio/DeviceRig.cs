using System.Buffers.Binary;
using ScsiActors.Messages;
using ScsiActors.Virtio;

namespace ScsiActors.Tests.Machines.Virtio;

/// <summary>A virtio-blk device, what it says to others, and a driver that lays out descriptors byte by byte, well or badly.</summary>
internal sealed class DeviceRig : IVirtioBlkPorts
{
    public const ulong Descriptors = 0x1000;
    public const ulong Available = 0x5000;
    public const ulong Used = 0x6000;
    public const ulong Tables = 0x8000;
    public const ulong Headers = 0x2_0000;
    public const ulong Statuses = 0x3_0000;
    public const ulong Data = 0x4_0000;
    public const ulong Unmapped = 0x1_0000_0000;
    public const int FirstSlot = 256;
    public const long DiskLength = 1 << 20;
    public const byte NoStatus = 0xEE;

    public const VirtioFeatures AllFeatures = (VirtioFeatures)ulong.MaxValue;

    private readonly byte[] _bytes = new byte[0x20_0000];
    private ushort _available;
    private ushort _usedSeen;

    public DeviceRig(VirtioBlkSettings? settings = null)
    {
        Settings = settings ?? new VirtioBlkSettings(QueueSize: 16, SegMax: 14) { Id = "disk-1" };
        Memory = new ArrayInitiatorMemory(_bytes);
        Device = new VirtioBlk(Memory, Settings, FirstSlot, this);
    }

    public VirtioBlkSettings Settings { get; }

    public ArrayInitiatorMemory Memory { get; }

    public VirtioBlk Device { get; }

    public List<AioRequest> Aio { get; } = [];

    public List<string> Said { get; } = [];

    public VirtioDeviceState? LastState { get; private set; }

    public VirtioFeatures Features { get; private set; }

    public int Notifications { get; private set; }

    public VirtioDeviceStatus Status
    {
        get
        {
            Device.Handle(ReadVirtioDevice.Instance);
            return LastState!.Status;
        }
    }

    public bool NeedsReset => Status.HasFlag(VirtioDeviceStatus.DeviceNeedsReset);

    public ushort UsedIndex => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan((int)Used + VirtqueueLayout.Index));

    public ushort AvailableEvent => Word(Used + (ulong)VirtqueueLayout.AvailableEvent(Settings.QueueSize));

    public ushort UsedFlags => Word(Used);

    /// <summary>Everything up to DRIVER_OK.</summary>
    public DeviceRig Up(VirtioFeatures features = AllFeatures, AioOpened? storage = null)
    {
        Device.Start();
        Device.Handle(storage ?? new AioOpened(AioResult.Ok, DiskLength, IsReadOnly: false, CanUnmap: true, "test"));
        Initialize(features);
        return this;
    }

    public void Initialize(VirtioFeatures features = AllFeatures)
    {
        Array.Clear(_bytes, (int)Descriptors, (int)(Tables - Descriptors));
        _available = _usedSeen = 0;
        Features = (features & Device.DeviceFeatures) | VirtioFeatures.Version1;
        const VirtioDeviceStatus driver = VirtioDeviceStatus.Acknowledge | VirtioDeviceStatus.Driver;
        Device.Handle(new WriteDeviceStatus(driver));
        Device.Handle(new WriteDriverFeatures(Features));
        Device.Handle(new WriteDeviceStatus(driver | VirtioDeviceStatus.FeaturesOk));
        Device.Handle(new EnableVirtqueue(0, Settings.QueueSize, Descriptors, Available, Used));
        Device.Handle(new WriteDeviceStatus(driver | VirtioDeviceStatus.FeaturesOk | VirtioDeviceStatus.DriverOk));
        Said.Clear();
        Aio.Clear();
        Notifications = 0;
    }

    public void Descriptor(int index, ulong address, uint length, DescriptorFlags flags = DescriptorFlags.None, int next = 0, ulong table = Descriptors) =>
        new VirtqueueDescriptor(address, length, flags, (ushort)next)
            .CopyTo(_bytes.AsSpan((int)table + index * VirtqueueDescriptor.Size));

    public ulong Header(int head, uint type, ulong sector = 0)
    {
        var at = Headers + (ulong)(head * 64);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan((int)at), type);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan((int)at + 8), sector);
        return at;
    }

    public ulong Range(int head, ulong sector, uint sectors, uint flags = 0)
    {
        var at = Headers + (ulong)(head * 64) + 16;
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan((int)at), sector);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan((int)at + 8), sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan((int)at + 12), flags);
        return at;
    }

    public ulong StatusAt(int head)
    {
        _bytes[(int)Statuses + head] = NoStatus;
        return Statuses + (ulong)head;
    }

    /// <summary>A request in three descriptors or more from <paramref name="head"/> on: header, data, status.</summary>
    public void Request(int head, VirtioBlkRequestType type, ulong sector, params (ulong Address, uint Length)[] data)
    {
        var index = head;
        Descriptor(index, Header(head, (uint)type, sector), 16, DescriptorFlags.Next, index + 1);
        var write = type is VirtioBlkRequestType.In or VirtioBlkRequestType.GetId ? DescriptorFlags.Write : DescriptorFlags.None;
        foreach (var (address, length) in data)
        {
            index++;
            Descriptor(index, address, length, DescriptorFlags.Next | write, index + 1);
        }
        Descriptor(index + 1, StatusAt(head), 1, DescriptorFlags.Write);
    }

    public void Offer(params int[] heads)
    {
        foreach (var head in heads)
        {
            var entry = (int)Available + VirtqueueLayout.Ring + _available++ % Settings.QueueSize * VirtqueueLayout.AvailableEntry;
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(entry), (ushort)head);
        }
        SetAvailableIndex(_available);
    }

    public void SetAvailableIndex(ushort index) =>
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan((int)Available + VirtqueueLayout.Index), _available = index);

    public void SetAvailableFlags(ushort flags) => SetWord(Available, flags);

    public void SetUsedEvent(ushort index) => SetWord(Available + (ulong)VirtqueueLayout.UsedEvent(Settings.QueueSize), index);

    public void SetWord(ulong address, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan((int)address), value);

    public void Notify() => Device.Handle(AvailableBufferNotification.OfQueue0);

    public void Execute(params int[] heads)
    {
        Offer(heads);
        Notify();
    }

    public void Complete(int index, AioResult result = AioResult.Ok, long bytes = 0) => Device.Handle(new AioCompleted(Aio[index].Id, result, bytes));

    /// <summary>The next used element: the head and the bytes written.</summary>
    public (uint Head, uint Length) TakeUsed()
    {
        Assert(_usedSeen != UsedIndex, "nothing was used");
        var entry = _bytes.AsSpan((int)Used + VirtqueueLayout.Ring + _usedSeen++ % Settings.QueueSize * VirtqueueLayout.UsedEntry);
        return (BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
    }

    public VirtioBlkStatus StatusOf(int head) => (VirtioBlkStatus)_bytes[(int)Statuses + head];

    public Span<byte> Bytes(ulong address, int length) => _bytes.AsSpan((int)address, length);

    void IVirtioBlkPorts.Open(AioOpen open) => Said.Add("open");

    void IVirtioBlkPorts.Aio(AioRequest request) => Aio.Add(request);

    void IVirtioBlkPorts.Cancel(AioCancel cancel) => Said.Add($"cancel {cancel.Id.Slot - FirstSlot}");

    void IVirtioBlkPorts.Drain(AioDrain drain) => Said.Add("drain");

    void IVirtioBlkPorts.State(VirtioDeviceState state) => LastState = state;

    void IVirtioBlkPorts.UsedBuffers(UsedBufferNotification notification) => Notifications++;

    void IVirtioBlkPorts.ConfigurationChanged(ConfigurationChangeNotification notification) => Said.Add("configuration changed");

    void IVirtioBlkPorts.GoOnLater() => Said.Add("later");

    void IVirtioBlkPorts.Warn(string fault) => Said.Add($"warn: {fault}");

    private static void Assert(bool condition, string what) => Xunit.Assert.True(condition, what);

    private ushort Word(ulong address) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan((int)address));
}

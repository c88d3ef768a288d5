using ScsiActors.Messages;

namespace ScsiActors.FrontEnds.InProcess;

/// <summary>What a driver of a virtio-blk device says to others.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public interface IVirtioBlkDriverPorts<in TClient>
{
    /// <summary>Asks the device for its state.</summary>
    void Read(ReadVirtioDevice read);

    /// <summary>Writes the features that are accepted.</summary>
    void Write(WriteDriverFeatures write);

    /// <summary>Writes the device status.</summary>
    void Write(WriteDeviceStatus write);

    /// <summary>Tells the device where the virtqueue is.</summary>
    void Enable(EnableVirtqueue enable);

    /// <summary>Tells the device that there are buffers.</summary>
    void Notify(AvailableBufferNotification notification);

    /// <summary>A request's end, for its client.</summary>
    void Executed(TClient client, BlockRequestExecuted executed);
}

/// <summary>Drives a virtio-blk device as an operating system does: brings it up (VIRTIO 1.2, 3.1.1), keeps as many requests in its virtqueue as that has
/// descriptors for, and brings it up again when it asks for a reset.</summary>
/// <typeparam name="TClient">Whatever names a client.</typeparam>
public sealed partial class VirtioBlkDriver<TClient>
    where TClient : class
{
    private enum Phase : byte { Resetting, Negotiating, Ready, Lost }

    /// <summary>A request in the virtqueue, at the index of its head.</summary>
    private struct Entry
    {
        public ExecuteBlockRequest? Request;
        public TClient? Client;
        public ushort Last;
        public int Descriptors;
    }

    private const VirtioFeatures Wanted = VirtioFeatures.Version1 | VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex
        | VirtioFeatures.SizeMax | VirtioFeatures.SegMax | VirtioFeatures.BlockSize | VirtioFeatures.Topology | VirtioFeatures.ReadOnly
        | VirtioFeatures.Flush | VirtioFeatures.ConfigWce | VirtioFeatures.Discard | VirtioFeatures.WriteZeroes;

    private readonly VirtioDriverMemory _memory;
    private readonly VirtioBlkDriverSettings _settings;
    private readonly IVirtioBlkDriverPorts<TClient> _ports;
    private readonly Entry[] _entries;
    private readonly Queue<(TClient Client, ExecuteBlockRequest Request)> _waiting = new();
    private Phase _phase;
    private VirtioFeatures _features;
    private VirtioBlkConfiguration _configuration;

    /// <summary>A driver; <see cref="Start"/> begins.</summary>
    /// <param name="memory">The memory that the device sees.</param>
    /// <param name="settings">How it behaves.</param>
    /// <param name="ports">The way out.</param>
    public VirtioBlkDriver(VirtioDriverMemory memory, VirtioBlkDriverSettings settings, IVirtioBlkDriverPorts<TClient> ports)
    {
        _memory = memory;
        _settings = settings;
        _ports = ports;
        _entries = new Entry[memory.Size];
        _next = new ushort[memory.Size];
    }

    /// <summary>Resets the device and brings it up; requests wait meanwhile.</summary>
    public void Start()
    {
        _phase = Phase.Resetting;
        _ports.Write(new WriteDeviceStatus(VirtioDeviceStatus.Reset));
        _ports.Read(ReadVirtioDevice.Instance);
    }

    /// <summary>Goes on bringing the device up, or finds out what it has to say.</summary>
    public void Handle(VirtioDeviceState state)
    {
        switch (_phase)
        {
            case Phase.Resetting when state.Status == VirtioDeviceStatus.Reset:
                Negotiate(state);
                break;
            case Phase.Negotiating:
                Finish(state);
                break;
            case Phase.Ready when state.Status.HasFlag(VirtioDeviceStatus.DeviceNeedsReset):
                Start();
                break;
        }
    }

    /// <summary>Something about the device has changed.</summary>
    public void Handle(ConfigurationChangeNotification notification)
    {
        if (_phase == Phase.Ready)
            _ports.Read(ReadVirtioDevice.Instance);
    }

    /// <summary>Takes a request of <paramref name="client"/>.</summary>
    public void Handle(TClient client, ExecuteBlockRequest request)
    {
        if (_phase == Phase.Lost)
            _ports.Executed(client, new BlockRequestExecuted(request.Id, BlockStatus.Lost, 0));
        else if (_phase == Phase.Ready && _waiting.Count == 0 && TryExecute(client, request))
            return;
        else if (_waiting.Count < _settings.MaximumWaiting)
            _waiting.Enqueue((client, request));
        else
            _ports.Executed(client, new BlockRequestExecuted(request.Id, BlockStatus.Busy, 0));
    }

    /// <summary>Takes what the device has used, and gives it what has waited.</summary>
    public void Handle(UsedBufferNotification notification)
    {
        if (_phase != Phase.Ready)
            return;
        SuppressNotifications(true);
        do
        {
            while (TryTakeUsed(out var head))
            {
                if (head >= (uint)_size || _entries[head].Request is null)
                {
                    // Nobody knows what such a device has done.
                    Start();
                    return;
                }
                End(head, StatusOf(_memory.At(_memory.StatusOf((int)head), 1)[0]));
            }
            SuppressNotifications(false);
        }
        while (HasUsed());
        ExecuteWaiting();
    }

    /// <summary>The device is gone.</summary>
    public void DeviceLost()
    {
        _phase = Phase.Lost;
        EndAll(BlockStatus.Lost);
        while (_waiting.TryDequeue(out var waiting))
            _ports.Executed(waiting.Client, new BlockRequestExecuted(waiting.Request.Id, BlockStatus.Lost, 0));
    }

    private static BlockStatus StatusOf(byte status) => (VirtioBlkStatus)status switch
    {
        VirtioBlkStatus.Ok => BlockStatus.Ok,
        VirtioBlkStatus.Unsupported => BlockStatus.Unsupported,
        _ => BlockStatus.IoError,
    };

    private void Negotiate(VirtioDeviceState state)
    {
        const VirtioDeviceStatus driver = VirtioDeviceStatus.Acknowledge | VirtioDeviceStatus.Driver;
        // What it had before the reset has come back, done or not.
        EndAll(BlockStatus.IoError);
        _phase = Phase.Negotiating;
        _features = state.DeviceFeatures & Wanted;
        _configuration = state.Configuration;
        _size = Math.Min(_memory.Size, state.QueueSizeMax);
        _ports.Write(new WriteDeviceStatus(VirtioDeviceStatus.Acknowledge));
        _ports.Write(new WriteDeviceStatus(driver));
        _ports.Write(new WriteDriverFeatures(_features));
        _ports.Write(new WriteDeviceStatus(driver | VirtioDeviceStatus.FeaturesOk));
        _ports.Read(ReadVirtioDevice.Instance);
    }

    private void Finish(VirtioDeviceState state)
    {
        if (!state.Status.HasFlag(VirtioDeviceStatus.FeaturesOk))
        {
            _ports.Write(new WriteDeviceStatus(state.Status | VirtioDeviceStatus.Failed));
            DeviceLost();
            return;
        }
        ClearQueue();
        _ports.Enable(new EnableVirtqueue(0, _size, _memory.Descriptors, _memory.Available, _memory.Used));
        _ports.Write(new WriteDeviceStatus(state.Status | VirtioDeviceStatus.DriverOk));
        _phase = Phase.Ready;
        ExecuteWaiting();
    }

    private void ExecuteWaiting()
    {
        while (_waiting.TryPeek(out var waiting) && TryExecute(waiting.Client, waiting.Request))
            _waiting.Dequeue();
    }

    private void End(uint head, BlockStatus status)
    {
        ref var entry = ref _entries[head];
        var (client, request) = (entry.Client!, entry.Request!);
        entry.Client = null;
        entry.Request = null;
        _memory.Unmap((int)head);
        Release((ushort)head);
        _ports.Executed(client, new BlockRequestExecuted(request.Id, status, status == BlockStatus.Ok ? request.Data.Length : 0));
    }

    private void EndAll(BlockStatus status)
    {
        for (var head = 0u; head < _entries.Length; head++)
        {
            if (_entries[head].Request is not null)
                End(head, status);
        }
    }
}

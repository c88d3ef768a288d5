using ScsiActors.Messages;

namespace ScsiActors.Virtio;

/// <summary>A virtio block device (VIRTIO 1.2, 5.2): what its driver writes into status, features and queue, and the life of a request between the
/// virtqueue and storage. Transports differ only in how these messages come.</summary>
public sealed partial class VirtioBlk
{
    private const VirtioFeatures Basic = VirtioFeatures.Version1 | VirtioFeatures.SizeMax | VirtioFeatures.SegMax | VirtioFeatures.BlockSize
        | VirtioFeatures.Topology | VirtioFeatures.Flush | VirtioFeatures.ConfigWce;

    private readonly InitiatorMemory _memory;
    private readonly VirtioBlkSettings _settings;
    private readonly int _firstSlot;
    private readonly IVirtioBlkPorts _ports;
    private readonly Virtqueue _queue;
    private readonly VirtioBlkRequest?[] _requests;
    private readonly DescriptorChain _chain = new();
    private AioOpened? _storage;
    private VirtioFeatures _driverFeatures;
    private VirtioDeviceStatus _status;
    private ulong _capacity;
    private bool _isResetting;
    private bool _isAsked;
    private bool _isDraining;
    private bool _writeback;

    /// <summary>A device that has been reset.</summary>
    /// <param name="memory">The driver's memory.</param>
    /// <param name="settings">What it is.</param>
    /// <param name="firstSlot">The first of its storage slots (<see cref="AioId"/>); it has <see cref="VirtioBlkSettings.QueueSize"/> of them.</param>
    /// <param name="ports">The way out.</param>
    public VirtioBlk(InitiatorMemory memory, VirtioBlkSettings settings, int firstSlot, IVirtioBlkPorts ports)
    {
        _memory = memory;
        _settings = settings;
        _firstSlot = firstSlot;
        _ports = ports;
        _queue = new Virtqueue(memory, settings.QueueSize);
        _requests = new VirtioBlkRequest?[settings.QueueSize];
        _writeback = settings.WriteCache;
    }

    /// <summary>Requests that storage has.</summary>
    public int Outstanding { get; private set; }

    /// <summary>What it offers; nothing before its storage is open.</summary>
    public VirtioFeatures DeviceFeatures { get; private set; }

    private bool IsReadOnly => _settings.ReadOnly || _storage is null or { IsReadOnly: true };

    // Without a flush a driver can wait for stable storage only in the write itself (5.2.6.2); with the switch, the switch says.
    private bool IsWriteback => _driverFeatures.HasFlag(VirtioFeatures.ConfigWce) ? _writeback
        : _settings.WriteCache && _driverFeatures.HasFlag(VirtioFeatures.Flush);

    private bool IsLive => _queue.IsLive && !_isResetting && (_status & VirtioDeviceStatus.DriverOk) != 0;

    /// <summary>Asks for the storage.</summary>
    public void Start() => _ports.Open(AioOpen.Instance);

    /// <summary>The storage is open, or cannot be used: a device without one has no sectors.</summary>
    public void Handle(AioOpened opened)
    {
        _storage = opened;
        _capacity = opened.Result == AioResult.Ok
            ? (ulong)(opened.Length / _settings.BlockSize * _settings.BlockSize) / VirtioBlkConfiguration.Sector
            : 0;
        DeviceFeatures = Basic
            | (_settings.Indirect ? VirtioFeatures.IndirectDescriptors : 0)
            | (_settings.EventIndex ? VirtioFeatures.EventIndex : 0)
            | (IsReadOnly ? VirtioFeatures.ReadOnly : VirtioFeatures.WriteZeroes)
            | (!IsReadOnly && opened.CanUnmap ? VirtioFeatures.Discard : 0);
        Answer();
    }

    /// <summary>The driver asks what the device is and how it stands.</summary>
    public void Handle(ReadVirtioDevice read)
    {
        _isAsked = true;
        Answer();
    }

    /// <summary>The driver accepts features; they count from FEATURES_OK on and cannot be changed after it (2.2.1).</summary>
    public void Handle(WriteDriverFeatures write)
    {
        if ((_status & VirtioDeviceStatus.FeaturesOk) == 0)
            _driverFeatures = write.Features;
    }

    /// <summary>The driver writes the device status.</summary>
    public void Handle(WriteDeviceStatus write)
    {
        if (write.Status == VirtioDeviceStatus.Reset)
        {
            Reset();
            return;
        }
        if (_isResetting)
            return;
        var added = write.Status & ~_status;
        // A device refuses features that it does not offer, and drivers from before the standard, by not showing the bit (2.2.2, 6.2).
        if ((added & VirtioDeviceStatus.FeaturesOk) != 0
            && ((_driverFeatures & ~DeviceFeatures) != 0 || !_driverFeatures.HasFlag(VirtioFeatures.Version1)))
            added &= ~VirtioDeviceStatus.FeaturesOk;
        if ((added & VirtioDeviceStatus.DriverOk) != 0 && ((_status | added) & VirtioDeviceStatus.FeaturesOk) == 0)
            added &= ~VirtioDeviceStatus.DriverOk;
        _status |= added & ~VirtioDeviceStatus.DeviceNeedsReset;
        if ((added & VirtioDeviceStatus.DriverOk) != 0)
            Serve();
    }

    /// <summary>The driver writes the configuration space.</summary>
    public void Handle(WriteVirtioConfiguration write)
    {
        if (write.Offset == VirtioBlkConfiguration.WritebackOffset && _driverFeatures.HasFlag(VirtioFeatures.ConfigWce))
            _writeback = write.Value != 0;
    }

    /// <summary>The driver says where its queue is.</summary>
    public void Handle(EnableVirtqueue enable)
    {
        if (enable.Queue != 0 || _isResetting || (_status & VirtioDeviceStatus.DriverOk) != 0)
            return;
        _queue.Enable(enable, _driverFeatures);
        if (_queue.Fault is not null)
            NeedReset();
    }

    /// <summary>The driver has made buffers available.</summary>
    public void Handle(AvailableBufferNotification notification)
    {
        if (notification.Queue == 0)
            Serve();
    }

    /// <summary>Goes on where a turn was ended.</summary>
    public void Continue() => Serve();

    /// <summary>Storage has ended a request.</summary>
    public void Handle(AioCompleted completed)
    {
        var head = completed.Id.Slot - _firstSlot;
        if ((uint)head >= (uint)_requests.Length || _requests[head] is not { IsOutstanding: true } request || request.AioId != completed.Id)
            return;
        Outstanding--;
        request.IsOutstanding = false;
        if (IsLive && completed.Result == AioResult.Busy)
            Park(request);
        else
            End(request, (ushort)head, StatusOf(completed.Result));
        if (_isResetting && Outstanding == 0)
            EndReset();
    }

    /// <summary>The request queue has come so far: what it had refused goes to it again.</summary>
    public void Handle(AioDrained drained)
    {
        _isDraining = false;
        if (!IsLive)
            return;
        foreach (var request in _requests)
        {
            if (request is { Submitted: { } submitted, IsOutstanding: false })
                Submit(request, submitted);
        }
    }

    private static VirtioBlkStatus StatusOf(AioResult result) => result switch
    {
        AioResult.Ok => VirtioBlkStatus.Ok,
        AioResult.NotSupported => VirtioBlkStatus.Unsupported,
        _ => VirtioBlkStatus.IoError,
    };

    // Bounded: a driver on another processor can make buffers available as fast as they are taken.
    private void Serve()
    {
        if (!IsLive)
            return;
        for (var left = _settings.QueueSize; _queue.TryTake(_chain); left--)
        {
            Start(_chain);
            if (left == 1)
            {
                _ports.GoOnLater();
                break;
            }
        }
        if (_queue.Fault is not null)
            NeedReset();
    }

    private void Submit(VirtioBlkRequest request, AioRequest submitted)
    {
        request.IsOutstanding = true;
        request.Submitted = submitted;
        Outstanding++;
        _ports.Aio(submitted);
    }

    // Others share the request queue, and virtio has no status for "later": to the driver a full queue is only a slow one.
    private void Park(VirtioBlkRequest request)
    {
        Invariant.Holds(request.Submitted is not null, "what storage refuses was submitted to it");
        if (_isDraining)
            return;
        _isDraining = true;
        _ports.Drain(AioDrain.Instance);
    }

    private void End(VirtioBlkRequest request, ushort head, VirtioBlkStatus status)
    {
        request.End();
        if (!IsLive)
            return;
        // A status byte that stands behind bytes that were not written is not counted (2.7.8.2).
        var written = request.FillsBuffer && status == VirtioBlkStatus.Ok ? request.WritableLength : request.WritableLength == 1 ? 1u : 0u;
        if (!_memory.TryWrite(request.StatusAddress, [(byte)status]))
            _queue.Break("a status byte is no longer in memory");
        else if (_queue.Give(head, written))
            _ports.UsedBuffers(UsedBufferNotification.OfQueue0);
        if (_queue.Fault is not null)
            NeedReset();
    }

    // DEVICE_NEEDS_RESET (2.1.2): nothing more is taken or given until the driver has reset the device.
    private void NeedReset()
    {
        if ((_status & VirtioDeviceStatus.DeviceNeedsReset) != 0)
            return;
        _status |= VirtioDeviceStatus.DeviceNeedsReset;
        _ports.Warn(_queue.Fault!);
        if ((_status & VirtioDeviceStatus.DriverOk) != 0)
            _ports.ConfigurationChanged(ConfigurationChangeNotification.Instance);
    }

    private void Reset()
    {
        if (_isResetting)
            return;
        _isResetting = true;
        foreach (var request in _requests)
        {
            if (request is { IsOutstanding: true })
                _ports.Cancel(new AioCancel(request.AioId));
            else
                request?.End();
        }
        if (Outstanding == 0)
            EndReset();
    }

    private void EndReset()
    {
        _isResetting = false;
        _status = VirtioDeviceStatus.Reset;
        _driverFeatures = VirtioFeatures.None;
        _writeback = _settings.WriteCache;
        _queue.Disable();
        Answer();
    }

    private void Answer()
    {
        if (!_isAsked || _isResetting || _storage is null)
            return;
        _isAsked = false;
        _ports.State(new VirtioDeviceState(DeviceFeatures, _status, _settings.QueueSize, Configuration()));
    }

    private VirtioBlkConfiguration Configuration() => new()
    {
        Capacity = (long)_capacity,
        SizeMax = _settings.SizeMax,
        SegMax = _settings.SegMax,
        BlockSize = _settings.BlockSize,
        PhysicalBlockExponent = (byte)int.Log2(_settings.PhysicalBlockSize / _settings.BlockSize),
        Writeback = _writeback,
        MaxDiscardSectors = DeviceFeatures.HasFlag(VirtioFeatures.Discard) ? (int)(_settings.MaxDiscard / VirtioBlkConfiguration.Sector) : 0,
        MaxWriteZeroesSectors = DeviceFeatures.HasFlag(VirtioFeatures.WriteZeroes) ? _settings.MaxWriteZeroes / VirtioBlkConfiguration.Sector : 0,
        WriteZeroesMayUnmap = DeviceFeatures.HasFlag(VirtioFeatures.Discard),
    };
}

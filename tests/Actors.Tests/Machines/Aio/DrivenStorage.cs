using System.Diagnostics;
using ScsiActors.Aio;
using ScsiActors.Aio.IoUring;
using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio;

/// <summary>A backend under test, driven by the test's own thread instead of an actor.</summary>
internal sealed class DrivenStorage : IAioBackendPorts, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _wakes = new(0);
    private readonly ManualResetEventSlim _closed = new();
    private readonly Dictionary<AioId, AioCompleted> _completed = [];
    private readonly HashSet<AioId> _expected = [];
    private readonly bool _ownsFile;
    private uint _generation;
    private int _nextSlot;
    private readonly PreciseClock _clock;
    private bool _isClosing;

    private DrivenStorage(string path, bool ownsFile, Func<IAioBackendPorts, IAioBackend> create)
    {
        Path = path;
        _ownsFile = ownsFile;
        _clock = new PreciseClock(() => _wakes.Release());
        Backend = create(this);
    }

    /// <summary>Every kind that keeps what is written.</summary>
    public static TheoryData<string> Kinds => ["memory", "thread-pool", "io-uring", "io-uring direct", "simulated", "simulated cached"];

    /// <summary>Every kind that keeps it in a file.</summary>
    public static TheoryData<string> FileKinds => ["thread-pool", "io-uring", "io-uring direct"];

    public IAioBackend Backend { get; }

    public string Path { get; }

    public AioOpened? OpenedAs { get; private set; }

    public List<string> Warnings { get; } = [];

    /// <summary>Storage of <paramref name="size"/> bytes, opened; a new sparse file where it is one.</summary>
    public static DrivenStorage Open(string kind, long size, long maxAllocated = long.MaxValue)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"scsi-actors-{Guid.NewGuid():N}.img");
        return Open(kind, SettingsFor(kind, path) with { Create = true }, size, maxAllocated, ownsFile: true);
    }

    /// <summary>Storage in the file that the settings name, opened, or with <see cref="OpenedAs"/> saying why not.</summary>
    public static DrivenStorage Open(string kind, AioFileSettings settings, long size = 0, long maxAllocated = long.MaxValue, bool ownsFile = false)
    {
        var storage = Make(kind, settings, size, maxAllocated, ownsFile);
        storage.OpenAndWait();
        return storage;
    }

    /// <summary>Storage that <paramref name="create"/> makes, opened.</summary>
    public static DrivenStorage Open(AioFileSettings settings, Func<IAioBackendPorts, IAioBackend> create)
    {
        var storage = new DrivenStorage(settings.Path, ownsFile: false, create);
        storage.OpenAndWait();
        return storage;
    }

    /// <summary>Storage that nobody has asked to open.</summary>
    public static DrivenStorage Make(string kind, AioFileSettings settings, long size = 0, long maxAllocated = long.MaxValue, bool ownsFile = false) =>
        new(settings.Path, ownsFile, ports => kind switch
        {
            "null" => new NullBackend(size, ports),
            "memory" => new MemoryBackend(size, maxAllocated, ports),
            "simulated" => new SimulatedDisk(Simulated(writeCache: 0), size, maxAllocated, ports),
            "simulated cached" => new SimulatedDisk(Simulated(writeCache: 1 << 18), size, maxAllocated, ports),
            "thread-pool" => new ThreadPoolFileBackend(settings, size, ports),
            _ => (IAioBackend?)IoUringFileBackend.TryCreate(settings, size, ports, out _) ?? new ThreadPoolFileBackend(settings, size, ports),
        });

    public static AioFileSettings SettingsFor(string kind, string path) => new(path, Create: false, ReadOnly: false,
        AioFileEngine.Auto, Direct: kind == "io-uring direct", RingEntries: 8, PollFor: TimeSpan.FromMicroseconds(20), Workers: 3,
        BounceBuffers: 2, BounceLength: 8192);

    public static SimulatedDiskSettings Simulated(long writeCache) => new(1, DiskContentsKind.Keep, new DiskTiming
    {
        Lanes = 4, CoalesceLimit = 65_536, ReadLatency = TimeSpan.FromMicroseconds(50), WriteLatency = TimeSpan.FromMicroseconds(50),
        WriteCache = writeCache, CacheRate = 4_000_000_000, FlushLatency = TimeSpan.FromMicroseconds(20),
    });

    /// <summary>A name for the next request: the smallest slots are used again as soon as they are free.</summary>
    public AioId NextId()
    {
        while (_expected.Any(id => id.Slot == _nextSlot % 256))
            _nextSlot++;
        return new AioId(_nextSlot++ % 256, ++_generation);
    }

    /// <summary>Submits without ending the batch.</summary>
    public AioId Submit(AioRequest request)
    {
        Assert.True(_expected.Add(request.Id));
        Backend.Submit(request);
        return request.Id;
    }

    /// <summary>Submits, and waits for the completion.</summary>
    public AioCompleted Run(AioRequest request)
    {
        Submit(request);
        Backend.EndOfBatch();
        return Await(request.Id);
    }

    public AioCompleted Read(long offset, byte[] data) => Run(new AioRead(NextId(), offset, new ScatterGatherList(data)));

    public byte[] Read(long offset, int length)
    {
        var data = new byte[length];
        Random.Shared.NextBytes(data);
        AssertOk(Read(offset, data), length);
        return data;
    }

    public void Write(long offset, byte[] data, bool writeThrough = false) =>
        AssertOk(Run(new AioWrite(NextId(), offset, new ScatterGatherList(data), writeThrough)), data.Length);

    /// <summary>Waits for the completion of one request.</summary>
    public AioCompleted Await(AioId id)
    {
        Until(() => _completed.ContainsKey(id));
        _completed.Remove(id, out var completed);
        return completed!;
    }

    /// <summary>Takes a completion that has come, if one has.</summary>
    public AioCompleted? TryTakeAny()
    {
        var (id, completed) = _completed.FirstOrDefault();
        if (completed is not null)
            _completed.Remove(id);
        return completed;
    }

    /// <summary>Waits until some completion has come.</summary>
    public AioCompleted AwaitAny()
    {
        Until(() => _completed.Count > 0);
        return TryTakeAny()!;
    }

    /// <summary>Closes and waits; every request has its completion then.</summary>
    public Dictionary<AioId, AioCompleted> Close()
    {
        if (!_isClosing)
        {
            _isClosing = true;
            Backend.Close();
        }
        Assert.True(_closed.Wait(Patience), "did not close");
        Assert.Empty(_expected);
        return _completed;
    }

    public void Dispose()
    {
        Close();
        if (_ownsFile)
            File.Delete(Path);
    }

    public static void AssertOk(AioCompleted completed, long bytes) => Assert.Equal((AioResult.Ok, bytes), (completed.Result, completed.Bytes));

    void IAioBackendPorts.Opened(AioOpened opened)
    {
        Assert.Null(OpenedAs);
        OpenedAs = opened;
    }

    void IAioBackendPorts.Completed(AioCompleted completed)
    {
        Assert.True(_expected.Remove(completed.Id), $"{completed} comes twice");
        _completed.Add(completed.Id, completed);
    }

    void IAioBackendPorts.Closed()
    {
        Assert.False(_closed.IsSet);
        _clock.Stop(_closed.Set);
    }

    void IAioBackendPorts.Wake() => _wakes.Release();

    TimeSpan IAioBackendPorts.Now => _clock.Now;

    string IAioBackendPorts.Name => "driven";

    void IAioBackendPorts.WakeAt(TimeSpan time) => _clock.WakeAt(time);

    void IAioBackendPorts.OverlayHit(OverlayHit hit)
    {
    }

    void IAioBackendPorts.Warn(string text) => Warnings.Add(text);

    private void OpenAndWait()
    {
        Backend.Open();
        Until(() => OpenedAs is not null);
    }

    private void Until(Func<bool> isTrue)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isTrue())
        {
            Assert.True(_wakes.Wait(Patience) && Stopwatch.GetElapsedTime(start) < Patience, "nothing happens any more");
            Backend.Reap();
        }
    }
}

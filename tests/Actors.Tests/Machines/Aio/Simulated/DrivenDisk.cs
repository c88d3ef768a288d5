using System.Numerics;
using ScsiActors.Aio;
using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>A <see cref="SimulatedDisk"/> whose time the test moves.</summary>
internal sealed class DrivenDisk : IAioBackendPorts
{
    public const int Block = 512;

    private readonly SortedSet<TimeSpan> _wakes = [];
    private uint _generation;
    private int _slot;

    public DrivenDisk(DiskTiming timing, long size = 64 * Block, ulong seed = 1, DiskContentsKind contents = DiskContentsKind.Keep)
    {
        Disk = new SimulatedDisk(new SimulatedDiskSettings(seed, contents, timing), size, 1 << 26, this);
        Disk.Open();
    }

    public SimulatedDisk Disk { get; }

    public TimeSpan Now { get; private set; }

    public Dictionary<AioId, AioCompleted> Completed { get; } = [];

    public List<OverlayHit> Hits { get; } = [];

    public string Name => "disk";

    public AioId Submit(Func<AioId, AioRequest> request)
    {
        var id = new AioId(_slot++ % 512, ++_generation);
        Disk.Submit(request(id));
        return id;
    }

    public AioId SubmitWrite(long block, byte[] data, bool writeThrough = false, bool isAtomic = false) =>
        Submit(id => new AioWrite(id, block * Block, new ScatterGatherList(data), writeThrough) { IsAtomic = isAtomic });

    /// <summary>Writes blocks that are full of one value, and waits.</summary>
    public AioCompleted Write(long block, byte value, int blocks = 1, bool writeThrough = false, bool isAtomic = false)
    {
        var data = new byte[blocks * Block];
        Array.Fill(data, value);
        return Await(SubmitWrite(block, data, writeThrough, isAtomic));
    }

    /// <summary>Reads blocks: the value of each, which must be full of it.</summary>
    public byte[] Read(long block, int blocks = 1)
    {
        var (result, data) = TryRead(block, blocks);
        Assert.Equal((AioResult.Ok, (long)data.Length), (result.Result, result.Bytes));
        return Enumerable.Range(0, blocks).Select(i => Assert.Single(data[(i * Block)..((i + 1) * Block)].Distinct())).ToArray();
    }

    public (AioCompleted Completed, byte[] Data) TryRead(long block, int blocks = 1)
    {
        var data = new byte[blocks * Block];
        // In pieces that do not end with a block, as a client's memory may come.
        var pieces = new ScatterGatherList([data.AsMemory(0, 100), data.AsMemory(100, 300), data.AsMemory(400)]);
        return (Await(Submit(id => new AioRead(id, block * Block, pieces))), data);
    }

    public AioCompleted Flush() => Await(Submit(static id => new AioFlush(id)));

    public DiskControlled Do(DiskControl control)
    {
        var controlled = Disk.Handle(control);
        Assert.Null(controlled.Refusal);
        return controlled;
    }

    public string Refused(DiskControl control) => Assert.IsType<string>(Disk.Handle(control).Refusal);

    public DiskOverlay Inject(DiskOverlay overlay)
    {
        Do(new InjectOverlay(overlay));
        return overlay;
    }

    /// <summary>Cuts the power and gives it back, with one image or a drawn one.</summary>
    public PowerCut Cut(BigInteger? image = null, long tearingUnit = Block)
    {
        var cut = Do(new PowerOff(tearingUnit)).Cut!;
        Do(new PowerOn(image));
        return cut;
    }

    /// <summary>Lets time pass until the request has completed.</summary>
    public AioCompleted Await(AioId id)
    {
        AioCompleted? completed;
        while (!Completed.TryGetValue(id, out completed))
            Assert.True(Step(), "nothing happens any more");
        return completed;
    }

    /// <summary>Lets time pass up to <paramref name="microseconds"/> from now.</summary>
    public void Pass(double microseconds)
    {
        var until = Now + TimeSpan.FromMicroseconds(microseconds);
        while (_wakes.Count > 0 && _wakes.Min <= until)
            Step();
        Now = until;
        Disk.Reap();
    }

    void IAioBackendPorts.WakeAt(TimeSpan time) => _wakes.Add(time);

    void IAioBackendPorts.Opened(AioOpened opened) => Assert.Equal(AioResult.Ok, opened.Result);

    void IAioBackendPorts.Completed(AioCompleted completed) => Completed.Add(completed.Id, completed);

    void IAioBackendPorts.OverlayHit(OverlayHit hit) => Hits.Add(hit);

    void IAioBackendPorts.Closed()
    {
    }

    void IAioBackendPorts.Wake()
    {
    }

    void IAioBackendPorts.Warn(string text)
    {
    }

    private bool Step()
    {
        if (_wakes.Count == 0)
            return false;
        Now = _wakes.Min > Now ? _wakes.Min : Now;
        _wakes.Remove(_wakes.Min);
        Disk.Reap();
        return true;
    }
}

using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>A <see cref="DiskMechanism"/> whose time the test moves, and what it said when.</summary>
internal sealed class DrivenMechanism : IDiskMechanismPorts
{
    private int _tag;

    public DrivenMechanism(DiskTiming timing, long size = 1L << 30, ulong seed = 1) =>
        Disk = new DiskMechanism(timing, size, new SeededStream(seed, "test"), this);

    public DiskMechanism Disk { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Tag, microseconds.</summary>
    public List<(int Tag, double At)> Completed { get; } = [];

    /// <summary>Tags that completed before they were durable.</summary>
    public HashSet<int> Volatile { get; } = [];

    /// <summary>Stamp, microseconds.</summary>
    public List<(long Stamp, double At)> Destaged { get; } = [];

    /// <summary>Submits at the present time; tags and stamps count from 0.</summary>
    public int Submit(DiskOperation operation, long offset = 0, long length = 0)
    {
        Disk.Submit(operation, _tag, _tag, offset, length);
        return _tag++;
    }

    public void Read(params ReadOnlySpan<(long Offset, long Length)> ranges)
    {
        foreach (var (offset, length) in ranges)
            Submit(DiskOperation.Read, offset, length);
    }

    public void Write(params ReadOnlySpan<(long Offset, long Length)> ranges)
    {
        foreach (var (offset, length) in ranges)
            Submit(DiskOperation.Write, offset, length);
    }

    /// <summary>Lets time pass up to <paramref name="microseconds"/>, one wake after the other.</summary>
    public void To(double microseconds)
    {
        var until = TimeSpan.FromMicroseconds(microseconds);
        while (Disk.NextWake <= until)
        {
            Now = Disk.NextWake;
            Disk.Advance(Now);
        }
        Now = until;
        Disk.Advance(Now);
    }

    /// <summary>Lets time pass until nothing is outstanding.</summary>
    public void ToEnd()
    {
        while (Disk.NextWake != TimeSpan.MaxValue)
        {
            Now = Disk.NextWake;
            Disk.Advance(Now);
        }
        Assert.Equal(0, Disk.Outstanding);
    }

    public double At(int tag) => Completed.Single(entry => entry.Tag == tag).At;

    void IDiskMechanismPorts.Completed(int tag, bool isDurable)
    {
        Completed.Add((tag, Now.TotalMicroseconds));
        if (!isDurable)
            Invariant.Holds(Volatile.Add(tag), "a request completes once");
    }

    void IDiskMechanismPorts.Destaged(long stamp) => Destaged.Add((stamp, Now.TotalMicroseconds));
}

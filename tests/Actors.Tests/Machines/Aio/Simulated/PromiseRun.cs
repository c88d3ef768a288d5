using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>A random load, flushes and power cuts, and what a client that believes the standards may count on: a block holds, after a cut, the last
/// version that was promised to last, or one that was written later.</summary>
internal sealed class PromiseRun
{
    private const int Blocks = 24;

    private sealed record Version(byte Value, int Submitted)
    {
        public int Completed { get; set; } = int.MaxValue;

        public bool IsPromised { get; set; }
    }

    private sealed record Writing(AioId Id, List<Version> Versions, bool WriteThrough);

    private readonly DrivenDisk _disk;
    private readonly List<Version>[] _history = new List<Version>[Blocks];
    private readonly List<Writing> _writes = [];
    private readonly List<(AioId Id, int Submitted)> _flushes = [];
    private SeededStream _random;
    private byte _value;
    private int _time;

    public PromiseRun(ulong seed)
    {
        _random = new SeededStream(seed, "promises");
        var timing = new DiskTiming
        {
            Lanes = 1 + (int)_random.Below(4), CoalesceLimit = _random.Below(2) * 4096, WriteCache = _random.Below(4) * 4096,
            WriteOverhead = TimeSpan.FromMicroseconds(40), WriteLatency = TimeSpan.FromMicroseconds(_random.Below(60)),
            Distribution = LatencyDistribution.Exponential, CacheLatency = TimeSpan.FromMicroseconds(2),
        };
        _disk = new DrivenDisk(timing, Blocks * DrivenDisk.Block, seed);
        for (var i = 0; i < Blocks; i++)
            _history[i] = [new Version(0, -1) { Completed = 0, IsPromised = true }];
    }

    /// <summary>Runs three cuts: how many blocks did not hold their last version afterwards.</summary>
    public int Run()
    {
        var old = 0;
        for (var cut = 0; cut < 3; cut++)
        {
            for (var i = 0; i < 60; i++)
            {
                Act();
                _disk.Pass(_random.Below(60));
                _time++;
                TakeCompletions();
            }
            old += CutAndCheck();
        }
        return old;
    }

    private void Act()
    {
        if (_random.Below(8) == 0)
        {
            _flushes.Add((_disk.Submit(static id => new AioFlush(id)), _time));
            return;
        }
        var count = 1 + (int)_random.Below(4);
        var first = (int)_random.Below(Blocks - count + 1);
        var version = new Version(++_value == 0 ? ++_value : _value, _time);
        var data = new byte[count * DrivenDisk.Block];
        Array.Fill(data, version.Value);
        var versions = new List<Version>();
        for (var i = 0; i < count; i++)
        {
            versions.Add(version with { });
            _history[first + i].Add(versions[^1]);
        }
        var writeThrough = _random.Below(6) == 0;
        _writes.Add(new Writing(_disk.SubmitWrite(first, data, writeThrough), versions, writeThrough));
    }

    private void TakeCompletions()
    {
        _writes.RemoveAll(write =>
        {
            if (!_disk.Completed.TryGetValue(write.Id, out var completed))
                return false;
            Assert.Equal(AioResult.Ok, completed.Result);
            write.Versions.ForEach(version => (version.Completed, version.IsPromised) = (_time, write.WriteThrough));
            return true;
        });
        _flushes.RemoveAll(flush =>
        {
            if (!_disk.Completed.ContainsKey(flush.Id))
                return false;
            foreach (var version in _history.SelectMany(static versions => versions))
                version.IsPromised |= version.Completed <= flush.Submitted;
            return true;
        });
    }

    private int CutAndCheck()
    {
        _disk.Cut();
        _writes.Clear();
        _flushes.Clear();
        var old = 0;
        for (var block = 0; block < Blocks; block++)
        {
            var value = _disk.Read(block).Single();
            var history = _history[block];
            var held = history.FindLast(version => version.Value == value);
            Assert.True(held is not null, $"block {block} holds {value}, which was never written there");
            // Older than promised: it had completed before a promised one was submitted.
            Assert.DoesNotContain(history, version => version.IsPromised && held.Completed <= version.Submitted);
            old += held == history[^1] ? 0 : 1;
            history.Clear();
            history.Add(new Version(value, _time - 1) { Completed = _time, IsPromised = true });
        }
        return old;
    }
}

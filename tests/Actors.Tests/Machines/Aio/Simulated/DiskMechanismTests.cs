using ScsiActors.Aio.Simulated;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>The timing of a simulated disk, to the microsecond: 1000 bytes take 1 µs.</summary>
public sealed class DiskMechanismTests(ITestOutputHelper output)
{
    private static readonly DiskTiming Plain = new()
    {
        Rate = 1_000_000_000, ReadOverhead = Microseconds(2), WriteOverhead = Microseconds(3),
    };

    [Fact]
    public void One_request_takes_its_latency_its_overhead_and_its_bytes()
    {
        var disk = new DrivenMechanism(Plain with { ReadLatency = Microseconds(100) });
        disk.Read((0, 4000));
        disk.ToEnd();
        Assert.Equal([(0, 106.0)], disk.Completed);
    }

    [Theory]
    [InlineData(1, 106, 212, 318)]
    [InlineData(2, 106, 112, 212)]
    [InlineData(3, 106, 112, 118)]
    public void Latencies_overlap_in_as_many_lanes_as_there_are_and_the_medium_serves_one_at_a_time(int lanes, double first, double second, double third)
    {
        var disk = new DrivenMechanism(Plain with { ReadLatency = Microseconds(100), Lanes = lanes });
        disk.Read((0, 4000), (100_000, 4000), (200_000, 4000));
        disk.ToEnd();
        Assert.Equal([(0, first), (1, second), (2, third)], disk.Completed);
    }

    [Fact]
    public void Waiting_requests_that_continue_the_oldest_are_served_with_it_and_complete_together()
    {
        var disk = new DrivenMechanism(Plain with { CoalesceLimit = 100_000 });
        // The first is taken at once; 1, 3 and 4 continue each other, 2 does not.
        disk.Read((500_000, 1000), (0, 1000), (9000, 1000), (1000, 1000), (2000, 1000));
        disk.ToEnd();
        Assert.Equal([(0, 3.0), (1, 8.0), (3, 8.0), (4, 8.0), (2, 11.0)], disk.Completed);
    }

    [Fact]
    public void Requests_are_coalesced_up_to_the_limit_and_never_with_another_direction()
    {
        var disk = new DrivenMechanism(Plain with { CoalesceLimit = 2500 });
        disk.Read((500_000, 1000), (0, 1000), (1000, 1000), (2000, 1000));
        disk.Write((3000, 1000));
        disk.ToEnd();
        Assert.Equal([(0, 3.0), (1, 7.0), (2, 7.0), (3, 10.0), (4, 14.0)], disk.Completed);
    }

    [Fact]
    public void Without_a_limit_nothing_is_coalesced()
    {
        var disk = new DrivenMechanism(Plain);
        disk.Read((500_000, 1000), (0, 1000), (1000, 1000));
        disk.ToEnd();
        Assert.Equal([(0, 3.0), (1, 6.0), (2, 9.0)], disk.Completed);
    }

    [Fact]
    public void A_write_that_continues_the_one_before_has_no_latency_and_the_full_rate()
    {
        var disk = new DrivenMechanism(Plain with { WriteLatency = Microseconds(50), IsolatedWriteRate = 100_000_000 });
        disk.Write((0, 1000), (1000, 1000), (5000, 1000));
        disk.ToEnd();
        // 50 + 3 + 10 isolated; 3 + 1 continuing; 50 + 3 + 10 isolated again.
        Assert.Equal([(0, 63.0), (1, 67.0), (2, 130.0)], disk.Completed);
    }

    [Fact]
    public void A_write_that_arrives_when_the_one_before_has_left_the_medium_is_isolated()
    {
        var disk = new DrivenMechanism(Plain with { WriteLatency = Microseconds(50) });
        disk.Write((0, 1000));
        disk.To(54);
        Assert.Equal([(0, 54.0)], disk.Completed);
        disk.Write((1000, 1000));
        disk.ToEnd();
        Assert.Equal(108.0, disk.At(1));
    }

    [Fact]
    public void A_write_behind_a_read_is_isolated_even_where_it_continues()
    {
        var disk = new DrivenMechanism(Plain with { WriteLatency = Microseconds(50) });
        disk.Read((0, 1000));
        disk.Write((1000, 1000));
        disk.ToEnd();
        Assert.Equal([(0, 3.0), (1, 57.0)], disk.Completed);
    }

    [Fact]
    public void An_isolated_read_may_have_a_rate_of_its_own()
    {
        var disk = new DrivenMechanism(Plain with { IsolatedReadRate = 100_000_000 });
        disk.Read((0, 1000), (1000, 1000));
        disk.ToEnd();
        Assert.Equal([(0, 12.0), (1, 15.0)], disk.Completed);
    }

    [Fact]
    public void A_seek_costs_the_square_root_of_its_share_of_the_disk()
    {
        var disk = new DrivenMechanism(Plain with { SeekLatency = Microseconds(100) }, size: 1_000_000);
        disk.Read((0, 0), (250_000, 0), (250_000, 0));
        disk.ToEnd();
        Assert.Equal([(0, 2.0), (1, 54.0), (2, 56.0)], disk.Completed);
    }

    [Fact]
    public void Each_other_request_that_the_disk_has_may_add_to_the_latency()
    {
        var disk = new DrivenMechanism(Plain with { DepthLatency = Microseconds(10) });
        disk.Read((0, 1000), (5000, 1000), (9000, 1000));
        disk.ToEnd();
        // The first was alone when it was taken; the second had one other, the third none.
        Assert.Equal([(0, 3.0), (1, 16.0), (2, 19.0)], disk.Completed);
    }

    [Fact]
    public void A_disk_that_slows_down_slows_what_begins_from_then_on()
    {
        var disk = new DrivenMechanism(Plain with { ReadLatency = Microseconds(10) });
        disk.Read((0, 1000), (5000, 1000));
        disk.Disk.Slowness = 2;
        disk.ToEnd();
        Assert.Equal([(0, 16.0), (1, 42.0)], disk.Completed);
    }

    [Fact]
    public void An_unmap_costs_its_overhead_whatever_its_length()
    {
        var disk = new DrivenMechanism(Plain with { UnmapOverhead = Microseconds(7) });
        disk.Submit(DiskOperation.Unmap, 0, 1 << 29);
        disk.ToEnd();
        Assert.Equal([(0, 7.0)], disk.Completed);
    }

    [Fact]
    public void A_cached_write_completes_in_the_cache_and_is_destaged_later()
    {
        var disk = new DrivenMechanism(Plain with { WriteCache = 10_000, CacheLatency = Microseconds(1), CacheRate = 4_000_000_000 });
        disk.Write((0, 4000));
        disk.ToEnd();
        Assert.Equal([(0, 2.0)], disk.Completed);
        Assert.Contains(0, disk.Volatile);
        Assert.Empty(disk.Destaged);
        disk.To(9);
        Assert.Equal(0, disk.Disk.CacheUsed);
        Assert.Equal(0, Assert.Single(disk.Destaged).Stamp);
    }

    [Fact]
    public void A_flush_waits_for_the_writes_that_were_complete_before_it_and_for_no_others()
    {
        var disk = new DrivenMechanism(Plain with { WriteCache = 100_000, FlushLatency = Microseconds(5) });
        disk.Write((0, 4000));
        disk.To(0);
        var flush = disk.Submit(DiskOperation.Flush);
        disk.Write((50_000, 40_000));
        disk.ToEnd();
        // The write is destaged at 3 + 4.
        Assert.Equal(12.0, disk.At(flush));
        Assert.Equal([0L], disk.Destaged.Select(static entry => entry.Stamp));
    }

    [Fact]
    public void A_flush_of_nothing_has_only_its_latency()
    {
        var disk = new DrivenMechanism(Plain with { FlushLatency = Microseconds(5) });
        disk.Submit(DiskOperation.Flush);
        disk.ToEnd();
        Assert.Equal([(0, 5.0)], disk.Completed);
    }

    [Fact]
    public void A_false_flush_waits_for_nothing()
    {
        var disk = new DrivenMechanism(Plain with { WriteCache = 100_000 });
        disk.Write((0, 40_000));
        disk.To(1);
        var flush = disk.Submit(DiskOperation.FalseFlush);
        disk.ToEnd();
        Assert.Equal(1.0, disk.At(flush));
        Assert.Empty(disk.Destaged);
    }

    [Fact]
    public void A_write_through_goes_to_the_medium_past_the_cache()
    {
        var disk = new DrivenMechanism(Plain with { WriteCache = 100_000 });
        disk.Submit(DiskOperation.WriteThrough, 0, 4000);
        disk.ToEnd();
        Assert.Equal([(0, 7.0)], disk.Completed);
        Assert.Empty(disk.Volatile);
    }

    [Fact]
    public void A_write_for_which_the_cache_has_no_room_goes_to_the_medium()
    {
        var disk = new DrivenMechanism(Plain with { WriteCache = 4000, Lanes = 2 });
        disk.Write((0, 4000), (20_000, 4000));
        disk.ToEnd();
        Assert.Equal([0], disk.Volatile);
        Assert.Equal([(0, 0.0), (1, 7.0)], disk.Completed);
    }

    [Fact]
    public void Writes_that_continue_each_other_in_the_cache_are_destaged_together()
    {
        var disk = new DrivenMechanism(Plain with { WriteCache = 100_000, CoalesceLimit = 100_000 });
        disk.Write((90_000, 1000), (0, 1000), (1000, 1000), (2000, 1000));
        disk.To(0);
        var flush = disk.Submit(DiskOperation.Flush);
        disk.ToEnd();
        // The first alone, 3 + 1; the others together, 3 + 3.
        Assert.Equal(10.0, disk.At(flush));
    }

    [Fact]
    public void Only_a_request_that_waits_can_be_taken_back()
    {
        var disk = new DrivenMechanism(Plain);
        disk.Read((0, 1000), (5000, 1000), (9000, 1000));
        Assert.False(disk.Disk.TryCancel(0));
        Assert.True(disk.Disk.TryCancel(1));
        Assert.False(disk.Disk.TryCancel(1));
        disk.ToEnd();
        Assert.Equal([(0, 3.0), (2, 6.0)], disk.Completed);
    }

    [Fact]
    public void A_power_cut_forgets_every_request_and_the_cache()
    {
        var disk = new DrivenMechanism(Plain with { WriteCache = 100_000 });
        disk.Write((0, 40_000));
        disk.Read((0, 1000));
        disk.To(1);
        disk.Disk.PowerOff();
        Assert.Equal(TimeSpan.MaxValue, disk.Disk.NextWake);
        disk.To(1000);
        Assert.Empty(disk.Destaged);
        disk.Read((0, 1000));
        disk.ToEnd();
        Assert.Equal([(0, 0.0), (2, 1003.0)], disk.Completed);
    }

    [Theory]
    [InlineData(LatencyDistribution.Uniform, 0.5)]
    [InlineData(LatencyDistribution.Exponential, 0)]
    [InlineData(LatencyDistribution.LogNormal, 0.5)]
    public void A_latency_scatters_about_its_mean_and_the_same_seed_gives_the_same_draws(LatencyDistribution distribution, double spread)
    {
        var timing = new DiskTiming { ReadLatency = Microseconds(100), Distribution = distribution, Spread = spread, Rate = 16_000_000_000 };
        var first = Latencies(timing, seed: 7);
        Assert.Equal(first, Latencies(timing, seed: 7));
        Assert.NotEqual(first, Latencies(timing, seed: 8));
        Assert.InRange(first.Average(), 97, 103);
        Assert.True(first.Max() > 140 && first.Min() is > 0 and < 60);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_request_of_a_random_load_completes_once_and_a_second_run_is_the_same(ulong seed)
    {
        output.WriteLine($"seed {seed}");
        var first = RandomLoad(seed, extraWakes: false);
        Assert.Equal(first, RandomLoad(seed, extraWakes: false));
        // To look at the disk at other times than it asks for changes nothing.
        Assert.Equal(first, RandomLoad(seed, extraWakes: true));
    }

    private static List<double> Latencies(DiskTiming timing, ulong seed)
    {
        var disk = new DrivenMechanism(timing, seed: seed);
        var latencies = new List<double>();
        for (var i = 0; i < 4000; i++)
        {
            var start = disk.Now;
            disk.Read((i, 0));
            disk.ToEnd();
            latencies.Add((disk.Now - start).TotalMicroseconds);
        }
        return latencies;
    }

    private static List<(int Tag, double At)> RandomLoad(ulong seed, bool extraWakes)
    {
        var random = new SeededStream(seed, "load");
        var timing = Plain with
        {
            Lanes = 1 + (int)random.Below(6), CoalesceLimit = random.Below(3) * 8192, ReadLatency = Microseconds(random.Below(50)),
            WriteLatency = Microseconds(random.Below(50)), Distribution = (LatencyDistribution)random.Below(4), Spread = 0.5,
            WriteCache = random.Below(3) * 32_768, SeekLatency = Microseconds(random.Below(20)), FlushLatency = Microseconds(random.Below(4)),
        };
        var disk = new DrivenMechanism(timing, 1 << 20, seed);
        var time = 0.0;
        for (var i = 0; i < 2000; i++)
        {
            time += random.Below(12) * 0.7;
            if (extraWakes)
                disk.To(time - (time - disk.Now.TotalMicroseconds) / 2);
            disk.To(time);
            disk.Submit((DiskOperation)random.Below(6), random.Below(256) * 4096, random.Below(5) * 4096);
        }
        disk.ToEnd();
        Assert.Equal(Enumerable.Range(0, 2000), disk.Completed.Select(static entry => entry.Tag).Order());
        return disk.Completed;
    }

    private static TimeSpan Microseconds(long microseconds) => TimeSpan.FromMicroseconds(microseconds);
}

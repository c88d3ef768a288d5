using ScsiActors.Faults;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>A volatile write cache that loses, reorders, keeps what was flushed, or is smaller than it says.</summary>
public sealed class FaultCacheTests
{
    private const string SlowMedium = "scsi-actors { aio { backend = simulated, size = 1 MiB\nsimulated { write-cache = 256 KiB\nwrite-overhead = 1 s } } }";

    [Fact]
    public void What_the_cache_loses_was_acknowledged()
    {
        using var world = new FaultWorld("hole { where = cache\nwhat = lost-write\ntimes = 1 }", FaultWorld.Disk);
        Assert.True(world.Execute(world.Write(8, FaultWorld.Pattern(2))).IsGood);
        Assert.Equal(new byte[1024], world.Content(8, 2));
        Assert.Equal(world.Injection, Assert.Single(world.Faults.Ledger.Unnoticed));
    }

    [Fact]
    public void An_older_write_lands_on_top_until_the_blocks_are_written_again()
    {
        using var world = new FaultWorld("swap { where = cache, when { lba = 8, nth = 2 }\nwhat = reordered-write }", FaultWorld.Disk);
        var versions = Enumerable.Range(1, 3).Select(static salt => FaultWorld.Pattern(2, salt * 3)).ToArray();
        Assert.True(world.Execute(world.Write(8, versions[0])).IsGood);
        Assert.True(world.Execute(world.Write(8, versions[1])).IsGood);
        Assert.Equal(versions[0], world.Content(8, 2));
        Assert.Equal(versions[0], world.Content(8, 2));

        Assert.True(world.Execute(world.Write(8, versions[2])).IsGood);

        Assert.Equal(versions[2], world.Content(8, 2));
        Assert.Single(world.Faults.Ledger.Injections);
    }

    [Fact]
    public void A_cache_that_keeps_what_was_flushed_loses_it_with_its_power()
    {
        using var world = new FaultWorld("lie { where = cache, when.operation = flush\nwhat = flush-lie\ntimes = 1 }", SlowMedium);
        Assert.True(world.Execute(world.Write(8, FaultWorld.Pattern(2))).IsGood);
        var before = world.World.Now;
        Assert.True(world.Execute(world.Command(0x35)).IsGood);
        Assert.True(world.World.Now - before < TimeSpan.FromMilliseconds(500), "a lie takes no time");
        Assert.Equal(FaultWhat.FlushLie, world.Injection.Rule.What.What);
    }

    [Fact]
    public void A_smaller_cache_has_writes_wait_for_the_medium()
    {
        using var world = new FaultWorld("small { where = cache, when.nth = 2\nwhat { do = cache-size, bytes = 512, for = 10 s } }", SlowMedium);
        Assert.True(Time(world) < TimeSpan.FromMilliseconds(500));
        Assert.True(Time(world) >= TimeSpan.FromSeconds(1));
        world.World.Advance(TimeSpan.FromSeconds(20));
        Assert.True(Time(world) < TimeSpan.FromMilliseconds(500));
    }

    private static TimeSpan Time(FaultWorld world)
    {
        var before = world.World.Now;
        Assert.True(world.Execute(world.Write(8, FaultWorld.Pattern(2))).IsGood);
        return world.World.Now - before;
    }
}

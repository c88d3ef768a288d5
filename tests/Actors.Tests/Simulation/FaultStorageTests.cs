using ScsiActors.Faults;
using ScsiActors.Messages;
using ScsiActors.Messages.Scsi;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Faults at storage of any kind, and in a simulated disk.</summary>
public sealed class FaultStorageTests
{
    [Theory]
    [InlineData("aio", "read", 0x11)]
    [InlineData("disk", "read", 0x11)]
    [InlineData("aio", "write", 0x0C)]
    [InlineData("disk", "write", 0x0C)]
    public void A_medium_error_names_its_block(string where, string operation, byte code)
    {
        using var world = new FaultWorld($"bad {{ where = {where}, when {{ operation = {operation}, lba = \"102..103\" }}\nwhat = medium-error }}", FaultWorld.Disk);
        var data = new byte[4 * FaultWorld.Block];

        var answer = world.Execute(operation == "read" ? world.Read(100, data) : world.Write(100, data));

        Assert.Equal((SenseKey.MediumError, code), (answer.Sense!.Key, answer.Sense.Additional.Code));
        if (where == "aio")
            Assert.Equal(102UL, answer.Sense.Information);
        Assert.True(world.Execute(world.Read(104, data)).IsGood);
        Assert.Contains(world.Injection.Notices, static notice => notice.By == "client");
        Assert.Equal((byte)(operation == "read" ? 0x28 : 0x2A), world.Injection.Hit.Cdb!.Value.OperationCode);
    }

    [Theory]
    [InlineData("aio")]
    [InlineData("disk")]
    public void A_bad_block_is_good_again_when_it_has_been_rewritten(string where)
    {
        using var world = new FaultWorld($"bad {{ where = {where}, when.lba = \"50..51\"\nwhat {{ do = medium-error, cleared-by-rewrite = on }} }}", FaultWorld.Disk);
        var data = new byte[2 * FaultWorld.Block];
        Assert.Equal(SenseKey.MediumError, world.Execute(world.Read(50, data)).Sense!.Key);
        Assert.Equal(SenseKey.MediumError, world.Execute(world.Read(49, data)).Sense!.Key);

        Assert.True(world.Execute(world.Write(50, FaultWorld.Pattern(1))).IsGood);

        Assert.Equal(FaultWorld.Pattern(1), world.Content(50, 1));
        Assert.Equal(SenseKey.MediumError, world.Execute(world.Read(51, data)).Sense!.Key);
    }

    [Theory]
    [InlineData("aio")]
    [InlineData("disk")]
    public void A_lost_write_is_acknowledged_and_gone(string where)
    {
        using var world = new FaultWorld($"lost {{ where = {where}, when.nth = 2\nwhat = lost-write }}", FaultWorld.Disk);
        var old = FaultWorld.Pattern(2, 1);
        Assert.True(world.Execute(world.Write(10, old)).IsGood);
        Assert.True(world.Execute(world.Write(10, FaultWorld.Pattern(2, 5))).IsGood);

        Assert.Equal(old, world.Content(10, 2));
        Assert.Single(world.Faults.Ledger.Unnoticed);
    }

    [Theory]
    [InlineData("aio")]
    [InlineData("disk")]
    public void Of_a_torn_write_the_beginning_lands(string where)
    {
        using var world = new FaultWorld($"torn {{ where = {where}, when.nth = 2\nwhat = torn-write }}", FaultWorld.Disk);
        var (old, late) = (FaultWorld.Pattern(8, 1), FaultWorld.Pattern(8, 5));
        Assert.True(world.Execute(world.Write(8, old)).IsGood);
        Assert.True(world.Execute(world.Write(8, late)).IsGood);

        var content = world.Content(8, 8);

        var landed = Enumerable.Range(0, 8).Count(i => content.AsSpan(i * 512, 512).SequenceEqual(late.AsSpan(i * 512, 512)));
        Assert.InRange(landed, 1, 7);
        Assert.Equal([.. late[..(landed * 512)], .. old[(landed * 512)..]], content);
    }

    [Theory]
    [InlineData("aio")]
    [InlineData("disk")]
    public void A_misdirected_write_lands_elsewhere(string where)
    {
        using var world = new FaultWorld($"stray {{ where = {where}\nwhat {{ do = misdirected-write, to = 500 }}\ntimes = 1 }}", FaultWorld.Disk);
        var written = FaultWorld.Pattern(2);
        Assert.True(world.Execute(world.Write(8, written)).IsGood);

        Assert.Equal(new byte[1024], world.Content(8, 2));
        Assert.Equal(written, world.Content(500, 2));
    }

    [Fact]
    public void A_stale_read_gets_what_was_there_before_and_the_next_what_is_there()
    {
        using var world = new FaultWorld("stale { where = disk, when.nth = 2\nwhat = stale-read }", FaultWorld.Disk);
        var (old, late) = (FaultWorld.Pattern(2, 1), FaultWorld.Pattern(2, 5));
        Assert.True(world.Execute(world.Write(8, old)).IsGood);
        Assert.True(world.Execute(world.Write(8, late)).IsGood);

        Assert.Equal(old, world.Content(8, 2));
        Assert.Equal(late, world.Content(8, 2));
        Assert.Equal(2, world.Injection.Acted);
    }

    [Theory]
    [InlineData("aio")]
    [InlineData("disk")]
    public void A_flush_that_lies_is_found_out_by_a_power_cut(string where)
    {
        using var world = new FaultWorld(
            $"lie {{ where = {where}\nwhat = flush-lie\ntimes = 1 }}\ncut {{ where = disk, when {{ after = lie, nth = 1 }}\nwhat {{ do = power-cut, for = 1 s }} }}",
            "scsi-actors { aio { backend = simulated, size = 1 MiB\nsimulated { write-cache = 256 KiB\nwrite-overhead = 1 s } } }");
        Assert.True(world.Execute(world.Write(8, FaultWorld.Pattern(2))).IsGood);
        var before = world.World.Now;

        Assert.True(world.Execute(world.Command(0x35)).IsGood);
        Assert.True(world.World.Now - before < TimeSpan.FromMilliseconds(500), "a lie takes no time");
        Assert.False(world.Execute(world.Read(100, new byte[512])).IsGood);

        var (lie, cut) = (world.Faults.Ledger.Injections[0], world.Faults.Ledger.Injections[1]);
        Assert.Equal((FaultWhat.FlushLie, FaultWhat.PowerCut), (lie.Rule.What.What, cut.Rule.What.What));
        Assert.Contains(cut.Notices, static notice => notice.By == "client");
        world.World.Advance(TimeSpan.FromSeconds(2));
        world.ExpectHealth();
    }

    [Fact]
    public void Storage_that_is_unplugged_comes_back()
    {
        using var world = new FaultWorld("pulled { where = aio, when.nth = 1\nwhat { do = unplug, for = 50 ms } }");
        Assert.Equal(SenseKey.NotReady, world.Execute(world.Read(0, new byte[512])).Sense!.Key);
        Assert.Equal(SenseKey.NotReady, world.Execute(world.Read(0, new byte[512])).Sense!.Key);
        Assert.Equal(2, world.Injection.Acted);
        world.World.Advance(TimeSpan.FromMilliseconds(51));
        world.ExpectHealth();
    }

    [Fact]
    public void A_disk_that_is_slowed_down_is_as_fast_as_before_afterwards()
    {
        using var world = new FaultWorld("hot { where = disk, when.nth = 2\nwhat { do = slow-down, factor = 100, for = 1 s } }", FaultWorld.Disk);
        var usual = Time(world);
        Assert.True(Time(world) > 50 * usual);
        world.World.Advance(TimeSpan.FromSeconds(2));
        Assert.True(Time(world) < 2 * usual);
    }

    private static TimeSpan Time(FaultWorld world)
    {
        var before = world.World.Now;
        Assert.True(world.Execute(world.Read(700, new byte[512])).IsGood);
        return world.World.Now - before;
    }
}

using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>What each fault does, and what is left when it is lifted.</summary>
public sealed class OverlayTests
{
    private const long Block = DrivenDisk.Block;

    private readonly DrivenDisk _disk = new(new DiskTiming { ReadOverhead = TimeSpan.FromMicroseconds(10), WriteOverhead = TimeSpan.FromMicroseconds(10) });

    [Fact]
    public void A_read_error_ends_a_read_at_the_first_bad_byte_until_it_is_lifted()
    {
        _disk.Write(0, 7, blocks: 4);
        _disk.Inject(Overlay(DiskDamage.ReadError, 2));
        var (completed, data) = _disk.TryRead(0, 4);
        Assert.Equal((AioResult.ReadError, 2 * Block), (completed.Result, completed.Bytes));
        Assert.Equal(7, data[2 * Block - 1]);
        Assert.Equal(0, data[2 * Block]);
        Assert.Equal(new OverlayHit("fault", DiskDamage.ReadError, completed.Id, 2 * Block, Block, IsExposure: false), Assert.Single(_disk.Hits));
        Assert.Equal([7], _disk.Read(3));
        _disk.Do(new LiftOverlay("fault"));
        Assert.Equal([7, 7, 7, 7], _disk.Read(0, 4));
    }

    [Fact]
    public void A_sticky_read_error_survives_a_rewrite_and_another_is_cleared_block_by_block()
    {
        _disk.Inject(Overlay(DiskDamage.ReadError, 0, 2) with { Id = "sticky" });
        _disk.Inject(Overlay(DiskDamage.ReadError, 4, 2) with { IsClearedByRewrite = true });
        _disk.Write(0, 1);
        _disk.Write(4, 1);
        Assert.Equal(AioResult.ReadError, _disk.TryRead(0).Completed.Result);
        Assert.Equal([1], _disk.Read(4));
        Assert.Equal(AioResult.ReadError, _disk.TryRead(5).Completed.Result);
        _disk.Write(5, 2);
        Assert.Equal([1, 2], _disk.Read(4, 2));
        Assert.Equal([false, true], _disk.Do(new ListOverlays()).Overlays!.Select(static state => state.IsSpent));
    }

    [Fact]
    public void A_write_error_leaves_what_was_there_from_the_bad_byte_on()
    {
        _disk.Write(0, 7, blocks: 4);
        _disk.Inject(Overlay(DiskDamage.WriteError, 1));
        var completed = _disk.Write(0, 8, blocks: 4);
        Assert.Equal((AioResult.WriteError, Block), (completed.Result, completed.Bytes));
        Assert.Equal([8, 7, 7, 7], _disk.Read(0, 4));
    }

    [Fact]
    public void A_flipped_bit_is_the_same_at_every_retry_and_gone_when_lifted()
    {
        _disk.Write(0, 7, blocks: 4);
        _disk.Inject(Overlay(DiskDamage.BitFlip, 1, 2));
        var bit = _disk.Do(new ListOverlays()).Overlays!.Single().Overlay.Bit;
        Assert.InRange(bit, 0, 2 * Block * 8 - 1);
        var first = _disk.TryRead(0, 4).Data;
        Assert.Equal(first, _disk.TryRead(0, 4).Data);
        Assert.Equal(7 ^ 1 << (int)(bit % 8), first[Block + bit / 8]);
        Assert.Equal(4 * Block - 1, first.Count(static value => value == 7));
        _disk.Do(new LiftOverlay("fault"));
        Assert.Equal([7, 7, 7, 7], _disk.Read(0, 4));
    }

    [Fact]
    public void A_lost_write_is_acknowledged_and_the_old_bytes_stay_until_another_write_lands()
    {
        _disk.Write(0, 1, blocks: 4);
        _disk.Inject(Overlay(DiskDamage.LostWrite, 0, 4) with { Accesses = 1 });
        Assert.Equal(AioResult.Ok, _disk.Write(0, 2, blocks: 4).Result);
        Assert.Equal([1, 1, 1, 1], _disk.Read(0, 4));
        _disk.Write(1, 3);
        Assert.Equal([1, 3, 1, 1], _disk.Read(0, 4));
        Assert.Equal(3 * Block, _disk.Do(new ListOverlays()).Overlays!.Single().DamagedBytes);
        _disk.Do(new LiftOverlay("fault"));
        Assert.Equal([2, 3, 2, 2], _disk.Read(0, 4));
    }

    [Fact]
    public void Who_reads_damaged_bytes_is_reported_apart_from_the_damage_itself()
    {
        _disk.Inject(Overlay(DiskDamage.LostWrite, 0) with { Accesses = 1 });
        var write = _disk.Write(0, 2);
        var read = _disk.TryRead(0, 2).Completed;
        Assert.Equal(
            [
                new OverlayHit("fault", DiskDamage.LostWrite, write.Id, 0, Block, IsExposure: false),
                new OverlayHit("fault", DiskDamage.LostWrite, read.Id, 0, Block, IsExposure: true),
            ],
            _disk.Hits);
    }

    [Theory]
    [InlineData(512, 8)]
    [InlineData(1024, 4)]
    [InlineData(2048, 2)]
    public void A_torn_write_lands_up_to_a_multiple_of_the_tearing_unit(int unit, int units)
    {
        _disk.Write(0, 1, blocks: 8);
        _disk.Inject(Overlay(DiskDamage.TornWrite, 0, 8) with { TearingUnit = unit, Accesses = 1 });
        Assert.Equal(AioResult.Ok, _disk.Write(0, 2, blocks: 8).Result);
        var landed = _disk.Read(0, 8).Count(static value => value == 2) * Block;
        Assert.True(landed % unit == 0 && landed / unit >= 1 && landed / unit < units, $"{landed} bytes landed");
        Assert.Equal(_disk.Read(0, 8).OrderDescending(), _disk.Read(0, 8));
    }

    [Fact]
    public void A_write_within_one_tearing_unit_cannot_be_torn_and_is_no_access()
    {
        _disk.Inject(Overlay(DiskDamage.TornWrite, 0, 8) with { TearingUnit = 4096 });
        _disk.Write(0, 2, blocks: 8);
        Assert.Equal(0, _disk.Do(new ListOverlays()).Overlays!.Single().AccessesSeen);
        Assert.Equal(2, _disk.Read(7).Single());
    }

    [Fact]
    public void A_misdirected_write_leaves_its_range_as_it_was_and_spoils_another()
    {
        _disk.Write(0, 1, blocks: 8);
        _disk.Inject(Overlay(DiskDamage.MisdirectedWrite, 0) with { Target = 4 * Block, Accesses = 1 });
        Assert.Equal(AioResult.Ok, _disk.Write(0, 2, blocks: 2).Result);
        Assert.Equal([1, 1, 1, 1, 2, 2, 1, 1], _disk.Read(0, 8));
        _disk.Write(4, 3);
        Assert.Equal([3, 2], _disk.Read(4, 2));
        _disk.Do(new LiftOverlay("fault"));
        Assert.Equal([2, 2, 1, 1, 3, 1, 1, 1], _disk.Read(0, 8));
    }

    [Fact]
    public void A_misdirected_write_without_a_target_goes_somewhere_on_the_disk()
    {
        _disk.Inject(Overlay(DiskDamage.MisdirectedWrite, 0, 64));
        for (byte i = 1; i <= 40; i++)
            _disk.Write(i, i, blocks: 3);
        Assert.All(_disk.Hits.Where(static hit => hit.Length > 0), static hit => Assert.InRange(hit.Offset + hit.Length, Block, 64 * Block));
    }

    [Fact]
    public void A_stale_read_gets_the_version_before_the_last_and_the_next_one_is_right()
    {
        _disk.Write(0, 1, blocks: 2);
        _disk.Inject(Overlay(DiskDamage.StaleRead, 0, 2) with { Accesses = 1 });
        Assert.Equal([1, 1], _disk.Read(0, 2));
        _disk.Write(0, 2, blocks: 2);
        _disk.Write(1, 3);
        Assert.Equal([1, 2], _disk.Read(0, 2));
        Assert.Equal([2, 3], _disk.Read(0, 2));
    }

    [Fact]
    public void An_overlay_acts_from_its_first_access_on_as_often_as_it_may_and_until_its_time()
    {
        _disk.Inject(Overlay(DiskDamage.ReadError, 0) with { FirstAccess = 2, Accesses = 2 });
        _disk.Inject(Overlay(DiskDamage.ReadError, 8) with { Id = "short", Until = TimeSpan.FromMilliseconds(1) });
        _disk.TryRead(1);
        var results = Enumerable.Range(0, 4).Select(_ => _disk.TryRead(0).Completed.Result).ToArray();
        Assert.Equal([AioResult.Ok, AioResult.ReadError, AioResult.ReadError, AioResult.Ok], results);
        Assert.Equal(AioResult.ReadError, _disk.TryRead(8).Completed.Result);
        _disk.Pass(1000);
        Assert.Equal(AioResult.Ok, _disk.TryRead(8).Completed.Result);
        var states = _disk.Do(new ListOverlays()).Overlays!;
        Assert.Equal([(4L, 2L, true), (2L, 1L, true)], states.Select(static state => (state.AccessesSeen, state.Hits, state.IsSpent)));
    }

    [Fact]
    public void A_flush_lie_leaves_acknowledged_writes_to_a_power_cut()
    {
        var disk = new DrivenDisk(new DiskTiming { WriteCache = 1 << 20, WriteOverhead = TimeSpan.FromMicroseconds(100) });
        disk.Inject(Overlay(DiskDamage.FlushLie, 0, 64));
        disk.Write(0, 1);
        disk.Flush();
        disk.Write(8, 1, writeThrough: true);
        Assert.Equal(2, disk.Hits.Count);
        Assert.Equal(2, disk.Cut(image: 0).Volatile);
        Assert.Equal([0], disk.Read(0));
        Assert.Equal([0], disk.Read(8));
    }

    [Fact]
    public void An_unmap_leaves_zeroes_and_no_damage()
    {
        _disk.Write(0, 1);
        _disk.Inject(Overlay(DiskDamage.LostWrite, 0));
        _disk.Write(0, 2);
        _disk.Await(_disk.Submit(static id => new AioUnmap(id, 0, Block)));
        Assert.Equal([0], _disk.Read(0));
    }

    [Fact]
    public void An_overlay_that_can_never_act_is_refused()
    {
        (DiskOverlay Overlay, string Why)[] senseless =
        [
            (Overlay(DiskDamage.ReadError, 64), "not on the disk"),
            (Overlay(DiskDamage.ReadError, 0) with { Length = 0 }, "not on the disk"),
            (Overlay(DiskDamage.ReadError, 0) with { Accesses = 0 }, "no access"),
            (Overlay(DiskDamage.ReadError, 0) with { Until = TimeSpan.Zero }, "time is over"),
            (Overlay(DiskDamage.FlushLie, 0), "no volatile cache"),
            (Overlay(DiskDamage.BitFlip, 0) with { Bit = Block * 8 }, "bit"),
            (Overlay(DiskDamage.MisdirectedWrite, 0) with { Target = 64 * Block }, "target"),
            (Overlay(DiskDamage.TornWrite, 0) with { TearingUnit = 0 }, "tearing unit"),
        ];
        foreach (var (overlay, why) in senseless)
            Assert.Contains(why, _disk.Refused(new InjectOverlay(overlay)));
        _disk.Inject(Overlay(DiskDamage.ReadError, 0));
        Assert.Contains("this name", _disk.Refused(new InjectOverlay(Overlay(DiskDamage.LostWrite, 0))));
        Assert.Contains("no overlay", _disk.Refused(new LiftOverlay("other")));
        var forgetful = new DrivenDisk(new DiskTiming(), contents: DiskContentsKind.Forget);
        Assert.Contains("forgets", forgetful.Refused(new InjectOverlay(Overlay(DiskDamage.LostWrite, 0))));
        forgetful.Inject(Overlay(DiskDamage.ReadError, 0));
        Assert.Equal(AioResult.ReadError, forgetful.TryRead(0).Completed.Result);
    }

    [Fact]
    public void Overlays_draw_from_streams_of_their_own()
    {
        var alone = Torn(others: 0);
        Assert.Equal(alone, Torn(others: 3));

        static byte[] Torn(int others)
        {
            var disk = new DrivenDisk(new DiskTiming(), seed: 5);
            for (var i = 0; i < others; i++)
                disk.Inject(Overlay(DiskDamage.BitFlip, 40 + i) with { Id = $"other {i}" });
            disk.Inject(Overlay(DiskDamage.TornWrite, 0, 32));
            disk.Write(0, 2, blocks: 32);
            return disk.Read(0, 32);
        }
    }

    private static DiskOverlay Overlay(DiskDamage damage, long block, long blocks = 1) => new("fault", damage, block * Block, blocks * Block);
}

using System.Numerics;
using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;
using Xunit;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>A write that is atomic is on the medium as a whole, or not at all.</summary>
public sealed class AtomicWriteTests
{
    private const int Block = DrivenDisk.Block;

    private static readonly DiskTiming Cached = new()
    {
        WriteCache = 1 << 20, WriteOverhead = TimeSpan.FromMicroseconds(100), ReadOverhead = TimeSpan.FromMicroseconds(10), Lanes = 2,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_image_of_a_cut_has_a_part_of_it_while_another_write_may_be_torn(bool completed)
    {
        var disk = new DrivenDisk(Cached);
        var data = new byte[4 * Block];
        Array.Fill(data, (byte)1);
        var id = disk.SubmitWrite(0, data, isAtomic: true);
        if (completed)
            disk.Await(id);
        Assert.Equal(["0000", "1111"], Images(disk, 4));

        disk = new DrivenDisk(Cached);
        disk.Write(0, 1, blocks: 2);
        Assert.Equal(["00", "01", "10", "11"], Images(disk, 2));
    }

    [Fact]
    public void What_a_newer_write_on_the_medium_has_left_of_it_lands_together()
    {
        var disk = WithNewerInTheMiddle();
        Assert.Equal(["020", "121"], Images(disk, 3));
    }

    [Fact]
    public void What_lies_over_its_two_ends_is_independent_of_it()
    {
        var disk = WithNewerInTheMiddle();
        disk.Write(0, 3);
        disk.Write(2, 4);
        Assert.Equal(["020", "024", "121", "124", "320", "321", "324"], Images(disk, 3));
    }

    [Fact]
    public void Nothing_is_written_where_a_block_of_it_cannot_be()
    {
        var disk = new DrivenDisk(Cached);
        disk.Inject(new DiskOverlay("bad block", DiskDamage.WriteError, 2 * Block, Block));
        Assert.Equal((AioResult.WriteError, 0L), Of(disk.Write(0, 1, blocks: 4, isAtomic: true)));
        Assert.Equal([0, 0], disk.Read(0, 2));
    }

    [Fact]
    public void Nothing_is_written_where_there_is_no_room_for_all_of_it()
    {
        const int chunk = 1 << 16;
        var disk = new DrivenDisk(new DiskTiming(), size: 1L << 40);
        for (var taken = 0; taken < (1 << 26) - chunk; taken += 1 << 22)
            disk.Write(taken / Block, 1, blocks: Math.Min(1 << 22, (1 << 26) - chunk - taken) / Block);
        var end = (1L << 30) / Block;
        Assert.Equal((AioResult.NoSpace, 0L), Of(disk.Write(end - 1, 1, blocks: 2, isAtomic: true)));
        Assert.Equal([0, 0], disk.Read(end - 1, 2));
        Assert.Equal(AioResult.Ok, disk.Write(end, 1, blocks: 2, isAtomic: true).Result);
    }

    // Three blocks in the cache, whose middle one has been written again, through it.
    private static DrivenDisk WithNewerInTheMiddle()
    {
        var disk = new DrivenDisk(Cached with { Lanes = 1 });
        // It has the only lane to the medium while the atomic write waits for that.
        disk.Write(40, 9);
        disk.Write(0, 1, blocks: 3, isAtomic: true);
        disk.Write(1, 2, writeThrough: true);
        return disk;
    }

    private static (AioResult, long) Of(AioCompleted completed) => (completed.Result, completed.Bytes);

    private static List<string> Images(DrivenDisk disk, int blocks)
    {
        var images = new SortedSet<string>(StringComparer.Ordinal);
        var cut = disk.Do(new PowerOff()).Cut!;
        Assert.True(cut.IsExact);
        for (var image = BigInteger.Zero; image < cut.LegalImages; image++)
        {
            disk.Do(new PowerOn(image));
            images.Add(string.Concat(disk.Read(0, blocks)));
            disk.Do(new PowerOff(AsBefore: true));
        }
        return [.. images];
    }
}

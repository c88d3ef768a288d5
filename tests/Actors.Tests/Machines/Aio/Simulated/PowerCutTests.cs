using System.Numerics;
using ScsiActors.Aio;
using ScsiActors.Aio.Simulated;
using ScsiActors.Messages;
using Xunit;
using Xunit.Abstractions;

namespace ScsiActors.Tests.Machines.Aio.Simulated;

/// <summary>What a power cut may leave, and what it may not.</summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Block = DrivenDisk.Block;

    private static readonly DiskTiming Cached = new()
    {
        WriteCache = 1 << 20, WriteOverhead = TimeSpan.FromMicroseconds(100), ReadOverhead = TimeSpan.FromMicroseconds(10), Lanes = 2,
    };

    [Fact]
    public void Without_a_cache_a_completed_write_survives_every_cut()
    {
        var disk = new DrivenDisk(new DiskTiming());
        disk.Write(3, 9);
        Assert.Equal(new PowerCut(BigInteger.One, IsExact: true, 0, 0), disk.Cut());
        Assert.Equal([9], disk.Read(3));
    }

    [Fact]
    public void A_flush_and_a_write_through_make_durable_what_the_cache_alone_does_not()
    {
        var disk = new DrivenDisk(Cached);
        disk.Write(0, 1);
        disk.Flush();
        disk.Write(1, 2, writeThrough: true);
        disk.Write(2, 3);
        Assert.Equal(new PowerCut(2, IsExact: true, 1, 0), disk.Cut(image: 0));
        Assert.Equal([1, 2, 0], disk.Read(0, 3));
    }

    [Fact]
    public void The_last_image_is_the_one_in_which_everything_has_landed()
    {
        var disk = new DrivenDisk(Cached);
        disk.Write(0, 1, blocks: 3);
        disk.Write(1, 2);
        var count = disk.Do(new PowerOff()).Cut!.LegalImages;
        Assert.Equal(2 * 3 * 2, count);
        disk.Do(new PowerOn(count - 1));
        Assert.Equal([1, 2, 1], disk.Read(0, 3));
    }

    [Fact]
    public void Every_image_of_one_cut_can_be_tried()
    {
        var disk = new DrivenDisk(Cached);
        disk.Write(0, 1, blocks: 2);
        var images = new HashSet<string>();
        var cut = disk.Do(new PowerOff()).Cut!;
        for (var image = BigInteger.Zero; image < cut.LegalImages; image++)
        {
            disk.Do(new PowerOn(image));
            images.Add(string.Join(' ', disk.Read(0, 2)));
            disk.Write(5, 5);
            Assert.Equal(cut.LegalImages, disk.Do(new PowerOff(AsBefore: true)).Cut!.LegalImages);
        }
        Assert.Equal(["0 0", "0 1", "1 0", "1 1"], images.Order());
        disk.Do(new PowerOn(0));
        Assert.Equal([0], disk.Read(5));
    }

    [Fact]
    public void A_disk_without_power_is_unavailable_and_what_was_in_flight_ends_so()
    {
        var disk = new DrivenDisk(new DiskTiming { WriteOverhead = TimeSpan.FromMilliseconds(1) });
        var write = disk.SubmitWrite(0, new byte[Block]);
        Assert.Equal(1, disk.Do(new PowerOff()).Cut!.InFlight);
        Assert.Equal(AioResult.Unavailable, disk.Completed[write].Result);
        Assert.Equal(AioResult.Unavailable, disk.TryRead(0).Completed.Result);
        Assert.Contains("off", disk.Refused(new PowerOff()));
        Assert.Contains("no image 2", disk.Refused(new PowerOn(2)));
        disk.Do(new PowerOn(1));
        Assert.Contains("on", disk.Refused(new PowerOn()));
        Assert.Equal(AioResult.Ok, disk.TryRead(0).Completed.Result);
    }

    [Fact]
    public void A_write_that_was_in_flight_may_be_torn_where_the_unit_allows_it()
    {
        Assert.Equal(2, ImagesOfAWriteInFlight(tearingUnit: 0));
        Assert.Equal(2, ImagesOfAWriteInFlight(tearingUnit: 4096));
        Assert.Equal(16, ImagesOfAWriteInFlight(tearingUnit: 512));

        static BigInteger ImagesOfAWriteInFlight(long tearingUnit)
        {
            var disk = new DrivenDisk(new DiskTiming { WriteOverhead = TimeSpan.FromMilliseconds(1) });
            disk.SubmitWrite(0, new byte[4 * Block]);
            return disk.Do(new PowerOff(tearingUnit)).Cut!.LegalImages;
        }
    }

    [Fact]
    public void The_same_seed_leaves_the_same_image_and_among_many_seeds_there_are_all()
    {
        var images = new HashSet<string>();
        for (var seed = 1UL; seed <= 60; seed++)
        {
            var image = Image(seed);
            Assert.Equal(image, Image(seed));
            images.Add(image);
        }
        Assert.Equal(8, images.Count);

        static string Image(ulong seed)
        {
            var disk = new DrivenDisk(Cached, seed: seed);
            disk.Write(0, 1, blocks: 3);
            disk.Cut();
            return string.Join(' ', disk.Read(0, 3));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_images_are_exactly_those_of_a_model_that_tries_every_order_of_every_subset(int tearingUnit)
    {
        for (var seed = 1UL; seed <= 150; seed++)
        {
            output.WriteLine($"seed {seed}");
            var writes = RandomWrites(seed, tearingUnit);
            var images = new LegalImages(new SparseMemory(1 << 20), writes, tearingUnit);
            Assert.True(images.IsExact);
            var listed = images.Numbers(int.MaxValue).Select(number => Text(images.Image(number))).ToList();
            Assert.Equal(images.Count, listed.Count);
            Assert.Equal(Model(writes, tearingUnit).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
            Assert.Equal(Text(new SparseMemory(1 << 20)), listed[0]);
            var stream = new SeededStream(seed, "cut");
            for (var i = 0; i < 10; i++)
                Assert.Contains(Text(images.Image(ref stream)), listed);
        }
    }

    [Fact]
    public void Of_too_many_images_the_two_extremes_and_a_spread_of_others_are_taken_once_each()
    {
        var writes = Enumerable.Range(0, 100).Select(static i => new VolatileWrite(i, i, new ByteRange(i * 10, 1), [1], 0, isAtomic: false)).ToList();
        var images = new LegalImages(new SparseMemory(1 << 20), writes, 0);
        Assert.Equal(BigInteger.Pow(2, 100), images.Count);
        var numbers = images.Numbers(500).ToList();
        Assert.Equal(500, numbers.Distinct().Count());
        Assert.Equal([BigInteger.Zero, images.Count - 1], numbers[..2]);
        Assert.All(numbers, number => Assert.True(number >= 0 && number < images.Count));
        // Every write is lost in some of them and kept in others.
        var kept = numbers.Select(number => Text(images.Image(number), 1000)).ToList();
        Assert.All(Enumerable.Range(0, 100), i => Assert.InRange(kept.Count(image => image[i * 10] == '\u0001'), 150, 350));
    }

    [Fact]
    public void Of_many_writes_that_overlap_in_many_ways_some_images_are_listed_and_it_says_so()
    {
        var writes = Enumerable.Range(0, 40).Select(static i => new VolatileWrite(i, 100 + i, new ByteRange(i, 3), [1, 1, 1], 0, false)).ToList();
        var images = new LegalImages(new SparseMemory(1 << 20), writes, 0);
        Assert.False(images.IsExact);
        Assert.Equal(80, images.Count);
    }

    [Fact]
    public void After_any_cut_each_block_holds_a_version_that_is_not_older_than_what_was_promised()
    {
        var old = 0;
        for (var seed = 1UL; seed <= 300; seed++)
        {
            output.WriteLine($"seed {seed}");
            old += new PromiseRun(seed).Run();
        }
        // Otherwise nothing was ever lost, and the test shows nothing.
        Assert.InRange(old, 300, int.MaxValue);
    }

    [Fact]
    public void Contents_are_saved_and_restored_as_often_as_one_likes()
    {
        var disk = new DrivenDisk(Cached);
        disk.Write(0, 1);
        disk.Do(new SaveContents("one"));
        for (byte round = 2; round < 5; round++)
        {
            disk.Write(0, round, blocks: 2);
            disk.Do(new RestoreContents("one"));
            Assert.Equal([1, 0], disk.Read(0, 2));
        }
        disk.Cut(image: 0);
        Assert.Equal([1, 0], disk.Read(0, 2));
        Assert.Contains("nothing was saved", disk.Refused(new RestoreContents("two")));
    }

    [Fact]
    public void A_fork_shares_its_chunks_until_either_side_writes()
    {
        var memory = new SparseMemory(1 << 20);
        memory.Write(0, "one"u8);
        var fork = memory.Fork();
        memory.Write(0, "two"u8);
        fork.Write(2, "!"u8);
        var second = fork.Fork();
        fork.Clear(0, 1 << 16);
        Assert.Equal("two", Text(memory, 3));
        Assert.Equal("on!", Text(second, 3));
        Assert.Equal(0, fork.Allocated);
    }

    private static List<VolatileWrite> RandomWrites(ulong seed, int tearingUnit)
    {
        var random = new SeededStream(seed, "writes");
        var writes = new List<VolatileWrite>();
        var count = 1 + (int)random.Below(tearingUnit > 0 ? 3 : 5);
        for (var i = 0; i < count; i++)
        {
            var length = 1 + (int)random.Below(tearingUnit == 1 ? 2 : 4);
            var bytes = Enumerable.Repeat((byte)('a' + i), length).ToArray();
            var submitted = random.Below(20);
            var stamp = submitted * 8 + i;
            var completed = random.Below(3) == 0 ? long.MaxValue : stamp + 8 + random.Below(10) * 8;
            var write = new VolatileWrite(stamp, completed, new ByteRange(random.Below(8), length), bytes, 0, isAtomic: random.Below(3) == 0);
            // Newer writes may have left two ends of an older one.
            if (write.IsAtomic && length > 2)
                writes.AddRange([write.Part(write.Range with { Length = 1 }), write.Part(new ByteRange(write.Range.End - 1, 1))]);
            else
                writes.Add(write);
        }
        return writes;
    }

    /// <summary>Written without looking at how the images are found: it lets one piece after the other land, in every way there is.</summary>
    private static HashSet<string> Model(List<VolatileWrite> writes, int tearingUnit)
    {
        var pieces = new List<(VolatileWrite Write, List<int> Bytes)>();
        foreach (var write in writes)
        {
            var start = (int)write.Range.Offset;
            for (var at = start; at < write.Range.End; at++)
            {
                var whole = write.IsAtomic ? pieces.FindIndex(piece => piece.Write.Stamp == write.Stamp) : -1;
                if (whole >= 0)
                    pieces[whole].Bytes.Add(at);
                else if (at == start || (tearingUnit > 0 && at % tearingUnit == 0))
                    pieces.Add((write, [at]));
                else
                    pieces[^1].Bytes.Add(at);
            }
        }
        var images = new HashSet<string>();
        var seen = new HashSet<(string, int)>();
        Land(new char[16], 0);
        return images;

        void Land(char[] image, int landed)
        {
            images.Add(new string(image));
            if (!seen.Add((new string(image), landed)))
                return;
            for (var i = 0; i < pieces.Count; i++)
            {
                var (write, bytes) = pieces[i];
                var mayLand = (landed >> i & 1) == 0;
                for (var other = 0; other < pieces.Count; other++)
                    mayLand &= (landed >> other & 1) == 0 || write.Completed >= pieces[other].Write.Stamp;
                if (!mayLand)
                    continue;
                var next = (char[])image.Clone();
                foreach (var at in bytes)
                    next[at] = (char)write.Data[0];
                Land(next, landed | 1 << i);
            }
        }
    }

    private static string Text(SparseMemory image, int length = 16)
    {
        var bytes = new byte[length];
        image.Read(0, bytes);
        return string.Concat(bytes.Select(static value => (char)value));
    }
}

using ScsiActors.Host.Bench;
using ScsiActors.Host.Copy;
using ScsiActors.Host.Output;
using ScsiActors.Host.Session;
using Xunit;

namespace ScsiActors.Interop.Machines;

/// <summary>The host's small parts.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("512", 512)]
    [InlineData("4k", 4 << 10)]
    [InlineData("64KiB", 64 << 10)]
    [InlineData("16 MiB", 16 << 20)]
    [InlineData("1GiB", 1 << 30)]
    public void A_size_is_read_in_powers_of_1024(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var found));
        Assert.Equal(bytes, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-4k")]
    [InlineData("4x")]
    [InlineData("1.5k")]
    [InlineData("9999999999TiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Fact]
    public void A_percentile_is_at_most_one_64th_too_high()
    {
        var histogram = new LatencyHistogram();
        var random = new SplitMix(99);
        var values = Enumerable.Range(0, 10_000).Select(_ => random.Below(1L << (int)(1 + random.Below(40)))).ToArray();
        foreach (var value in values)
            histogram.Add(value);
        Array.Sort(values);

        foreach (var fraction in new[] { 0.001, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var exact = values[(int)Math.Ceiling(fraction * values.Length) - 1];
            Assert.InRange(histogram.Percentile(fraction), exact, exact + exact / 64);
        }
        Assert.Equal(values[^1], histogram.Maximum);
    }

    [Fact]
    public void An_empty_histogram_has_no_latency()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(5);
        histogram.Clear();

        Assert.Equal((0L, 0L, 0L), (histogram.Count, histogram.Maximum, histogram.Percentile(0.5)));
    }

    [Theory]
    [InlineData(1, 512, 1UL)]
    [InlineData(100_003, 512, 2UL)]
    [InlineData(100_003, 64, 3UL)]
    public void The_pieces_of_a_copy_cover_the_medium_once_and_in_order(long blocks, int largest, ulong seed)
    {
        var mix = new ChunkMix(blocks, largest, seed);
        var next = 0L;
        var forms = new HashSet<TransferForm>();

        while (mix.TryTake(out var chunk))
        {
            Assert.Equal(next, chunk.Block);
            Assert.InRange(chunk.Blocks, 1, largest);
            forms.Add(chunk.Form);
            next += chunk.Blocks;
        }

        Assert.Equal(blocks, next);
        Assert.Equal(blocks == 1 ? 1 : 4, forms.Count);
    }

    [Fact]
    public void The_pieces_of_a_copy_are_repeated_by_their_seed()
    {
        static List<Chunk> Cut(ulong seed)
        {
            var mix = new ChunkMix(50_000, 512, seed);
            var chunks = new List<Chunk>();
            while (mix.TryTake(out var chunk))
                chunks.Add(chunk);
            return chunks;
        }

        Assert.Equal(Cut(4), Cut(4));
        Assert.NotEqual(Cut(4), Cut(5));
    }

    [Theory]
    [InlineData(0, 256, "0A 00 00 00 00 00", "2A 00 00 00 00 00 00 01 00 00")]
    [InlineData(0x12345, 1, "0A 01 23 45 01 00", "2A 00 00 01 23 45 00 00 01 00")]
    [InlineData(0x1FFFFF, 1, "0A 1F FF FF 01 00", "2A 00 00 1F FF FF 00 00 01 00")]
    public void A_transfer_is_written_in_the_form_asked_for(long block, int blocks, string six, string ten)
    {
        Assert.Equal(six, Cdbs.Transfer(isWrite: true, TransferForm.Six, block, blocks).ToString());
        Assert.Equal(ten, Cdbs.Transfer(isWrite: true, TransferForm.Ten, block, blocks).ToString());
    }

    [Fact]
    public void A_transfer_that_does_not_fit_its_form_takes_the_longest()
    {
        const string expected = "88 00 00 00 00 01 00 00 00 00 00 00 00 08 00 00";
        Assert.All(Enum.GetValues<TransferForm>(), form => Assert.Equal(expected, Cdbs.Transfer(isWrite: false, form, 1L << 32, 8).ToString()));
    }
}

using ScsiActors.Host.Bench;
using Xunit;

namespace ScsiActors.Interop.Machines;

/// <summary>What a bench makes of its measurements.</summary>
public sealed class BenchStatisticsTests
{
    private static readonly BenchCase Write = new(IsWrite: true, 64 << 10, IsRandom: false);
    private static readonly BenchCase Read = Write with { IsWrite = false };

    private readonly BenchRun _run = new(new BenchPlan { Sizes = [64 << 10], Rounds = 3 });

    [Theory]
    [InlineData(new double[] { 5 }, 5, 5, 5, 0)]
    [InlineData(new double[] { 1, 9, 2 }, 2, 1, 9, 2)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2.5, 1, 4, 0.6)]
    public void The_median_of_several_rounds_has_its_extremes_beside_it(double[] values, double median, double least, double most, double spread)
    {
        var statistic = Statistic.Of(values)!.Value;

        Assert.Equal(new Statistic(median, least, most), statistic);
        Assert.Equal(spread, statistic.Spread, 9);
    }

    [Fact]
    public void Of_nothing_there_is_no_statistic() => Assert.Null(Statistic.Of([]));

    [Fact]
    public void A_ratio_is_the_median_of_those_of_each_round()
    {
        // The second round was slow for both: by medians the ratio would be 80 / 90.
        Add("bare", Write, 100, 10, 90);
        Add("default", Write, 80, 9, 90);

        var ratio = _run.RatioTo("bare", Row("default", Write))!.Value;

        Assert.Equal(0.9, ratio.Median, 2);
        Assert.Equal((0.8, 1.0), (Math.Round(ratio.Least, 2), Math.Round(ratio.Most, 2)));
    }

    [Fact]
    public void Writes_are_compared_with_the_reads_of_the_same_way()
    {
        Add("default", Write, 90, 90, 90);
        Add("default", Read, 100, 100, 100);
        Add("bare", Read, 1000, 1000, 1000);

        Assert.Equal(0.9, _run.WriteToRead(Row("default", Write))!.Value.Median, 2);
        Assert.Null(_run.WriteToRead(Row("default", Read)));
        Assert.Null(_run.WriteToRead(Row("bare", Write)));
    }

    [Fact]
    public void A_row_has_no_ratio_to_itself_nor_to_what_was_not_measured()
    {
        Add("bare", Read, 100);

        Assert.Null(_run.RatioTo("bare", Row("bare", Read)));
        Assert.Null(_run.RatioTo("bare", Row("default", Read)));
        Assert.Null(_run.RatioTo("default", Row("bare", Read)));
    }

    [Fact]
    public void The_typical_round_is_the_one_in_the_middle()
    {
        Add("bare", Read, 300, 100, 200);

        Assert.Equal(200, Row("bare", Read).Typical!.Iops, 3);
    }

    [Fact]
    public void A_failed_round_counts_in_no_figure()
    {
        Add("bare", Read, 100);
        Row("bare", Read).Add(Measured(1) with { Error = "a hole" });

        Assert.Equal("a hole", Row("bare", Read).Error);
        Assert.Equal(100, Row("bare", Read).Of(static round => round.Iops)!.Value.Median, 3);
        Assert.False(_run.IsGood);
    }

    [Fact]
    public void A_round_in_which_no_submission_was_followed_says_nothing_of_them()
    {
        var followed = Measured(100);
        followed.Submissions.Add(3000);
        Add("bare", Read, 100);
        Assert.Null(Row("bare", Read).Submit);

        Row("bare", Read).Add(followed);

        Assert.Equal(3, Row("bare", Read).Submit!.Value.Least);
    }

    [Fact]
    public void One_processor_busy_for_half_of_the_time_is_50_percent() =>
        Assert.Equal(50, (Measured(1000) with { ProcessorTime = TimeSpan.FromSeconds(0.5) }).ProcessorPercent);

    [Fact]
    public void Storage_was_as_busy_as_its_samples_say()
    {
        var measured = Measured(10) with { Depths = [new DepthSample(0, 1, 4), new DepthSample(1, 3, 16)] };

        Assert.Equal((2.0, 16), (measured.AverageInFlight, measured.MostInFlight));
    }

    [Fact]
    public void The_service_time_is_told_to_the_disk_in_its_own_section()
    {
        var lines = string.Join('\n', new ServiceTimeDisk(TimeSpan.FromMilliseconds(0.25), Lanes: 4).ToHocon(keep: true));

        Assert.Contains("lanes = 4", lines);
        Assert.Contains("read-latency = 0.25 ms, cache-latency = 0.25 ms", lines);
        Assert.Contains("contents = keep", lines);
    }

    [Theory]
    [InlineData(0.79, false)]
    [InlineData(0.81, true)]
    public void An_aim_is_reached_when_every_case_reaches_it(double ratio, bool isReached)
    {
        foreach (var row in new[] { Row("bare", Write), Row("default", Write), Row("bare", Read) })
            Add(row.Way.Name, row.Case, 1000, 1000, 1000);
        Add("default", Read, 1000 * ratio, 1000 * ratio, 1000 * ratio);

        var aim = BenchAims.Of(_run).First();

        Assert.Equal(isReached, aim.IsReached);
        Assert.Contains("write, 64k 1.00; read, 64k 0." + (isReached ? "81" : "79"), aim.ToString());
    }

    [Fact]
    public void Of_fewer_than_three_rounds_no_ratio_is_held_against_an_aim()
    {
        Add("bare", Write, 1000, 1000);
        Add("default", Write, 10, 10);

        Assert.Empty(BenchAims.Of(_run));
    }

    [Fact]
    public void The_mean_of_a_histogram_is_exact_and_its_buckets_lose_nothing()
    {
        var histogram = new LatencyHistogram();
        var random = new SplitMix(7);
        var values = Enumerable.Range(0, 5000).Select(_ => random.Below(1L << (int)(1 + random.Below(40)))).ToArray();
        foreach (var value in values)
            histogram.Add(value);

        Assert.Equal(values.Average(), histogram.Mean, 3);
        var buckets = histogram.Buckets().ToArray();
        Assert.Equal(values.Length, buckets.Sum(static bucket => bucket.Count));
        Assert.All(buckets, bucket => Assert.Equal(bucket.Count, values.Count(value => value >= bucket.From && value <= bucket.To)));
        Assert.All(buckets.Zip(buckets.Skip(1)), static pair => Assert.True(pair.First.To < pair.Second.From));
        Assert.All(buckets.Where(static bucket => bucket.From >= 128), static bucket => Assert.True(bucket.To < bucket.From * 1.13));
    }

    [Fact]
    public void Histograms_of_several_rounds_are_added_up()
    {
        var all = new LatencyHistogram();
        foreach (var value in new[] { 10, 20 })
        {
            var one = new LatencyHistogram();
            one.Add(value);
            all.Add(one);
        }

        Assert.Equal((2L, 15.0, 20L, 10L), (all.Count, all.Mean, all.Maximum, all.Percentile(0.5)));
    }

    private BenchRow Row(string way, BenchCase benchCase) => _run.Row(way, benchCase)!;

    private void Add(string way, BenchCase benchCase, params double[] iops)
    {
        foreach (var figure in iops)
            Row(way, benchCase).Add(Measured(figure));
    }

    private static Measurement Measured(double iops)
    {
        const int requests = 1000;
        var latencies = new LatencyHistogram();
        for (var i = 0; i < requests; i++)
            latencies.Add(1000);
        return new Measurement(64 << 10, TimeSpan.FromSeconds(requests / iops), latencies, new LatencyHistogram(), [], TimeSpan.Zero, 0, null);
    }
}

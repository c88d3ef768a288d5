using ScsiActors.Simulation;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>Random streams: named, repeatable, even.</summary>
public sealed class RandomStreamTests
{
    [Fact]
    public void A_stream_is_the_same_on_every_machine_and_in_every_process()
    {
        var stream = new RandomStream(2008, "turns");

        Assert.Equal("6FABDE12E91F1E03 49A7AE31DE7D260B E6054AA5563D3C7D", $"{stream.NextBits():X16} {stream.NextBits():X16} {stream.NextBits():X16}");
    }

    [Fact]
    public void A_draw_more_from_one_stream_changes_no_other()
    {
        var streams = new RandomStreams(7);
        var others = new RandomStreams(7);
        for (var i = 0; i < 100; i++)
            _ = others["faults"].NextBits();

        Assert.Equal(streams["turns"].NextBits(), others["turns"].NextBits());
        Assert.NotEqual(streams["turns"].NextBits(), streams["faults"].NextBits());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(long.MaxValue)]
    public void Below_stays_below_its_bound_and_reaches_both_halves(long bound)
    {
        var stream = new RandomStream(1, "below");
        var draws = Enumerable.Range(0, 2000).Select(_ => stream.Below(bound)).ToArray();

        Assert.All(draws, draw => Assert.InRange(draw, 0, bound - 1));
        if (bound > 1)
            Assert.InRange(draws.Count(draw => draw < bound / 2.0), 700, 1400);
    }

    [Fact]
    public void Chances_come_out_as_often_as_they_say()
    {
        var stream = new RandomStream(1, "chance");

        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => stream.Chance(0.25)), 2300, 2700);
    }
}

using ScsiActors.Simulation.Guest;
using Xunit;

namespace ScsiActors.Tests.Simulation;

/// <summary>The block layer of a simulated guest: merging, and the driver's queue.</summary>
public sealed class BlockLayerTests : IBlockLayerPorts
{
    private readonly List<(int Request, long Offset, int Length)> _started = [];
    private readonly List<int> _completed = [];

    [Fact]
    public void While_the_driver_has_room_every_request_goes_to_it_at_once()
    {
        var layer = Layer(queueDepth: 2, mergeLimit: 64);

        layer.Handle(new GuestIo(0, 0, 16));
        layer.Handle(new GuestIo(1, 16, 16));

        Assert.Equal([(0, 0L, 16), (1, 16L, 16)], _started);
    }

    [Fact]
    public void Requests_that_wait_are_merged_with_the_one_before_them_up_to_the_limit()
    {
        var layer = Layer(queueDepth: 1, mergeLimit: 48);
        for (var slot = 0; slot < 6; slot++)
            layer.Handle(new GuestIo(slot, slot * 16, 16));

        layer.HandleEnd(0);
        layer.HandleEnd(0);

        Assert.Equal([(0, 0L, 16), (0, 16L, 48), (0, 64L, 32)], _started);
        Assert.Equal([0, 1, 2, 3], _completed);
    }

    [Fact]
    public void A_request_that_does_not_continue_the_last_one_waits_on_its_own()
    {
        var layer = Layer(queueDepth: 1, mergeLimit: 1024);
        layer.Handle(new GuestIo(0, 0, 16));
        layer.Handle(new GuestIo(1, 16, 16));
        layer.Handle(new GuestIo(2, 64, 16));
        layer.Handle(new GuestIo(3, 32, 16));

        layer.HandleEnd(0);
        layer.HandleEnd(0);
        layer.HandleEnd(0);

        Assert.Equal([0L, 16L, 64L, 32L], _started.Select(static start => start.Offset));
    }

    [Fact]
    public void What_the_driver_has_is_no_longer_merged_with()
    {
        var layer = Layer(queueDepth: 2, mergeLimit: 1024);
        layer.Handle(new GuestIo(0, 0, 16));
        layer.Handle(new GuestIo(1, 16, 16));

        Assert.All(_started, static start => Assert.Equal(16, start.Length));
        Assert.Equal((2, 32), layer.Given);
    }

    [Fact]
    public void Without_a_merge_limit_nothing_is_merged()
    {
        var layer = Layer(queueDepth: 1, mergeLimit: 0);
        layer.Handle(new GuestIo(0, 0, 16));
        layer.Handle(new GuestIo(1, 16, 16));
        layer.Handle(new GuestIo(2, 32, 16));

        layer.HandleEnd(0);

        Assert.Equal((0, 16L, 16), _started[^1]);
    }

    void IBlockLayerPorts.Start(int request, long offset, int length) => _started.Add((request, offset, length));

    void IBlockLayerPorts.Completed(int slot) => _completed.Add(slot);

    private BlockLayer Layer(int queueDepth, int mergeLimit) => new(new BlockLayerSettings(queueDepth, mergeLimit), this);
}
